"""Every write about who answers for an area: a hand-over, and taking back one that is to come."""

from datetime import date, datetime, timedelta

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Charge, ChargeKind, Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

FARTHEST_DAYS = 366
LATE_DAYS = 92
"""How late a hand-over, or a leaving, that has taken place may be written down: about a quarter."""
FIRST_ON = date(2000, 1, 1)
"""How far back the first table of a unit may say since when somebody has answered for an area."""
NOBODY = "空缺"


class UnableToHandOverError(DomainError):
    """This person cannot answer for this area from this day on."""

    code = "workforce.unable-to-hand-over"


@transaction.atomic
def hand_over(
    *,
    area: Area,
    kind: ChargeKind,
    person: Person | None,
    from_on: date,
    reason: str,
    by: Actor,
    at: datetime,
    is_table: bool = False,
) -> Charge:
    """Let somebody, or nobody, answer for an area from a day on (交接).

    The day may lie ahead. What was before ends there by itself; what was decided for later stays.
    Where nobody was named yet, a table (`is_table`) may reach back to 2000, so that it can be taken
    over as it was kept on paper.

    Raises:
        UnableToHandOverError: the kind is not for this level, the person is not on duty or
            answers for the area already, or the day is taken, too far away or before what has
            been written down.
    """
    today = at.astimezone(SHANGHAI).date()
    if area.level not in kind.levels:
        message = Phrase(
            "%(kind)s不设在“%(level)s”这一级，%(area)s不用指定。",
            kind=kind.name,
            level=Phrase(area.get_level_display()),
            area=area.name,
        )
        raise UnableToHandOverError(message, field="cells")
    if not reason:
        raise UnableToHandOverError("请写明交接原因。", field="reason")
    if person is not None:
        _require_on_duty(person, from_on=from_on)
    before = _before(area, kind, person, from_on=from_on, today=today, is_table=is_table)
    charge, is_new = Charge.objects.get_or_create(
        area=area,
        kind=kind,
        from_on=from_on,
        defaults={
            "person": person,
            "reason": reason,
            "decided_at": at,
            "decided_by": by.name,
        },
    )
    if not is_new:
        raise _there_is(charge, today=today)
    audit.record(
        "workforce.charge.hand_over",
        target=charge,
        by=by,
        at=at,
        before=_name(before.person) if before else "",
        after=_name(person),
        reason=f"{area.name} {kind.name} {from_on}：{reason}",
    )
    return charge


@transaction.atomic
def take_back(*, charge: Charge, reason: str, by: Actor, at: datetime) -> None:
    """Take back a hand-over that is to come, or that was written down today (撤回交接).

    Raises:
        UnableToHandOverError: it has begun and others have relied on it, so that it is history.
    """
    today = at.astimezone(SHANGHAI).date()
    if charge.from_on <= today and charge.decided_at.astimezone(SHANGHAI).date() != today:
        message = Phrase(
            "%(name)s的交接已于 %(from_on)s 生效，不能撤回，请另办交接。",
            name=charge.area.name,
            from_on=charge.from_on,
        )
        raise UnableToHandOverError(message, field="from_on")
    told = f"{charge.area.name} {charge.kind.name} {charge.from_on}：{reason}"
    audit.record(
        "workforce.charge.take_back",
        target=charge,
        by=by,
        at=at,
        before=_name(charge.person),
        reason=told,
    )
    charge.delete()


@transaction.atomic
def leave_office(*, person: Person, on: date, reason: str, by: Actor, at: datetime) -> Person:
    """Note that somebody serves no longer since a day (离岗); his areas are gaps from that day.

    Raises:
        UnableToHandOverError: he has left before, the day lies too far back, or it lies ahead: a
            hand-over that is to come is what serves then.
    """
    today = at.astimezone(SHANGHAI).date()
    if (today - on).days > LATE_DAYS:
        message = Phrase(
            "离岗日期 %(on)s 已超过 %(late_days)s 天，不能补记，以免改动以前的责任记录；请核对。",
            on=on,
            late_days=LATE_DAYS,
        )
        raise UnableToHandOverError(message, field="left_on")
    if on > today:
        message = Phrase("离岗日期不能晚于今天；将来离岗的，请先登记到那一天的交接。")
        raise UnableToHandOverError(message, field="left_on")
    left = Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False, left_on=on)
    if not left:
        raise UnableToHandOverError(
            Phrase("%(person)s已经离岗。", person=person.name), field="person"
        )
    person.is_active, person.left_on = False, on
    audit.record(
        "workforce.person.leave_office",
        target=person,
        by=by,
        at=at,
        after=on.isoformat(),
        reason=reason,
    )
    return person


def _there_is(charge: Charge, *, today: date) -> UnableToHandOverError:
    is_ahead = charge.from_on > today
    hint = Phrase("，请先撤回它，或换一个日期。") if is_ahead else Phrase("，请换一个日期。")
    message = Phrase(
        "%(area)s的%(kind)s在 %(from_on)s 已有交接（%(name)s）%(hint)s",
        area=charge.area.name,
        kind=charge.kind.name,
        from_on=charge.from_on,
        name=_told(charge.person),
        hint=hint,
    )
    return UnableToHandOverError(message, field="from_on")


def _before(
    area: Area,
    kind: ChargeKind,
    person: Person | None,
    *,
    from_on: date,
    today: date,
    is_table: bool,
) -> Charge | None:
    """Return what a new row would end."""
    if (from_on - today).days > FARTHEST_DAYS:
        message = Phrase(
            "交接日期最多提前 %(farthest_days)s 天登记，现为 %(from_on)s。",
            farthest_days=FARTHEST_DAYS,
            from_on=from_on,
        )
        raise UnableToHandOverError(message, field="from_on")
    rows = Charge.objects.filter(area=area, kind=kind).select_related("person")
    begun = rows.filter(from_on__lte=today).order_by("-from_on").first()
    if begun is None and is_table:
        if from_on < FIRST_ON:
            message = Phrase(
                "起始日期 %(from_on)s 早于 %(first_on)s，请核对。",
                from_on=from_on,
                first_on=FIRST_ON,
            )
            raise UnableToHandOverError(message, field="from_on")
        return None
    if from_on < today - timedelta(days=LATE_DAYS):
        message = Phrase(
            "交接日期 %(from_on)s 已超过 %(late_days)s 天，不能补记；请核对日期。",
            from_on=from_on,
            late_days=LATE_DAYS,
        )
        raise UnableToHandOverError(message, field="from_on")
    if begun is None:
        return None
    if from_on < begun.from_on:
        message = Phrase(
            "%(area)s的%(kind)s自 %(from_on)s 起已是%(name)s，交接日期应晚于这一天。",
            area=area.name,
            kind=kind.name,
            from_on=begun.from_on,
            name=_told(begun.person),
        )
        raise UnableToHandOverError(message, field="from_on")
    before = rows.filter(from_on__lt=from_on).order_by("-from_on").first() or begun
    if before.from_on < from_on and before.person == person:
        message = Phrase(
            "%(area)s的%(kind)s自 %(from_on)s 起就是%(name)s，不用交接。",
            area=area.name,
            kind=kind.name,
            from_on=before.from_on,
            name=_told(person),
        )
        raise UnableToHandOverError(message, field="person")
    return before


def _require_on_duty(person: Person, *, from_on: date) -> None:
    if is_gone(person, on=from_on):
        message = Phrase(
            "%(person)s（%(person_number)s）届时不在岗，请换一位。",
            person=person.name,
            person_number=person.number,
        )
        raise UnableToHandOverError(message, field="person")


def is_gone(person: Person, *, on: date) -> bool:
    """Tell whether a person has left by a day; without a day on record, for all days."""
    if person.left_on is not None:
        return person.left_on <= on
    return not person.is_active


def _name(person: Person | None) -> str:
    return person.name if person else NOBODY


def _told(person: Person | None) -> str:
    return person.name if person else Phrase(NOBODY)
