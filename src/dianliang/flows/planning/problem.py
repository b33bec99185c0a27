"""From records to a problem for the engine: who is there when, what must stay, what is allowed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dianliang.domain.catalog.models import Skill
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.workforce.models import Team
from dianliang.domain.workforce.queries import TeamOnDuty
from dianliang.engines import routing
from dianliang.flows.planning import roads
from dianliang.flows.planning.chosen import (
    jobs_in_scope,
    locked_lines,
    scope_of,
    teams_in_scope,
)
from dianliang.flows.planning.daytime import by_day, working_hours
from dianliang.flows.planning.happened import NOTHING, Happened, happened_from, made_true
from dianliang.flows.planning.lines import with_lines
from dianliang.flows.planning.relaxing import Lane, relaxed
from dianliang.flows.planning.scene import Asked, Scene
from dianliang.flows.planning.slowness import AS_PLANNED
from dianliang.flows.planning.sorts import gear_in
from dianliang.flows.planning.terms import ORDINARY, Reckoning, Terms, reckonings, terms_of
from dianliang.flows.planning.told import floors_of, lunched_from, told_visits
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

LUNCH, NIGHT = (11.5, 13.5), (23.5, 25.5)
"""Lunch, and the meal of a shift that passes midnight, begin and end between these hours."""
LOCKED_TOLERANCE_S, CONFIRMED_TOLERANCE_S = 15 * 60, 5 * 60
"""How far a locked line may shift, and a visit that a team has confirmed: not noticeably."""
BY_PRIORITY = Reckoning()


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
    happened: Happened = NOTHING
    withdrawn: dict[str, Job] = field(default_factory=dict)
    skill_names: dict[str, str] = field(default_factory=dict)
    ways: str = ""
    """Where travel times come from, in words."""
    terms: Terms | None = None
    at: datetime
    """As of when it holds."""

    def readable(self, words: str) -> str:
        """Replace codes of teams and skills by names in a sentence of the engine, and name gear."""
        names = {**self.skill_names, **{code: team.name for code, team in self.teams.items()}}
        if not names:
            return words
        longest_first = sorted(names, key=len, reverse=True)
        codes = "|".join(re.escape(code) for code in longest_first)
        whole = rf"(?<![A-Za-z0-9_-])(?:{codes})(?![A-Za-z0-9_-])"

        def named(text: str) -> str:
            return re.sub(whole, lambda found: names[found.group()], text)

        if not isinstance(words, Phrase):
            return named(words)
        return words.retold(lambda text: gear_in(named(text)))


def build(plan: Plan, *, at: datetime) -> Built:
    """Turn a plan's records into a problem for the engine, as things stand at an instant."""
    repair = (plan.outcome or {}).get("repair", {})
    asked = Asked(
        jobs=list(jobs_in_scope(plan)),
        teams=teams_in_scope(plan),
        first_on=plan.first_on,
        last_on=plan.last_on,
        relaxations=(plan.outcome or {}).get("relaxations", []),
        locked=locked_lines(plan),
        happened=happened_from(plan.outcome),
        eased=frozenset(repair.get("eased", ())),
        floors=floors_of(told_visits(plan, teams=scope_of(plan))) if repair else {},
        lunched=lunched_from(repair),
        terms=terms_of(plan.outcome),
    )
    return build_from(asked, at=at)


def build_from(asked: Asked, *, at: datetime) -> Built:
    """Turn what is asked into a problem for the engine, as things stand at an instant."""
    wanted = _with_relations(asked.jobs)
    jobs = {n: job for n, job in wanted.items() if n not in asked.happened.withdrawn}
    teams = {team.code: team for team in _with_areas(asked.teams)}
    ways, reckoned = roads.ways(), reckonings(asked.terms, jobs)
    travel = ways.travel
    if asked.terms:
        travel = asked.terms.slowness.slowed(travel)
    scene = Scene.of(asked, jobs, teams, travel=travel, at=at)
    made, working = [], {}
    for code, team in teams.items():
        present = scene.present(code)
        if present:
            working[code] = present
            made.append(_engine_team(team, present, scene, jobs))
    locks = dict(_locks(asked, scene, jobs, working, reckoned))
    hours = _hours_of_ordinary(asked, scene)
    timeless = {number for number, lock in locks.items() if lock.start_at is None}
    held = reckoned.keys() | locks.keys()
    stuck = {n for n, visit in scene.committed.items() if n in jobs and n not in locks}
    problem = routing.Problem(
        jobs=tuple(
            _engine_job(
                job,
                () if number in timeless else _windows(job, () if number in held else hours),
                reckoned.get(number, BY_PRIORITY),
            )
            for number, job in jobs.items()
            if number not in stuck
        ),
        teams=tuple(made),
        travel=_homeward(travel, asked.terms, teams.values()),
        locks=tuple(locks.values()),
    )
    problem, displaced = relaxed(with_lines(problem, asked.terms), asked.relaxations)
    if asked.happened or asked.floors or asked.terms:
        spent_s = scene.spent_s
        problem = made_true(problem, asked.happened, floors=asked.floors, spent_s=spent_s)
    return Built(
        problem=problem,
        jobs={number: job for number, job in jobs.items() if number not in stuck},
        teams=teams,
        days=working,
        duty=scene.duty,
        frozen=frozenset(scene.committed.keys() & locks.keys()),
        displaced={n: by for n, by in displaced.items() if n in jobs},
        happened=asked.happened,
        withdrawn={n: job for n, job in wanted.items() if n not in jobs},
        skill_names=dict(Skill.objects.values_list("code", "name")),
        ways=ways.words,
        terms=asked.terms,
        at=at,
    )


def _homeward(travel: routing.Travel, terms: Terms | None, teams: Iterable[Team]) -> routing.Travel:
    """Return travel with the caution that an emergency's rules of work and rest ask for."""
    if terms is None:
        return travel
    return AS_PLANNED.slowed(travel, homes=(_base(team, terms) for team in teams))


def _base(team: Team, terms: Terms | None) -> GeoPoint:
    """Return where a team begins and ends: where it gathers, or its base."""
    base = GeoPoint(team.base_lat, team.base_lon)
    return (terms or ORDINARY).places.get(team.code, ("", base))[1]


def _with_relations(jobs: Sequence[Job]) -> dict[str, Job]:
    rows = Job.objects.filter(pk__in=[job.pk for job in jobs]).order_by("pk")
    related = rows.select_related(
        "skill", "service", "area", "unit", "preferred_team", "forbidden_team"
    )
    return {job.number: job for job in related}


def _with_areas(teams: Sequence[Team]) -> Iterable[Team]:
    rows = Team.objects.filter(pk__in=[team.pk for team in teams]).order_by("code")
    return rows.prefetch_related("areas")


def _engine_team(
    team: Team, days: tuple[date, ...], scene: Scene, jobs: dict[str, Job]
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
        gear={kind: int(count) for kind, count in team.gear.items()},
        areas=reach if paths and not scene.terms else None,
        spare=tuple(_engine_shift(team, day, scene) for day in scene.spare(team.code)),
    )


def _engine_shift(team: Team, day: date, scene: Scene) -> routing.Shift:
    starts_at, ends_at = scene.starts_at(team, day), scene.ends_at(team, day)
    is_fed = (team.code, day) in scene.lunched
    base = _base(team, scene.terms)
    is_cut = scene.terms is not None or (team.code, day) in scene.lost
    return routing.Shift(
        window=TimeWindow(starts_at, ends_at),
        start=scene.start_of(team, day, base),
        end=base,
        lunch=None if is_fed else _meal(team, day, TimeWindow(starts_at, ends_at)),
        overtime_limit_s=0 if is_cut else team.overtime_max_min * 60,
        skills=scene.duty[team.code, day].skill_codes,
        only_for=scene.opened.get((team.code, day)),
        gear=scene.terms.gear_on(team.code, day, team.gear, at=scene.at) if scene.terms else None,
    )


def _meal(team: Team, day: date, shift: TimeWindow) -> routing.Lunch | None:
    """Return lunch, or for a shift through the night its meal; None where neither lies in it."""
    lasts = timedelta(minutes=team.lunch_min)
    lunch, night = (TimeWindow(*(_hour(day, hour) for hour in span)) for span in (LUNCH, NIGHT))
    if not lasts:
        return None
    if shift.start + lasts <= lunch.end and lunch.overlaps(shift):
        return routing.Lunch(window=lunch, duration_s=team.lunch_min * 60)
    if shift.start + lasts <= night.end <= shift.end:
        return routing.Lunch(window=night, duration_s=team.lunch_min * 60)
    return None


def _hour(day: date, hour: float) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return midnight + timedelta(hours=hour)


def _hours_of_ordinary(asked: Asked, scene: Scene) -> tuple[TimeWindow, ...]:
    """Return when ordinary visits may be made in an emergency; else shifts say it themselves."""
    if asked.terms is None or not asked.teams:
        return ()
    return working_hours(asked.teams, [*scene.days, *(day for _, day in asked.terms.windows)])


def _windows(job: Job, hours: Sequence[TimeWindow]) -> tuple[TimeWindow, ...]:
    own = [
        TimeWindow(datetime.fromisoformat(start), datetime.fromisoformat(end))
        for start, end in job.windows
    ]
    return tuple(by_day(job, own, hours) if hours else own)


def _engine_job(job: Job, windows: tuple[TimeWindow, ...], reckoned: Reckoning) -> routing.Job:
    """Return a job for the engine; one whose confirmed time is past keeps no window."""
    return routing.Job(
        id=job.number,
        at=GeoPoint(job.lat, job.lon),
        duration_s=round(reckoned.lasts(job).total_seconds()),
        windows=windows,
        skills=frozenset({job.skill.code}) if job.skill else frozenset(),
        gear={str(kind): int(count) for kind, count in job.gear.items()},
        priority=routing.Priority(job.priority),
        value=reckoned.worth,
        late_per_s=reckoned.late_per_s,
        wait_per_s=reckoned.wait_per_s,
        due_at=job.due_at,
        area=job.area.code,
        forbidden_teams=frozenset({job.forbidden_team.code} if job.forbidden_team else ()),
        preferred_team=job.preferred_team.code if job.preferred_team else None,
    )


def _is_next(visit: Visit, start_at: datetime, scene: Scene) -> bool:
    """Tell whether a team begins a visit as soon as it can, whatever the plan said.

    Who is at work does, and who comes late. Who comes early waits for the time that a customer was
    told; in an emergency nobody was told any.
    """
    if visit.status == "ACCEPTED":
        return False
    is_waited_for = scene.terms is None and visit.status == "EN_ROUTE"
    return not is_waited_for or start_at < scene.starts_at(visit.team, visit.on)


def _locks(
    asked: Asked,
    scene: Scene,
    jobs: dict[str, Job],
    working: dict[str, tuple[date, ...]],
    reckoned: Mapping[str, Reckoning],
) -> Iterable[tuple[str, routing.Lock]]:
    """Yield what must stay: lines that a dispatcher locked, visits that somebody accepted."""
    held = {n: (*where, LOCKED_TOLERANCE_S) for n, where in asked.locked.items()}
    for number, visit in scene.committed.items():
        start_at = visit.depart_at - reckoned.get(number, BY_PRIORITY).lasts(visit.job)
        tolerance_s = CONFIRMED_TOLERANCE_S
        if number in asked.happened.longer:
            start_at = visit.arrive_at
        if _is_next(visit, start_at, scene):
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
