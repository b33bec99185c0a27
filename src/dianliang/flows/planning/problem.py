"""From records to a problem for the engine: who is there when, what must stay, what is allowed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.catalog.models import Skill
from dianliang.domain.work.lifecycle import VISIT_COMMITTED, VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.workforce.models import Team
from dianliang.domain.workforce.queries import TeamOnDuty, teams_on_duty
from dianliang.engines import routing
from dianliang.flows.planning import roads
from dianliang.flows.planning.chosen import (
    jobs_in_scope,
    locked_lines,
    scope_of,
    teams_in_scope,
)
from dianliang.flows.planning.happened import NOTHING, Happened, happened_from, made_true
from dianliang.flows.planning.relaxing import Lane, opened_days, relaxed
from dianliang.flows.planning.terms import Fetch, Terms, prices, terms_of
from dianliang.flows.planning.told import floors_of, lunched_from, told_visits
from dianliang.flows.planning.whereabouts import places_now
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
ORDINARY = Terms(incident="", windows={})
"""What holds where nothing special does: gear on the car, bases."""
BY_PRIORITY = (None, None)
"""What to leave a job out costs, and a second of lateness, is what its priority says."""


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
    """What is to be planned: jobs, teams, days, what was decided, what is locked, what happened.

    Confirmed visits of jobs in `eased` may move; nobody comes to a job before its floor.
    """

    jobs: Sequence[Job]
    teams: Sequence[Team]
    first_on: date
    last_on: date
    relaxations: Sequence[dict[str, Any]] = ()
    locked: dict[str, tuple[str, date, datetime]] = field(default_factory=dict)
    happened: Happened = NOTHING
    eased: frozenset[str] = frozenset()
    floors: dict[str, datetime] = field(default_factory=dict)
    lunched: dict[Lane, datetime] = field(default_factory=dict)
    """Until when teams have, or had, the lunch that has begun."""
    terms: Terms | None = None


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
    scene = _Scene.of(asked, jobs, teams, at=at)
    made, working = [], {}
    for code, team in teams.items():
        present = scene.present(code)
        if present:
            working[code] = present
            made.append(_engine_team(team, present, scene, jobs))
    locks = dict(_locks(asked, scene, jobs, working))
    ways, price = roads.ways(), prices(asked.terms, jobs)
    stuck = {n for n, visit in scene.committed.items() if n in jobs and n not in locks}
    problem = routing.Problem(
        jobs=tuple(
            _engine_job(
                job,
                number in locks and locks[number].start_at is None,
                price.get(number, BY_PRIORITY),
            )
            for number, job in jobs.items()
            if number not in stuck
        ),
        teams=tuple(made),
        travel=ways.travel,
        locks=tuple(locks.values()),
    )
    problem, displaced = relaxed(problem, asked.relaxations)
    if asked.happened or asked.floors:
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
    lost: Mapping[Lane, datetime]
    lunched: Mapping[Lane, datetime]
    place_now: dict[str, GeoPoint]
    terms: Terms | None

    @classmethod
    def of(
        cls, asked: Asked, jobs: dict[str, Job], teams: dict[str, Team], *, at: datetime
    ) -> "_Scene":
        """Read the duty and the visits of the teams in few queries per day."""
        today = at.astimezone(SHANGHAI).date()
        length = (asked.last_on - asked.first_on).days + 1
        whole = [asked.first_on + timedelta(days=i) for i in range(length + SPARE_DAYS)]
        opened = opened_days(asked.relaxations)
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
            committed={v.job.number: v for v in committed if not _is_eased(v, asked)},
            lost=asked.happened.lost,
            lunched=asked.lunched,
            place_now=places_now(visits, today=today),
            terms=asked.terms,
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
        begin = self._shift(team, day).start
        begin = max(begin, self.lunched.get((team.code, day), begin))
        fetch = self._fetch(team, day)
        begin = max(begin, fetch.until) if fetch else begin
        late_s = (self.at - begin).total_seconds()
        if late_s <= 0:
            return begin
        return begin + timedelta(seconds=-(-late_s // ROUND_S) * ROUND_S)

    def start_of(self, team: Team, day: date, base: GeoPoint) -> GeoPoint:
        """Return where a team starts: where it gets its gear, where it is now, or at its base."""
        fetch = self._fetch(team, day)
        if fetch and self.at < fetch.until:
            return fetch.at
        is_today = day == self.at.astimezone(SHANGHAI).date()
        return self.place_now.get(team.code, fetch.at if fetch else base) if is_today else base

    def _fetch(self, team: Team, day: date) -> Fetch | None:
        found = self.terms.fetches.get(team.code) if self.terms else None
        return found if found and found.on == day else None

    def ends_at(self, team: Team, day: date) -> datetime:
        """Return when a team must be back: at the end of its shift, or when it is lost."""
        ends = self._shift(team, day).end
        return min(ends, self.lost.get((team.code, day), ends))

    def _shift(self, team: Team, day: date) -> TimeWindow:
        if self.terms:
            return self.terms.windows[team.code, day]
        begin, end = (
            datetime.combine(day, at, SHANGHAI) for at in (team.shift_starts, team.shift_ends)
        )
        return TimeWindow(begin, end)

    @property
    def spent_s(self) -> dict[str, int]:
        """Return how long the visits that teams are at have been under way."""
        return {
            number: max(0, round((self.at - visit.arrived_at).total_seconds()))
            for number, visit in self.committed.items()
            if visit.status == "ARRIVED" and visit.arrived_at
        }

    def _can_start(self, code: str, day: date) -> bool:
        duty = self.duty.get((code, day))
        if duty is None or not duty.is_staffed:
            return False
        if self.terms and (code, day) not in self.terms.windows:
            return False
        return self.starts_at(duty.team, day) < self.ends_at(duty.team, day)


def _is_eased(visit: Visit, asked: Asked) -> bool:
    """Tell whether a confirmed visit may move: begun ones may only if their team is lost."""
    if visit.job.number not in asked.eased:
        return False
    lane = (visit.team.code, visit.on)
    is_stranded = visit.status == "EN_ROUTE" and lane in asked.happened.lost
    return visit.status == "ACCEPTED" or is_stranded


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
        gear=(scene.terms or ORDINARY).gear_of(team.code, team.gear),
        areas=reach if paths and not scene.terms else None,
        spare=tuple(_engine_shift(team, day, scene) for day in scene.spare(team.code)),
    )


def _engine_shift(team: Team, day: date, scene: _Scene) -> routing.Shift:
    starts_at, lunch = scene.starts_at(team, day), None
    lunch_ends = _hour(day, LUNCH[1])
    is_fed = (team.code, day) in scene.lunched
    if (
        team.lunch_min
        and not is_fed
        and starts_at + timedelta(minutes=team.lunch_min) <= lunch_ends
    ):
        lunch = routing.Lunch(
            window=TimeWindow(_hour(day, LUNCH[0]), lunch_ends), duration_s=team.lunch_min * 60
        )
    base = GeoPoint(team.base_lat, team.base_lon)
    base = (scene.terms or ORDINARY).places.get(team.code, ("", base))[1]
    ends_at = scene.ends_at(team, day)
    is_cut = scene.terms is not None or (team.code, day) in scene.lost
    if lunch and not lunch.window.overlaps(TimeWindow(starts_at, ends_at)):
        lunch = None
    return routing.Shift(
        window=TimeWindow(starts_at, ends_at),
        start=scene.start_of(team, day, base),
        end=base,
        lunch=lunch,
        overtime_limit_s=0 if is_cut else team.overtime_max_min * 60,
        skills=scene.duty[team.code, day].skill_codes,
        only_for=scene.opened.get((team.code, day)),
    )


def _hour(day: date, hour: float) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return midnight + timedelta(hours=hour)


def _engine_job(
    job: Job, is_timeless: bool, price: tuple[float | None, float | None]
) -> routing.Job:
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
        value=price[0],
        late_per_s=price[1],
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
        if number in asked.happened.longer:
            start_at = visit.arrive_at
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
