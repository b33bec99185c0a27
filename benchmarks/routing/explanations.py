"""Try what explanations promise: ``python -m benchmarks.routing.explanations [--seeds 2]``.

On generated days with every kind of shortage each way out of every job that is left out, or late,
is made and the job put in. What must hold for all: the plan then keeps every rule by the
independent checker, the job is in (on time), and the objective grows by what was stated. For each
binding rule that is named: with it away the job fits.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks.routing.shortages import SHORTAGES
from dianliang.engines.routing import (
    Fix,
    FixKind,
    Late,
    MaxIterations,
    Plan,
    Problem,
    ReasonCode,
    Unassigned,
    apply_fix,
    check,
    explain_late,
    insert_job,
    promised,
    solve,
)

ROUNDING = 2.0
"""Weighted seconds: prices of routes are kept in single precision, times in whole seconds."""
ITERATIONS = 1500


@dataclass(frozen=True)
class Finding:
    """One promise and whether it was kept; `fault` is empty if so."""

    shortage: str
    what: str
    fault: str


def fault_of(problem: Problem, plan: Plan, job_id: str, fix: Fix, before: float) -> str:
    """Make a fix, put the job in, and say what is not as promised.

    `before` is the objective of the plan without the job and without its price of being left out.
    """
    helped = apply_fix(problem, fix, job_id=job_id)
    wanted = next(job for job in helped.jobs if job.id == job_id)
    after = insert_job(helped, plan, wanted)
    broken = check(helped, after)
    if broken:
        return f"breaks {broken[0].rule}"
    if after.stop_of(job_id) is None:
        return "does not fit"
    lost = sum(
        problem.weights.worth(job)
        for job in problem.jobs
        if fix.kind is FixKind.DISPLACE and job.id in fix.items
    )
    grown = after.objective.total + lost - before
    stated = fix.price_s - fix.effort_s
    return "" if abs(grown - stated) <= ROUNDING else f"costs {grown:.0f}, not {stated:.0f}"


def release(problem: Problem, job_id: str, code: ReasonCode) -> Problem | None:
    """Return the problem without the rule that a reason names; None if it is no single rule."""
    teams, jobs = problem.teams, {job.id: job for job in problem.jobs}
    job = jobs[job_id]
    if code is ReasonCode.LUNCH:
        teams = tuple(
            replace(team, shifts=tuple(replace(shift, lunch=None) for shift in team.shifts))
            for team in teams
        )
    elif code is ReasonCode.HOURS:
        teams = tuple(replace(team, shift_limit_s=None, total_limit_s=None) for team in teams)
    elif code is ReasonCode.GEAR_OUT:
        job = replace(job, gear={}, returns={})
    elif code is ReasonCode.WINDOW:
        job = replace(job, windows=())
    else:
        return None
    jobs[job_id] = job
    return replace(problem, teams=teams, jobs=tuple(jobs.values()))


def reason_fault(problem: Problem, plan: Plan, left: Unassigned) -> str:
    """Say what is wrong with the reasons: a rule that is away lets the job in, and none else."""
    for reason in left.reasons:
        eased = release(problem, left.job_id, reason.code)
        if eased is None:
            continue
        wanted = next(job for job in eased.jobs if job.id == left.job_id)
        if insert_job(eased, plan, wanted).stop_of(left.job_id) is None:
            return f"without {reason.code} it does not fit either"
    return "" if left.reasons else "no reason"


def left_out(name: str, problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Try every promise about the jobs that a plan leaves out."""
    jobs = {job.id: job for job in problem.jobs}
    for left in plan.unassigned:
        worth = problem.weights.worth(jobs[left.job_id])
        codes = "+".join(reason.code for reason in left.reasons)
        yield Finding(name, f"原因 {codes}", reason_fault(problem, plan, left))
        if left.fix is None and codes != "lock" and "tied" not in codes:
            yield Finding(name, "没有办法", "no way out is named")
        for fix in (left.fix, *left.others) if left.fix else ():
            before = plan.objective.total - worth
            fault = fault_of(problem, plan, left.job_id, fix, before)
            yield Finding(name, f"办法 {fix.kind}", fault)


def late(name: str, problem: Problem, plan: Plan) -> Iterator[Finding]:
    """Try every promise about the jobs that a plan serves late."""
    for route in plan.routes:
        for stop in route.stops:
            told = explain_late(problem, plan, job_id=stop.job_id) if stop.late_s else None
            if told is not None:
                yield Finding(name, "超时原因", "" if told.reasons else "no reason")
                yield from (
                    Finding(name, f"超时办法 {fix.kind}", late_fault(problem, plan, told, fix))
                    for fix in ((told.fix, *told.others) if told.fix else ())
                )


def late_fault(problem: Problem, plan: Plan, told: Late, fix: Fix) -> str:
    """Make a late job's fix and say what is not as promised."""
    routes = tuple(
        replace(route, stops=tuple(s for s in route.stops if s.job_id != told.job_id))
        for route in plan.routes
    )
    hard = promised(problem, job_id=told.job_id)
    fault = fault_of(hard, replace(plan, routes=routes), told.job_id, fix, plan.objective.total)
    if fault:
        return fault
    helped = apply_fix(hard, fix, job_id=told.job_id)
    wanted = next(job for job in helped.jobs if job.id == told.job_id)
    found = insert_job(helped, replace(plan, routes=routes), wanted).stop_of(told.job_id)
    return "" if found and not found[1].late_s else "is late all the same"


def findings(seeds: range, *, iterations: int = ITERATIONS) -> Iterator[Finding]:
    """Plan every kind of day for every seed and try what the plan says."""
    for name, make in SHORTAGES.items():
        for seed in seeds:
            problem = make(seed)
            plan = solve(problem, stop=MaxIterations(limit=iterations), seed=seed)
            yield from left_out(name, problem, plan)
            yield from late(name, problem, plan)


def main() -> None:
    """Print the share of promises that are kept, by kind, and what is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    asked = parser.parse_args()
    found = list(findings(range(1, asked.seeds + 1)))
    tried = Counter((finding.shortage, finding.what) for finding in found)
    kept = Counter((finding.shortage, finding.what) for finding in found if not finding.fault)
    for (shortage, what), count in sorted(tried.items()):
        print(f"{shortage:10} {what:40} {kept[shortage, what]:4} of {count:4}")
    for finding in found:
        if finding.fault:
            print(f"wrong: {finding.shortage} {finding.what}: {finding.fault}")
    right = sum(kept.values())
    print(f"{right} of {len(found)} promises kept: {100 * right / max(1, len(found)):.1f} %")


if __name__ == "__main__":
    main()
