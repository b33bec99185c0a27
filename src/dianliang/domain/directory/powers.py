"""Every write about delegated powers of enforcement (执法权限下放) and the cases of their use.

Seed row 001-03. The power is the township's, never the company's: what a case may contain is what
the document of delegation says, and the register refuses what lies outside it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dianliang.core import audit
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Delegation, EnforcementCase, PowerKind
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.masking import mask_numbers_of_people
from dianliang.kernel.phrases import Phrase, joined

MOST_PHOTOS = 9
MEASURES = {
    "dissuade": "劝阻、制止",
    "evidence": "现场勘查、取证",
    "order": "责令改正",
    "stop": "责令停止作业",
    "clear": "组织清除",
    "fine": "罚款",
    "hand_on": "移送主管部门",
}
"""What a document of delegation may allow. Whether it may allow a fine is for the law to say."""


class UnableToDelegateError(DomainError):
    """The delegation cannot be written down, or taken back, like this."""

    code = "directory.unable-to-delegate"


class UnableToRecordCaseError(DomainError):
    """The case lies outside what was delegated, or cannot have happened like this."""

    code = "directory.unable-to-record-case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a document of delegation says."""

    kind: PowerKind
    area: Area
    authority: str
    document: str
    scope: str
    measures: Collection[str]
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What a case was about."""

    on: date
    area: Area
    place: str
    found: str
    measure: str
    outcome: str
    outcome_words: str
    photos: Collection[StoredFile]


@transaction.atomic
def delegate(*, grant: Grant, by: Actor, at: datetime) -> Delegation:
    """Write down that an authority lets a township use a power (登记下放).

    Raises:
        UnableToDelegateError: not a township, no measure, days that make no sense, or the same
            power is delegated to it already for some of the time.
    """
    _require_sense(grant)
    Area.objects.select_for_update(of=("self",)).get(pk=grant.area.pk)
    clash = _overlapping(grant)
    if clash is not None:
        message = Phrase(
            "%(area)s已有“%(kind)s”的下放（%(number)s，"
            "%(period)s），时间重叠；请先登记收回，或改起止日期。",
            area=grant.area.name,
            kind=grant.kind.name,
            number=clash.number,
            period=_period(clash),
        )
        raise UnableToDelegateError(message, field="valid_from")
    delegation = Delegation.objects.create(
        number=next_number("SQ", at=at),
        kind=grant.kind,
        area=grant.area,
        authority=grant.authority,
        document=grant.document,
        scope=grant.scope,
        measures=sorted(grant.measures),
        valid_from=grant.valid_from,
        valid_until=grant.valid_until,
        recorded_by=by.name,
        recorded_at=at,
    )
    audit.record(
        "directory.delegation.delegate",
        target=delegation,
        by=by,
        at=at,
        after=grant.area.name,
        reason=f"{grant.kind.name}，{grant.document}",
    )
    return delegation


@transaction.atomic
def revoke(*, delegation: Delegation, on: date, reason: str, by: Actor, at: datetime) -> Delegation:
    """Note that the authority has taken a power back (收回).

    Raises:
        UnableToDelegateError: it was taken back before, or the day or the reason makes no sense.
    """
    delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if delegation.revoked_on is not None:
        message = Phrase("这项权限已于 %(revoked_on)s 收回。", revoked_on=delegation.revoked_on)
        raise UnableToDelegateError(message, field="revoked_on")
    if not reason:
        raise UnableToDelegateError("请写明收回的文件字号或原因。", field="reason")
    if on < delegation.valid_from:
        message = Phrase(
            "收回日期不能早于起始日期 %(valid_from)s。", valid_from=delegation.valid_from
        )
        raise UnableToDelegateError(message, field="revoked_on")
    later = delegation.cases.filter(on__gte=on).order_by("on").first()
    if later is not None:
        message = Phrase(
            "%(on)s 已有案件 %(number)s，收回日期应晚于它。", on=later.on, number=later.number
        )
        raise UnableToDelegateError(message, field="revoked_on")
    delegation.revoked_on = on
    delegation.save(update_fields=["revoked_on"])
    audit.record(
        "directory.delegation.revoke",
        target=delegation,
        by=by,
        at=at,
        after=on.isoformat(),
        reason=reason,
    )
    return delegation


@transaction.atomic
def record_case(
    *, delegation: Delegation, happened: Happened, by: Actor, at: datetime
) -> EnforcementCase:
    """Write down a case (登记案件); telephone and identity numbers in it are starred.

    Raises:
        UnableToRecordCaseError: it lies outside the time, the township or the measures that were
            delegated, in the future, or lacks what was found; the reason is said.
    """
    held = Delegation.objects.select_for_update(of=("self",)).select_related("area", "kind")
    delegation = held.get(pk=delegation.pk)
    _require_within(delegation, happened, today=at.astimezone(SHANGHAI).date())
    case = EnforcementCase.objects.create(
        number=next_number("ZF", at=at),
        delegation=delegation,
        on=happened.on,
        area=happened.area,
        place=mask_numbers_of_people(happened.place),
        found=mask_numbers_of_people(happened.found),
        measure=happened.measure,
        outcome=happened.outcome,
        outcome_words=mask_numbers_of_people(happened.outcome_words),
        recorded_by=by.name,
        recorded_at=at,
    )
    case.photos.set(happened.photos)
    audit.record(
        "directory.enforcementcase.record",
        target=case,
        by=by,
        at=at,
        after=happened.outcome,
        reason=f"{delegation.number} {delegation.kind.name}",
    )
    return case


def _require_within(delegation: Delegation, happened: Happened, *, today: date) -> None:
    name, on = delegation.kind.name, happened.on
    if on > today:
        raise UnableToRecordCaseError("案件日期不能晚于今天。", field="on")
    if on < delegation.valid_from:
        message = Phrase(
            "“%(name)s”自 %(valid_from)s 起才下放，%(on)s 的案件不在授权期内。",
            name=name,
            valid_from=delegation.valid_from,
            on=on,
        )
        raise UnableToRecordCaseError(message, field="on")
    if delegation.valid_until is not None and on > delegation.valid_until:
        message = Phrase(
            "“%(name)s”的授权到 %(valid_until)s 为止，%(on)s 的案件不在授权期内。",
            name=name,
            valid_until=delegation.valid_until,
            on=on,
        )
        raise UnableToRecordCaseError(message, field="on")
    if delegation.revoked_on is not None and on >= delegation.revoked_on:
        message = Phrase(
            "“%(name)s”已于 %(revoked_on)s 收回，%(on)s 的案件不在授权期内。",
            name=name,
            revoked_on=delegation.revoked_on,
            on=on,
        )
        raise UnableToRecordCaseError(message, field="on")
    if not happened.area.path.startswith(delegation.area.path):
        message = Phrase(
            "%(area)s不属于%(granted)s，超出授权地域。",
            area=happened.area.name,
            granted=delegation.area.name,
        )
        raise UnableToRecordCaseError(message, field="area")
    if happened.measure not in delegation.measures:
        allowed = [Phrase(MEASURES[code]) for code in delegation.measures if code in MEASURES]
        label = MEASURES.get(happened.measure, "未选择")
        message = Phrase(
            "授权文件没有“%(label)s”这项措施，超出范围；可用：%(allowed)s。",
            label=Phrase(label),
            allowed=joined("、", allowed),
        )
        raise UnableToRecordCaseError(message, field="measure")
    if happened.outcome not in EnforcementCase.Outcome.values:
        raise UnableToRecordCaseError("请选择结果。", field="outcome")
    if len(happened.photos) > MOST_PHOTOS:
        raise UnableToRecordCaseError(
            Phrase("照片最多 %(most)s 张。", most=MOST_PHOTOS), field="photos"
        )


def _require_sense(grant: Grant) -> None:
    if grant.area.level != Area.Level.TOWNSHIP:
        message = Phrase("%(name)s不是乡镇（街道），执法权限只能下放到乡镇。", name=grant.area.name)
        raise UnableToDelegateError(message, field="area")
    unknown = [code for code in grant.measures if code not in MEASURES]
    if unknown or not grant.measures:
        raise UnableToDelegateError("请勾选授权文件写明的措施。", field="measures")
    if grant.valid_until is not None and grant.valid_until < grant.valid_from:
        raise UnableToDelegateError("止期不能早于起期。", field="valid_until")


def _overlapping(grant: Grant) -> Delegation | None:
    """Return another delegation of the power to the township that shares a day with this one."""
    for other in Delegation.objects.filter(kind=grant.kind, area=grant.area):
        first = max(grant.valid_from, other.valid_from)
        ends = (grant.valid_until, other.valid_until)
        is_taken_back = other.revoked_on is not None and other.revoked_on <= first
        if not is_taken_back and all(end is None or end >= first for end in ends):
            return other
    return None


def _period(delegation: Delegation) -> str:
    """Say from when until when a power that was used for a day at least may be used."""
    ends = [day for day in (delegation.valid_until,) if day is not None]
    if delegation.revoked_on is not None:
        ends.append(delegation.revoked_on - timedelta(days=1))
    return Phrase(
        "%(since)s 至 %(until)s",
        since=delegation.valid_from,
        until=min(ends, default=None) or Phrase("长期"),
    )
