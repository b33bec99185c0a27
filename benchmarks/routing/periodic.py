"""OR-Tools on periodic routing: ``python -m benchmarks.routing.periodic --instance p02 p14``.

No peer is given a choice of days but OR-Tools, whose model has room for it: a customer becomes a
node for each day that one of his patterns names, and variables choose one pattern, which says on
which of these days he is visited. Its strategies for a first plan look at nodes only and find none
that keeps such a choice. So it first plans the days where least work lies, as other peers are given
them, in a quarter of the time, and its guided local search goes on from there with all days open.
Its moves exchange one visit for another, so that a pattern of two days changes only where the two
patterns share one. What must hold: our gap is no larger on any file.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from benchmarks.routing.comparing import told
from benchmarks.routing.instances import family
from benchmarks.routing.measuring import OURS, Measured, measured
from benchmarks.routing.ortools_peer import ortools, written
from benchmarks.routing.plain import Errand, Key, Plain, Sequences, plainly
from benchmarks.routing.runs import Clock
from dianliang.engines.routing import Problem, Series

FIRST_SHARE = 0.25
Visit = tuple[str, str]
"""The name of a series, and a day."""


def with_days(problem: Problem, clock: Clock) -> Sequences:
    """Search with OR-Tools, which also chooses the days of each series."""
    fixed = ortools(problem, Clock(FIRST_SHARE * clock.limit_s))
    days = plainly(problem, has_soft_promises=True)
    visits = {visit: number for number, visit in enumerate(_visits(problem))}
    plain = replace(days, errands=tuple(_errands(problem, days)))
    model = written(plain)
    index_of = {visit: model.index_of(number) for visit, number in visits.items()}
    for series in problem.series:
        _choose(model.routing, series, index_of)
    series_of = {id_: one.id for one in problem.series for id_ in one.job_ids}
    start = {
        key: [visits[series_of[id_], _day_of(plain, key)] for id_ in ids]
        for key, ids in fixed.items()
    }
    return _in_turn(problem, model.search(clock, start=start))


def _visits(problem: Problem) -> Iterator[Visit]:
    for series in problem.series:
        for day in sorted({day for pattern in series.patterns for day in pattern}):
            yield series.id, str(day)


def _errands(problem: Problem, plain: Plain) -> Iterator[Errand]:
    """Yield an errand for each day on which a series may be visited; the days bind, not a price."""
    errand_of = {errand.id: errand for errand in plain.errands}
    first = {series.id: errand_of[series.job_ids[0]] for series in problem.series}
    skills = {job.id: job.skills for job in problem.jobs}
    for name, day in _visits(problem):
        needs = skills[first[name].id] | {day}
        yield replace(first[name], id=f"{name}@{day}", needs=needs, worth=0)


def _choose(routing: Any, series: Series, index_of: Mapping[Visit, int]) -> None:
    """Have one pattern chosen, and the series visited on its days."""
    solver = routing.solver()
    chosen = [solver.BoolVar(f"{series.id}/{number}") for number in range(len(series.patterns))]
    solver.Add(solver.Sum(chosen) == 1)
    for day in sorted({day for pattern in series.patterns for day in pattern}):
        on_it = [one for one, days in zip(chosen, series.patterns, strict=True) if day in days]
        solver.Add(routing.ActiveVar(index_of[series.id, str(day)]) == solver.Sum(on_it))


def _day_of(plain: Plain, key: Key) -> str:
    """Return the day of a shift: the one word that its vehicle has beside its skills."""
    vehicle = plain.vehicles[plain.keys.index(key)]
    (day,) = {token for errand in plain.errands for token in errand.needs} & vehicle.has
    return day


def _in_turn(problem: Problem, found: Sequences) -> Sequences:
    """Name the jobs of each series in the order of the days on which it is visited."""
    jobs = {series.id: series.job_ids for series in problem.series}
    days: dict[str, list[str]] = {}
    for visit in (name for names in found.values() for name in names):
        series, _, day = visit.partition("@")
        days.setdefault(series, []).append(day)
    job_of = {
        f"{series}@{day}": job
        for series, on in days.items()
        for day, job in zip(sorted(on), jobs[series], strict=True)
    }
    return {key: [job_of[name] for name in names] for key, names in found.items()}


def main() -> None:
    """Print ours, OR-Tools with the days chosen beforehand, and OR-Tools choosing them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instance", nargs="+", help="only these files")
    parser.add_argument("--seconds", type=float, default=5, help="CPU-seconds for each")
    asked = parser.parse_args()
    for instance in family("pvrp"):
        if asked.instance and instance.name not in asked.instance:
            continue
        problem, best = instance.problem, instance.best_known
        print(f"periodic {instance.name}, {asked.seconds:g} CPU-s, best known {best:,.0f}")
        for name in (OURS, "OR-Tools"):
            found = measured(name, problem, limit_s=asked.seconds, workers=1)
            told(name, problem, found, best_known=best)
        clock = Clock(asked.seconds)
        sequences = with_days(problem, clock)
        found = Measured(sequences=sequences, cpu_s=clock.passed_s(), first_s=clock.first_s)
        told("with days", problem, found, best_known=best)


if __name__ == "__main__":
    main()
