"""A dispatch gives way to what crews have accepted or begun since it was drafted.

Somebody reads a draft for some minutes, and in every one of them a crew sets out. What is under
way stays with its crew; only the crews that this touches are planned anew around it, changing
little, and the dispatch says what was kept.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.domain.work.lifecycle import VISIT_COMMITTED
from dianliang.domain.work.models import Plan, PlannedStop, Unplanned, Visit
from dianliang.domain.work.operations import plans as operations
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.work.operations.publishing import KEPT
from dianliang.engines import routing
from dianliang.flows.planning.chosen import scope_of
from dianliang.flows.planning.happened import happened_from
from dianliang.flows.planning.outdated import OutdatedError
from dianliang.flows.planning.problem import Built, build_from
from dianliang.flows.planning.records import (
    lines_of,
    lunches_of,
    outcome_of,
    skeleton_of,
    turned_of,
)
from dianliang.flows.planning.repairing import LONGEST_S, MOST_CHANGES, beside
from dianliang.flows.planning.scene import Asked
from dianliang.flows.planning.terms import terms_of
from dianliang.flows.planning.told import floors_of, lunched_from, told_visits
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI

MOST_NAMED = 8
MOST_LATE, MOST_LATE_SHARE = 10, 0.1
"""Lines that may be late, in number or as a share, where a draft is still only caught up with."""


def under_way(plan: Plan) -> dict[str, Visit]:
    """Return what crews have accepted or begun and a draft would give away, drop or move, by job.

    What happened may move a visit in the state in which the draft saw it (`eased`), no further.
    """
    rows = Visit.objects.filter(job__in=plan.jobs.all(), status__in=VISIT_COMMITTED)
    eased = _eased(plan)
    lines = {line.job_id: line for line in plan.stops.all()}
    return {
        visit.job.number: visit
        for visit in rows.select_related("job", "team").order_by("arrive_at", "pk")
        if eased.get(visit.job.number) != visit.status
        and _is_against(lines.get(visit.job_id), visit)
    }


def _eased(plan: Plan) -> dict[str, str]:
    found: dict[str, str] = (plan.outcome or {}).get("repair", {}).get("eased", {})
    return found


def _is_against(line: PlannedStop | None, visit: Visit) -> bool:
    if line is None or (line.team_id, line.on) != (visit.team_id, visit.on):
        return True
    return visit.status == "ACCEPTED" and abs(visit.depart_at - line.depart_at) > KEPT


def keep_under_way(plan: Plan, *, by: Actor, at: datetime) -> Plan:
    """Fit a draft to what crews have accepted or begun since; the plan as it is now comes back.

    What no longer fits beside it is left out, with its reason.

    Raises:
        UnableToPlanError: the records contradict each other.
        StaleStateError: somebody changed the draft at this moment.
    """
    kept = under_way(plan) if plan.status == "READY" else {}
    if not kept:
        return plan
    given = plan.stops.filter(job__number__in=kept).values_list("team__code", flat=True)
    codes = {*given, *(visit.team.code for visit in kept.values())}
    return _fitted(plan, codes, kept, by=by, at=at)


def catch_up(plan: Plan, outdated: OutdatedError, *, by: Actor, at: datetime) -> Plan:
    """Lay the crews of a draft that somebody read for long out again from now on.

    Raises:
        OutdatedError: it is more than a little time that has passed: a new draft is better.
        UnableToPlanError, StaleStateError: see `keep_under_way`.
    """
    codes = {line.team.code for line in outdated.lines}
    if len(outdated.lines) > max(MOST_LATE, plan.stops.count() * MOST_LATE_SHARE):
        raise outdated
    return _fitted(plan, codes, under_way(plan), by=by, at=at)


def _fitted(
    plan: Plan, codes: set[str], kept: Mapping[str, Visit], *, by: Actor, at: datetime
) -> Plan:
    """Plan some crews of a draft anew around what they have begun, changing little."""
    began = time.monotonic()
    lines = [
        line
        for line in plan.stops.filter(team__code__in=codes).select_related("job", "team")
        if line.job.number not in kept
    ]
    built = _built(plan, codes, lines, kept, at=at)
    before = _known(plan, built, lines, kept)
    try:
        found = routing.replan(
            built.problem,
            before,
            stop=routing.MaxSeconds(limit_s=LONGEST_S, clock=time.monotonic),
            most_changes=MOST_CHANGES,
            counts_delays=False,
            before=at,
        )
    except routing.InvalidProblemError as refusal:
        raise UnableToPlanError(built.readable(str(refusal))) from refusal
    return _store(
        plan, codes, kept, built, found.plan, solved_s=time.monotonic() - began, by=by, at=at
    )


def _built(
    plan: Plan,
    codes: Collection[str],
    lines: Collection[PlannedStop],
    kept: Mapping[str, Visit],
    *,
    at: datetime,
) -> Built:
    repair = (plan.outcome or {}).get("repair", {})
    jobs = [line.job for line in lines if line.job.status in {"OPEN", "SCHEDULED"}]
    return build_from(
        Asked(
            jobs=[*jobs, *(visit.job for visit in kept.values())],
            teams=list(plan.teams.filter(code__in=codes)),
            first_on=plan.first_on,
            last_on=plan.last_on,
            happened=happened_from(plan.outcome),
            eased=frozenset(_eased(plan).keys() - kept.keys()),
            floors=floors_of(told_visits(plan, teams=codes)) if repair else {},
            lunched=lunched_from(repair),
            terms=terms_of(plan.outcome),
        ),
        at=at,
    )


def _known(
    plan: Plan, built: Built, lines: Collection[PlannedStop], kept: Mapping[str, Visit]
) -> routing.Plan:
    """Return the draft as it is for these crews, with what is under way where it is."""
    starts = {line.job.number: line.start_at for line in lines}
    lanes = {line.job.number: (line.team.code, line.on) for line in lines}
    for number, visit in kept.items():
        starts[number], lanes[number] = visit.arrive_at, (visit.team.code, visit.on)
    orders: dict[tuple[str, Any], list[str]] = {}
    for number in sorted(starts, key=lambda one: (starts[one], one)):
        if number in built.jobs:
            orders.setdefault(lanes[number], []).append(number)
    return skeleton_of(
        orders, built, starts=starts, lunches=lunches_of(plan), turned=turned_of(plan)
    )


def _store(
    plan: Plan,
    codes: set[str],
    kept: Mapping[str, Visit],
    built: Built,
    found: routing.Plan,
    *,
    solved_s: float,
    by: Actor,
    at: datetime,
) -> Plan:
    stops, left_out = lines_of(found, built, locked=frozenset())
    here = {line.job.pk for line in stops} | {line.job.pk for line in left_out}
    here |= {visit.job_id for visit in kept.values()}
    others = list(plan.stops.exclude(team__code__in=codes).select_related("job"))
    outs = [row for row in plan.unplanned.select_related("job") if row.job_id not in here]
    with transaction.atomic():
        operations.begin_solving(plan=plan, revision=plan.revision, jobs=(), by=by, at=at)
        return operations.keep_result(
            plan=plan,
            stops=stops,
            left_out=left_out,
            outcome=_outcome(plan, codes, kept, built, found, others, outs, solved_s=solved_s),
            solver=found.version,
            others=others,
            other_outs=outs,
            by=SYSTEM,
            at=at,
        )


def _outcome(
    plan: Plan,
    codes: set[str],
    kept: Mapping[str, Visit],
    built: Built,
    found: routing.Plan,
    others: Collection[PlannedStop],
    outs: Collection[Unplanned],
    *,
    solved_s: float,
) -> dict[str, Any]:
    """Return what is kept with the draft: of these crews as it is now, of the others as it was."""
    old: dict[str, Any] = plan.outcome or {}
    repair = dict(old.get("repair", {}))
    if repair:
        repair["eased"] = {n: was for n, was in repair["eased"].items() if n not in kept}
        scope = scope_of(plan)
        repair |= {} if scope is None else {"scope": sorted({*scope, *codes})}
    new = outcome_of(found, built, relaxations=(), solved_s=solved_s, repair=repair or None)
    beside(new, old, codes, lines=others, outs=outs)
    told = [*old.get("kept", ()), *_words(kept)]
    late = [] if kept else sorted(codes)
    caught = sorted({*old.get("caught_up", ()), *late})
    return {
        **new,
        "kept": told,
        "caught_up": caught,
        **{n: old[n] for n in ("made_at",) if n in old},
    }


def _words(kept: Mapping[str, Visit]) -> Iterator[str]:
    for number, visit in kept.items():
        when = visit.arrive_at.astimezone(SHANGHAI)
        yield (
            f"{number} {visit.job.title}：{visit.team.name}"
            f"{visit.get_status_display()}（{when:%m-%d %H:%M}）"
        )


def kept_words(plan: Plan) -> str:
    """Return in a line what was kept when a dispatch was put in force; empty if nothing was."""
    told = list((plan.outcome or {}).get("kept", ()))
    more = f"等 {len(told)} 项" if len(told) > MOST_NAMED else ""
    return f"{'；'.join(told[:MOST_NAMED])}{more}" if told else ""
