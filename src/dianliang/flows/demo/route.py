"""A day for the demo's steward, whenever the demo is built: some stops behind him, more ahead.

The morning is done as far as the clock says. What is still to do lies in working hours, today as
far as they go and then tomorrow, which is published. What the station's queue lacks is made up by
regular visits to the team's customers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dianliang.core.numbers import next_number
from dianliang.domain.catalog.models import Service, Skill
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.customers.models import Customer
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.work.operations import visits
from dianliang.domain.work.operations.visits import Checked, Record
from dianliang.domain.workforce.crews import crew
from dianliang.domain.workforce.models import Certificate, Person, Team
from dianliang.flows import care, identity
from dianliang.flows.demo import words
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

STOPS, DONE_MOST, TOMORROW = 6, 2, 4
NEAR_M = 15_000.0
METRES_PER_MINUTE = 500
"""Thirty kilometres an hour on county roads."""
STEP, SLOT = timedelta(minutes=5), timedelta(minutes=75)
LUNCH_FROM, LUNCH_UNTIL = time(11, 0), time(13, 30)
CARE_SKILLS = ("care", "inspect")
GEAR = {"梯子": 1, "灯具": 4, "漏电保护测试仪": 1}
NEEDED = {"care": {"灯具": 2}, "inspect": {"漏电保护测试仪": 1}, "repair": {"梯子": 1}}
"""What a visit of each kind brings along."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A job with its place in a day."""

    job: Job
    arrive_at: datetime
    depart_at: datetime


def publish_route(team: Team, *, by: Actor, at: datetime) -> list[Visit]:
    """Give a team today's and tomorrow's stops; return today's, in order."""
    on = at.astimezone(SHANGHAI).date()
    _prepare(team, on=on)
    behind = _stops_behind(team, at=at)
    done = _legs(team, _filled([], team, count=behind, by=by, at=at), start=_opens(team, on))
    _publish(team, done, on=on, by=by, at=_yesterday(at))
    _finish(team, on=on, before=at)
    ahead = _filled(_queue(team, on=on), team, count=STOPS - len(done), by=by, at=at)
    start = max(at, _opens(team, on), *(leg.depart_at for leg in done))
    legs = _legs(team, ahead, start=start)
    fits = [leg for leg in legs if leg.depart_at <= _closes(team, on)]
    _publish(team, fits, on=on, by=by, at=at)
    tomorrow = on + timedelta(days=1)
    queue = [leg.job for leg in legs if leg not in fits]
    asked = [job for job in _queue(team, on=on) if job not in queue]
    later = _filled(asked, team, count=max(0, TOMORROW - len(queue)), by=by, at=at)
    nextday = _legs(team, [*queue, *later], start=_opens(team, tomorrow))
    _publish(team, nextday, on=tomorrow, by=by, at=at)
    return list(Visit.objects.filter(team=team, on=on).order_by("sequence"))


def _prepare(team: Team, *, on: date) -> None:
    """Let the team do what its day asks: certificates for regular visits, gear on the car."""
    Team.objects.filter(pk=team.pk).update(gear=GEAR)
    for member in crew(team, on=on):
        for skill in Skill.objects.filter(code__in=CARE_SKILLS).exclude(code__in=member.skills):
            Certificate.objects.create(
                person=Person.objects.get(number=member.number),
                skill=skill,
                issued_on=on - timedelta(days=200),
                expires_on=on + timedelta(days=896),
            )


def _stops_behind(team: Team, *, at: datetime) -> int:
    """Return how many stops a team has made by now: none without somebody who could have."""
    on = at.astimezone(SHANGHAI).date()
    worked = (at - _opens(team, on)) // SLOT
    return max(0, min(DONE_MOST, worked)) if _doer(team, on=on) else 0


def _doer(team: Team, *, on: date) -> Actor | None:
    for member in crew(team, on=on):
        user = Person.objects.select_related("user").get(number=member.number).user
        if user is not None and not member.is_captain:
            return identity.actor_of(user, on=on)
    return None


def _queue(team: Team, *, on: date) -> list[Job]:
    """Return the nearest waiting jobs of the station that the crew may do."""
    base = GeoPoint(team.base_lat, team.base_lon)
    skills = {skill for member in crew(team, on=on) for skill in member.skills}
    waiting = Job.objects.filter(status="OPEN", unit=team.unit, customer=None)
    able = [
        job
        for job in waiting.select_related("skill", "unit")
        if (job.skill is None or job.skill.code in skills) and _point(job).distance_m(base) < NEAR_M
    ]
    return sorted(able, key=lambda job: _point(job).distance_m(base))


def _filled(jobs: list[Job], team: Team, *, count: int, by: Actor, at: datetime) -> list[Job]:
    """Return so many jobs: half of them waiting needs, the rest visits to the team's customers.

    Where the team has too few customers, more of the needs.
    """
    found = jobs[: count // 2]
    for customer in _customers(team):
        if len(found) == count:
            break
        found.append(_regular(customer, team, by=by, at=at))
    found += jobs[count // 2 :][: count - len(found)]
    for job in found:
        skill = job.skill.code if job.skill else ""
        if not job.gear and skill in NEEDED:
            Job.objects.filter(pk=job.pk).update(gear=NEEDED[skill])
    return found


def _customers(team: Team) -> Iterable[Customer]:
    """Return special customers near a team whom no visit of its route has yet, its own first."""
    base = GeoPoint(team.base_lat, team.base_lon)
    routed = Visit.objects.filter(team=team).values("job__customer")
    special = Customer.objects.filter(unit=team.unit, lat__isnull=False, consented_on__isnull=False)
    free = special.exclude(special_kind="").exclude(pk__in=routed.exclude(job__customer=None))
    return sorted(
        free.exclude(
            pk__in=Job.objects.filter(status="SCHEDULED").exclude(customer=None).values("customer")
        ),
        key=lambda c: (
            c.preferred_team_code != team.code,
            GeoPoint(c.lat or 0, c.lon or 0).distance_m(base),
        ),
    )


def _regular(customer: Customer, team: Team, *, by: Actor, at: datetime) -> Job:
    """Return the customer's waiting regular visit, or open one as of yesterday."""
    waiting = Job.objects.filter(status="OPEN", customer=customer).select_related("skill").first()
    if waiting is not None:
        Job.objects.filter(pk=waiting.pk).update(opened_at=_yesterday(at))
        return waiting
    _remember(customer, team, at=at)
    job = job_operations.open_job(
        title=f"定期走访：{customer.get_special_kind_display()}",
        service=active_service(care.VISIT_SERVICE[customer.special_kind]),
        area=customer.area,
        point=GeoPoint(customer.lat or 0, customer.lon or 0),
        unit=team.unit,
        customer=customer,
        duration_min=30,
        preferred_team=team if customer.preferred_team_code == team.code else None,
        by=by,
        at=_yesterday(at),
    )
    Job.objects.filter(pk=job.pk).update(is_generated=True)
    return job


def _remember(customer: Customer, team: Team, *, at: datetime) -> None:
    """Write the visit before this one, so that the steward can read what was found."""
    ended = _yesterday(at) - timedelta(days=customer.visit_interval_days or 30)
    service: Service | None = active_service(care.VISIT_SERVICE[customer.special_kind])
    job = Job.objects.create(
        number=next_number("GD", at=ended),
        title=f"定期走访：{customer.get_special_kind_display()}",
        service=service,
        area=customer.area,
        customer=customer,
        lat=customer.lat or 0,
        lon=customer.lon or 0,
        duration_min=30,
        unit=team.unit,
        status="DONE",
        opened_at=ended - timedelta(days=1),
        done_at=ended,
        is_generated=True,
    )
    Visit.objects.create(
        number=next_number("SM", at=ended),
        job=job,
        team=team,
        on=ended.astimezone(SHANGHAI).date(),
        sequence=1,
        arrive_at=ended - timedelta(minutes=30),
        depart_at=ended,
        arrived_at=ended - timedelta(minutes=30),
        ended_at=ended,
        status="DONE",
        findings=words.FINDINGS[customer.pk % len(words.FINDINGS)],
    )


def _legs(team: Team, jobs: list[Job], *, start: datetime) -> list[Leg]:
    """Put jobs into an order that can be driven, each the nearest to the one before."""
    here, clock, left, legs = GeoPoint(team.base_lat, team.base_lon), start, list(jobs), []
    has_eaten = clock.astimezone(SHANGHAI).time() > LUNCH_UNTIL
    while left:
        job = min(left, key=lambda each: _point(each).distance_m(here))
        left.remove(job)
        if not has_eaten and LUNCH_FROM <= clock.astimezone(SHANGHAI).time() <= LUNCH_UNTIL:
            clock, has_eaten = clock + timedelta(minutes=team.lunch_min), True
        drive = timedelta(minutes=_point(job).distance_m(here) / METRES_PER_MINUTE)
        arrive_at = _rounded(clock + drive)
        here, clock = _point(job), arrive_at + timedelta(minutes=job.duration_min)
        legs.append(Leg(job, arrive_at, clock))
    return legs


def _publish(team: Team, legs: list[Leg], *, on: date, by: Actor, at: datetime) -> None:
    first = Visit.objects.filter(team=team, on=on).count() + 1
    for sequence, leg in enumerate(legs, start=first):
        job_operations.schedule(job=leg.job, by=by, at=at)
        Visit.objects.create(
            number=next_number("SM", at=at),
            job=leg.job,
            team=team,
            on=on,
            sequence=sequence,
            arrive_at=leg.arrive_at,
            depart_at=leg.depart_at,
        )


def _finish(team: Team, *, on: date, before: datetime) -> None:
    """Do the published stops as the steward would have done them by now."""
    by = _doer(team, on=on)
    for visit in Visit.objects.filter(team=team, on=on).order_by("sequence"):
        if by is not None:
            _do(visit, opens=_opens(team, on), before=before, by=by)


def _do(visit: Visit, *, opens: datetime, before: datetime, by: Actor) -> None:
    arrived, ended = min(visit.arrive_at, before), min(visit.depart_at, before)
    accepted = visits.accept(visit=visit, by=by, at=min(opens, before))
    on_the_way = visits.depart(visit=accepted, by=by, at=max(opens, arrived - 3 * STEP))
    on_site = visits.arrive(visit=on_the_way, by=by, at=arrived)
    record = Record(
        checklist=tuple(Checked(item=str(item), ok=True) for item in visit.job.checklist),
        findings=words.FINDINGS[visit.sequence],
    )
    done = visits.complete(visit=on_site, record=record, by=by, at=ended)
    care.after_visit(visit=done, by=by, at=ended)


def _point(job: Job) -> GeoPoint:
    return GeoPoint(job.lat, job.lon)


def _opens(team: Team, on: date) -> datetime:
    return datetime.combine(on, team.shift_starts, SHANGHAI)


def _closes(team: Team, on: date) -> datetime:
    return datetime.combine(on, team.shift_ends, SHANGHAI)


def _yesterday(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(SHANGHAI).date() - timedelta(days=1), time(16), SHANGHAI)


def _rounded(instant: datetime) -> datetime:
    return instant + (datetime.min.replace(tzinfo=instant.tzinfo) - instant) % STEP
