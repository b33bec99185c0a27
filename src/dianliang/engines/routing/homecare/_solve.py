"""Plan home care: a greedy start, improved under simulated annealing until told to stop."""

from collections.abc import Callable

from dianliang.engines.routing._anneal import Progress, Watch
from dianliang.engines.routing.homecare import _kernel as kernel
from dianliang.engines.routing.homecare._arrays import Search
from dianliang.engines.routing.homecare._model import (
    HomeCareCost,
    HomeCarePlan,
    HomeCareProblem,
    Round,
    Visit,
)
from dianliang.engines.routing.homecare._validate import InvalidHomeCareError, validate
from dianliang.engines.routing.stop import StopCriterion

HOT, COLD = 5.0, 0.1
"""Temperatures in units of the mean leg of the first plan.

Chosen on three published instances of 75 patients and a generated day of 200; between 1 and 10, and
0.03 and 0.3, it matters little.
"""
CHUNK = 100
"""Iterations between two looks at the stop criterion."""


def solve_home_care(
    problem: HomeCareProblem,
    *,
    stop: StopCriterion,
    seed: int = 1,
    progress: Callable[[Progress], bool] | None = None,
) -> HomeCarePlan:
    """Plan all visits as well as the stop criterion allows; nobody is left out.

    Deterministic for a seed under any criterion that does not look at the clock. The callback hears
    of every hundred iterations and returns False to cancel: the best plan so far is returned. Cost:
    10 µs an iteration at 50 customers, 40 µs at 300. The kernel compiles when it is first used on a
    machine: 9 s of one core.

    Raises:
        InvalidHomeCareError: the problem contradicts itself; it lists every error.
    """
    errors = validate(problem)
    if errors:
        raise InvalidHomeCareError(errors)
    if not problem.customers:
        return empty_plan(problem, seed=seed)
    search = Search.begin(problem, seed=seed)
    watch = Watch(stop=stop, progress=progress, best=float(search.totals[1]))
    cool(search, watch)
    return render(problem, search, seed=seed, iterations=watch.iteration)


def cool(search: Search, watch: Watch) -> None:
    """Improve a search until its watch says stop."""
    leg = max(1e-9, search.mean_leg())
    share = watch.share()
    while share < 1:
        before = float(search.totals[1])
        heat = leg * HOT * (COLD / HOT) ** min(1.0, max(0.0, share))
        search.run(temperature=heat, iterations=CHUNK)
        share = watch.share(CHUNK, before - float(search.totals[1]))


def empty_plan(problem: HomeCareProblem, *, seed: int) -> HomeCarePlan:
    """Return the plan for nobody."""
    return HomeCarePlan(
        rounds=tuple(Round(carer_id=carer.id, visits=()) for carer in problem.carers),
        cost=HomeCareCost(travel=0.0, total_tardiness=0.0, worst_tardiness=0.0, total=0.0),
        seed=seed,
        iterations=0,
    )


def render(problem: HomeCareProblem, search: Search, *, seed: int, iterations: int) -> HomeCarePlan:
    """Write the best plan of a search in the words of its problem."""
    d, best = search.data, search.best
    kernel.retime(d, best, search.scratch)
    m = len(d.able)
    rounds = list[Round]()
    for c, carer in enumerate(problem.carers):
        visits, v = list[Visit](), int(best.spots["next"][m + c])
        while v < m:
            number = int(d.visits["customer"][v])
            visits.append(
                Visit(
                    customer_id=problem.customers[number].id,
                    care=v - int(d.first[number]),
                    begin_at=float(best.spots["begin"][v]),
                )
            )
            v = int(best.spots["next"][v])
        rounds.append(Round(carer_id=carer.id, visits=tuple(visits)))
    travel, total_tardiness, worst_tardiness = (float(figure) for figure in best.figures)
    return HomeCarePlan(
        rounds=tuple(rounds),
        cost=HomeCareCost(
            travel=travel,
            total_tardiness=total_tardiness,
            worst_tardiness=worst_tardiness,
            total=float(kernel.worth(d, best)),
        ),
        seed=seed,
        iterations=iterations,
    )
