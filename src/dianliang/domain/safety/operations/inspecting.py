"""Keep an inspection with the hazards that it found, and issue the notices about them."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from django.db import transaction

from dianliang.core import audit
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.inspecting import Item, Sheet
from dianliang.domain.catalog.models import ChecklistVersion, HazardClass, Party
from dianliang.domain.safety.models import Hazard, Inspection, Notice
from dianliang.domain.safety.operations import rectifying
from dianliang.domain.safety.operations.rectifying import MOST_DAYS
from dianliang.domain.safety.records import ABSENT, ANSWERS, NOT_OK, OK, Answer, Found, Record
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError
from dianliang.kernel.phrases import Phrase

GRAVITY = [HazardClass.GENERAL, HazardClass.MAJOR, HazardClass.GRAVE]
IN_HOUSE = "内部派单"


class UnableToInspectError(DomainError):
    """The record of the inspection is not complete."""

    code = "safety.unable-to-inspect"


@transaction.atomic
def record(
    *,
    visit: Visit,
    sheet: Sheet,
    record: Record,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Inspection:
    """Keep what was found on a visit; each thing that is not right becomes a hazard (检查).

    Raises:
        UnableToInspectError: something is missing or contradicts itself; the item is named.
        StaleStateError: the visit has an inspection already.
    """
    if Inspection.objects.filter(visit=visit).exists():
        raise StaleStateError("这次上门已经有检查记录。")
    answers = tuple(_checked(item, record) for item in sheet.items)
    _require_known(sheet, record)
    _require_receipt(record)
    job = visit.job
    kept = Inspection.objects.create(
        number=next_number("JC", at=at),
        visit=visit,
        checklist=ChecklistVersion.objects.get(checklist__code=sheet.code, number=sheet.number),
        customer_id=job.customer_id,
        area_id=job.area_id,
        unit_id=job.unit_id,
        done_by=Person.objects.filter(number=by.person_number).first(),
        inspected_at=record.inspected_at,
        answers=[_stored(answer) for answer in answers],
        remarks=record.remarks,
        signature=record.signature,
        signer=record.signer,
        unsigned_reason="" if record.signature else record.unsigned_reason,
    )
    kept.photos.add(*(photo for answer in answers for photo in answer.photos))
    found = f"隐患 {len(record.found)} 条"
    audit.record(
        "safety.inspection.record", target=kept, by=by, at=at, device_at=device_at, after=found
    )
    for party in Party.values:
        hazards = [each for each in record.found if each.party == party]
        if hazards:
            _notify(kept, sheet, record, hazards, party=party, by=by, at=at)
    return kept


def _checked(item: Item, record: Record) -> Answer:
    """Return the answer to an item, or say what is missing of it."""
    answer = next((each for each in record.answers if each.code == item.code), None)
    if answer is None or answer.value not in {*ANSWERS, ""}:
        raise UnableToInspectError(
            Phrase("“%(wording)s”还没有填。", wording=item.wording), field=item.code
        )
    if item.kind == "number" and answer.value != ABSENT:
        answer = _measured(item, answer)
    elif not answer.value:
        raise UnableToInspectError(
            Phrase("“%(wording)s”还没有填。", wording=item.wording), field=item.code
        )
    found = [each for each in record.found if each.code == item.code]
    if answer.value == NOT_OK and not found:
        message = Phrase("“%(wording)s”不合格，请登记隐患并拍照。", wording=item.wording)
        raise UnableToInspectError(message, field=item.code)
    if answer.value != NOT_OK and found:
        message = Phrase("“%(wording)s”没有填不合格，却登记了隐患，请核对。", wording=item.wording)
        raise UnableToInspectError(message, field=item.code)
    for hazard in found:
        _require_sound(item, hazard)
    if item.needs_photo and answer.value != ABSENT and not answer.photos and not found:
        raise UnableToInspectError(
            Phrase("“%(wording)s”必须拍照。", wording=item.wording), field=item.code
        )
    return answer


def _measured(item: Item, answer: Answer) -> Answer:
    number = answer.number
    if number is None or not isfinite(number) or item.least is None or item.most is None:
        raise UnableToInspectError(
            Phrase("“%(wording)s”请填数值（%(unit)s）。", wording=item.wording, unit=item.unit),
            field=item.code,
        )
    value = OK if item.least <= number <= item.most else NOT_OK
    if answer.value not in {"", value}:
        words = f"{number:g} {item.unit}，合格范围 {item.least:g}–{item.most:g}"
        message = Phrase(
            "“%(wording)s”填的是%(words)s，与“%(answers)s”不符。",
            wording=item.wording,
            words=Phrase(words),
            answers=Phrase(ANSWERS[answer.value]),
        )
        raise UnableToInspectError(message, field=item.code)
    return Answer(
        code=item.code, value=value, number=number, note=answer.note, photos=answer.photos
    )


def _require_sound(item: Item, hazard: Found) -> None:
    if hazard.photo is None:
        raise UnableToInspectError(
            Phrase("“%(wording)s”的隐患没有照片。", wording=item.wording), field=item.code
        )
    if hazard.hazard_class not in MOST_DAYS or hazard.party not in Party.values:
        raise UnableToInspectError(
            Phrase("“%(wording)s”的隐患等级或责任方不对。", wording=item.wording), field=item.code
        )
    most = MOST_DAYS[HazardClass(hazard.hazard_class)]
    if not 1 <= hazard.deadline_days <= most:
        label = HazardClass(hazard.hazard_class).label
        message = Phrase(
            "%(label)s的整改期限应在 1 到 %(most)s 天之间。", label=Phrase(label), most=most
        )
        raise UnableToInspectError(message, field=item.code)
    is_lower = GRAVITY.index(HazardClass(hazard.hazard_class)) < GRAVITY.index(
        HazardClass(item.hazard_class)
    )
    if is_lower and not hazard.words.strip():
        message = Phrase("“%(wording)s”的隐患等级低于规定，请写明现场情况。", wording=item.wording)
        raise UnableToInspectError(message, field=item.code)
    if hazard.fixed is not None:
        rectifying.require_other_picture(hazard.photo, hazard.fixed)


def _require_known(sheet: Sheet, record: Record) -> None:
    known = {item.code for item in sheet.items}
    given = [answer.code for answer in record.answers]
    if {*given, *(each.code for each in record.found)} - known or len(given) != len({*given}):
        raise UnableToInspectError("检查结果与清单对不上，请联网刷新后重新填写。", field="answers")


def _require_receipt(record: Record) -> None:
    if record.signature is None and not record.unsigned_reason.strip():
        raise UnableToInspectError("请客户签名，或写明没有签名的原因。", field="signature")


def _stored(answer: Answer) -> dict[str, Any]:
    return {
        "code": answer.code,
        "value": answer.value,
        "number": answer.number,
        "note": answer.note,
        "photos": [photo.token for photo in answer.photos],
    }


def _notify(
    kept: Inspection,
    sheet: Sheet,
    record: Record,
    found: Iterable[Found],
    *,
    party: str,
    by: Actor,
    at: datetime,
) -> None:
    """Issue the notice for one party; who signed on site, and we ourselves, have it at once."""
    received = ""
    if party == Party.CUSTOMER and record.signature is not None:
        received = f"现场签收：{record.signer or '本人'}"
    elif party == Party.US:
        received = IN_HOUSE
    notice = Notice.objects.create(
        number=next_number("ZG", at=at),
        token=secrets.token_urlsafe(18),
        inspection=kept,
        party=party,
        issued_at=at,
        issued_by=by.name,
        received_at=at if received else None,
        received_how=received,
    )
    audit.record("safety.notice.issue", target=notice, by=by, at=at, after=party)
    for each in found:
        item = sheet.item(each.code)
        if item is None or each.photo is None:
            raise InvalidInputError("检查结果与清单对不上。", field="answers")
        hazard = _found(kept, notice, item, each, photo=each.photo, by=by, at=at)
        if received:
            rectifying.notify(hazard=hazard, by=by, at=at)
        if each.fixed is not None:
            rectifying.put_right_at_once(hazard=hazard, photo=each.fixed, by=by, at=at)


def _found(
    kept: Inspection,
    notice: Notice,
    item: Item,
    each: Found,
    *,
    photo: StoredFile,
    by: Actor,
    at: datetime,
) -> Hazard:
    job = kept.visit.job
    hazard = Hazard.objects.create(
        number=next_number("YH", at=at),
        inspection=kept,
        notice=notice,
        item_code=item.code,
        item=item.wording,
        hazard_class=each.hazard_class,
        party=each.party,
        words=each.words,
        advice=item.advice,
        customer_id=kept.customer_id,
        area_id=kept.area_id,
        unit_id=kept.unit_id,
        lat=job.lat,
        lon=job.lon,
        found_at=kept.inspected_at,
        due_at=kept.inspected_at + timedelta(days=each.deadline_days),
        before=photo,
    )
    audit.record(
        "safety.hazard.find", target=hazard, by=by, at=at, after=hazard.status, reason=item.wording
    )
    return hazard
