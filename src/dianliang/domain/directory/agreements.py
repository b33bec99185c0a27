"""Every write about agreements with townships and villages (共建协议)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.directory.lifecycle import AGREEMENT
from dianliang.domain.directory.models import Agreement, Annex, Unit
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined

MOST_ANNEXES = 20
LONGEST_YEARS = 30
MOST_REMIND_DAYS = 730
PARTY_LEVELS = frozenset(
    {Area.Level.COUNTY, Area.Level.TOWNSHIP, Area.Level.VILLAGE, Area.Level.CITY}
)


class UnableToAgreeError(DomainError):
    """The agreement cannot be written down, or moved on, like this."""

    code = "directory.unable-to-agree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an agreement says."""

    title: str
    kind: str
    scope: str
    units: Collection[Unit]
    areas: Collection[Area]
    valid_from: date
    valid_until: date | None
    remind_days: int


@transaction.atomic
def draft(*, terms: Terms, by: Actor, at: datetime) -> Agreement:
    """Write down an agreement that is being prepared (草拟).

    Raises:
        UnableToAgreeError: a party is missing, or the days make no sense.
    """
    _require_sense(terms)
    agreement = Agreement.objects.create(
        number=next_number("XY", at=at), created_by=by.name, created_at=at, **_fields(terms)
    )
    agreement.units.set(terms.units)
    agreement.areas.set(terms.areas)
    audit.record(
        "directory.agreement.draft",
        target=agreement,
        by=by,
        at=at,
        after=agreement.status,
        reason=agreement.title,
    )
    return agreement


@transaction.atomic
def amend(*, agreement: Agreement, terms: Terms, by: Actor, at: datetime) -> Agreement:
    """Change an agreement that is not signed yet (修改).

    Raises:
        UnableToAgreeError: it is signed, a party is missing, or the days make no sense.
    """
    _require_sense(terms)
    changed = Agreement.objects.filter(pk=agreement.pk, status="DRAFT").update(**_fields(terms))
    if not changed:
        raise UnableToAgreeError("协议已签订，不能再改；如有变动请续签或终止后另立。")
    agreement.units.set(terms.units)
    agreement.areas.set(terms.areas)
    audit.record("directory.agreement.amend", target=agreement, by=by, at=at, reason=terms.title)
    agreement.refresh_from_db()
    return agreement


@transaction.atomic
def sign(*, agreement: Agreement, signed_on: date, by: Actor, at: datetime) -> Agreement:
    """Let a signed agreement count (签订生效).

    Raises:
        UnableToAgreeError: it was signed in the future, or is over already.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    today = at.astimezone(SHANGHAI).date()
    if signed_on > today:
        raise UnableToAgreeError("签订日期不能晚于今天。", field="signed_on")
    if agreement.valid_until is not None and agreement.valid_until < today:
        message = Phrase(
            "协议已于 %(valid_until)s 届满，请先改正届满日期。", valid_until=agreement.valid_until
        )
        raise UnableToAgreeError(message, field="valid_until")
    note = f"{signed_on} 签订"
    return _move(agreement, "sign", by=by, at=at, note=note, signed_on=signed_on)


@transaction.atomic
def renew(
    *, agreement: Agreement, signed_on: date, valid_until: date | None, by: Actor, at: datetime
) -> Agreement:
    """Let an agreement go on until a later day (续签).

    Raises:
        UnableToAgreeError: signed in the future, or the new end is not later than the old.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    today, old = at.astimezone(SHANGHAI).date(), agreement.valid_until
    if signed_on > today:
        raise UnableToAgreeError("续签日期不能晚于今天。", field="signed_on")
    if old is None:
        raise UnableToAgreeError("长期有效的协议不用续签。", field="valid_until")
    if valid_until is not None and (valid_until <= old or valid_until < today):
        message = Phrase("新的届满日期应晚于原届满日期 %(old)s，也不能早于今天。", old=old)
        raise UnableToAgreeError(message, field="valid_until")
    note = f"{signed_on} 续签，{old} → {valid_until or '长期'}"
    changes = {"signed_on": signed_on, "valid_until": valid_until, "ended_on": None}
    return _move(agreement, "renew", by=by, at=at, note=note, **changes)


@transaction.atomic
def end(*, agreement: Agreement, by: Actor, at: datetime) -> Agreement:
    """Note that the last day of an agreement has passed (届满).

    Raises:
        UnableToAgreeError: it has not.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    last = agreement.valid_until
    if last is None or last >= at.astimezone(SHANGHAI).date():
        raise UnableToAgreeError("协议还没有届满；提前结束请用“终止”并写明原因。")
    return _move(agreement, "end", by=by, at=at, note=f"{last} 届满", ended_on=last)


@transaction.atomic
def terminate(*, agreement: Agreement, on: date, reason: str, by: Actor, at: datetime) -> Agreement:
    """End an agreement before its day, for a reason (终止).

    Raises:
        UnableToAgreeError: there is no reason, or the day lies ahead or before the agreement.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToAgreeError("请写明终止原因。", field="reason")
    if on > at.astimezone(SHANGHAI).date():
        raise UnableToAgreeError("终止日期不能晚于今天。", field="ended_on")
    if agreement.status == "IN_FORCE" and on < agreement.valid_from:
        message = Phrase(
            "终止日期不能早于生效日期 %(valid_from)s。", valid_from=agreement.valid_from
        )
        raise UnableToAgreeError(message, field="ended_on")
    return _move(agreement, "terminate", by=by, at=at, note=f"{on}：{reason}", ended_on=on)


@transaction.atomic
def attach(*, agreement: Agreement, title: str, file: StoredFile, by: Actor, at: datetime) -> Annex:
    """Add a scan or a photo to an agreement (加附件).

    Raises:
        UnableToAgreeError: it has too many.
    """
    if agreement.annexes.count() >= MOST_ANNEXES:
        message = Phrase("一份协议最多 %(most)s 个附件，请合并扫描件。", most=MOST_ANNEXES)
        raise UnableToAgreeError(message, field="annex")
    annex = Annex.objects.create(
        agreement=agreement, title=title, file=file, added_at=at, added_by=by.name
    )
    audit.record("directory.agreement.attach", target=agreement, by=by, at=at, after=title)
    return annex


def _require_sense(terms: Terms) -> None:
    if not terms.units:
        raise UnableToAgreeError("请选择至少一个单位方。", field="units")
    if not terms.areas:
        raise UnableToAgreeError("请选择至少一个乡镇或村。", field="areas")
    wrong = [area.name for area in terms.areas if area.level not in PARTY_LEVELS]
    if wrong:
        message = Phrase(
            "%(wrong)s不能作为协议一方，请选择县、乡镇或村。", wrong=joined("、", wrong)
        )
        raise UnableToAgreeError(message, field="areas")
    if terms.kind not in Agreement.Kind.values:
        raise UnableToAgreeError("请选择协议类别。", field="kind")
    if terms.valid_until is not None:
        if terms.valid_until < terms.valid_from:
            raise UnableToAgreeError("届满日期不能早于生效日期。", field="valid_until")
        if terms.valid_until.year - terms.valid_from.year > LONGEST_YEARS:
            message = Phrase("有效期超过 %(most)s 年，请核对；长期有效请留空。", most=LONGEST_YEARS)
            raise UnableToAgreeError(message, field="valid_until")
    if not 1 <= terms.remind_days <= MOST_REMIND_DAYS:
        message = Phrase("提前提醒应在 1 到 %(most)s 天之间。", most=MOST_REMIND_DAYS)
        raise UnableToAgreeError(message, field="remind_days")


def _fields(terms: Terms) -> dict[str, object]:
    return {
        "title": terms.title,
        "kind": terms.kind,
        "scope": terms.scope,
        "valid_from": terms.valid_from,
        "valid_until": terms.valid_until,
        "remind_days": terms.remind_days,
    }


def _move(
    agreement: Agreement, verb: str, *, by: Actor, at: datetime, note: str, **changes: object
) -> Agreement:
    return transitions.apply(
        agreement, verb, lifecycle=AGREEMENT, by=by, at=at, note=note, changes=changes
    )
