"""Who is on which phase, and what moving customers between phases reaches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PHASES = 3
LETTERS = "ABC"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Customer:
    """A single-phase customer: `loads_kw` at each point, less than nothing where it feeds in.

    `phase` is 0, 1 or 2 for A, B, C. One that `is_fixed` is not moved.
    """

    id: str
    phase: int
    loads_kw: Floats
    is_fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """The customers of a transformer; `others_kw`, (3, points), is what else each phase carries.

    At most `most_moves` customers are moved; None is as many as it takes.
    """

    customers: tuple[Customer, ...]
    others_kw: Floats
    most_moves: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A customer that moves from one phase to another."""

    customer: str
    from_phase: int
    to_phase: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """Whom to move, what that reaches, and what nothing could exceed.

    `before_kw` and `after_kw` are (3, points) by phase. `peak_kw` is the greatest load of a phase
    at any point after the moves, `bound_kw` what no choice of so few moves can fall below. No plan
    with fewer moves reaches the same peak within `slack` where `is_fewest` says so.
    """

    moves: tuple[Move, ...]
    before_kw: Floats
    after_kw: Floats
    peak_kw: float
    bound_kw: float
    is_fewest: bool

    @property
    def peak_before_kw(self) -> float:
        """Return the greatest load of a phase before the moves."""
        return float(self.before_kw.max())

    @property
    def gap(self) -> float:
        """Return by what share the peak may lie above the least there is."""
        return (self.peak_kw - self.bound_kw) / self.peak_kw if self.peak_kw > 0 else 0.0

    @property
    def relief_kw(self) -> Floats:
        """Return what the moves take off a transformer at each point.

        It is as full as three times its fuller phase, so that is what counts before and after; less
        than nothing where an hour of low load becomes less even.
        """
        return np.asarray(3 * (self.before_kw.max(axis=0) - self.after_kw.max(axis=0)), np.float64)
