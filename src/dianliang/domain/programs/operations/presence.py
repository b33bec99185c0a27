"""Every write about presence at a service point."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.programs.models import PresenceDay, PresenceDuty
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI, WorkCalendar
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

LEAST_DAYS, MOST_DAYS = 2, 23
NEAR_M = 300
"""How far from the site's own position a check-in may be, besides what the phone is unsure of."""
OPENS_AT, CLOSES_AT = time(7), time(20)
"""Between these hours somebody may find a service point open; outside nobody is served."""
MOST_UNSURE_M = 500
"""A position that could be anywhere in a village shows nothing."""


class UnableToPlanPresenceError(DomainError):
    """Nobody can be there on that day, or the duty is not his."""

    code = "programs.unable-to-plan-presence"


class UnableToCheckInError(DomainError):
    """It does not show that the person was there."""

    code = "programs.unable-to-check-in"


@transaction.atomic
def assign(
    *, person: Person, site: Site, kind: str, days_a_month: int, on: date, by: Actor, at: datetime
) -> PresenceDuty:
    """Give a person the duty to be at a service point so many working days a month.

    Raises:
        InvalidInputError: fewer than two days, or an unknown kind.
        UnableToPlanPresenceError: the person has the duty at this site already.
    """
    if not LEAST_DAYS <= days_a_month <= MOST_DAYS:
        message = Phrase(
            "每月驻点应为 %(least)s 到 %(most)s 个工作日。", least=LEAST_DAYS, most=MOST_DAYS
        )
        raise InvalidInputError(message, field="days_a_month")
    if kind not in PresenceDuty.Kind.values:
        raise InvalidInputError("请选择联络员或网格员。", field="kind")
    duty, is_new = PresenceDuty.objects.get_or_create(
        person=person,
        site=site,
        valid_until=None,
        defaults={"kind": kind, "days_a_month": days_a_month, "valid_from": on},
    )
    if not is_new:
        raise UnableToPlanPresenceError(
            Phrase(
                "%(person)s已在%(site)s驻点。",
                person=person.name,
                site=site.name,
            ),
            field="person",
        )
    words = f"{person.number} → {site.code}，每月 {days_a_month} 天"
    audit.record("programs.presenceduty.assign", target=duty, by=by, at=at, after=words)
    return duty


@transaction.atomic
def end(*, duty: PresenceDuty, on: date, by: Actor, at: datetime) -> PresenceDuty:
    """End a duty; what was planned after its last day goes.

    Raises:
        UnableToPlanPresenceError: it has ended; pressing again would make it longer.
        InvalidInputError: it would end before it began.
    """
    if duty.valid_until is not None:
        message = Phrase(
            "%(person)s在%(site)s的驻点职责已结束。",
            person=duty.person.name,
            site=duty.site.name,
        )
        raise UnableToPlanPresenceError(message)
    if on < duty.valid_from:
        raise InvalidInputError("结束日期不能早于开始日期。", field="on")
    duty.valid_until = on
    duty.save(update_fields=["valid_until"])
    PresenceDay.objects.filter(duty=duty, on__gt=on, checked_in_at=None).delete()
    audit.record("programs.presenceduty.end", target=duty, by=by, at=at, after=str(on))
    return duty


@transaction.atomic
def plan_days(
    *,
    duty: PresenceDuty,
    days: Sequence[date],
    calendar: WorkCalendar,
    away: Collection[date],
    by: Actor,
    at: datetime,
) -> int:
    """Plan days of presence; return how many are new. Days that are planned stay.

    Raises:
        UnableToPlanPresenceError: a day is no working day, past, outside the duty, or the person is
            away or at another site then.
    """
    today = at.astimezone(SHANGHAI).date()
    # A second press, or one for another site of the same person, waits here and then finds the
    # days of the first.
    own = PresenceDuty.objects.filter(person_id=duty.person_id).order_by("pk")
    list(own.select_for_update().values_list("pk", flat=True))
    known = set(PresenceDay.objects.filter(duty=duty, on__in=days).values_list("on", flat=True))
    fresh = [day for day in dict.fromkeys(days) if day not in known]
    elsewhere = set(
        PresenceDay.objects.filter(duty__person_id=duty.person_id, on__in=fresh)
        .exclude(duty=duty)
        .values_list("on", flat=True)
    )
    for day in fresh:
        because = _obstacle(duty, day, today=today, calendar=calendar, away=away)
        because = because or ("当天已安排在别的站点" if day in elsewhere else "")
        if because:
            raise UnableToPlanPresenceError(
                Phrase(
                    "%(name)s %(day)s：%(because)s。",
                    name=duty.person.name,
                    day=f"{day:%m-%d}",
                    because=Phrase(because),
                ),
                field="days",
            )
    PresenceDay.objects.bulk_create(
        PresenceDay(duty=duty, on=day, is_planned=True) for day in fresh
    )
    if fresh:
        words = "、".join(f"{day:%m-%d}" for day in sorted(fresh))
        audit.record("programs.presenceduty.plan_days", target=duty, by=by, at=at, after=words)
    return len(fresh)


def _obstacle(
    duty: PresenceDuty, day: date, *, today: date, calendar: WorkCalendar, away: Collection[date]
) -> str:
    if day < today:
        return "日期已过，不能再计划"
    if not calendar.is_working_day(day):
        return "不是工作日"
    if day < duty.valid_from or (duty.valid_until and day > duty.valid_until):
        return "不在驻点职责期内"
    return "已请假" if day in away else ""


@transaction.atomic
def drop_day(*, duty: PresenceDuty, on: date, by: Actor, at: datetime) -> None:
    """Take a day out of the plan that has not come yet.

    Raises:
        UnableToPlanPresenceError: it is past, or was kept: what was promised and missed is shown.
    """
    day = PresenceDay.objects.filter(duty=duty, on=on).first()
    if day is None or day.checked_in_at or on < at.astimezone(SHANGHAI).date():
        raise UnableToPlanPresenceError("只能撤掉今天以后、还没有签到的计划日。", field="on")
    day.delete()
    audit.record("programs.presenceduty.drop_day", target=duty, by=by, at=at, before=str(on))


@transaction.atomic
def check_in(
    *,
    duty: PresenceDuty,
    point: GeoPoint,
    accuracy_m: int,
    calendar: WorkCalendar,
    by: Actor,
    at: datetime,
) -> PresenceDay:
    """Note that a person is at the service point now. A second time changes nothing.

    Raises:
        UnableToCheckInError: the phone is too far away or too unsure, or it is no working day of
            the duty, or too early or too late on it.
    """
    here = at.astimezone(SHANGHAI)
    on = here.date()
    if not calendar.is_working_day(on):
        raise UnableToCheckInError("今天不是工作日，不计驻点，请在工作日签到。")
    if not OPENS_AT <= here.time() <= CLOSES_AT:
        message = Phrase(
            "请在 %(opens_at)s 到 %(closes_at)s 之间签到，其他时间不计驻点。",
            opens_at=f"{OPENS_AT:%H:%M}",
            closes_at=f"{CLOSES_AT:%H:%M}",
        )
        raise UnableToCheckInError(message)
    if on < duty.valid_from or (duty.valid_until and on > duty.valid_until):
        raise UnableToCheckInError("今天不在您的驻点职责期内。")
    if accuracy_m > MOST_UNSURE_M:
        message = Phrase(
            "定位误差 %(accuracy_m)s 米太大，请到室外或打开精确定位后再签到。",
            accuracy_m=accuracy_m,
        )
        raise UnableToCheckInError(message, field="accuracy_m")
    away = round(point.distance_m(GeoPoint(duty.site.lat, duty.site.lon)))
    if away > NEAR_M + accuracy_m:
        message = Phrase(
            "您离%(name)s约 %(away)s 米，请到站点后再签到。", name=duty.site.name, away=away
        )
        raise UnableToCheckInError(message, field="lat")
    arrival = {
        "checked_in_at": at,
        "away_m": away,
        "accuracy_m": accuracy_m,
        "lat": round(point.lat, 4),
        "lon": round(point.lon, 4),
    }
    day, is_new = PresenceDay.objects.select_for_update().get_or_create(
        duty=duty, on=on, defaults={"is_planned": False, **arrival}
    )
    if not is_new:
        if day.checked_in_at:
            return day
        for field, value in arrival.items():
            setattr(day, field, value)
        day.save(update_fields=[*arrival])
    audit.record("programs.presenceduty.check_in", target=duty, by=by, at=at, after=f"{away} 米")
    return day
