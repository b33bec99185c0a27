"""Improve a plan under simulated annealing: as a whole if it is small, else region by region."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock as Mutex

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing._regions import Region, carve, split
from dianliang.engines.routing._state import Search, Sequences
from dianliang.engines.routing.stop import StopCriterion


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How to search. The defaults were chosen on generated days, not on any benchmark.

    `hot` and `cold` are annealing temperatures in units of the mean leg of the first plan.
    """

    workers: int = 1
    region_jobs: int = 450
    """Problems of twice this size are cut into regions."""
    rounds: int = 10
    hot: float = 10.0
    cold: float = 0.04
    chunk: int = 100
    """Iterations between two looks at the stop criterion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search has come. The callback returns False to cancel."""

    share: float
    iteration: int
    best: float
    unassigned: int


@dataclass(slots=True)
class Watch:
    """Counts iterations, asks the stop criterion, tells the caller; safe to share by threads."""

    stop: StopCriterion
    progress: Callable[[Progress], bool] | None
    iteration: int = 0
    best: float = 0.0
    unassigned: int = 0
    is_cancelled: bool = False
    mutex: Mutex = field(default_factory=Mutex)

    def share(self, done: int = 0, gain: float = 0.0) -> float:
        """Add what was done since the last look; return the share of the search, 1 to stop."""
        with self.mutex:
            self.iteration += done
            self.best -= gain
            share = min(1.0, self.stop.share(iteration=self.iteration, best=self.best))
            if self.is_cancelled:
                return 1.0
            told = Progress(
                share=share, iteration=self.iteration, best=self.best, unassigned=self.unassigned
            )
            if self.progress is not None and not self.progress(told):
                self.is_cancelled = True
            return 1.0 if self.is_cancelled else share


def mean_leg(search: Search) -> float:
    """Return the mean price of a leg of a plan: the unit of temperature."""
    lengths, ways = search.tour.runs["length"], search.tour.stops["way"]
    is_leg = np.arange(ways.shape[1])[None, :] <= lengths[:, None]
    legs = int(lengths.sum()) + int((lengths > 0).sum())
    return max(1.0, search.data.travel_price * float(ways[is_leg].sum()) / max(1, legs))


def anneal(
    search: Search,
    xy: NDArray[np.float64],
    watch: Watch,
    *,
    seed: int,
    params: Params,
    is_warm: bool,
) -> None:
    """Improve a search until its watch says stop; the best plan is its present one at the end."""
    size = len(search.data.able)
    if size == 0:
        return
    leg = mean_leg(search)
    hot = leg * (params.hot / 10 if is_warm else params.hot)

    def heat(share: float) -> float:
        return float(hot * (leg * params.cold / hot) ** share)

    if size < 2 * params.region_jobs:
        _cool(search, watch, until=1.0, heat=heat, params=params)
        search.recall()
        return
    rng = np.random.default_rng(seed)
    with ThreadPoolExecutor(params.workers) as pool:
        for number in range(params.rounds):
            span = (number / params.rounds, (number + 1) / params.rounds)
            _round(search, watch, pool, xy, rng, span=span, heat=heat, params=params)
            if watch.share() >= 1:
                break


def _cool(
    search: Search,
    watch: Watch,
    *,
    until: float,
    heat: Callable[[float], float],
    params: Params,
) -> None:
    share = watch.share()
    while share < until:
        before = float(search.totals[1])
        search.run(temperature=heat(share), iterations=params.chunk)
        watch.unassigned = search.unassigned()
        share = watch.share(params.chunk, before - float(search.totals[1]))


def _round(
    search: Search,
    watch: Watch,
    pool: Executor,
    xy: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    span: tuple[float, float],
    heat: Callable[[float], float],
    params: Params,
) -> None:
    """Cut, improve every region within the round's share of the search, and join."""
    d, sequences = search.data, search.sequences()
    parts, held = split(d, sequences, xy, target=params.region_jobs, rng=rng)
    anchors = search.anchors()
    regions = [carve(d, routes, jobs, held=held) for routes, jobs in parts if len(jobs)]
    seeds = rng.integers(1, 2**31, size=len(regions)).tolist()
    lanes = list(_lanes(regions, params.workers))
    tasks = [
        pool.submit(
            _improve_lane,
            [(regions[i], seeds[i]) for i in lane],
            sequences,
            anchors,
            watch,
            span,
            heat,
            params,
        )
        for lane in lanes
    ]
    joined: Sequences = {}
    kept: dict[int, int] = {}
    for task in tasks:
        for routes, begins in task.result():
            joined.update(routes)
            kept.update(begins)
    search.load(joined, kept)
    watch.best, watch.unassigned = float(search.totals[1]), search.unassigned()


def _lanes(regions: list[Region], workers: int) -> Iterator[list[int]]:
    """Deal regions to workers, largest first, to the least loaded."""
    loads: list[list[int]] = [[] for _ in range(max(1, workers))]
    weights = [0] * len(loads)
    for i in sorted(range(len(regions)), key=lambda i: -len(regions[i].jobs)):
        lane = weights.index(min(weights))
        loads[lane].append(i)
        weights[lane] += len(regions[i].jobs)
    yield from (lane for lane in loads if lane)


def _improve_lane(
    work: list[tuple[Region, int]],
    sequences: Sequences,
    anchors: dict[int, int],
    watch: Watch,
    span: tuple[float, float],
    heat: Callable[[float], float],
    params: Params,
) -> list[tuple[Sequences, dict[int, int]]]:
    """Improve regions one after another, each for its share of the round."""
    whole = sum(len(region.jobs) for region, _ in work)
    done, found = 0, []
    for region, seed in work:
        done += len(region.jobs)
        until = span[0] + (span[1] - span[0]) * done / whole
        found.append(_improve_region(region, seed, sequences, anchors, watch, until, heat, params))
    return found


def _improve_region(
    region: Region,
    seed: int,
    sequences: Sequences,
    anchors: dict[int, int],
    watch: Watch,
    until: float,
    heat: Callable[[float], float],
    params: Params,
) -> tuple[Sequences, dict[int, int]]:
    number = {int(job): i for i, job in enumerate(region.jobs)}
    own = {
        i: [number[job] for job in sequences[int(route)]]
        for i, route in enumerate(region.routes)
        if int(route) in sequences
    }
    search = Search.begin(region.data, seed=seed)
    search.load(own, {number[job]: at for job, at in anchors.items() if job in number})
    _cool(search, watch, until=until, heat=heat, params=params)
    routes = {
        int(region.routes[i]): region.jobs[jobs].tolist() for i, jobs in search.sequences().items()
    }
    return routes, {int(region.jobs[job]): at for job, at in search.anchors().items()}
