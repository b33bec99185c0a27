"""Say what would help a job that was left out.

A fix is not guessed: the change is made on a copy, the job is inserted there by the solver's own
insertion, and the price is what the objective then says, plus a stated price of the change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._arrays import Compiled, may_serve
from dianliang.engines.routing._kernel import NEVER, Data, Tour
from dianliang.engines.routing._model import (
    Fix,
    FixKind,
    Job,
    Priority,
    Problem,
    Shift,
    Team,
    Unassigned,
)
from dianliang.engines.routing._reasons import LOCK_BROKEN, TIED, reasons
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

FIX_PRICES_S = {
    FixKind.WINDOW: 600.0,
    FixKind.OVERTIME: 900.0,
    FixKind.TEAM: 1_800.0,
    FixKind.DISPLACE: 0.0,
    FixKind.GEAR: 3_600.0,
    FixKind.SKILL: 7_200.0,
    FixKind.ANOTHER_DAY: 14_400.0,
    FixKind.ANYWAY: 0.0,
}
"""What a change costs by itself, in weighted seconds: the effort of asking for it."""
OVERTIME_STEP_S, LONGEST_OVERTIME_S = 1800, 7200
MOST_FIXES = 4
RANKS = {Priority.MUST: 2, Priority.SHOULD: 1, Priority.MAY: 0}


@dataclass(frozen=True, slots=True)
class Found:
    """A place for a job: what the plan grows by, where, and when it begins (kernel seconds)."""

    price: float
    route: int
    begin_s: int


class Ways:
    """Tries changes on a finished plan: each on data of its own, undone after the look."""

    def __init__(self, problem: Problem, compiled: Compiled, tour: Tour) -> None:
        self.problem, self.compiled, self.tour = problem, compiled, tour
        d = compiled.data
        always = np.array([(-NEVER, NEVER)], d.windows.dtype)
        self.data = d._replace(
            items=d.items.copy(),
            windows=np.concatenate([d.windows, always]),
            able=d.able.copy(),
            out=d.out.copy(),
            back=d.back.copy(),
        )
        self._longer: dict[int, tuple[Data, Tour]] = {}

    def best(self, number: int) -> Found | None:
        """Return the cheapest place for a job as things are, or None."""
        return _found(self.data, self.tour, number)

    def best_with_overtime(self, number: int, extra_s: int) -> Found | None:
        """Return the cheapest place if every team could stay longer."""
        if extra_s not in self._longer:
            routes = self.compiled.data.routes.copy()
            routes["shuts"] += extra_s
            data = self.data._replace(routes=routes)
            tour = Tour._make(part.copy() for part in self.tour)
            kernel.retime(data, tour)
            self._longer[extra_s] = data, tour
        return _found(*self._longer[extra_s], number)

    def best_at_any_time(self, number: int) -> Found | None:
        """Return the cheapest place if the customer were at home all day."""
        row = self.data.items[number]
        first, last = int(row["first"]), int(row["last"])
        row["first"], row["last"] = len(self.data.windows) - 1, len(self.data.windows)
        found = self.best(number)
        row["first"], row["last"] = first, last
        return found

    def best_with_any_team(self, number: int) -> Found | None:
        """Return the cheapest place if skills, gear and permission were no matter."""
        d = self.compiled.data
        self.data.able[number] = [
            team.shifts[shift].only_for is None for team, shift in self.compiled.routes
        ]
        self.data.out[number] = self.data.back[number] = 0
        found = self.best(number)
        self.data.able[number] = d.able[number]
        self.data.out[number], self.data.back[number] = d.out[number], d.back[number]
        return found

    def best_instead(self, number: int) -> tuple[Job, Found] | None:
        """Return the less urgent neighbour that would best make room for a job, and where."""
        compiled, rank = self.compiled, RANKS[self.compiled.jobs[number].priority]
        others = [
            other
            for other in compiled.data.near[number].tolist()
            if RANKS[compiled.jobs[other].priority] < rank
            and other not in compiled.locked
            and compiled.data.items["series"][other] < 0
            and compiled.data.items["partner"][other] < 0
        ]
        other, route, price, begin = kernel.best_instead(
            self.data, self.tour, number, np.array(others, np.int64)
        )
        return None if other < 0 else (compiled.jobs[other], Found(price, route, begin))

    def overtime_s(self, found: Found, number: int, extra_s: int) -> int:
        """Return how much later than its shift a team comes home from a place with overtime."""
        data, tour = self._longer[extra_s]
        trial = Tour._make(part.copy() for part in tour)
        place, _, _ = kernel.best_in_route(data, trial, number, found.route, kernel.INFEASIBLE / 2)
        kernel.put(data, trial, found.route, place, number)
        row = self.compiled.data.routes[found.route]
        return int(trial.runs["home"][found.route] - row["shuts"])


def _found(d: Data, tour: Tour, number: int) -> Found | None:
    route, _, price, begin = kernel.best_anywhere(d, tour, number, kernel.INFEASIBLE / 2)
    return None if route < 0 else Found(price, route, begin)


def explain_left_out(problem: Problem, ways: Ways | None, job: Job) -> Unassigned:
    """Give the binding reason of a job that was left out, the cheapest fix, and other ways."""
    if ways is None:
        return Unassigned(job_id=job.id, reasons=tuple(reasons(problem, None, job)), fix=None)
    compiled = ways.compiled
    number = compiled.numbers[job.id]
    if number in compiled.locked:
        return Unassigned(job_id=job.id, reasons=(LOCK_BROKEN,), fix=None)
    if compiled.data.items["series"][number] >= 0 or compiled.data.items["partner"][number] >= 0:
        why = tuple(reasons(problem, compiled, job))
        return Unassigned(job_id=job.id, reasons=(*why, TIED), fix=None)
    anyway = _anyway(ways, number)
    why = tuple(reasons(problem, compiled, job, is_dear=anyway is not None))
    fixes = [fix for fix in (anyway, *_fixes(ways, number)) if fix]
    fixes.sort(key=lambda fix: (fix.price_s, fix.kind))
    best = fixes[0] if fixes else None
    return Unassigned(job_id=job.id, reasons=why, fix=best, others=tuple(fixes[1:MOST_FIXES]))


def _fixes(ways: Ways, number: int) -> Iterator[Fix | None]:
    yield _with_overtime(ways, number)
    yield _in_another_window(ways, number)
    yield _with_another_team(ways, number)
    yield _instead_of_another(ways, number)
    yield _on_another_day(ways.problem, ways.compiled, number)


def _clock(compiled: Compiled, second: int) -> str:
    return f"{compiled.instant(second).astimezone(SHANGHAI):%m月%d日 %H:%M}"


def _anyway(ways: Ways, number: int) -> Fix | None:
    """Put the job in although it costs more than it is worth, because a person says so."""
    found = ways.best(number)
    if found is None:
        return None
    team, shift = ways.compiled.routes[found.route]
    return Fix(
        kind=FixKind.ANYWAY,
        words=f"仍然排入：{team.id} {_clock(ways.compiled, found.begin_s)}",
        price_s=found.price + FIX_PRICES_S[FixKind.ANYWAY],
        team_id=team.id,
        shift=shift,
    )


def _with_overtime(ways: Ways, number: int) -> Fix | None:
    for extra_s in range(OVERTIME_STEP_S, LONGEST_OVERTIME_S + 1, OVERTIME_STEP_S):
        found = ways.best_with_overtime(number, extra_s)
        if found is None:
            continue
        team, shift = ways.compiled.routes[found.route]
        more = ways.overtime_s(found, number, extra_s)
        if more <= 0:
            continue
        return Fix(
            kind=FixKind.OVERTIME,
            words=f"{team.id} 加班 {-(-more // 60)} 分钟",
            price_s=found.price + FIX_PRICES_S[FixKind.OVERTIME],
            team_id=team.id,
            shift=shift,
            amount=more,
        )
    return None


def _in_another_window(ways: Ways, number: int) -> Fix | None:
    if not ways.compiled.jobs[number].windows:
        return None
    found = ways.best_at_any_time(number)
    if found is None:
        return None
    team, shift = ways.compiled.routes[found.route]
    return Fix(
        kind=FixKind.WINDOW,
        words=f"与客户改约到 {_clock(ways.compiled, found.begin_s)}（{team.id}）",
        price_s=found.price + FIX_PRICES_S[FixKind.WINDOW],
        team_id=team.id,
        shift=shift,
        start_at=ways.compiled.instant(found.begin_s),
    )


def _with_another_team(ways: Ways, number: int) -> Fix | None:
    job = ways.compiled.jobs[number]
    if ways.compiled.data.able[number].all():
        return None
    found = ways.best_with_any_team(number)
    if found is None:
        return None
    team, shift = ways.compiled.routes[found.route]
    skills = tuple(sorted(job.skills - team.skills_on(team.shifts[shift])))
    gear_short = tuple(k for k, count in job.gear.items() if team.gear.get(k, 0) < count)
    if skills:
        kind, words = FixKind.SKILL, f"给 {team.id} 补充技能：{'、'.join(skills)}"
    elif job.gear:
        kind, words = FixKind.GEAR, f"给 {team.id} 增配：{'、'.join(job.gear)}"
    else:
        kind, words = FixKind.TEAM, f"允许 {team.id} 承接"
    return Fix(
        kind=kind,
        words=words,
        price_s=found.price + FIX_PRICES_S[kind],
        team_id=team.id,
        shift=shift,
        items=skills or gear_short,
    )


def _instead_of_another(ways: Ways, number: int) -> Fix | None:
    """Leave out one less urgent job nearby instead; the price says what both cost."""
    found = ways.best_instead(number)
    if found is None:
        return None
    other, place = found
    team, shift = ways.compiled.routes[place.route]
    return Fix(
        kind=FixKind.DISPLACE,
        words=f"改排优先级较低的 {other.id}",
        price_s=place.price + FIX_PRICES_S[FixKind.DISPLACE],
        team_id=team.id,
        shift=shift,
        items=(other.id,),
    )


def _on_another_day(problem: Problem, compiled: Compiled, number: int) -> Fix | None:
    """Send a team on a shift that could be opened; agree on a new time or rule if need be."""
    job = compiled.jobs[number]
    fixes = (
        _on_spare(problem, team, shift, job) for team in problem.teams for shift in spare_of(team)
    )
    return min((fix for fix in fixes if fix), key=lambda fix: fix.price_s, default=None)


def _on_spare(problem: Problem, team: Team, shift: Shift, job: Job) -> Fix | None:
    way_s = problem.travel.between(shift.start, job.at)[0]
    back_s = problem.travel.between(job.at, shift.end or shift.start)[0]
    opens = shift.window.start + timedelta(seconds=round(way_s) + 1)
    done = opens + timedelta(seconds=job.duration_s)
    rest_s = _rest_s(shift, done)
    if done + timedelta(seconds=back_s + rest_s) > shift.window.end or rest_s < 0:
        return None
    is_free = not job.windows or any(w.start <= opens and done <= w.end for w in job.windows)
    suits = may_serve(team, shift, job)
    late_s = max(0.0, (opens - job.due_at).total_seconds()) if job.due_at else 0.0
    price = way_s + back_s + problem.weights.late(late_s, job)
    price += FIX_PRICES_S[FixKind.ANOTHER_DAY] + (0 if is_free else FIX_PRICES_S[FixKind.WINDOW])
    words = f"改到 {opens.astimezone(SHANGHAI):%m月%d日 %H:%M} 由 {team.id} 承接"
    if not suits:
        price += FIX_PRICES_S[FixKind.SKILL]
        words += "，并补齐技能、装备或授权"
    return Fix(
        kind=FixKind.ANOTHER_DAY,
        words=words if is_free else f"{words}（需与客户改约）",
        price_s=price,
        team_id=team.id,
        shift=len(team.shifts),
        items=() if suits else tuple(sorted(job.skills - team.skills_on(shift))) or ("授权",),
        start_at=None if is_free else opens,
        opens_at=shift.window.start,
    )


def _rest_s(shift: Shift, done: datetime) -> int:
    """Return the lunch that must follow a job ending at `done`; -1 if it would come too late."""
    if shift.lunch is None:
        return 0
    latest = shift.lunch.window.end - timedelta(seconds=shift.lunch.duration_s)
    return shift.lunch.duration_s if done <= latest else -1


def spare_of(team: Team) -> tuple[Shift, ...]:
    """Return the shifts that could be opened for a team: given ones, or the day after its last."""
    if team.spare is not None:
        return team.spare
    last = max(team.shifts, key=lambda shift: shift.window.start)
    day = timedelta(days=1)
    lunch = last.lunch and replace(last.lunch, window=_later(last.lunch.window, day))
    return (replace(last, window=_later(last.window, day), lunch=lunch),)


def _later(window: TimeWindow, by: timedelta) -> TimeWindow:
    return TimeWindow(window.start + by, window.end + by)


def apply_fix(problem: Problem, fix: Fix, *, job_id: str) -> Problem:
    """Return the problem with a proposed fix made, so that the job fits.

    The job becomes a must: a person has decided that it be done, and a new search keeps to that.
    """
    if fix.kind is FixKind.DISPLACE:
        kept = tuple(job for job in problem.jobs if job.id not in fix.items)
        problem = replace(problem, jobs=kept)
    job = next(job for job in problem.jobs if job.id == job_id)
    return replace(
        problem,
        teams=tuple(_helped(t, fix, job) if t.id == fix.team_id else t for t in problem.teams),
        jobs=tuple(_eased(j, fix) if j.id == job_id else j for j in problem.jobs),
    )


def _helped(team: Team, fix: Fix, job: Job) -> Team:
    if fix.kind is FixKind.ANOTHER_DAY:
        team = _opened(team, fix, job.id)
    if fix.kind is FixKind.OVERTIME:
        return _with_shift(
            team,
            fix.shift,
            replace(
                team.shifts[fix.shift],
                overtime_limit_s=team.shifts[fix.shift].overtime_limit_s + fix.amount,
            ),
        )
    if fix.kind in {FixKind.SKILL, FixKind.GEAR} or (fix.kind is FixKind.ANOTHER_DAY and fix.items):
        shift = team.shifts[fix.shift]
        able = replace(shift, skills=team.skills_on(shift) | job.skills)
        gear = {k: team.gear.get(k, 0) + job.gear.get(k, 0) for k in {*team.gear, *job.gear}}
        return replace(_with_shift(team, fix.shift, able), gear=gear)
    return team


def _opened(team: Team, fix: Fix, job_id: str) -> Team:
    if any(shift.window.start == fix.opens_at for shift in team.shifts):
        return team
    opened = (
        replace(shift, only_for=frozenset({job_id}))
        for shift in spare_of(team)
        if shift.window.start == fix.opens_at
    )
    return replace(team, shifts=(*team.shifts, *opened))


def _with_shift(team: Team, number: int, shift: Shift) -> Team:
    return replace(team, shifts=(*team.shifts[:number], shift, *team.shifts[number + 1 :]))


def _eased(job: Job, fix: Fix) -> Job:
    job = replace(job, priority=Priority.MUST)
    if fix.start_at is not None:
        window = TimeWindow(fix.start_at, fix.start_at + timedelta(seconds=job.duration_s))
        job = replace(job, windows=(window,))
    if fix.kind in {FixKind.TEAM, FixKind.SKILL, FixKind.GEAR} or (
        fix.kind is FixKind.ANOTHER_DAY and fix.items
    ):
        forbidden = job.forbidden_teams - {fix.team_id}
        return replace(job, allowed_teams=None, forbidden_teams=forbidden, area="")
    return job
