"""Improve a plan under simulated annealing: as a whole if it is small, else region by region."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock as Mutex

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing._kernel import Ints
from dianliang.engines.routing._kicks import (
    Cooling,
    has_valleys,
    kick,
    kick_share,
    main_share,
)
from dianliang.engines.routing._musts import missing, secure
from dianliang.engines.routing._regions import carve, split
from dianliang.engines.routing._state import Laid, Search
from dianliang.engines.routing._work import Executor, Work, improve_region
from dianliang.engines.routing.stop import StopCriterion

TRIAL_SHARE = 0.02
"""After so much of a search its pace is known."""
MOST_GROWTH = 8
"""A round has at most so many times the iterations of the one before."""
SECURE_SHARE, SECURE_SMALL = 0.5, 0.8
"""After so much of a search what must be done comes in and stays in, in regions; without."""
CHEAP_LEGS = 2.0
"""Leaving jobs out is cheap if the median one is worth fewer legs."""
HOT_WORTHS, LEG_WORTHS = 0.8, 0.6
"""Then a search begins no hotter than so many times what it is worth, and no leg counts as longer
than so many.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How to search. The defaults were chosen on generated days, not on any benchmark.

    `hot` and `cold` are annealing temperatures in units of the mean leg of the first plan.
    """

    workers: int = 1
    """Threads that improve regions, where no executor is given."""
    region_jobs: int = 450
    """So many jobs a region has, about."""
    rounds: int = 10
    hot: float = 10.0
    cold: float = 0.04
    chunk: int = 100
    """Iterations between two looks at the stop criterion."""

    def has_regions(self, *, jobs: int) -> bool:
        """Tell whether a problem of so many jobs is cut into regions."""
        return jobs >= 2 * self.region_jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search has come. The callback returns False to cancel."""

    share: float
    iteration: int
    best: float
    unassigned: int


@dataclass(frozen=True, slots=True)
class Round:
    """What a round sets out from: share and figures, the share it ends at, its iterations."""

    share: float
    until: float
    iteration: int
    best: float
    iterations: int

    def share_at(self, iteration: int) -> float:
        """Return the share that an iteration of the round stands for."""
        done = min(1.0, (iteration - self.iteration) / max(1, self.iterations))
        return self.share + (self.until - self.share) * done


@dataclass(slots=True)
class Watch:
    """Counts iterations, asks the stop criterion, tells the caller; safe to share by threads."""

    stop: StopCriterion
    progress: Callable[[Progress], bool] | None
    iteration: int = 0
    best: float = 0.0
    unassigned: int = 0
    is_cancelled: bool = False
    told: float = 0.0
    mutex: Mutex = field(default_factory=Mutex)

    def share(self, done: int = 0, gain: float = 0.0) -> float:
        """Add what was done since the last look; return the share of the search, 1 to stop."""
        with self.mutex:
            self.iteration += done
            self.best -= gain
            share = min(1.0, self.stop.share(iteration=self.iteration, best=self.best))
            self._tell(share)
            return 1.0 if self.is_cancelled else share

    def glance(self, now: Round, done: int, gain: float) -> bool:
        """Add what a region did within a round; tell whether it may go on.

        Only time and the caller can end a round early: what the criterion hears of the search are
        the figures that the round began with, or the plan would depend on which thread is first.
        """
        with self.mutex:
            self.iteration += done
            self.best -= gain
            passed = self.stop.share(iteration=now.iteration, best=now.best)
            self._tell(min(1.0, max(passed, now.share_at(self.iteration))))
            return passed < 1 and not self.is_cancelled

    def _tell(self, share: float) -> None:
        if self.progress is None or self.is_cancelled:
            return
        self.told = max(self.told, share)
        now = Progress(
            share=self.told, iteration=self.iteration, best=self.best, unassigned=self.unassigned
        )
        self.is_cancelled = not self.progress(now)


def mean_leg(search: Search) -> float:
    """Return the mean price of a leg of a plan: the unit of temperature."""
    lengths, ways = search.tour.runs["length"], search.tour.stops["way"]
    is_leg = np.arange(ways.shape[1])[None, :] <= lengths[:, None]
    legs = int(lengths.sum()) + int((lengths > 0).sum())
    return max(1.0, search.data.travel_price * float(ways[is_leg].sum()) / max(1, legs))


def heats(search: Search, *, leg: float, params: Params) -> tuple[float, float]:
    """Return the temperatures from and to which to cool down.

    Where leaving jobs out is cheap, prices bound them: a plan as hot as many jobs are worth drops
    them all, and a first plan that takes in what does not pay has longer legs than the last.
    """
    worth = max(1.0, float(np.median(search.data.items["penalty"][: len(search.data.able)])))
    if worth >= CHEAP_LEGS * leg:
        return params.hot * leg, params.cold * leg
    hot = min(params.hot * leg, HOT_WORTHS * worth)
    return hot, params.cold * min(leg, LEG_WORTHS * worth)


def anneal(
    search: Search,
    xy: NDArray[np.float64],
    watch: Watch,
    *,
    seed: int,
    params: Params,
    musts: Ints,
    is_warm: bool,
    executor: Executor | None = None,
) -> None:
    """Improve a search until its watch says stop; the best plan is its present one at the end.

    Leaving out what must be done and is not left out has a higher price at the end.
    """
    size = len(search.data.able)
    if size == 0:
        return
    leg = mean_leg(search)
    hot, cold = heats(search, leg=leg, params=params)
    hot = hot / 10 if is_warm else hot
    whole, rng = Cooling(0.0, 1.0, hot, cold), np.random.default_rng(seed)
    if not params.has_regions(jobs=size):
        if is_warm or not has_valleys(search):
            _cool(search, watch, whole, chunk=params.chunk, until=SECURE_SMALL)
            if len(missing(search, musts)):
                secure(search, musts)
            _cool(search, watch, whole, chunk=params.chunk)
        else:
            _cool_and_kick(search, watch, whole, rng, leg=leg, chunk=params.chunk)
        search.recall()
        secure(search, musts)
        return
    threads: AbstractContextManager[Executor] = (
        ThreadPoolExecutor(params.workers) if executor is None else nullcontext(executor)
    )
    with threads as pool:
        is_near = executor is None
        improve = partial(_round, search, watch, pool, xy, rng, heat=whole.heat, params=params)
        _rounds(search, watch, partial(improve, is_near=is_near), musts, params=params)


def _cool(
    search: Search,
    watch: Watch,
    part: Cooling,
    *,
    chunk: int,
    until: float = 1.0,
    is_told: bool = True,
) -> float:
    """Cool down until a share; return it. Prices that are not the true ones are not to be told."""
    share = watch.share()
    while share < until:
        before = float(search.totals[1])
        search.run(temperature=part.heat(share), iterations=chunk)
        if is_told:
            watch.unassigned = search.unassigned()
        share = watch.share(chunk, before - float(search.totals[1]) if is_told else 0.0)
    return share


def _cool_and_kick(
    search: Search,
    watch: Watch,
    whole: Cooling,
    rng: np.random.Generator,
    *,
    leg: float,
    chunk: int,
) -> None:
    """Cool down; then, if there is time, kick what was found again and again.

    The share may fall when a criterion waits for a better plan: what a kick takes stays as it is.
    """
    share = _cool(search, watch, whole, chunk=chunk, until=TRIAL_SHARE)
    until = main_share(search, watch.iteration / max(1e-9, share))
    share = _cool(search, watch, replace(whole, until=until), chunk=chunk, until=until)
    one = kick_share(search, watch.iteration / max(1e-9, share))

    def run(part: Cooling) -> float:
        return _cool(search, watch, part, chunk=chunk, until=min(1.0, part.until), is_told=False)

    while share < 1:
        search.recall()
        best = float(search.totals[1])
        width = (1 - share) / max(1, round((1 - share) / one))
        kick(search, rng, leg=leg, share=share, width=width, run=run)
        watch.unassigned = search.unassigned()
        share = watch.share(0, best - float(search.totals[1]))


def _rounds(
    search: Search,
    watch: Watch,
    improve: Callable[[Round], None],
    musts: Ints,
    *,
    params: Params,
) -> None:
    """Improve in rounds, each as long as the last one's pace says its share of the search is.

    The first is short: it only shows the pace. None is much longer than the one before, for a share
    can also fall, when a criterion waits for a better plan and one is found.
    """
    share, iterations = watch.share(), params.chunk * (len(search.data.able) // params.region_jobs)
    until = share
    while share < 1:
        now = Round(share, until, watch.iteration, watch.best, iterations)
        improve(now)
        if now.until >= SECURE_SHARE or watch.share() >= 1:
            secure(search, musts)
            watch.best, watch.unassigned = float(search.totals[1]), search.unassigned()
        before, share = share, watch.share()
        pace = max(0.0, share - before) / max(1, watch.iteration - now.iteration)
        until = share + 1 / params.rounds
        until = 1.0 if until > 1 - 0.5 / params.rounds else until
        wanted = round((until - share) / pace) if pace else iterations
        iterations = max(1, min(wanted, MOST_GROWTH * iterations))
        until = min(until, share + pace * iterations)


def _round(
    search: Search,
    watch: Watch,
    pool: Executor,
    xy: NDArray[np.float64],
    rng: np.random.Generator,
    now: Round,
    *,
    heat: Callable[[float], float],
    params: Params,
    is_near: bool,
) -> None:
    """Cut, have every region improved for its part of the round's iterations, and join.

    Threads are looked at while they work; from afar there is word only when answers come.
    """
    d, laid = search.data, search.laid()
    parts, held = split(d, laid.sequences, xy, target=params.region_jobs, rng=rng)
    regions = [carve(d, routes, jobs, held=held) for routes, jobs in parts if len(jobs)]
    regions.sort(key=lambda region: -len(region.jobs))
    seeds = rng.integers(1, 2**31, size=len(regions)).tolist()
    shares = np.cumsum([len(region.jobs) for region in regions]) / len(d.able)
    counts = np.diff(np.rint(shares * now.iterations), prepend=0).astype(int).tolist()
    works = [
        Work(
            data=region.data,
            laid=region.inward(laid),
            seed=seed,
            hot=heat(now.share),
            cold=heat(now.until),
            iterations=count,
            chunk=params.chunk,
        )
        for region, seed, count in zip(regions, seeds, counts, strict=True)
    ]
    look = partial(watch.glance, now)
    task = partial(improve_region, look=look) if is_near else improve_region
    joined, done = Laid({}, {}), 0
    for region, answer in zip(regions, pool.map(task, works), strict=True):
        done += answer.iterations
        joined |= region.outward(answer.laid)
        if not is_near:
            look(answer.iterations, answer.gain)
    search.load(joined)
    watch.iteration, watch.best = now.iteration + done, float(search.totals[1])
    watch.unassigned = search.unassigned()
