"""Fit a published plan to what happened: few visits change, and each change has its cause."""

import time
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.work.lifecycle import VISIT_COMMITTED, VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, PlannedStop, Unplanned, Visit
from dianliang.domain.work.operations.plans import OutLine, StopLine
from dianliang.engines import routing
from dianliang.flows.planning.chosen import (
    jobs_in_scope,
    locked_lines,
    scope_of,
    teams_in_scope,
)
from dianliang.flows.planning.happened import NOTHING, Happened, happened_from
from dianliang.flows.planning.problem import CONFIRMED_TOLERANCE_S, Built, build_from
from dianliang.flows.planning.records import (
    FREE,
    lines_of,
    locked_numbers,
    lunches_of,
    outcome_of,
    relaxations_of,
    turned_of,
)
from dianliang.flows.planning.relaxing import Lane
from dianliang.flows.planning.scene import Asked
from dianliang.flows.planning.terms import terms_of
from dianliang.flows.planning.told import Told, floors_of, lunched, told_visits
from dianliang.kernel.calendar import SHANGHAI

LONGEST_S = 2.5
"""A dispatcher waits on the telephone: the search ends then, reading and explaining come on top."""
MOST_CHANGES = 5
LEFT_BEFORE = routing.Reason(
    code=routing.ReasonCode.NOT_WORTH, words="原计划没有排它，这次也不为它改动别的上门。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A plan that fits what happened, as records to store."""

    stops: list[StopLine]
    left_out: list[OutLine]
    outcome: dict[str, Any]
    solver: str
    others: tuple[PlannedStop, ...] = ()
    other_outs: tuple[Unplanned, ...] = ()
    """Lines of the earlier plan that a repair of some teams leaves as they are."""


def is_repair(plan: Plan) -> bool:
    """Tell whether a plan fits another to what happened, rather than planning afresh."""
    return "repair" in (plan.outcome or {})


def repair(plan: Plan, *, at: datetime) -> Repaired:
    """Compute a plan that stays close to what people were told.

    Visits that teams have begun stay. At most `most_changes` others change, besides those that
    what happened makes impossible. Nobody comes noticeably earlier than he was said to.

    Raises:
        InvalidProblemError: the records contradict each other.
    """
    began = time.monotonic()
    body: dict[str, Any] = (plan.outcome or {})["repair"]
    scope = scope_of(plan)
    told = told_visits(plan, teams=scope)
    eaten = lunched(plan, told, at=at)
    built = build_from(_asked(plan, told, eaten), at=at)
    known = _known(built, told, plan, urgent=body["urgent"], at=at)
    found = routing.replan(
        built.problem,
        known,
        stop=routing.MaxSeconds(limit_s=LONGEST_S, clock=time.monotonic),
        most_changes=body["most_changes"],
        counts_delays=built.terms is None,  # crews of an emergency know an order, nobody an hour
        before=at,
    )
    stops, left_out = lines_of(found.plan, built, locked=locked_numbers(plan))
    before = _said_before(plan, urgent=body["urgent"])
    left_out = [
        before.get(line.job.number, line)
        for line in left_out
        if not _is_going_on(line.job, told, built)
    ]
    causes = {
        "made_at": at.isoformat(),
        "lunched": [[code, on.isoformat(), end.isoformat()] for (code, on), end in eaten.items()],
        "eased": _eased(stops, told, built),
        **_causes(
            (*found.forced, *found.delayed),
            told,
            plan,
            built,
            urgent={(s.team.code, s.on) for s in stops if s.job.number in body["urgent"]},
        ),
        "chosen": [change.job_id for change in found.chosen],
    }
    outcome = outcome_of(
        found.plan,
        built,
        relaxations=relaxations_of(plan),
        solved_s=time.monotonic() - began,
        repair={**body, **causes},
    )
    if scope is not None and plan.replaces is not None:
        return _with_others(
            plan, plan.replaces, scope, stops, left_out, outcome, found.plan.version
        )
    return Repaired(stops=stops, left_out=left_out, outcome=outcome, solver=found.plan.version)


def _with_others(
    plan: Plan,
    old: Plan,
    scope: Collection[str],
    stops: list[StopLine],
    left_out: list[OutLine],
    outcome: dict[str, Any],
    solver: str,
) -> Repaired:
    """Return a repair with what it did not touch: the lines of all other teams, as they are."""
    here = {line.job.pk for line in stops} | {line.job.pk for line in left_out}
    waiting = Visit.objects.filter(job__in=plan.jobs.all(), status__in=VISIT_OPEN)
    kept = set(waiting.exclude(team__code__in=scope).values_list("job_id", flat=True)) - here
    others = old.stops.exclude(team__code__in=scope).select_related("job")
    lines = [row for row in others if row.job_id in kept]
    outs = [row for row in old.unplanned.select_related("job") if row.job_id not in here]
    beside(outcome, old.outcome, scope, lines=lines, outs=outs)
    return Repaired(
        stops=stops,
        left_out=left_out,
        outcome=outcome,
        solver=solver,
        others=tuple(lines),
        other_outs=tuple(outs),
    )


def beside(
    outcome: dict[str, Any],
    before: Mapping[str, Any] | None,
    scope: Collection[str],
    *,
    lines: Collection[PlannedStop],
    outs: Collection[Unplanned],
) -> None:
    """Add to the outcome of some teams what an earlier plan (`before`) has of all others."""
    objective = outcome["objective"]
    for row in outs:
        objective[f"unassigned_{row.job.priority}"] += 1
    objective["late_s"] += sum(row.late_s for row in lines)
    objective["travel_s"] += sum(row.travel_s for row in lines)
    others = {row.job.number for row in lines}
    outcome["turned"] += sorted(others & {*(before or {}).get("turned", ())})
    lanes = (before or {}).get("lanes", ())
    outcome["lanes"] += [lane for lane in lanes if lane["team"] not in scope]


def _asked(plan: Plan, told: Mapping[str, Told], eaten: dict[Lane, datetime]) -> Asked:
    return Asked(
        jobs=list(jobs_in_scope(plan)),
        teams=teams_in_scope(plan),
        first_on=plan.first_on,
        last_on=plan.last_on,
        relaxations=relaxations_of(plan),
        locked=locked_lines(plan),
        happened=happened_from(plan.outcome),
        eased=frozenset(told),
        floors=floors_of(told),
        lunched=eaten,
        terms=terms_of(plan.outcome),
    )


def _known(
    built: Built, told: Mapping[str, Told], plan: Plan, *, urgent: Sequence[str], at: datetime
) -> routing.Plan:
    """Return what people know as a plan of the engine.

    What should have begun by now and has not is as late as it is: it begins when its team gets
    there from now on.
    """
    routes: dict[tuple[str, date], list[routing.Stop]] = {}
    turned = turned_of(plan.replaces)
    for number, one in told.items():
        if number in built.jobs or number in built.withdrawn:
            lane = (one.visit.team.code, one.visit.on)
            stop = _stop(number, one, at=at)
            routes.setdefault(lane, []).append(replace(stop, is_turned=number in turned))
    lunches = {lane: on for lane, on in lunches_of(plan.replaces).items() if on > at}
    return routing.Plan(
        routes=tuple(
            _route(code, on, stops, lunches.get((code, on)), built)
            for (code, on), stops in routes.items()
        ),
        unassigned=_left_before(built, told, plan, urgent=urgent),
        objective=FREE,
        seed=1,
        iterations=0,
    )


def _stop(number: str, one: Told, *, at: datetime) -> routing.Stop:
    start_at = max(one.start_at, at + timedelta(seconds=one.travel_s))
    return routing.Stop(
        job_id=number,
        arrive_at=start_at,
        start_at=start_at,
        depart_at=max(one.visit.depart_at, start_at),
        travel_s=one.travel_s,
        travel_m=0,
        late_s=0,
        why="",
    )


def _route(
    code: str, on: date, stops: list[routing.Stop], lunch_at: datetime | None, built: Built
) -> routing.Route:
    midday = datetime(on.year, on.month, on.day, 12, tzinfo=SHANGHAI)
    days = built.days.get(code, ())
    return routing.Route(
        team_id=code,
        shift=days.index(on) if on in days else -1,
        stops=tuple(stops),
        leave_at=midday,
        return_at=midday,
        lunch_at=lunch_at,
        travel_s=0,
        travel_m=0,
        overtime_s=0,
    )


def _left_before(
    built: Built, told: Mapping[str, Told], plan: Plan, *, urgent: Sequence[str]
) -> tuple[routing.Unassigned, ...]:
    """Return the jobs that the earlier plan left out already: nobody is moved for them.

    What it planned and a team has given back since is placed again.
    """
    planned = plan.replaces.stops.values_list("job__number", flat=True) if plan.replaces else ()
    wanted = {*told, *urgent, *planned}
    return tuple(
        routing.Unassigned(job_id=job.id, reasons=(LEFT_BEFORE,), fix=None)
        for job in built.problem.jobs
        if job.id not in wanted
    )


def _said_before(plan: Plan, *, urgent: Sequence[str]) -> dict[str, OutLine]:
    """Return what the earlier plan said about what it left out, with its ways to fit it in."""
    rows = plan.replaces.unplanned.select_related("job") if plan.replaces else ()
    return {
        row.job.number: OutLine(
            job=row.job, reasons=row.reasons, fix=row.fix, other_fixes=row.other_fixes
        )
        for row in rows
        if row.job.number not in urgent
    }


def _is_going_on(job: Job, told: Mapping[str, Told], built: Built) -> bool:
    """Tell whether a team is at a job or on its way there, so that it is not left out."""
    one = told.get(job.number)
    if one is None or job.number in built.withdrawn:
        return False
    is_stranded = (one.visit.team.code, one.visit.on) in built.happened.lost
    return one.visit.status == "ARRIVED" or (one.visit.status == "EN_ROUTE" and not is_stranded)


def _eased(stops: Sequence[StopLine], told: Mapping[str, Told], built: Built) -> dict[str, str]:
    """Return the confirmed visits that the plan changes, with their state when it was made."""
    lines = {line.job.number: line for line in stops}
    eased: dict[str, str] = {}
    for number, one in told.items():
        line, is_known = lines.get(number), number in built.jobs or number in built.withdrawn
        is_dropped = line is None and not _is_going_on(one.visit.job, told, built)
        is_changed = is_dropped or (line is not None and _differs(line, one.visit))
        if one.visit.status in VISIT_COMMITTED and is_known and is_changed:
            eased[number] = one.visit.status
    return eased


def _differs(line: StopLine, visit: Visit) -> bool:
    is_elsewhere = (line.team.pk, line.on) != (visit.team_id, visit.on)
    moved_s = abs((line.depart_at - visit.depart_at).total_seconds())
    return is_elsewhere or moved_s > CONFIRMED_TOLERANCE_S


def _causes(
    changes: "Sequence[routing.Change]",
    told: Mapping[str, Told],
    plan: Plan,
    built: Built,
    *,
    urgent: Container[Lane],
) -> dict[str, dict[str, str]]:
    """Return the causes of what could not be kept: what is otherwise now, what is only later.

    A visit that stays with its team and day and begins later is no decision: it follows from where
    its team is, and whoever reads what changes must not look for ten changes among fifty delays.
    `urgent` are the shifts that were given something urgent.
    """
    before = happened_from(plan.replaces.outcome) if plan.replaces else NOTHING
    words = {c.job_id: _cause(told.get(c.job_id), built, before, urgent) for c in changes}
    later = {c.job_id for c in changes if c.kind == "retimed"}
    return {
        "forced": {number: why for number, why in words.items() if number not in later},
        "delayed": {number: why for number, why in words.items() if number in later},
    }


def _cause(one: Told | None, built: Built, before: Happened, urgent: Container[Lane]) -> str:
    """Say which part of what happened since (`before` was known already) a change comes from."""
    if one is None:
        return ""
    visit, happened = one.visit, built.happened
    if visit.job.number in happened.withdrawn:
        return "这次上门已撤下"
    if (visit.team.code, visit.on) in happened.lost:
        return f"{visit.team.name}不能出勤"
    longer = {n for n, m in happened.longer.items() if before.longer.get(n) != m}
    if visit.job.number in longer:
        return "做得比预计久"
    if longer:
        return "前面的上门做得比预计久"
    is_after = (visit.team.code, visit.on) in urgent
    late = "前面加了急件" if is_after else "队伍的进度比原计划晚"
    is_cut = any(cut not in before.cuts for cut in happened.cuts)
    return "道路中断" if is_cut else late
