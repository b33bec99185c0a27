"""Plan relief: ``python -m benchmarks.energy.relief [--areas 5000] [--overloaded 410]``.

Generates a county in its tea season: transformers of 100–400 kVA with the load of homes over five
days of 15-minute points, some of which roasters of tea overload; each roaster can have a
transformer of its own, at a price, of which the county can afford a number and a sum. Ours beside
one MILP of the whole (HiGHS, through SciPy), as the field would write it, and beside a rule of
thumb (largest roasters first, cheapest areas first), in one process after the other, each with one
core. The MILP knows the rule "no point above 80 %", so all three plan by that one; ours then also
by the rule that dispatchers use, no eight points in a row. Every plan goes through the checker.

What must hold: ours proves its optimum and relieves no fewer areas than the MILP, in a tenth of
its CPU-seconds or less.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from dianliang.engines.relief import (
    HEAVY,
    Area,
    Kind,
    Measure,
    Problem,
    Rule,
    check,
    loads_after,
    solve,
)

DAYS, POINTS_A_DAY = 5, 96
FACTOR, TARGET = 0.95, 0.8
EVERY_POINT = Rule(limit=TARGET, points=1)
GAP = 1e-6
RATINGS = {160: 60e3, 200: 68e3, 315: 90e3, 400: 105e3, 630: 145e3, 800: 175e3, 1000: 210e3}
"""Larger transformers with what they cost, in CNY; of these the next few are steps of an area."""
STEPS = 3
Chosen = set[str]


def county(areas: int, overloaded: int, *, seed: int) -> Problem:
    """Return a county's transformers and what can be done for those that roasters overload."""
    rng = np.random.default_rng(seed)
    hours = np.arange(DAYS * POINTS_A_DAY) % POINTS_A_DAY / 4
    homes = 0.35 + 0.25 * np.exp(-(((hours - 19) / 3) ** 2))
    homes += 0.1 * np.exp(-(((hours - 12) / 2) ** 2))
    full = set(rng.choice(areas, overloaded, replace=False).tolist())
    made, measures = list[Area](), list[Measure]()
    for n in range(areas):
        kva = float(rng.choice([100, 200, 315, 400], p=[0.2, 0.4, 0.3, 0.1]))
        level = min(1.2, max(0.8, rng.normal(1, 0.1)))
        load = FACTOR * kva * homes * level * rng.lognormal(0, 0.05, len(hours))
        while n in full and load.max() < 1.15 * FACTOR * kva:
            starts, size = rng.uniform(12, 15), kva * 0.12 * rng.lognormal(0, 0.45)
            roasting = size * ((hours > starts) & (hours < starts + 8))
            roasting *= rng.uniform(0.7, 1, len(hours))
            load = load + roasting
            measures.append(
                Measure(
                    id=f"T{n}/{len(measures)}",
                    area_id=f"T{n}",
                    kind=Kind.DEDICATED,
                    relief_kw=np.asarray(roasting, np.float64),
                    cost_cny=round((60_000 if size > 80 else 35_000) + 200 * size, 2),
                    units=1,
                )
            )
        made.append(Area(id=f"T{n}", capacity_kva=kva, loads_kw=load))
    return Problem(
        areas=tuple(made),
        measures=tuple(measures),
        budget_cny=overloaded * 40_000.0,
        most_units=overloaded,
        target=EVERY_POINT,
    )


def with_larger(problem: Problem) -> Problem:
    """Return a problem in which an overloaded area may have a larger transformer, step by step."""
    wanted = {measure.area_id for measure in problem.measures}
    steps = tuple(
        Measure(
            id=f"{area.id}/{kva} kVA",
            area_id=area.id,
            kind=Kind.ENLARGE,
            relief_kw=np.zeros_like(area.loads_kw),
            cost_cny=RATINGS[kva],
            units=1,
            to_capacity_kva=float(kva),
        )
        for area in problem.areas
        if area.id in wanted
        for kva in [kva for kva in RATINGS if kva > area.capacity_kva][:STEPS]
    )
    return replace(problem, measures=(*problem.measures, *steps))


def ours(problem: Problem) -> tuple[Chosen, str]:
    """Plan with our engine."""
    plan = solve(problem)
    if wrong := check(problem, plan):
        raise SystemExit(f"the checker objects: {wrong[:3]}")
    return set(plan.measures), f"at most {plan.bound}" if not plan.is_proven else "proven"


def as_one_milp(problem: Problem, *, limit_s: float = 120) -> tuple[Chosen, str]:
    """Plan with one mixed-integer program of the whole county: y/n per measure and per area."""
    names = [measure.id for measure in problem.measures]
    limits = {a.id: TARGET * FACTOR * a.capacity_kva for a in problem.areas}
    wanted = [area for area in problem.areas if area.loads_kw.max() >= limits[area.id]]
    own = dict[str, list[int]]()
    for column, measure in enumerate(problem.measures):
        own.setdefault(measure.area_id, []).append(column)
    rows, columns, values = list[int](), list[int](), list[float]()
    count = 0
    for place, area in enumerate(wanted):
        need = area.loads_kw - limits[area.id] + GAP
        for point in np.flatnonzero(need > 0):
            for column in own.get(area.id, ()):
                if relief := float(problem.measures[column].relief_kw[point]):
                    rows.append(count)
                    columns.append(column)
                    values.append(relief)
            rows.append(count)
            columns.append(len(names) + place)
            values.append(-float(need[point]))
            count += 1
    costs = np.array([measure.cost_cny for measure in problem.measures])
    for weights, most in ((costs, problem.budget_cny), (np.ones(len(names)), problem.most_units)):
        assert most is not None
        rows += [count] * len(names)
        columns += range(len(names))
        values += (-weights / most).tolist()
        count += 1
    least = np.r_[np.zeros(count - 2), -1, -1]
    matrix = csr_matrix((values, (rows, columns)), shape=(count, len(names) + len(wanted)))
    found = milp(
        np.r_[1e-10 * costs, -np.ones(len(wanted))],
        constraints=LinearConstraint(matrix, least, np.inf),
        integrality=np.ones(len(names) + len(wanted)),
        bounds=Bounds(0, 1),
        options={"time_limit": limit_s, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return set(), "nothing found"
    said = "proven" if found.status == 0 else f"gap {100 * found.mip_gap:.2f} % at its limit"
    return {name for name, taken in zip(names, found.x, strict=False) if taken > 0.5}, said


def by_thumb(problem: Problem) -> tuple[Chosen, str]:
    """Take the largest roasters of an area until it is relieved, and the cheapest areas first."""
    own = dict[str, list[Measure]]()
    for measure in problem.measures:
        own.setdefault(measure.area_id, []).append(measure)
    sets = list[tuple[float, list[Measure]]]()
    for area in problem.areas:
        left, taken = area.loads_kw, list[Measure]()
        for measure in sorted(own.get(area.id, ()), key=lambda each: -each.relief_kw.max()):
            if left.max() < TARGET * FACTOR * area.capacity_kva:
                break
            left, taken = left - measure.relief_kw, [*taken, measure]
        if taken and left.max() < TARGET * FACTOR * area.capacity_kva:
            sets.append((sum(each.cost_cny for each in taken), taken))
    spent, used, chosen = 0.0, 0, Chosen()
    for cost, taken in sorted(sets, key=lambda each: each[0]):
        if spent + cost <= (problem.budget_cny or 0) and used + len(taken) <= (
            problem.most_units or 0
        ):
            spent, used = spent + cost, used + len(taken)
            chosen |= {each.id for each in taken}
    return chosen, "no bound"


def relieved(problem: Problem, chosen: Chosen) -> int:
    """Return how many areas that were overloaded keep the target with these measures."""
    after = loads_after(problem, chosen)
    names = {measure.area_id for measure in problem.measures}
    return sum(
        after[area.id].max() < TARGET * FACTOR * area.capacity_kva
        for area in problem.areas
        if area.id in names
    )


def told(name: str, problem: Problem, plan: Callable[[Problem], tuple[Chosen, str]]) -> float:
    """Plan, print a line, return the CPU-seconds."""
    began = time.process_time()
    chosen, said = plan(problem)
    took = time.process_time() - began
    cost = sum(each.cost_cny for each in problem.measures if each.id in chosen)
    count = relieved(problem, chosen) if problem.target == EVERY_POINT else None
    shown = f"{count:5d}" if count is not None else f"{len(solve(problem).relieved):5d}"
    print(f"{name:34s} {shown} relieved {len(chosen):5d} units {cost:13,.0f} CNY", end=" ")
    print(f"{took:7.2f} CPU-s  {said}", flush=True)
    return took


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all on the same county and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--areas", type=int, default=5000)
    parser.add_argument("--overloaded", type=int, default=410)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--milp-seconds", type=float, default=120.0)
    asked = parser.parse_args(arguments)
    problem = county(asked.areas, asked.overloaded, seed=asked.seed)
    solve(county(5, 2, seed=1))
    print(f"{asked.areas} areas, {asked.overloaded} overloaded, {len(problem.measures)} measures")
    took = told("ours", problem, ours)
    milp_s = told("one MILP (HiGHS)", problem, lambda p: as_one_milp(p, limit_s=asked.milp_seconds))
    told("largest first, cheapest first", problem, by_thumb)
    told("ours, no eight points in a row", replace(problem, target=HEAVY), ours)
    larger = with_larger(problem)
    enlarged = told(f"ours, {len(larger.measures)} measures with larger", larger, ours)
    print(f"with larger transformers: {enlarged:.2f} CPU-s (goal: at most 5)")
    print(f"CPU-seconds, ours to the MILP's: {took / milp_s:.3f} (must be at most 0.1)")


if __name__ == "__main__":
    main()
