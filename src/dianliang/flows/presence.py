"""Presence at service points (驻点): who, where, when; a proposed month; check-in with the code."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet

from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.programs import access, presence_plan
from dianliang.domain.programs.models import PresenceDay, PresenceDuty
from dianliang.domain.programs.operations import presence as operations
from dianliang.domain.programs.operations.presence import UnableToCheckInError
from dianliang.domain.programs.presence_plan import Duty
from dianliang.domain.programs.queries import PresenceRow, month_of, presence_rows
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Absence, GridWorker, Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

Kind = PresenceDuty.Kind
POINTS = (Site.Kind.STATION, Site.Kind.PRACTICE_POINT)
CODES = signing.Signer(salt="presence", sep=".")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOf:
    """A person of the month's table, with what is proposed for him."""

    row: PresenceRow
    proposed: tuple[date, ...]
    short: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PresencePage:
    """A month of presence: per person, gaps first, and the points nobody is promised to."""

    month: date
    before: date
    after: date
    rows: tuple[MonthOf, ...]
    empty_sites: tuple[tuple[str, str], ...]
    working_days: int
    has_proposal: bool

    @property
    def gaps(self) -> tuple[MonthOf, ...]:
        """Return who will not reach his days, even if he keeps every one that is left."""
        return tuple(person for person in self.rows if person.row.short)

    @property
    def planned(self) -> int:
        """Return how many days are planned."""
        return sum(len(person.row.planned) for person in self.rows)

    @property
    def kept(self) -> int:
        """Return how many days were kept."""
        return sum(len(person.row.kept) for person in self.rows)

    @property
    def missed(self) -> int:
        """Return how many planned days were missed."""
        return sum(len(person.row.missed) for person in self.rows)


def page(*, month: date, by: Actor, on: date, is_proposing: bool = False) -> PresencePage:
    """Return a month at the actor's service points; with `is_proposing`, days for who is short."""
    first, end = month_of(month)
    duties = access.duties_of(by)
    rows = presence_rows(duties, month=first, on=on)
    proposals = _proposed(rows, month=first, on=on) if is_proposing else {}
    served = {row.site_code for row in rows}
    sites = _points(by).exclude(code__in=served).values_list("code", "name")
    people = [
        MonthOf(
            row=row,
            proposed=proposals[row.duty_id].days if row.duty_id in proposals else (),
            short=proposals[row.duty_id].short if row.duty_id in proposals else 0,
        )
        for row in rows
    ]
    people.sort(key=lambda p: (-p.row.short, p.row.site_code, p.row.person_number))
    return PresencePage(
        month=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=end,
        rows=tuple(people),
        empty_sites=tuple(sites),
        working_days=len(working_days(first)),
        has_proposal=any(person.proposed for person in people),
    )


def _points(by: Actor) -> QuerySet[Site]:
    return Site.objects.filter(kind__in=POINTS, unit__path__startswith=by.unit_path or "-")


def working_days(month: date) -> tuple[date, ...]:
    """Return the working days of a month by the Chinese calendar that is loaded."""
    first, end = month_of(month)
    calendar = work_calendar()
    days = (first + timedelta(days=n) for n in range((end - first).days))
    return tuple(day for day in days if calendar.is_working_day(day))


def _proposed(
    rows: Sequence[PresenceRow], *, month: date, on: date
) -> Mapping[int, presence_plan.Proposal]:
    first, end = month_of(month)
    of_duty = {
        duty.pk: duty for duty in PresenceDuty.objects.filter(pk__in=[row.duty_id for row in rows])
    }
    away = days_away({duty.person_id for duty in of_duty.values()}, first=first, end=end)
    elsewhere = PresenceDay.objects.filter(
        duty__person_id__in=[duty.person_id for duty in of_duty.values()], on__gte=first, on__lt=end
    ).exclude(duty__in=of_duty)
    for person, day in elsewhere.values_list("duty__person_id", "on"):
        away.setdefault(person, set()).add(day)
    wanted = [
        Duty(
            id=row.duty_id,
            person_id=of_duty[row.duty_id].person_id,
            site_id=of_duty[row.duty_id].site_id,
            days=row.needed,
            fixed=tuple(sorted((set(row.planned) | set(row.kept)) - set(row.missed))),
            since=of_duty[row.duty_id].valid_from,
            until=of_duty[row.duty_id].valid_until or date.max,
        )
        for row in rows
    ]
    found = presence_plan.propose(
        wanted,
        working_days=working_days(month),
        away=away,
        first=max(first, on),
    )
    return {proposal.duty_id: proposal for proposal in found}


def days_away(people: Collection[int], *, first: date, end: date) -> dict[int, set[date]]:
    """Return on which days of a span each person is absent. One query."""
    found: dict[int, set[date]] = {}
    rows = Absence.objects.filter(person_id__in=people, first_on__lt=end, last_on__gte=first)
    for absence in rows:
        day = max(first, absence.first_on)
        while day <= absence.last_on and day < end:
            found.setdefault(absence.person_id, set()).add(day)
            day += timedelta(days=1)
    return found


def duty_to_move(duty_id: int, *, by: Actor) -> PresenceDuty:
    """Return a duty at the actor's service points.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    duty = access.duties_of(by).select_related("person", "site").filter(pk=duty_id).first()
    if duty is None:
        raise NotVisibleError("没有找到这项驻点职责。")
    return duty


@transaction.atomic
def accept(*, days: Mapping[int, Sequence[date]], month: date, by: Actor, at: datetime) -> int:
    """Plan days of a month for several duties, all or none; return how many are new.

    Raises:
        NotVisibleError: a duty is absent or another unit's.
        InvalidInputError: a day lies outside the month.
        UnableToPlanPresenceError: a day is not possible; person and day are named.
    """
    planned = 0
    first, end = month_of(month)
    odd = next((day for some in days.values() for day in some if not first <= day < end), None)
    if odd is not None:
        message = Phrase(
            "%(odd)s 不在 %(first)s 内，请打开那个月的排班再勾选。", odd=odd, first=f"{first:%Y-%m}"
        )
        raise InvalidInputError(message, field="days")
    for duty_id, wanted in days.items():
        duty = duty_to_move(duty_id, by=by)
        if not wanted:
            continue
        away = days_away([duty.person_id], first=first, end=end)
        planned += operations.plan_days(
            duty=duty,
            days=wanted,
            calendar=work_calendar(),
            away=away.get(duty.person_id, set()),
            by=by,
            at=at,
        )
    return planned


def drop_day(*, duty_id: int, on: date, by: Actor, at: datetime) -> None:
    """Take a planned day out that has not come yet.

    Raises:
        NotVisibleError, UnableToPlanPresenceError: see the operation.
    """
    operations.drop_day(duty=duty_to_move(duty_id, by=by), on=on, by=by, at=at)


def people_to_assign(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return number and name of the people of the actor's units."""
    own = Person.objects.filter(is_active=True, unit__path__startswith=by.unit_path or "-")
    return tuple(own.values_list("number", "name"))


def points_to_assign(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return code and name of the service points of the actor's units."""
    return tuple(_points(by).values_list("code", "name"))


def assign(
    *, person_number: str, site_code: str, kind: str, days_a_month: int, by: Actor, at: datetime
) -> PresenceDuty:
    """Give a person of the actor's units the duty to be at one of its service points.

    Raises:
        InvalidInputError: an unknown person or point, or too few days.
        UnableToPlanPresenceError: he has it already.
    """
    person = Person.objects.filter(
        number=person_number, is_active=True, unit__path__startswith=by.unit_path or "-"
    ).first()
    if person is None:
        raise InvalidInputError("请选择本单位范围内的在岗人员。", field="person")
    site = _points(by).filter(code=site_code).first()
    if site is None:
        raise InvalidInputError("请选择本单位范围内的服务站点。", field="site")
    return operations.assign(
        person=person,
        site=site,
        kind=kind,
        days_a_month=days_a_month,
        on=at.astimezone(SHANGHAI).date(),
        by=by,
        at=at,
    )


@transaction.atomic
def assign_grid_workers(*, by: Actor, at: datetime) -> int:
    """Give each grid worker on a cell without a duty the nearest point of his unit.

    Returns how many were assigned; one whose unit has no point, or whose cell no position, waits.
    """
    busy = PresenceDuty.objects.filter(valid_until=None).values("person_id")
    waiting = GridWorker.objects.filter(
        status="PLACED", person__unit__path__startswith=by.unit_path or "-"
    ).exclude(person__in=busy)
    points = list(_points(by).select_related("unit"))
    assigned = 0
    for worker in waiting.select_related("person__unit", "area").order_by("person__number"):
        own = [site for site in points if site.unit_id == worker.person.unit_id]
        if worker.area is None or worker.area.lat is None or worker.area.lon is None or not own:
            continue
        here = GeoPoint(worker.area.lat, worker.area.lon)
        nearest = min(own, key=lambda s: (here.distance_m(GeoPoint(s.lat, s.lon)), s.code))
        operations.assign(
            person=worker.person,
            site=nearest,
            kind=Kind.GRID,
            days_a_month=operations.LEAST_DAYS,
            on=at.astimezone(SHANGHAI).date(),
            by=by,
            at=at,
        )
        assigned += 1
    return assigned


def end(*, duty_id: int, by: Actor, at: datetime) -> PresenceDuty:
    """End a duty today.

    Raises:
        NotVisibleError: it is absent or another unit's.
        UnableToPlanPresenceError: it has ended.
    """
    on = at.astimezone(SHANGHAI).date()
    return operations.end(duty=duty_to_move(duty_id, by=by), on=on, by=by, at=at)


def code_of(site_code: str) -> str:
    """Return what the printed code of a service point holds: nobody can make one up."""
    return CODES.sign(site_code)


def codes(by: Actor) -> tuple[tuple[str, str, str, str], ...]:
    """Return code, name, address and secret of the actor's service points, to print."""
    rows = _points(by).values_list("code", "name", "address")
    return tuple((code, name, address, code_of(code)) for code, name, address in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointToday:
    """A service point as somebody sees who has scanned its code."""

    code: str
    name: str
    address: str
    is_my_duty: bool
    is_planned_today: bool
    checked_in_at: datetime | None
    kept: int
    needed: int


def point_today(*, code: str, by: Actor, on: date) -> PointToday:
    """Return a service point for the person who scanned its code.

    Raises:
        NotVisibleError: the code is none of ours, or the point is another unit's.
    """
    site = _scanned(code, by=by)
    duty = _own_duty(site, by=by, on=on)
    today = PresenceDay.objects.filter(duty=duty, on=on).first() if duty else None
    kept = presence_rows(PresenceDuty.objects.filter(pk=duty.pk), month=on, on=on) if duty else ()
    return PointToday(
        code=site.code,
        name=site.name,
        address=site.address,
        is_my_duty=duty is not None,
        is_planned_today=today is not None and today.is_planned,
        checked_in_at=today.checked_in_at if today else None,
        kept=len(kept[0].kept) if kept else 0,
        needed=duty.days_a_month if duty else 0,
    )


def check_in(
    *, code: str, point: GeoPoint | None, accuracy_m: int, by: Actor, at: datetime
) -> PresenceDay:
    """Note that the person who scanned a code is there: code, place and time must agree.

    Raises:
        NotVisibleError: the code is none of ours, or the point is another unit's.
        UnableToCheckInError: it is not his point, or the phone is elsewhere or does not say where.
    """
    site = _scanned(code, by=by)
    duty = _own_duty(site, by=by, on=at.astimezone(SHANGHAI).date())
    if duty is None:
        raise UnableToCheckInError(
            Phrase("您没有在%(name)s的驻点职责，请联系调度员。", name=site.name)
        )
    if point is None:
        raise UnableToCheckInError("没有取得位置，请允许定位后再签到。", field="lat")
    return operations.check_in(
        duty=duty,
        point=point,
        accuracy_m=accuracy_m,
        calendar=work_calendar(),
        by=by,
        at=at,
    )


def _scanned(code: str, *, by: Actor) -> Site:
    try:
        site_code = CODES.unsign(code)
    except signing.BadSignature as error:
        raise NotVisibleError("这不是有效的驻点二维码。") from error
    site = Site.objects.filter(code=site_code, unit__path__startswith=by.unit_path or "-").first()
    if site is None:
        raise NotVisibleError("没有找到这个服务站点。")
    return site


def _own_duty(site: Site, *, by: Actor, on: date) -> PresenceDuty | None:
    if not by.person_number:
        return None
    running = Q(valid_until=None) | Q(valid_until__gte=on)
    return (
        PresenceDuty.objects.select_related("site", "person")
        .filter(running, site=site, person__number=by.person_number, valid_from__lte=on)
        .first()
    )
