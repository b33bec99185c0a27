"""Who must have what within reach, where it stands, where it could stand."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Away = NDArray[np.float64]
"""How far each place (row) is from each site (column), in metres or seconds; inf where no way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere that wants a site within reach: a township, a village; `weight` is its people."""

    id: str
    weight: int = 1
    must: bool = False
    """No answer leaves it without a site where one could be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where something stands (`is_open`) or could stand, for `cost_cny`."""

    id: str
    is_open: bool = False
    cost_cny: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Places, sites, how far they are apart, and what is near enough.

    `most_new` and `budget_cny` limit what is opened; None for no limit. `within` has the unit of
    `away`.
    """

    places: tuple[Place, ...]
    sites: tuple[Site, ...]
    away: Away
    within: float
    most_new: int | None = None
    budget_cny: float | None = None


class Outcome(StrEnum):
    """What becomes of a place."""

    COVERED = "covered"
    NEWLY = "newly"
    LEFT_OUT = "left_out"
    OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a choice means for a place: its nearest open site before and after, and how far.

    `would_help` are the sites that would cover a place that is left out, nearest first.
    """

    place_id: str
    outcome: Outcome
    before_id: str | None
    before: float
    after_id: str | None
    after: float
    words: str
    would_help: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A site that is opened, and what it alone adds: places that no other open site covers."""

    site_id: str
    covers: tuple[str, ...]
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which sites to open; how much weight is covered before, after, and at most (proven)."""

    opened: tuple[Opened, ...]
    findings: tuple[Finding, ...]
    before: int
    covered: int
    bound: int
    total: int
    cost_cny: float

    @property
    def is_proven(self) -> bool:
        """Tell whether no other choice covers more."""
        return self.covered >= self.bound
