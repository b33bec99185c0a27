"""A region to improve as a piece of work of its own: everything in, everything out.

Work holds no reference to the search it belongs to, so that a thread, another process or another
machine can do it. What does it is an `Executor`; see `docs/recipes/executor.md`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dianliang.engines.routing._kernel import Data
from dianliang.engines.routing._packing import Pool, put_together, puts_together
from dianliang.engines.routing._state import Laid, Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A problem by itself, the plan it has, and how to search: from `hot` to `cold`, so long."""

    data: Data
    laid: Laid
    seed: int
    hot: float
    cold: float
    iterations: int
    chunk: int

    def temperature(self, done: int) -> float:
        """Return the temperature after so many iterations."""
        return float(self.hot * (self.cold / self.hot) ** (done / self.iterations))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The best plan found, how much cheaper it is, and the iterations it took."""

    laid: Laid
    gain: float
    iterations: int


class Executor(Protocol):
    """Does every work and returns the answers in order; any `concurrent.futures.Executor` will."""

    def map(self, task: Callable[[Work], Answer], works: Sequence[Work], /) -> Iterable[Answer]:
        """Apply the task to each work, several at a time if it can."""
        ...


def go_on(done: int, gain: float) -> bool:
    """Look at nothing: nobody waits for word from afar."""
    del done, gain
    return True


def improve_region(work: Work, look: Callable[[int, float], bool] = go_on) -> Answer:
    """Improve a region; the same work gives the same answer wherever it is done.

    `look` is told the iterations and the gain since its last call and returns False to stop.

    Raises:
        ValueError: the plan in the work breaks a rule.
    """
    search = Search.begin(work.data, seed=work.seed)
    search.load(work.laid)
    began, done = float(search.totals[1]), 0
    pool = Pool(work.data) if puts_together(search) else None
    while done < work.iterations:
        before = float(search.totals[1])
        step = min(work.chunk, work.iterations - done)
        search.run(temperature=work.temperature(done), iterations=step)
        done += step
        if pool is not None:
            pool.gather(search.tour)
        if not look(step, before - float(search.totals[1])):
            break
    if pool is not None:
        put_together(search, pool)
    return Answer(laid=search.laid(), gain=began - float(search.totals[1]), iterations=done)
