"""Who is to be cared for, by whom, and what a plan says. One unit of time throughout."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VERSION = "home-care-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What one carer does during a visit, and the skill that it takes."""

    skill: str
    duration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody to be visited once, at a row of the travel table, by one carer or by a pair.

    No care begins before `opens_at`; every begin after `due_at` is tardy. Of a pair, both different
    people, the second care begins `lag_from` to `lag_to` after the first: zero to zero is together.
    """

    id: str
    place: int
    opens_at: float
    due_at: float
    cares: tuple[Care, ...]
    lag_from: float = 0.0
    lag_to: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Carer:
    """Somebody who leaves a place at `starts_at` or later and comes back to it in the end."""

    id: str
    skills: frozenset[str]
    place: int = 0
    starts_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCareWeights:
    """What a unit of time costs; the published objective is the mean of the three."""

    travel: float = 1 / 3
    total_tardiness: float = 1 / 3
    worst_tardiness: float = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCareProblem:
    """All that a plan is made from; `travel[a, b]` is the time from place a to place b."""

    customers: tuple[Customer, ...]
    carers: tuple[Carer, ...]
    travel: NDArray[np.float64]
    weights: HomeCareWeights = HomeCareWeights()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One line of a round: which care of which customer, and when it begins."""

    customer_id: str
    care: int
    begin_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a carer does, in order."""

    carer_id: str
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCareCost:
    """The parts of the objective, and their weighted sum."""

    travel: float
    total_tardiness: float
    worst_tardiness: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCarePlan:
    """Rounds of all carers, what they cost, and how they were made."""

    rounds: tuple[Round, ...]
    cost: HomeCareCost
    seed: int
    iterations: int
    version: str = VERSION
