"""From records to a problem for the engine: who is there when, what must stay, what is allowed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.catalog.models import Skill
from dianliang.domain.work.lifecycle import VISIT_COMMITTED, VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.workforce.models import Team
from dianliang.domain.workforce.queries import TeamOnDuty, teams_on_duty
from dianliang.engines import routing
from dianliang.flows.planning import roads
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

LUNCH = (11.5, 13.5)
"""Lunch begins and ends between these hours."""
SPARE_DAYS = 2
"""How many days after the plan may be offered for what fits nowhere."""
LOCKED_TOLERANCE_S, CONFIRMED_TOLERANCE_S = 15 * 60, 5 * 60
"""How far a locked line may shift, and a visit that a team has confirmed: not noticeably."""
ROUND_S = 5 * 60
Lane = tuple[str, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A problem with the records behind its ids."""

    problem: routing.Problem
    jobs: dict[str, Job]
    teams: dict[str, Team]
    days: dict[str, tuple[date, ...]]
    duty: dict[Lane, TeamOnDuty]
    frozen: frozenset[str] = frozenset()
    displaced: dict[str, str] = field(default_factory=dict)
    skill_names: dict[str, str] = field(default_factory=dict)
    ways: str = ""
    """Where travel times come from, in words."""

    def readable(self, words: str) -> str:
        """Replace codes of teams and skills by names in a sentence of the engine."""
        names = {**self.skill_names, **{code: team.name for code, team in self.teams.items()}}
        if not names:
            return words
        longest_first = sorted(names, key=len, reverse=True)
        codes = "|".join(re.escape(code) for code in longest_first)
        whole = rf"(?<![A-Za-z0-9_-])(?:{codes})(?![A-Za-z0-9_-])"
        return re.sub(whole, lambda found: names[found.group()], words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be planned: jobs, teams, days, what was decided, what is locked."""

    jobs: Sequence[Job]
    teams: Sequence[Team]
    first_on: date
    last_on: date
    relaxations: Sequence[dict[str, Any]] = ()
    locked: dict[str, tuple[str, date, datetime]] = field(default_factory=dict)


def build(plan: Plan, *, at: datetime) -> Built:
    """Turn a plan's records into a problem for the engine, as things stand at an instant."""
    locked = {
        line.job.number: (line.team.code, line.on, line.start_at)
        for line in plan.stops.filter(is_locked=True).select_related("job", "team")
    }
    asked = Asked(
        jobs=list(planned_jobs(plan)),
        teams=list(plan.teams.all()),
        first_on=plan.first_on,
        last_on=plan.last_on,
        relaxations=(plan.outcome or {}).get("relaxations", []),
        locked=locked,
    )
    return build_from(asked, at=at)


def planned_jobs(plan: Plan) -> Iterable[Job]:
    """Return the jobs of a plan that are still to be done by its unit."""
    rows = plan.jobs.filter(status__in=["OPEN", "SCHEDULED"])
    return rows.filter(unit__path__startswith=plan.unit.path).select_related("unit")


def busy_jobs(teams: Sequence[Team], *, first_on: date, last_on: date) -> Iterable[Job]:
    """Return the jobs that teams have open visits for in a period."""
    visits = Visit.objects.filter(
        team__in=teams, on__range=(first_on, last_on), status__in=VISIT_OPEN
    )
    return Job.objects.filter(pk__in=visits.values("job_id")).select_related("unit")


def build_from(asked: Asked, *, at: datetime) -> Built:
    """Turn what is asked into a problem for the engine, as things stand at an instant."""
    jobs = _with_relations(asked.jobs)
    teams = {team.code: team for team in _with_areas(asked.teams)}
    scene = _Scene.of(asked, jobs, teams, at=at)
    made, working = [], {}
    for code, team in teams.items():
        present = scene.present(code)
        if present:
            working[code] = present
            made.append(_engine_team(team, present, scene, jobs))
    locks = dict(_locks(asked, scene, jobs, working))
    ways = roads.ways()
    stuck = {n for n, visit in scene.committed.items() if n in jobs and n not in locks}
    problem = routing.Problem(
        jobs=tuple(
            _engine_job(job, is_timeless=number in locks and locks[number].start_at is None)
            for number, job in jobs.items()
            if number not in stuck
        ),
        teams=tuple(made),
        travel=ways.travel,
        locks=tuple(locks.values()),
    )
    problem, displaced = _relaxed(problem, asked.relaxations)
    return Built(
        problem=problem,
        jobs={number: job for number, job in jobs.items() if number not in stuck},
        teams=teams,
        days=working,
        duty=scene.duty,
        frozen=frozenset(scene.committed.keys() & locks.keys()),
        displaced={n: by for n, by in displaced.items() if n in jobs},
        skill_names=dict(Skill.objects.values_list("code", "name")),
        ways=ways.words,
    )


def _with_relations(jobs: Sequence[Job]) -> dict[str, Job]:
    rows = Job.objects.filter(pk__in=[job.pk for job in jobs]).order_by("pk")
    related = rows.select_related("skill", "area", "unit", "preferred_team", "forbidden_team")
    return {job.number: job for job in related}


def _with_areas(teams: Sequence[Team]) -> Iterable[Team]:
    rows = Team.objects.filter(pk__in=[team.pk for team in teams]).order_by("code")
    return rows.prefetch_related("areas")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """Who is there on which day, which visits they have, and where they stand now."""

    at: datetime
    days: tuple[date, ...]
    last_on: date
    opened: dict[Lane, frozenset[str]]
    duty: dict[Lane, TeamOnDuty]
    busy: frozenset[Lane]
    committed: dict[str, Visit]
    place_now: dict[str, GeoPoint]

    @classmethod
    def of(
        cls, asked: Asked, jobs: dict[str, Job], teams: dict[str, Team], *, at: datetime
    ) -> "_Scene":
        """Read the duty and the visits of the teams in few queries per day."""
        today = at.astimezone(SHANGHAI).date()
        length = (asked.last_on - asked.first_on).days + 1
        whole = [asked.first_on + timedelta(days=i) for i in range(length + SPARE_DAYS)]
        opened = _opened(asked.relaxations)
        around = sorted({day for day in whole if day >= today} | {day for _, day in opened})
        duty = {
            (row.team.code, day): row
            for day in around
            for row in teams_on_duty(teams=list(teams.values()), on=day)
        }
        visits = Visit.objects.filter(team__in=teams.values(), on__in=around)
        taken = visits.filter(status__in=VISIT_OPEN).values_list("team__code", "on")
        committed = Visit.objects.filter(
            job__in=[job.pk for job in jobs.values()], status__in=VISIT_COMMITTED
        ).select_related("job", "team")
        return cls(
            at=at,
            days=tuple(day for day in whole[:length] if day >= today),
            last_on=asked.last_on,
            opened=opened,
            duty=duty,
            busy=frozenset(taken),
            committed={visit.job.number: visit for visit in committed},
            place_now=_places_now(visits, today=today),
        )

    def present(self, code: str) -> tuple[date, ...]:
        """Return the days of the plan, and opened ones, on which a team can still start."""
        wanted = {*self.days, *(day for team, day in self.opened if team == code)}
        return tuple(day for day in sorted(wanted) if self._can_start(code, day))

    def spare(self, code: str) -> tuple[date, ...]:
        """Return days after the plan on which a team is there and has nothing yet."""
        after = sorted(day for team, day in self.duty if team == code and day > self.last_on)
        return tuple(
            day
            for day in after
            if self._can_start(code, day) and (code, day) not in self.opened.keys() | self.busy
        )

    def starts_at(self, team: Team, day: date) -> datetime:
        """Return when a team can start: with its shift, but never in the past."""
        begin = datetime.combine(day, team.shift_starts, SHANGHAI)
        late_s = (self.at - begin).total_seconds()
        if late_s <= 0:
            return begin
        return begin + timedelta(seconds=-(-late_s // ROUND_S) * ROUND_S)

    def _can_start(self, code: str, day: date) -> bool:
        duty = self.duty.get((code, day))
        if duty is None or not duty.is_staffed:
            return False
        ends = datetime.combine(day, duty.team.shift_ends, SHANGHAI)
        return self.starts_at(duty.team, day) < ends


def _opened(relaxations: Sequence[dict[str, Any]]) -> dict[Lane, frozenset[str]]:
    """Return the team days that were opened for jobs which fit nowhere else."""
    opened: dict[Lane, frozenset[str]] = {}
    for relaxed in relaxations:
        if relaxed["fix"].get("opens_at"):
            lane = (relaxed["fix"]["team_id"], date.fromisoformat(relaxed["fix"]["on"]))
            opened[lane] = opened.get(lane, frozenset()) | {relaxed["job"]}
    return opened


def _places_now(visits: Any, *, today: date) -> dict[str, GeoPoint]:
    """Return where teams are in the middle of a day: at the visit they are at, or did last."""
    rows = visits.filter(on=today, status__in=["EN_ROUTE", "ARRIVED", "DONE", "UNMET"])
    places: dict[str, GeoPoint] = {}
    latest = sorted(
        rows.select_related("job", "team"),
        key=lambda visit: (visit.status in VISIT_COMMITTED, visit.arrive_at),
    )
    for visit in latest:
        places[visit.team.code] = GeoPoint(visit.job.lat, visit.job.lon)
    return places


def _engine_team(
    team: Team, days: tuple[date, ...], scene: _Scene, jobs: dict[str, Job]
) -> routing.Team:
    paths = [area.path for area in team.areas.all()]
    reach = frozenset(
        job.area.code
        for job in jobs.values()
        if any(job.area.path.startswith(path) for path in paths)
    )
    shifts = tuple(_engine_shift(team, day, scene) for day in days)
    return routing.Team(
        id=team.code,
        shifts=shifts,
        skills=frozenset().union(*(shift.skills or () for shift in shifts)),
        gear={str(kind): int(count) for kind, count in team.gear.items()},
        areas=reach if paths else None,
        spare=tuple(_engine_shift(team, day, scene) for day in scene.spare(team.code)),
    )


def _engine_shift(team: Team, day: date, scene: _Scene) -> routing.Shift:
    starts_at, lunch = scene.starts_at(team, day), None
    lunch_ends = _hour(day, LUNCH[1])
    if team.lunch_min and starts_at + timedelta(minutes=team.lunch_min) <= lunch_ends:
        lunch = routing.Lunch(
            window=TimeWindow(_hour(day, LUNCH[0]), lunch_ends), duration_s=team.lunch_min * 60
        )
    base = GeoPoint(team.base_lat, team.base_lon)
    is_today = day == scene.at.astimezone(SHANGHAI).date()
    ends_at = datetime.combine(day, team.shift_ends, SHANGHAI)
    if lunch and not lunch.window.overlaps(TimeWindow(starts_at, ends_at)):
        lunch = None
    return routing.Shift(
        window=TimeWindow(starts_at, ends_at),
        start=scene.place_now.get(team.code, base) if is_today else base,
        end=base,
        lunch=lunch,
        overtime_limit_s=team.overtime_max_min * 60,
        skills=scene.duty[team.code, day].skill_codes,
        only_for=scene.opened.get((team.code, day)),
    )


def _hour(day: date, hour: float) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return midnight + timedelta(hours=hour)


def _engine_job(job: Job, *, is_timeless: bool) -> routing.Job:
    """Return a job for the engine; one whose confirmed time is past keeps no window."""
    windows = tuple(
        TimeWindow(datetime.fromisoformat(start), datetime.fromisoformat(end))
        for start, end in job.windows
    )
    return routing.Job(
        id=job.number,
        at=GeoPoint(job.lat, job.lon),
        duration_s=job.duration_min * 60,
        windows=() if is_timeless else windows,
        skills=frozenset({job.skill.code}) if job.skill else frozenset(),
        gear={str(kind): int(count) for kind, count in job.gear.items()},
        priority=routing.Priority(job.priority),
        due_at=job.due_at,
        area=job.area.code,
        forbidden_teams=frozenset({job.forbidden_team.code} if job.forbidden_team else ()),
        preferred_team=job.preferred_team.code if job.preferred_team else None,
    )


def _locks(
    asked: Asked, scene: _Scene, jobs: dict[str, Job], working: dict[str, tuple[date, ...]]
) -> Iterable[tuple[str, routing.Lock]]:
    """Yield what must stay: lines that a dispatcher locked, visits that somebody accepted."""
    held = {n: (*where, LOCKED_TOLERANCE_S) for n, where in asked.locked.items()}
    for number, visit in scene.committed.items():
        start_at = visit.depart_at - timedelta(minutes=visit.job.duration_min)
        tolerance_s = CONFIRMED_TOLERANCE_S
        if visit.status != "ACCEPTED" and start_at < scene.at:
            start_at, tolerance_s = scene.starts_at(visit.team, visit.on), LOCKED_TOLERANCE_S
        held[number] = (visit.team.code, visit.on, start_at, tolerance_s)
    for number, (code, on, start_at, tolerance_s) in held.items():
        if number in jobs and on in working.get(code, ()):
            yield (
                number,
                routing.Lock(
                    job_id=number,
                    team_id=code,
                    shift=working[code].index(on),
                    start_at=start_at if start_at >= scene.at else None,
                    tolerance_s=tolerance_s,
                ),
            )


def _relaxed(
    problem: routing.Problem, relaxations: Sequence[dict[str, Any]]
) -> tuple[routing.Problem, dict[str, str]]:
    """Make the changes that a dispatcher has accepted; return who gave way to whom, too."""
    displaced: dict[str, str] = {}
    for relaxed in relaxations:
        fix = fix_from(relaxed["fix"])
        here = {job.id for job in problem.jobs}
        team = next((team for team in problem.teams if team.id == fix.team_id), None)
        if relaxed["job"] not in here or team is None:
            continue
        number = _shift_of(team, relaxed["fix"], fix)
        if number is None:
            continue
        problem = routing.apply_fix(problem, replace(fix, shift=number), job_id=relaxed["job"])
        if fix.kind is routing.FixKind.DISPLACE:
            displaced |= dict.fromkeys(fix.items, relaxed["job"])
    return problem, displaced


def _shift_of(team: routing.Team, body: dict[str, Any], fix: routing.Fix) -> int | None:
    """Return the number of the shift that a fix is about; its day may stand elsewhere by now."""
    days = [shift.window.start.astimezone(SHANGHAI).date().isoformat() for shift in team.shifts]
    if "on" in body:
        return days.index(body["on"]) if body["on"] in days else None
    return fix.shift if fix.shift < len(days) else None


def fix_from(body: dict[str, Any]) -> routing.Fix:
    """Return a stored fix as the engine's."""
    instants = {
        name: datetime.fromisoformat(body[name]) if body.get(name) else None
        for name in ("start_at", "opens_at")
    }
    return routing.Fix(
        kind=routing.FixKind(body["kind"]),
        words=body["words"],
        price_s=body["price_s"],
        team_id=body["team_id"],
        shift=body["shift"],
        amount=body["amount"],
        items=tuple(body["items"]),
        start_at=instants["start_at"],
        opens_at=instants["opens_at"],
        effort_s=body.get("effort_s", 0.0),
    )
