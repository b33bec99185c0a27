"""From a plan's records to a problem for the engine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.workforce.models import Team
from dianliang.domain.workforce.queries import teams_on_duty
from dianliang.engines import routing
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

LUNCH = (11.5, 13.5)
"""Lunch begins and ends between these hours."""
COMMITTED = ("ACCEPTED", "EN_ROUTE", "ARRIVED")
OPEN_VISITS = ("SCHEDULED", *COMMITTED)


@dataclass(frozen=True, slots=True)
class Built:
    """A problem with the records behind its ids."""

    problem: routing.Problem
    jobs: dict[str, Job]
    teams: dict[str, Team]
    days: dict[str, tuple[date, ...]]

    def readable(self, words: str) -> str:
        """Replace team codes by names in a sentence of the engine."""
        for code in sorted(self.teams, key=len, reverse=True):
            words = words.replace(code, self.teams[code].name)
        return words


def build(plan: Plan) -> Built:
    """Turn a plan's records into a problem for the engine."""
    days = [
        plan.first_on + timedelta(days=i) for i in range((plan.last_on - plan.first_on).days + 1)
    ]
    teams = {team.code: team for team in plan.teams.prefetch_related("areas")}
    jobs = {
        job.number: job
        for job in plan.jobs.select_related("skill", "area", "preferred_team", "forbidden_team")
        if job.status in {"OPEN", "SCHEDULED"}
    }
    duty = {day: teams_on_duty(teams=list(teams.values()), on=day) for day in days}
    working: dict[str, tuple[date, ...]] = {}
    made: list[routing.Team] = []
    for index, (code, team) in enumerate(teams.items()):
        present = tuple(day for day in days if duty[day][index].is_staffed)
        if not present:
            continue
        skills = frozenset.intersection(*(duty[day][index].skill_codes for day in present))
        working[code] = present
        made.append(_engine_team(team, present, skills, jobs))
    problem = routing.Problem(
        jobs=tuple(_engine_job(job) for job in jobs.values()),
        teams=tuple(made),
        locks=tuple(_locks(plan, jobs, working)),
    )
    for relaxed in (plan.outcome or {}).get("relaxations", []):
        if relaxed["job"] in jobs:
            fix = fix_from(relaxed["fix"])
            problem = routing.apply_fix(problem, fix, job_id=relaxed["job"])
            if fix.kind is routing.FixKind.ANOTHER_DAY and fix.team_id in working:
                extra = working[fix.team_id][-1] + timedelta(days=1)
                working[fix.team_id] = (*working[fix.team_id], extra)
    return Built(problem, jobs, teams, working)


def _engine_team(
    team: Team, days: tuple[date, ...], skills: frozenset[str], jobs: dict[str, Job]
) -> routing.Team:
    paths = [area.path for area in team.areas.all()]
    reach = frozenset(
        job.area.code
        for job in jobs.values()
        if any(job.area.path.startswith(path) for path in paths)
    )
    return routing.Team(
        id=team.code,
        shifts=tuple(_engine_shift(team, day) for day in days),
        skills=skills,
        gear={str(kind): int(count) for kind, count in team.gear.items()},
        areas=reach if paths else None,
    )


def _engine_shift(team: Team, day: date) -> routing.Shift:
    lunch = None
    if team.lunch_min:
        lunch = routing.Lunch(
            window=TimeWindow(*(_hour(day, hour) for hour in LUNCH)), duration_s=team.lunch_min * 60
        )
    return routing.Shift(
        window=TimeWindow(
            datetime.combine(day, team.shift_starts, SHANGHAI),
            datetime.combine(day, team.shift_ends, SHANGHAI),
        ),
        start=GeoPoint(team.base_lat, team.base_lon),
        lunch=lunch,
        overtime_limit_s=team.overtime_max_min * 60,
    )


def _hour(day: date, hour: float) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return midnight + timedelta(hours=hour)


def _engine_job(job: Job) -> routing.Job:
    return routing.Job(
        id=job.number,
        at=GeoPoint(job.lat, job.lon),
        duration_s=job.duration_min * 60,
        windows=tuple(
            TimeWindow(datetime.fromisoformat(start), datetime.fromisoformat(end))
            for start, end in job.windows
        ),
        skills=frozenset({job.skill.code}) if job.skill else frozenset(),
        gear={str(kind): int(count) for kind, count in job.gear.items()},
        priority=routing.Priority(job.priority),
        due_at=job.due_at,
        area=job.area.code,
        forbidden_teams=frozenset({job.forbidden_team.code} if job.forbidden_team else ()),
        preferred_team=job.preferred_team.code if job.preferred_team else None,
    )


def _locks(
    plan: Plan, jobs: dict[str, Job], working: dict[str, tuple[date, ...]]
) -> Iterable[routing.Lock]:
    """Yield what must stay: lines that a dispatcher locked, visits that somebody accepted."""
    held: dict[str, tuple[str, date, datetime]] = {}
    for line in plan.stops.filter(is_locked=True).select_related("job", "team"):
        held[line.job.number] = (line.team.code, line.on, line.start_at)
    committed = Visit.objects.filter(job__in=[job.pk for job in jobs.values()])
    for visit in committed.filter(status__in=COMMITTED).select_related("job", "team"):
        held[visit.job.number] = (visit.team.code, visit.on, visit.arrive_at)
    for number, (code, on, start_at) in held.items():
        if number in jobs and on in working.get(code, ()):
            yield routing.Lock(
                job_id=number, team_id=code, shift=working[code].index(on), start_at=start_at
            )


def fix_from(body: dict[str, Any]) -> routing.Fix:
    """Return a stored fix as the engine's."""
    start_at = body.get("start_at")
    return routing.Fix(
        kind=routing.FixKind(body["kind"]),
        words=body["words"],
        price_s=body["price_s"],
        team_id=body["team_id"],
        shift=body["shift"],
        amount=body["amount"],
        items=tuple(body["items"]),
        start_at=datetime.fromisoformat(start_at) if start_at else None,
    )
