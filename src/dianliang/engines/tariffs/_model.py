"""What a tariff is: prices by period, charges for what is held ready, and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt

POINTS = 96
MINUTES = 15
DAY_MINUTES = 24 * 60
NO_W = int(np.iinfo(np.int32).min)
"""Stands where no power was read."""


class Period(IntEnum):
    """A part of the day with its own price, dearest first (分时时段)."""

    SHARP = 0
    PEAK = 1
    FLAT = 2
    VALLEY = 3
    DEEP = 4


PERIOD_WORDS = {
    Period.SHARP: "尖峰",
    Period.PEAK: "高峰",
    Period.FLAT: "平段",
    Period.VALLEY: "低谷",
    Period.DEEP: "深谷",
}


class DayKind(IntEnum):
    """Which kind of day a band of a tariff is for."""

    WORKDAY = 0
    REST_DAY = 1
    HOLIDAY = 2


DAY_WORDS = {DayKind.WORKDAY: "工作日", DayKind.REST_DAY: "休息日", DayKind.HOLIDAY: "节假日"}


class Certainty(StrEnum):
    """How far a tariff may be relied upon."""

    PUBLISHED = "published"
    AS_UNDERSTOOD = "as-understood"
    GENERATED = "generated"


CERTAINTY_WORDS = {
    Certainty.PUBLISHED: "已对照文件",
    Certainty.AS_UNDERSTOOD: "按理解录入，须对照文件",
    Certainty.GENERATED: "演示电价，不是任何地方的执行价",
}


class Way(StrEnum):
    """How the basic charge of a two-part tariff is counted (基本电费计收方式)."""

    NONE = "none"
    CAPACITY = "capacity"
    CONTRACT = "contract"
    ACTUAL = "actual"


WAY_WORDS = {
    Way.NONE: "单一制",
    Way.CAPACITY: "按变压器容量",
    Way.CONTRACT: "按合同最大需量",
    Way.ACTUAL: "按实际最大需量",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stretch of the day in some months; one that ends before it begins goes past midnight."""

    months: tuple[int, ...]
    days: tuple[DayKind, ...]
    from_minute: int
    until_minute: int
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicRule:
    """How demand is charged, as understood; check it against the notice that is in force.

    `floor_share` of the capacity is the least contract demand, up to `over_share` of it costs as
    agreed and what is beyond `over_times` as much, a way is kept for `choice_months` at least
    (发改办价格〔2016〕1583号); from `load_kwh_kva` a month on demand costs `load_factor` of its
    price (发改价格〔2023〕526号).
    """

    floor_share: float = 0.40
    over_share: float = 1.05
    over_times: float = 2.0
    choice_months: int = 3
    load_kwh_kva: float = 260.0
    load_factor: float = 0.90


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """One version of a tariff, valid from the first of a month until the first of another.

    `prices` are CNY/kWh by period without levies, `levy_cny_kwh` the funds added to every kWh,
    which the power-factor adjustment leaves out. Without `demand_cny_kw` (per kW and month) and
    `capacity_cny_kva` (per kVA and month) it is a single-part tariff.
    """

    code: str
    version: int
    title: str
    region: str
    customer_class: str
    voltage: str
    valid_from: date
    valid_until: date | None
    bands: tuple[Band, ...]
    prices: Mapping[Period, float]
    levy_cny_kwh: float
    demand_cny_kw: float | None
    capacity_cny_kva: float | None
    basic: BasicRule
    source: str
    year: int
    certainty: Certainty

    @property
    def is_two_part(self) -> bool:
        """Tell whether it charges for demand or capacity besides energy."""
        return self.demand_cny_kw is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a firm has agreed: how it pays for demand, and what its power factor is held against.

    `kvarh` are the reactive meter's months, None where it was not read.
    """

    way: Way
    capacity_kva: float
    contract_kw: float | None = None
    standard: float | None = None
    kvarh: tuple[float | None, ...] = ()


Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.int8]


@dataclass(frozen=True, kw_only=True, eq=False)
class Schedule:
    """What each quarter hour of some days costs: D days, M months, 96 points a day.

    `month` (D,) points into `months` (YYYY-MM), `period` is (D, 96), `price` (M, 5) in CNY/kWh,
    the rest (M,); demand and capacity prices are zero under a single-part tariff.
    """

    days: npt.NDArray[np.datetime64]
    month: Ints
    months: tuple[str, ...]
    period: Bytes
    price: Floats
    levy: Floats
    demand: Floats
    capacity: Floats
    versions: tuple[Tariff, ...]

    @property
    def price_by_point(self) -> Floats:
        """CNY/kWh with levies of each quarter hour: (D, 96)."""
        month = self.month[:, None]
        return self.price[month, self.period] + self.levy[month]
