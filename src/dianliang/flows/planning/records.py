"""From the engine's answer to a plan's records, and back."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from dianliang.domain.work.models import Plan, PlannedStop
from dianliang.domain.work.operations.plans import OutLine, StopLine
from dianliang.engines import routing
from dianliang.flows.planning.problem import Built
from dianliang.kernel.calendar import SHANGHAI


def lines_of(
    result: routing.Plan, built: Built, *, locked: frozenset[str]
) -> tuple[list[StopLine], list[OutLine]]:
    """Return the lines to store: what is planned, and what is left out with reason and fix."""
    lines = [
        StopLine(
            job=built.jobs[stop.job_id],
            team=built.teams[route.team_id],
            on=built.days[route.team_id][route.shift],
            sequence=sequence,
            arrive_at=stop.arrive_at,
            start_at=stop.start_at,
            depart_at=stop.depart_at,
            travel_s=stop.travel_s,
            travel_m=stop.travel_m,
            late_s=stop.late_s,
            why=built.readable(stop.why),
            is_locked=stop.job_id in locked,
        )
        for route in result.routes
        for sequence, stop in enumerate(route.stops, start=1)
    ]
    left_out = [
        OutLine(
            job=built.jobs[left.job_id],
            reasons=[{**asdict(r), "words": built.readable(r.words)} for r in left.reasons],
            fix=_fix_json(left.fix, built) if left.fix else None,
        )
        for left in result.unassigned
    ]
    return lines, left_out


def _fix_json(fix: routing.Fix, built: Built) -> dict[str, Any]:
    body = asdict(fix)
    body["words"] = built.readable(fix.words)
    body["start_at"] = fix.start_at.isoformat() if fix.start_at else None
    return body


def outcome_of(result: routing.Plan, plan: Plan) -> dict[str, Any]:
    """Return the figures to store: objective, routes, and the rules that were relaxed."""
    return {
        "objective": asdict(result.objective),
        "iterations": result.iterations,
        "routes": [
            {
                "team": route.team_id,
                "shift": route.shift,
                "leave_at": route.leave_at.isoformat(),
                "return_at": route.return_at.isoformat(),
                "lunch_at": route.lunch_at.isoformat() if route.lunch_at else None,
                "travel_s": route.travel_s,
                "travel_m": route.travel_m,
                "overtime_s": route.overtime_s,
            }
            for route in result.routes
        ],
        "relaxations": (plan.outcome or {}).get("relaxations", []),
    }


def locked_numbers(plan: Plan) -> frozenset[str]:
    """Return the jobs whose lines a dispatcher locked."""
    return frozenset(plan.stops.filter(is_locked=True).values_list("job__number", flat=True))


def orders_of(plan: Plan) -> dict[tuple[str, date], list[str]]:
    """Return the stored order of jobs per team and day."""
    orders: dict[tuple[str, date], list[str]] = {}
    for line in plan.stops.select_related("job", "team").order_by("on", "team__code", "sequence"):
        orders.setdefault((line.team.code, line.on), []).append(line.job.number)
    return orders


def skeleton_from(lines: Iterable[PlannedStop], built: Built) -> routing.Plan | None:
    """Return stored lines as an engine plan: who and in which order, times left open."""
    orders: dict[tuple[str, date], list[str]] = {}
    rows = lines.select_related("job", "team") if hasattr(lines, "select_related") else lines
    for line in sorted(rows, key=lambda row: (row.on, row.team.code, row.sequence)):
        orders.setdefault((line.team.code, line.on), []).append(line.job.number)
    return skeleton_of(orders, built) if orders else None


def skeleton_of(orders: dict[tuple[str, date], list[str]], built: Built) -> routing.Plan:
    """Return orders of jobs per team and day as a plan of the engine without times."""
    long_ago = datetime(2000, 1, 1, tzinfo=SHANGHAI)
    routes = [
        routing.Route(
            team_id=code,
            shift=built.days[code].index(on),
            stops=tuple(
                routing.Stop(
                    job_id=number,
                    arrive_at=long_ago,
                    start_at=long_ago,
                    depart_at=long_ago,
                    travel_s=0,
                    travel_m=0,
                    late_s=0,
                    why="",
                )
                for number in numbers
            ),
            leave_at=long_ago,
            return_at=long_ago,
            lunch_at=None,
            travel_s=0,
            travel_m=0,
            overtime_s=0,
        )
        for (code, on), numbers in orders.items()
        if on in built.days.get(code, ())
    ]
    nothing = routing.Objective(
        unassigned_must=0,
        unassigned_should=0,
        unassigned_may=0,
        late_s=0,
        overtime_s=0,
        travel_s=0,
        other_team=0,
        total=0.0,
    )
    return routing.Plan(
        routes=tuple(routes), unassigned=(), objective=nothing, seed=1, iterations=0
    )
