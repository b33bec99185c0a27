"""What counts as heavy, over, low, high and uneven: rules as data, each with where it stands."""

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from dianliang.engines.loading._curves import POINTS


class Line(StrEnum):
    """What a run of quarter hours went beyond."""

    HEAVY = "heavy"
    OVER = "over"
    UNEVEN = "uneven"


LINE_LABELS = {Line.HEAVY: "重载", Line.OVER: "过载", Line.UNEVEN: "三相不平衡"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRule:
    """A line of load: `share` of the rated capacity, for so many quarter hours without a break."""

    line: Line
    share: Fraction
    points: int = 8
    clause: str = ""

    def from_w(self, *, capacity_kva: float, power_factor: Fraction) -> int:
        """Return the least whole number of watts that reaches the line."""
        exact = self.share * Fraction(str(capacity_kva)) * 1000 * power_factor
        return -(-exact.numerator // exact.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoltageRule:
    """Between which tenths of a volt a voltage is right, both included."""

    low_dv: int = 1980
    high_dv: int = 2354
    clause: str = "GB/T 12325—2008 4.3：220 V 单相供电电压偏差为标称电压的 +7 %、−10 %"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRule:
    """How uneven three phases may be: (greatest − least) / greatest in size.

    A phase that feeds back stands below zero: beside one that draws it is the more uneven.
    Below `least_share` of a phase's capacity nobody asks: one kettle unbalances an idle village.
    """

    share: Fraction = Fraction(1, 4)
    least_share: Fraction = Fraction(1, 5)
    points: int = 8
    clause: str = (
        "Q/GDW 1519《配电网运维规程》：(最大电流−最小电流)/最大电流，"
        "Yyn0 不大于 15 %，Dyn11 不大于 25 %；此处以有功功率代电流"
    )


HEAVY = LoadRule(
    line=Line.HEAVY,
    share=Fraction(8, 10),
    clause="配电网运行口径：负载率 80 % 及以上，持续 2 小时（连续 8 个 15 分钟点）",
)
OVER = LoadRule(
    line=Line.OVER,
    share=Fraction(1),
    clause="配电网运行口径：负载率 100 % 及以上，持续 2 小时（连续 8 个 15 分钟点）",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what load, voltage and phases are judged.

    `power_factor` turns kW that were read into kVA that were carried. A point counts as known when
    `least_read` of a transformer's meters were read; up to `bridged_points` unknown points within
    a run do not end it, and are not counted. More than `most_share` of the rated capacity is not
    believed, and not known either: IEC 60076-7 lets a distribution transformer carry twice its
    rating in a short emergency, beyond that a fuse or a multiplier is wrong. `valley` runs from one
    point to before another, past midnight where the second is smaller: ``(92, 28)`` is 23:00 to
    07:00.

    Raises:
        ValueError: the valley lies outside a day, or is empty.
    """

    loads: tuple[LoadRule, ...] = (HEAVY, OVER)
    voltage: VoltageRule = field(default_factory=VoltageRule)
    phases: PhaseRule = field(default_factory=PhaseRule)
    power_factor: Fraction = Fraction(95, 100)
    least_read: Fraction = Fraction(95, 100)
    most_share: Fraction = Fraction(3)
    bridged_points: int = 2
    valley: tuple[int, int] = (92, 28)

    def __post_init__(self) -> None:
        """Refuse what the inner loops would follow out of a day's points."""
        first, end = self.valley
        if not (0 <= first <= POINTS and 0 <= end <= POINTS and first != end):
            raise ValueError(f"a valley from point {first} to {end} is not within a day")


DEFAULT_RULES = Rules()
