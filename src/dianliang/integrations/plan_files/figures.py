"""A plan in figures and lines that people read: per team, per part of the objective, per day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from dianliang.engines import routing
from dianliang.engines.routing import (
    Bound,
    Plan,
    Problem,
    Route,
    Stop,
    Team,
    Unassigned,
    covers_of,
)
from dianliang.kernel.calendar import SHANGHAI

SPAN, COUNT = "span", "count"
OBJECTIVE: Mapping[str, tuple[str, str]] = {
    "unassigned_must": ("没排的“必须”（张）", COUNT),
    "unassigned_should": ("没排的“应当”（张）", COUNT),
    "unassigned_may": ("没排的“可缓”（张）", COUNT),
    "late_s": ("超承诺合计", SPAN),
    "overtime_s": ("加班合计", SPAN),
    "travel_s": ("行车合计", SPAN),
    "other_team": ("没由优先队伍承接（张）", COUNT),
    "series_teams": ("系列里多用的队伍（支）", COUNT),
    "balance": ("忙闲不均的代价，折合行车", SPAN),
    "waiting": ("等待的代价，折合行车", SPAN),
    "total": ("总代价，折合行车", SPAN),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFigures:
    """What a team does in a plan. Seconds and metres."""

    team_id: str
    shifts: int
    used: int
    jobs: int
    on_duty_s: float
    travel_s: int
    work_s: float
    overtime_s: int
    late_s: int
    travel_m: int

    @property
    def utilisation(self) -> float:
        """Travel and work as a share of the time on duty."""
        return (self.travel_s + self.work_s) / self.on_duty_s if self.on_duty_s else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a day: leaving, a job, lunch, coming home."""

    what: str
    begin_at: datetime
    stop: Stop | None = None
    order: int = 0
    travel_s: int = 0
    travel_m: int = 0


def figures_of(problem: Problem, plan: Plan) -> list[TeamFigures]:
    """Return the figures of every team, busy or not."""
    return [
        _figures(team, [r for r in plan.routes if r.team_id == team.id]) for team in problem.teams
    ]


def _figures(team: Team, routes: list[Route]) -> TeamFigures:
    stops = [stop for route in routes for stop in route.stops]
    work = sum((stop.depart_at - stop.start_at for stop in stops), timedelta())
    on_duty = sum((shift.window.duration for shift in team.shifts), timedelta())
    return TeamFigures(
        team_id=team.id,
        shifts=len(team.shifts),
        used=len(routes),
        jobs=len(stops),
        on_duty_s=on_duty.total_seconds(),
        travel_s=sum(route.travel_s for route in routes),
        work_s=work.total_seconds(),
        overtime_s=sum(route.overtime_s for route in routes),
        late_s=sum(stop.late_s for stop in stops),
        travel_m=sum(route.travel_m for route in routes),
    )


def objective_words(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the parts of the objective with their figures, as words."""
    for name, (words, kind) in OBJECTIVE.items():
        value = getattr(plan.objective, name)
        yield words, span(value) if kind == SPAN else f"{value}"


def bound_words(plan: Plan, bound: Bound | None) -> Iterator[tuple[str, str]]:
    """Yield what is proven about a plan, as words; nothing where nobody asked for a proof."""
    if bound is None:
        return
    share = routing.gap(plan, bound)
    words = f"{percent_of(share)}%" if share is not None else "没能证明：下界太松，不说明排得好坏"
    yield "最多还能再好（已证明）", words
    if bound.unassigned_must:
        yield "“必须”里谁也排不进的（已证明，张）", f"至少 {bound.unassigned_must}"


def percent_of(share: float) -> str:
    """Return a share as a percentage, rounded up so that the proof still holds."""
    return f"{ceil(share * 1000 - 1e-3) / 10:.1f}"


def cover_words(problem: Problem, plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield how far a plan gets with each line, as words."""
    for cover in covers_of(problem, plan):
        total, done = cover.line.length_m / 1000, cover.done_m / 1000
        words = f"全长 {total:.1f} 公里，排了 {done:.1f} 公里，{len(cover.stretches)} 段"
        if cover.gaps:
            left = "、".join(f"{gap.from_m:.0f}–{gap.to_m:.0f} 米" for gap in cover.gaps)
            words += f"；没排的：{left}"
        yield f"线路 {cover.line.id}", words


def span(seconds: float) -> str:
    """Return a span as ``3 小时 25 分``."""
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分"


def local(at: datetime) -> datetime:
    """Return an instant as the clocks of Shanghai show it, without a zone."""
    return at.astimezone(SHANGHAI).replace(tzinfo=None)


def day_of_route(problem: Problem, route: Route) -> date:
    """Return the day on which a route's shift begins."""
    team = next(team for team in problem.teams if team.id == route.team_id)
    return local(team.shifts[route.shift].window.start).date()


def in_order(problem: Problem, plan: Plan) -> list[Route]:
    """Return the routes by team, then by day."""
    rank = {team.id: number for number, team in enumerate(problem.teams)}
    return sorted(plan.routes, key=lambda route: (rank[route.team_id], route.leave_at))


def left_out(problem: Problem, plan: Plan) -> list[Unassigned]:
    """Return what a plan leaves out, the dearest first."""
    worth = {job.id: problem.weights.worth(job) for job in problem.jobs}
    return sorted(plan.unassigned, key=lambda left: -worth[left.job_id])


def lines_of(route: Route) -> Iterator[Line]:
    """Yield the lines of a day in the order in which they happen."""
    yield Line(what="出发", begin_at=route.leave_at)
    lunch_at = route.lunch_at
    for order, stop in enumerate(route.stops, start=1):
        if lunch_at is not None and lunch_at < stop.start_at:
            yield Line(what="午休", begin_at=lunch_at)
            lunch_at = None
        yield Line(
            what="上门",
            begin_at=stop.start_at,
            stop=stop,
            order=order,
            travel_s=stop.travel_s,
            travel_m=stop.travel_m,
        )
    if lunch_at is not None:
        yield Line(what="午休", begin_at=lunch_at)
    yield Line(
        what="收工",
        begin_at=route.return_at,
        travel_s=route.travel_s - sum(stop.travel_s for stop in route.stops),
        travel_m=route.travel_m - sum(stop.travel_m for stop in route.stops),
    )
