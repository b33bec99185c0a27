"""What is known of a firm, what its energy costs, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

POINTS = 96
NO_W = int(np.iinfo(np.int32).min)
"""Stands where no power was read."""
KWH = 4000.0
"""Watts × quarter hours in a kWh."""
ENGINE_VERSION = "1"
"""Stored with every analysis; raised whenever the same readings would give other findings."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.int8]


class Way(StrEnum):
    """How a firm pays for demand: not at all, by transformers, by contract, by what it drew."""

    NONE = "none"
    CAPACITY = "capacity"
    CONTRACT = "contract"
    ACTUAL = "actual"


class Shape(StrEnum):
    """What a firm's working day looks like."""

    CONTINUOUS = "continuous"
    TWO_SHIFTS = "two-shifts"
    ONE_SHIFT = "one-shift"
    NIGHT = "night"
    IRREGULAR = "irregular"


class Kind(StrEnum):
    """What can be found."""

    BASIC_CHARGE = "basic-charge"
    POWER_FACTOR = "power-factor"
    SHIFT = "shift"
    STANDBY = "standby"
    STANDBY_STEP = "standby-step"
    REST_DAYS = "rest-days"
    SUN = "sun"
    STUCK = "stuck"


class Confidence(StrEnum):
    """How sure a finding is, before anybody has been there."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


STATUS = "engineering-estimate"
"""What every finding is until a measured effect stands beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A firm as its contract describes it. `kvarh` are the months' reactive energy, None unread.

    `standard` is the power factor its bill is held against; `roof_kwp` what its roofs could carry.
    """

    number: str
    way: Way
    capacity_kva: float
    contract_kw: float | None = None
    standard: float | None = None
    kvarh: tuple[float | None, ...] = ()
    roof_kwp: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Market:
    """What energy costs on D days of M months.

    `kinds` (D,) is 0 for a working day, `month` (D,) points into `months`; `period` (D, 96) says
    which price band holds, lower numbers dearer; `price` (D, 96) is CNY/kWh with levies, `levy`,
    `demand` (CNY a kW), `capacity` (CNY a kVA) are (M,). `rates` gives for a standard what each
    hundredth of a power factor, 0 to 100, adds to a bill. The rest are the rules of the basic
    charge; see `cheapest_ways`.
    """

    kinds: Ints
    month: Ints
    months: tuple[str, ...]
    days: tuple[str, ...]
    period: Bytes
    price: Floats
    levy: Floats
    demand: Floats
    capacity: Floats
    rates: Mapping[float, Floats]
    floor_share: float = 0.40
    over_share: float = 1.05
    over_times: float = 2.0
    choice_months: int = 3
    load_kwh_kva: float = 260.0
    load_factor: float = 0.90


@dataclass(frozen=True, kw_only=True, eq=False)
class Sun:
    """What a kWp gives (D, 96) in kW, and what it costs; figures are the asker's, not ours."""

    kw_per_kwp: Floats
    cny_per_kwp: float
    feed_in_cny_kwh: float
    least_self_use: float = 0.8
    low_yield: float = 0.85


@dataclass(frozen=True, kw_only=True, eq=False)
class Options:
    """What the estimates assume: shares of load above base that could move, and least sums."""

    shift_low: float = 0.05
    shift_high: float = 0.20
    least_cny: float = 200.0
    least_share: float = 0.002
    stuck_points: int = 96
    sun: Sun | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A quarter hour that shows it: day (ISO), minutes past midnight, kW."""

    day: str
    minute: int
    kw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something worth money in the days analysed, in CNY from low to high.

    `rule` is the code of the clause behind it, `facts` the figures it was reckoned from (units in
    their names), `points` quarter hours that show it. `group` names findings about the same kWh:
    of each group only the one that `is_counted` is in a firm's total.
    """

    kind: Kind
    low_cny: float
    high_cny: float
    rule: str
    facts: Mapping[str, float | str]
    confidence: Confidence
    group: str
    points: tuple[Point, ...] = ()
    is_counted: bool = True
    status: str = STATUS


@dataclass(frozen=True, kw_only=True, eq=False)
class Analysis:
    """What one firm's readings say. Profiles (96,) are mean kW; months' arrays are (M,).

    `low_cny` and `high_cny` add counted findings up, `read_share` is how much was read.
    """

    number: str
    shape: Shape
    read_share: float
    worst_month_read: float
    kwh: float
    most_kw: float
    most_at: Point
    mean_kw: float
    base_kw: float
    running_hours: float
    rest_ratio: float
    period_kwh: Floats
    month_kwh: Floats
    month_most_kw: Floats
    workday_kw: Floats
    rest_day_kw: Floats
    findings: tuple[Finding, ...] = field(default=())

    @property
    def load_factor(self) -> float:
        """Mean over greatest power, 0 for a firm that used nothing."""
        return self.mean_kw / self.most_kw if self.most_kw else 0.0

    @property
    def low_cny(self) -> float:
        """The least that all counted findings are worth together."""
        return sum(one.low_cny for one in self.findings if one.is_counted)

    @property
    def high_cny(self) -> float:
        """The most that all counted findings are worth together."""
        return sum(one.high_cny for one in self.findings if one.is_counted)
