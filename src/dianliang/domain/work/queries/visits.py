"""A team's route and the sheet of one visit."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from dianliang.core.models import AuditEvent
from dianliang.domain.work.lifecycle import VISIT, VISIT_LABELS, VISIT_OPEN
from dianliang.domain.work.models import Job, PlannedStop, Visit
from dianliang.kernel.geo import GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One line of a team's route: where, when, what, and how it stands."""

    number: str
    team_code: str
    on: date
    sequence: int
    status: str
    status_label: str
    arrive_at: datetime
    depart_at: datetime
    accepted_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime | None
    reason: str
    findings: str
    checked: tuple[dict[str, str | bool], ...]
    photo_count: int
    is_signed: bool
    job_number: str
    title: str
    detail: str
    service: str
    priority: str
    due_at: datetime | None
    duration_min: int
    checklist: tuple[str, ...]
    gear: dict[str, int]
    skill: str
    skill_name: str
    area: str
    area_code: str
    address: str
    lat: float
    lon: float
    travel_m: int
    travel_s: int
    is_travel_planned: bool
    windows: tuple[tuple[datetime, datetime], ...]
    why_team: str
    is_regular_team: bool

    @property
    def is_open(self) -> bool:
        """Tell whether there is still something to do."""
        return self.status in VISIT_OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a visit stands on the server, and who moved it last: what a conflict shows."""

    number: str
    status: str
    label: str
    reason: str
    findings: str
    moved_by: str
    moved_at: datetime | None


def route(
    team_codes: Collection[str], *, first_on: date, last_on: date, left_over_since: date
) -> tuple[Stop, ...]:
    """Return the visits of teams in a period in order of travel, and open ones left over before.

    A withdrawn visit is left out when the same team has another open one for the job.
    """
    visits = _visits().filter(team__code__in=team_codes)
    in_period = visits.filter(on__range=(first_on, last_on))
    left_over = visits.filter(on__gte=left_over_since, on__lt=first_on, status__in=VISIT_OPEN)
    rows = list(in_period.union(left_over).values_list("pk", flat=True))
    ordered = _visits().filter(pk__in=rows).order_by("on", "team__code", "sequence")
    stops = list(_stops(ordered))
    replaced = {(stop.team_code, stop.job_number) for stop in stops if stop.is_open}
    return tuple(
        stop
        for stop in stops
        if stop.status != "WITHDRAWN" or (stop.team_code, stop.job_number) not in replaced
    )


def stop(number: str) -> Stop | None:
    """Return one visit, or None if there is none with this number."""
    return next(iter(_stops(_visits().filter(number=number))), None)


def standing(number: str) -> Standing | None:
    """Return how a visit stands now, or None if there is none with this number."""
    visit = Visit.objects.filter(number=number).first()
    if visit is None:
        return None
    last = AuditEvent.objects.filter(
        target_type="work.visit", target_id=number, outcome=AuditEvent.Outcome.OK
    ).exclude(after="")
    event = last.order_by("-id").first()
    return Standing(
        number=number,
        status=visit.status,
        label=VISIT_LABELS[visit.status],
        reason=visit.reason or (event.reason if event else ""),
        findings=visit.findings,
        moved_by=event.actor_name if event else "",
        moved_at=event.at if event else None,
    )


def needed_skills(team_code: str, *, on: date) -> frozenset[str]:
    """Return the skills that the open visits of a team on a day call for."""
    jobs = Job.objects.filter(
        visits__team__code=team_code, visits__on=on, visits__status__in=VISIT_OPEN
    )
    return frozenset(code for code in jobs.values_list("skill__code", flat=True) if code)


def verbs() -> dict[str, list[dict[str, str]]]:
    """Return the printed table as a phone needs it: state → what may be pressed, and the result."""
    table: dict[str, list[dict[str, str]]] = {state: [] for state in VISIT_LABELS}
    for row in VISIT:
        if row.verb == "withdraw":
            continue
        for source in row.sources:
            table[source].append({"verb": row.verb, "label": row.label, "target": row.target})
    return table


def _visits() -> QuerySet[Visit]:
    return Visit.objects.select_related(
        "team", "job__area", "job__service", "job__skill", "job__customer"
    )


def _stops(visits: QuerySet[Visit]) -> Iterable[Stop]:
    rows = list(visits.prefetch_related("photos"))
    planned = {
        (line.plan_id, line.job_id): line
        for line in PlannedStop.objects.filter(
            plan__in={v.plan_id for v in rows if v.plan_id}, job__in={v.job_id for v in rows}
        )
    }
    before: dict[tuple[int, date], GeoPoint] = {}
    for visit in rows:
        here = GeoPoint(visit.job.lat, visit.job.lon)
        base = GeoPoint(visit.team.base_lat, visit.team.base_lon)
        crow = here.distance_m(before.get((visit.team_id, visit.on), base))
        before[visit.team_id, visit.on] = here
        yield _stop(visit, planned.get((visit.plan_id or 0, visit.job_id)), crow_m=crow)


def _stop(visit: Visit, line: PlannedStop | None, *, crow_m: float) -> Stop:
    job = visit.job
    return Stop(
        number=visit.number,
        team_code=visit.team.code,
        on=visit.on,
        sequence=visit.sequence,
        status=visit.status,
        status_label=VISIT_LABELS[visit.status],
        arrive_at=visit.arrive_at,
        depart_at=visit.depart_at,
        accepted_at=visit.accepted_at,
        departed_at=visit.departed_at,
        arrived_at=visit.arrived_at,
        ended_at=visit.ended_at,
        reason=visit.reason,
        findings=visit.findings,
        checked=tuple(visit.checklist),
        photo_count=len(visit.photos.all()),
        is_signed=visit.signature_id is not None,
        job_number=job.number,
        title=job.title,
        detail=job.detail,
        service=job.service.name if job.service else "",
        priority=job.priority,
        due_at=job.due_at,
        duration_min=job.duration_min,
        checklist=tuple(map(str, job.checklist)),
        gear=job.gear,
        skill=job.skill.code if job.skill else "",
        skill_name=job.skill.name if job.skill else "",
        area=job.area.name,
        area_code=job.area.code,
        address=job.address or (job.customer.address if job.customer else ""),
        lat=job.lat,
        lon=job.lon,
        travel_m=line.travel_m if line else round(crow_m),
        travel_s=line.travel_s if line else 0,
        is_travel_planned=line is not None,
        windows=tuple(
            (datetime.fromisoformat(start), datetime.fromisoformat(end))
            for start, end in job.windows
        ),
        why_team=line.why_words if line else "",
        is_regular_team=job.preferred_team_id == visit.team_id,
    )
