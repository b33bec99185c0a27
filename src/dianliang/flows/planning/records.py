"""From the engine's answer to a plan's records, and back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from math import ceil
from typing import Any

from django.db.models import QuerySet

from dianliang.domain.work.models import Plan, PlannedStop, Visit
from dianliang.domain.work.operations.plans import OutLine, StopLine
from dianliang.engines import routing
from dianliang.flows.planning.problem import Built
from dianliang.flows.planning.terms import Terms
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase, kept

FREE = routing.Objective(
    unassigned_must=0,
    unassigned_should=0,
    unassigned_may=0,
    late_s=0,
    overtime_s=0,
    travel_s=0,
    other_team=0,
    total=0.0,
)
"""The objective of a plan that was not priced yet."""
WITHDRAWN = Phrase("这次上门已撤下，工单退回待安排。")


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
            reasons=[reason_json(reason, built) for reason in left.reasons],
            fix=fix_json(left.fix, built) if left.fix else None,
            other_fixes=[fix_json(fix, built) for fix in left.others],
        )
        for left in result.unassigned
    ]
    left_out += [
        OutLine(
            job=built.jobs[number],
            reasons=[{"code": "displaced", "words": _displaced(by).kept()}],
            fix=None,
            other_fixes=[],
        )
        for number, by in built.displaced.items()
    ]
    left_out += [
        OutLine(
            job=job,
            reasons=[{"code": "withdrawn", "words": WITHDRAWN.kept()}],
            fix=None,
            other_fixes=[],
        )
        for job in built.withdrawn.values()
    ]
    return lines, left_out


def _displaced(by: str) -> Phrase:
    return Phrase("为 %(job)s 让位，撤销该办法即可恢复。", job=by)


def reason_json(reason: routing.Reason, built: Built) -> dict[str, Any]:
    """Return a reason of the engine as it is stored, for a reader of any language."""
    return {"code": reason.code, "words": kept(built.readable(reason.words))}


def fix_json(fix: routing.Fix, built: Built) -> dict[str, Any]:
    """Return a fix of the engine as it is stored, in readable words."""
    body = asdict(fix)
    body["words"] = kept(built.readable(fix.words))
    days = built.days[fix.team_id]
    if fix.opens_at:
        body["on"] = fix.opens_at.astimezone(SHANGHAI).date().isoformat()
    elif fix.shift < len(days):
        body["on"] = days[fix.shift].isoformat()
    for name in ("start_at", "opens_at"):
        body[name] = body[name].isoformat() if body[name] else None
    return body


def outcome_of(
    result: routing.Plan,
    built: Built,
    *,
    relaxations: Sequence[dict[str, Any]],
    solved_s: float = 0,
    repair: Mapping[str, Any] | None = None,
    bound: routing.Bound | None = None,
) -> dict[str, Any]:
    """Return what to store: objective, what is proven, lanes, relaxed rules, what happened."""
    routes = {
        (route.team_id, built.days[route.team_id][route.shift]): route for route in result.routes
    }
    return {
        "objective": asdict(result.objective),
        "bound": _bound_json(result, bound) if bound else {},
        "weights": asdict(built.problem.weights),
        "iterations": result.iterations,
        "solved_s": round(solved_s, 1),
        "lanes": [
            _lane_json(team, on, shift, routes.get((team.id, on)))
            for team in built.problem.teams
            for on, shift in zip(built.days[team.id], team.shifts, strict=True)
        ],
        "ways": built.ways,
        "turned": [stop.job_id for r in result.routes for stop in r.stops if stop.is_turned],
        "absent": sorted(set(built.teams) - set(built.days)),
        "relaxations": list(relaxations),
        **({"happened": built.happened.stored()} if built.happened else {}),
        **({"repair": dict(repair)} if repair else {}),
        **(_terms_json(built.terms, built.at) if built.terms else {}),
    }


def _terms_json(terms: Terms, at: datetime) -> dict[str, Any]:
    return {"terms": terms.stored(), "made_at": at.isoformat()}


def _bound_json(result: routing.Plan, bound: routing.Bound) -> dict[str, Any]:
    """Return what is proven; `percent` is rounded up, or None where nothing sensible is."""
    share = routing.gap(result, bound)
    percent = None if share is None else ceil(share * 1000 - 1e-3) / 10
    return {**asdict(bound), "percent": percent}


def _lane_json(
    team: routing.Team, on: date, shift: routing.Shift, route: routing.Route | None
) -> dict[str, Any]:
    lane: dict[str, Any] = {
        "team": team.id,
        "on": on.isoformat(),
        "from": shift.window.start.isoformat(),
        "to": shift.window.end.isoformat(),
        "skills": sorted(team.skills_on(shift)),
        "gear": dict(team.gear_on(shift)),
        "start": [shift.start.lat, shift.start.lon],
    }
    if route is not None:
        lane |= {
            "return_at": route.return_at.isoformat(),
            "lunch_at": route.lunch_at.isoformat() if route.lunch_at else None,
            "lunch_s": shift.lunch.duration_s if shift.lunch else 0,
            "travel_s": route.travel_s,
            "travel_m": route.travel_m,
            "overtime_s": route.overtime_s,
        }
    return lane


def relaxations_of(plan: Plan) -> list[dict[str, Any]]:
    """Return the rules that dispatchers relaxed for a plan, in order."""
    return list((plan.outcome or {}).get("relaxations", []))


def locked_numbers(plan: Plan) -> frozenset[str]:
    """Return the jobs whose lines a dispatcher locked."""
    return frozenset(plan.stops.filter(is_locked=True).values_list("job__number", flat=True))


def orders_of(plan: Plan) -> dict[tuple[str, date], list[str]]:
    """Return the stored order of jobs per team and day."""
    orders: dict[tuple[str, date], list[str]] = {}
    for line in plan.stops.select_related("job", "team").order_by("on", "team__code", "sequence"):
        orders.setdefault((line.team.code, line.on), []).append(line.job.number)
    return orders


def orders_of_visits(visits: QuerySet[Visit]) -> dict[tuple[str, date], list[str]]:
    """Return the order of jobs per team and day in which teams are to go now."""
    orders: dict[tuple[str, date], list[str]] = {}
    for visit in visits.select_related("job", "team").order_by("on", "arrive_at", "sequence"):
        orders.setdefault((visit.team.code, visit.on), []).append(visit.job.number)
    return orders


def lunches_of(plan: Plan | None) -> dict[tuple[str, date], datetime]:
    """Return when teams have lunch in a stored plan."""
    lanes = (plan.outcome or {}).get("lanes", ()) if plan else ()
    return {
        (lane["team"], date.fromisoformat(lane["on"])): datetime.fromisoformat(lane["lunch_at"])
        for lane in lanes
        if lane.get("lunch_at")
    }


def turned_of(plan: Plan | None) -> frozenset[str]:
    """Return the parts of lines that a stored plan does from their end to their beginning."""
    return frozenset((plan.outcome or {}).get("turned", ()) if plan else ())


def skeleton_from(
    lines: Iterable[PlannedStop],
    built: Built,
    *,
    lunches: Mapping[tuple[str, date], datetime] | None = None,
    turned: Collection[str] = (),
) -> routing.Plan | None:
    """Return stored lines as an engine plan: who, in which order, which way, where lunch is."""
    orders: dict[tuple[str, date], list[str]] = {}
    starts: dict[str, datetime] = {}
    for line in sorted(lines, key=lambda row: (row.on, row.team.code, row.sequence)):
        orders.setdefault((line.team.code, line.on), []).append(line.job.number)
        starts[line.job.number] = line.start_at
    if not orders:
        return None
    return skeleton_of(orders, built, starts=starts, lunches=lunches, turned=turned)


def skeleton_of(
    orders: Mapping[tuple[str, date], Sequence[str]],
    built: Built,
    *,
    starts: Mapping[str, datetime] | None = None,
    lunches: Mapping[tuple[str, date], datetime] | None = None,
    turned: Collection[str] = (),
) -> routing.Plan:
    """Return orders of jobs per team and day as a plan of the engine; times only say the order."""
    long_ago = datetime(2000, 1, 1, tzinfo=SHANGHAI)
    routes = [
        routing.Route(
            team_id=code,
            shift=built.days[code].index(on),
            stops=tuple(
                _bare(n, (starts or {}).get(n, long_ago), is_turned=n in turned) for n in numbers
            ),
            leave_at=long_ago,
            return_at=long_ago,
            lunch_at=(lunches or {}).get((code, on)),
            travel_s=0,
            travel_m=0,
            overtime_s=0,
        )
        for (code, on), numbers in orders.items()
        if on in built.days.get(code, ())
    ]
    return routing.Plan(routes=tuple(routes), unassigned=(), objective=FREE, seed=1, iterations=0)


def _bare(number: str, at: datetime, *, is_turned: bool) -> routing.Stop:
    return routing.Stop(
        job_id=number,
        arrive_at=at,
        start_at=at,
        depart_at=at,
        travel_s=0,
        travel_m=0,
        late_s=0,
        why="",
        is_turned=is_turned,
    )
