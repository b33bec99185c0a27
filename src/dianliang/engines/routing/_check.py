"""Check a plan against its problem by simulation. Shares no code with the solver."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, pairwise

from dianliang.engines.routing._line import Line
from dianliang.engines.routing._model import Job, Plan, Problem, Route, Series, Shift, Stop, Team
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

TOLERANCE = timedelta(seconds=2)
"""Travel is rounded to seconds on each leg."""
TOLERANCE_M = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule that a plan breaks."""

    rule: str
    job_id: str
    team_id: str
    words: str


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return every rule that a plan breaks; an empty tuple means that it can be carried out."""
    jobs = {job.id: job for job in problem.jobs}
    teams = {team.id: team for team in problem.teams}
    return tuple(
        chain(
            _complete(problem, plan),
            _locks(problem, plan),
            _together(problem, plan),
            chain.from_iterable(_cover(line, problem, plan) for line in problem.lines),
            chain.from_iterable(
                _route(problem, route, teams[route.team_id], jobs) for route in plan.routes
            ),
        )
    )


def _complete(problem: Problem, plan: Plan) -> Iterator[Violation]:
    seen = [stop.job_id for route in plan.routes for stop in route.stops]
    seen += [left.job_id for left in plan.unassigned]
    for job in problem.jobs:
        count = seen.count(job.id)
        if count != 1:
            words = f"工单 {job.id} 在计划中出现 {count} 次。"
            yield Violation(rule="complete", job_id=job.id, team_id="", words=words)
    shifts = [(route.team_id, route.shift) for route in plan.routes]
    if len(shifts) != len(set(shifts)):
        yield Violation(rule="complete", job_id="", team_id="", words="同一班次有两条路线。")


def _locks(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for lock in problem.locks:
        found = plan.stop_of(lock.job_id)
        if found is None:
            continue
        route, stop = found
        if (route.team_id, route.shift) != (lock.team_id, lock.shift):
            words = f"锁定的工单 {lock.job_id} 被移到别的队伍。"
            yield Violation(rule="lock", job_id=lock.job_id, team_id=route.team_id, words=words)
        kept = timedelta(seconds=lock.tolerance_s)
        if lock.start_at and abs(stop.start_at - lock.start_at) > kept:
            words = f"锁定的工单 {lock.job_id} 的时间被移动。"
            yield Violation(rule="lock", job_id=lock.job_id, team_id=route.team_id, words=words)


def _route(problem: Problem, route: Route, team: Team, jobs: dict[str, Job]) -> Iterator[Violation]:
    shift = team.shifts[route.shift]
    locked = {lock.job_id: lock for lock in problem.locks}
    clock, place = shift.window.start, shift.start
    lunch_left = route.lunch_at
    setup = {line.id: line.setup_s for line in problem.lines}
    line_id = ""

    def broken(rule: str, job_id: str, words: str) -> Violation:
        return Violation(rule=rule, job_id=job_id, team_id=team.id, words=words)

    for stop in route.stops:
        job = jobs[stop.job_id]
        entry, leaves = (job.exit, job.at) if stop.is_turned else (job.at, job.exit)
        way = timedelta(seconds=problem.travel.between(place, entry)[0])
        was_on, line_id = line_id, job.part.line_id if job.part else ""
        if line_id and (was_on != line_id or place != entry):
            way += timedelta(seconds=setup.get(line_id, 0))
        if lunch_left is not None and lunch_left <= stop.arrive_at and shift.lunch:
            rest = timedelta(seconds=shift.lunch.duration_s)
            if lunch_left + TOLERANCE < clock or lunch_left + rest > stop.start_at + TOLERANCE:
                yield broken("lunch", job.id, "午休与作业重叠。")
            clock += rest  # before, during or after the drive: it takes its time once
            lunch_left = None
        if stop.arrive_at + TOLERANCE < clock + way:
            yield broken("travel", job.id, f"工单 {job.id} 来不及赶到。")
        yield from _stop(stop, job, team, shift, is_locked=job.id in locked)
        if job.id not in locked or locked[job.id].start_at is None:
            yield from _window(stop, job, team)
        clock, place = stop.depart_at, leaves
    if lunch_left is not None and shift.lunch:
        clock = max(clock, lunch_left + timedelta(seconds=shift.lunch.duration_s))
    home = clock + timedelta(seconds=problem.travel.between(place, shift.end or shift.start)[0])
    if route.return_at + TOLERANCE < home:
        yield broken("travel", "", "返回时间早于可能。")
    latest = shift.window.end + timedelta(seconds=shift.overtime_limit_s)
    if route.return_at > latest + TOLERANCE:
        yield broken("overtime", "", f"{team.id} 超出加班上限。")
    yield from _lunch(route, team)
    yield from _gear(route, team, shift, jobs)
    lasts = (route.return_at - route.leave_at).total_seconds()
    if team.shift_limit_s is not None and lasts > team.shift_limit_s + 1:
        yield broken("shift_limit", "", f"{team.id} 的出勤时长超出上限。")


def _gear(route: Route, team: Team, shift: Shift, jobs: dict[str, Job]) -> Iterator[Violation]:
    """Check what is aboard from stop to stop, setting off with the least that will do.

    More at the start is more everywhere: where the least is too much, nothing will do.
    """
    stops = [jobs[stop.job_id] for stop in route.stops]
    for kind in {kind for job in stops for kind in (*job.gear, *job.returns)}:
        aboard = lowest = 0
        for job in stops:
            lowest = min(lowest, aboard - job.gear.get(kind, 0))
            aboard += job.returns.get(kind, 0) - job.gear.get(kind, 0)
        taken = aboard = most = -lowest
        for job in stops:
            aboard += job.returns.get(kind, 0) - job.gear.get(kind, 0)
            most = max(most, aboard)
        if taken > team.gear_on(shift).get(kind, 0) or most > team.room_on(shift).get(kind, 0):
            words = f"{team.id} 的 {kind} 不够用。"
            yield Violation(rule="gear", job_id="", team_id=team.id, words=words)
        if route.gear and route.gear.get(kind, 0) < taken:
            words = f"{team.id} 至少要带 {kind}×{taken}，写的是 {route.gear.get(kind, 0)}。"
            yield Violation(rule="loading", job_id="", team_id=team.id, words=words)


def _together(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Check what ties routes to each other: links, series, hours over all shifts."""
    found = {stop.job_id: (route, stop) for route in plan.routes for stop in route.stops}
    jobs = {job.id: job for job in problem.jobs}
    for link in problem.links:
        if (link.first in found) != (link.then in found):
            words = f"工单 {link.first} 与 {link.then} 须一起安排。"
            yield Violation(rule="link", job_id=link.first, team_id="", words=words)
        elif link.first in found:
            lag = (found[link.then][1].start_at - found[link.first][1].start_at).total_seconds()
            if not link.lag_from_s - 1 <= lag <= link.lag_to_s + 1:
                words = f"工单 {link.first} 与 {link.then} 的先后间隔不符。"
                yield Violation(rule="link", job_id=link.first, team_id="", words=words)
    opens = {
        (team.id, number): shift.window.start
        for team in problem.teams
        for number, shift in enumerate(team.shifts)
    }
    for series in problem.series:
        own = [found[id_][0] for id_ in series.job_ids if id_ in found]
        days = tuple(opens[route.team_id, route.shift].astimezone(SHANGHAI).date() for route in own)
        if days and not _is_pattern(series, days):
            words = f"系列 {series.id} 的日期组合不被允许。"
            yield Violation(rule="series", job_id=series.job_ids[0], team_id="", words=words)
    for team in problem.teams:
        own = [route for route in plan.routes if route.team_id == team.id]
        yield from _in_turn(team, own)
        worked = sum(route.travel_s for route in own)
        worked += sum(jobs[stop.job_id].duration_s for route in own for stop in route.stops)
        if team.total_limit_s is not None and worked > team.total_limit_s + 1:
            words = f"{team.id} 的总工时超出上限。"
            yield Violation(rule="total_limit", job_id="", team_id=team.id, words=words)


def _in_turn(team: Team, own: list[Route]) -> Iterator[Violation]:
    """Check that a team is back from one shift before it leaves for the next."""
    for earlier, later in pairwise(sorted(own, key=lambda route: route.leave_at)):
        if later.leave_at + TOLERANCE < earlier.return_at:
            words = f"{team.id} 的两个班次同时在外。"
            yield Violation(rule="twice", job_id="", team_id=team.id, words=words)


def _cover(line: Line, problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Check that what is done and what is told to be left make up a line, and each part is right.

    Cover, least length, pace and ends are found from the path itself.
    """

    def broken(rule: str, job_id: str, words: str) -> Violation:
        return Violation(rule=rule, job_id=job_id, team_id="", words=words)

    jobs = {job.id: job for job in problem.jobs}
    told = [stop.job_id for route in plan.routes for stop in route.stops]
    told += [left.job_id for left in plan.unassigned]
    own = [(jobs[id_].part, jobs[id_]) for id_ in told if id_ in jobs]
    parts = [(part, job) for part, job in own if part and part.line_id == line.id]
    parts.sort(key=lambda pair: pair[0].from_m)
    legs = [a.distance_m(b) for a, b in pairwise(line.path)]
    length = sum(legs) if line.measured_m is None else line.measured_m
    done_m = line.begins_m
    for part, job in parts:
        if abs(part.from_m - done_m) > TOLERANCE_M:
            yield broken("cover", job.id, f"线路 {line.id} 在第 {done_m:.0f} 米有缺口或重叠。")
        done_m = part.to_m
        metres = part.to_m - part.from_m
        if metres < line.least_part_m - TOLERANCE_M:
            yield broken("least_part", job.id, f"工单 {job.id} 短于线路 {line.id} 的最短分段。")
        if job.duration_s < metres * line.s_per_km / 1000 - 1:
            yield broken("pace", job.id, f"工单 {job.id} 的时长赶不上线路 {line.id} 的进度。")
        ends = ((part.from_m, job.at), (part.to_m, job.exit))
        if any(
            _off_m(line, legs, (metre - line.begins_m) / length, point) > TOLERANCE_M
            for metre, point in ends
        ):
            yield broken("ends", job.id, f"工单 {job.id} 的起点或终点不在线路 {line.id} 上。")
        if job.either_way and not line.either_way:
            yield broken("direction", job.id, f"线路 {line.id} 只能从起点做到终点。")
    if abs(done_m - line.begins_m - length) > TOLERANCE_M:
        yield broken("cover", "", f"线路 {line.id} 到第 {done_m:.0f} 米为止，没有盖住全长。")


def _off_m(line: Line, legs: list[float], share: float, point: GeoPoint) -> float:
    """Return how far a point is from where a share of a line's length lies."""
    left = share * sum(legs)
    for (a, b), leg in zip(pairwise(line.path), legs, strict=True):
        if left <= leg + TOLERANCE_M and leg:
            along = min(1.0, left / leg)
            lat, lon = a.lat + along * (b.lat - a.lat), a.lon + along * (b.lon - a.lon)
            return point.distance_m(GeoPoint(lat, lon))
        left -= leg
    return point.distance_m(line.path[-1])


def _is_pattern(series: Series, days: tuple[date, ...]) -> bool:
    if len(days) != len(series.job_ids):
        return False
    if series.patterns:
        return days in series.patterns
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return all(series.gap_from_days <= gap <= series.gap_to_days for gap in gaps)


def _stop(
    stop: Stop, job: Job, team: Team, shift: Shift, *, is_locked: bool
) -> Iterator[Violation]:
    def broken(rule: str, words: str) -> Violation:
        return Violation(rule=rule, job_id=job.id, team_id=team.id, words=words)

    if stop.is_turned and not job.either_way:
        yield broken("direction", f"工单 {job.id} 只能从起点做到终点。")
    if stop.start_at < stop.arrive_at:
        yield broken("order", f"工单 {job.id} 未到先做。")
    if stop.depart_at - stop.start_at < timedelta(seconds=job.duration_s):
        yield broken("duration", f"工单 {job.id} 时长不足。")
    late = max(0.0, (stop.start_at - job.due_at).total_seconds()) if job.due_at else 0.0
    if abs(late - stop.late_s) > 1:
        yield broken("promise", f"工单 {job.id} 的超时秒数不符。")
    if is_locked:
        return
    if not job.skills <= team.skills_on(shift) or any(
        team.levels.get(skill, 0) < level for skill, level in job.levels.items()
    ):
        yield broken("skill", f"{team.id} 不具备工单 {job.id} 的技能。")
    if team.areas is not None and job.area and job.area not in team.areas:
        yield broken("area", f"工单 {job.id} 不在 {team.id} 的服务区域。")
    if shift.only_for is not None and job.id not in shift.only_for:
        yield broken("reserved", f"{team.id} 的这个班次不是为工单 {job.id} 加开的。")
    if job.allowed_teams is not None and team.id not in job.allowed_teams:
        yield broken("allowed", f"工单 {job.id} 不许由 {team.id} 承接。")
    if team.id in job.forbidden_teams:
        yield broken("forbidden", f"工单 {job.id} 应回避 {team.id}。")


def _window(stop: Stop, job: Job, team: Team) -> Iterator[Violation]:
    if job.windows and not any(
        w.start <= stop.start_at and stop.depart_at <= w.end for w in job.windows
    ):
        words = f"工单 {job.id} 不在可上门时段内。"
        yield Violation(rule="window", job_id=job.id, team_id=team.id, words=words)


def _lunch(route: Route, team: Team) -> Iterator[Violation]:
    shift = team.shifts[route.shift]
    if shift.lunch is None:
        return
    latest = shift.lunch.window.end - timedelta(seconds=shift.lunch.duration_s)
    words = ""
    if route.lunch_at is None and _last_work(route) > latest:
        words = f"{team.id} 没有午休。"
    elif route.lunch_at is not None and not shift.lunch.window.start <= route.lunch_at <= latest:
        words = f"{team.id} 的午休不在午休时段内。"
    if words:
        yield Violation(rule="lunch", job_id="", team_id=team.id, words=words)


def _last_work(route: Route) -> datetime:
    return max(stop.depart_at for stop in route.stops)
