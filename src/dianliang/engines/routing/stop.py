"""When to stop looking for better plans."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class StopCriterion(Protocol):
    """Says how far the search has come: 0 at the start, 1 when it should stop."""

    def share(self, *, iteration: int, best: float) -> float:
        """Return the share of the search that is done."""
        ...


@dataclass(slots=True, kw_only=True)
class MaxIterations:
    """Stop after a number of iterations; with one seed the result is always the same."""

    limit: int

    def share(self, *, iteration: int, best: float) -> float:
        """Return the share of the iterations that are done."""
        del best
        return iteration / max(1, self.limit)


@dataclass(slots=True, kw_only=True)
class MaxSeconds:
    """Stop after a time; `clock` returns seconds and only goes forward."""

    limit_s: float
    clock: Callable[[], float]
    _began: float | None = field(default=None, init=False)

    def share(self, *, iteration: int, best: float) -> float:
        """Return the share of the time that is used up."""
        del iteration, best
        if self._began is None:
            self._began = self.clock()
        return (self.clock() - self._began) / max(1e-9, self.limit_s)


@dataclass(slots=True, kw_only=True)
class NoImprovement:
    """Stop when the best plan has not changed for a number of iterations."""

    patience: int
    _best: float = field(default=float("inf"), init=False)
    _since: int = field(default=0, init=False)

    def share(self, *, iteration: int, best: float) -> float:
        """Return the share of the patience that is used up."""
        if best < self._best - 1e-9:
            self._best, self._since = best, iteration
        return (iteration - self._since) / max(1, self.patience)


@dataclass(slots=True, kw_only=True)
class FirstOf:
    """Stop as soon as any of several criteria says so."""

    criteria: tuple[StopCriterion, ...]

    def share(self, *, iteration: int, best: float) -> float:
        """Return the largest share."""
        return max(c.share(iteration=iteration, best=best) for c in self.criteria)
