"""What a relief plan is made from, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Profile = NDArray[np.float64]
"""A value in kW for each point of the season that is studied, 96 a day (15 minutes each)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a transformer is too full: at least `points` points in a row at `limit` or above.

    The defaults of a problem are the usual rules of distribution companies: heavy load is 80 % of
    the rated capacity for two hours (8 points of 15 minutes), overload 100 % for two hours.
    """

    limit: float
    points: int = 8


HEAVY = Rule(limit=0.8)
OVERLOAD = Rule(limit=1.0)


class Kind(StrEnum):
    """How a transformer is relieved."""

    DEDICATED = "dedicated"
    TRANSFER = "transfer"
    BALANCE = "balance"
    STORAGE = "storage"
    ENLARGE = "enlarge"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Area:
    """A transformer with what it feeds (台区).

    `loads_kw` is its load at each point. `value` is what relieving it counts beside others.
    `enlarging_cny` is what the usual remedy, a larger transformer, would cost; None if not known.
    """

    id: str
    capacity_kva: float
    loads_kw: Profile
    power_factor: float = 0.95
    value: int = 1
    enlarging_cny: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measure:
    """Something that can be done for an area.

    `relief_kw` is what it takes off the area's load at each point, negative where it adds, as a
    battery does that charges. A transfer adds the same to the area `to_area`. `cost_cny` is what
    the company pays, and `units` what it uses of a number that is limited, such as transformers.
    Of measures with the same `group` (one customer's) at most one can be done. Enlarging puts a
    transformer of `to_capacity_kva` in the place of the area's own, at most one for an area.
    """

    id: str
    area_id: str
    kind: Kind
    relief_kw: Profile
    cost_cny: float = 0.0
    units: int = 0
    to_area: str | None = None
    group: str | None = None
    to_capacity_kva: float | None = None

    @property
    def excludes(self) -> tuple[str, str] | None:
        """Return what it shares with measures of which only one can be done, None if nothing."""
        if self.to_capacity_kva is not None:
            return "enlarging", self.area_id
        return None if self.group is None else ("group", self.group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Areas, what can be done for them, and the limits of it.

    An area is to be relieved where its load breaks `screen`, and it is relieved when what is left
    keeps `target`. An area that takes over load must keep `target`, too. `begins` are the points
    at which a new stretch of time begins, so that no run of points goes over what lies apart:
    days that were picked, or gaps in the readings. No limit is None.
    """

    areas: tuple[Area, ...]
    measures: tuple[Measure, ...]
    budget_cny: float | None = None
    most_units: int | None = None
    screen: Rule = OVERLOAD
    target: Rule = HEAVY
    begins: tuple[int, ...] = (0,)


class Outcome(StrEnum):
    """What becomes of an area."""

    FINE = "fine"
    RELIEVED = "relieved"
    NO_MEANS = "no_means"
    NOT_CHOSEN = "not_chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strain:
    """How full a transformer is: its highest rate (1 = rated), and its longest run above a limit.

    `run_points` is the longest row of points at or above the limit of the rule asked for,
    `above_kwh` the energy above the limit, over all points.
    """

    highest: float
    run_points: int
    above_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a plan means for an area, in figures and words.

    `measures` are those done for it. For an area that is not chosen, `cheapest` is the cheapest
    set that would relieve it by itself, with its price and units, and `lacking_cny` and
    `lacking_units` how much more budget would surely be enough to add it to the plan.
    """

    area_id: str
    outcome: Outcome
    before: Strain
    after: Strain
    words: str
    measures: tuple[str, ...] = ()
    cheapest: tuple[str, ...] = ()
    cost_cny: float = 0.0
    units: int = 0
    lacking_cny: float = 0.0
    lacking_units: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which measures to take, what they reach, and what nothing could exceed.

    `value` is the sum of the values of relieved areas and `bound` a proven upper limit of it
    under the same budget. `avoided_cny` is what larger transformers would have cost in the
    relieved areas whose price is known, less what the plan costs there; negative where enlarging
    is cheaper.
    """

    measures: tuple[str, ...]
    findings: tuple[Finding, ...]
    value: int
    bound: int
    cost_cny: float
    units: int
    avoided_cny: float
    by_area: Mapping[str, Finding] = field(repr=False)

    @property
    def is_proven(self) -> bool:
        """Tell whether no other choice relieves more."""
        return self.value >= self.bound

    @property
    def relieved(self) -> tuple[str, ...]:
        """Return the ids of the areas that are relieved."""
        return tuple(each.area_id for each in self.findings if each.outcome is Outcome.RELIEVED)
