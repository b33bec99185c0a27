"""How far voltages may be off and how full things may be: rules as data, each with its source."""

from dataclasses import dataclass, field

from dianliang.engines.powerflow._model import LOW_VOLTAGE_V


@dataclass(frozen=True, slots=True, kw_only=True)
class VoltageRule:
    """Between which shares of the nominal voltage of a phase a voltage is right.

    `nominal_v` is that of the phase to neutral; None takes the rated voltage of the node. The
    rule holds for nodes rated below `below_v` between phases.
    """

    below_v: float
    low: float
    high: float
    nominal_v: float | None = None
    clause: str = ""


LV_VOLTAGE = VoltageRule(
    below_v=LOW_VOLTAGE_V,
    nominal_v=220.0,
    low=0.90,
    high=1.07,
    clause="GB/T 12325—2008 4.3：220 V 单相供电电压偏差为标称电压的 +7 %、−10 %（198–235.4 V）",
)
MV_VOLTAGE = VoltageRule(
    below_v=20_001.0,
    low=0.93,
    high=1.07,
    clause="GB/T 12325—2008 4.2：20 kV 及以下三相供电电压偏差为标称电压的 ±7 %",
)
HV_VOLTAGE = VoltageRule(
    below_v=1e9,
    low=0.95,
    high=1.05,
    clause=(
        "GB/T 12325—2008 4.1：35 kV 及以上正、负偏差绝对值之和不超过标称电压的 10 %，此处各取一半"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRule:
    """How uneven the phases of a transformer may be, by what its neutral is made for.

    `unevenness` is (greatest − least) / greatest of the phases' power, `neutral` the current in
    the neutral over the rated current. Below `least_loading` nobody asks.
    """

    unevenness: float
    neutral: float
    clause: str


YYN0 = PhaseRule(
    unevenness=0.15,
    neutral=0.25,
    clause=(
        "Q/GDW 1519《配电网运维规程》：Yyn0 三相不平衡度不大于 15 %，零线电流不大于额定电流的 25 %"
    ),
)
DYN11 = PhaseRule(
    unevenness=0.25,
    neutral=0.40,
    clause=(
        "Q/GDW 1519《配电网运维规程》：Dyn11 三相不平衡度不大于 25 %，零线电流不大于额定电流的 40 %"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What counts as wrong in a grid.

    `unbalance` is the negative-sequence voltage over the positive-sequence one (GB/T 15543—2008
    4.1: 2 % at all times, 4 % for short). Of `voltage` the first rule that covers a node counts.
    """

    voltage: tuple[VoltageRule, ...] = (LV_VOLTAGE, MV_VOLTAGE, HV_VOLTAGE)
    line_loading: float = 1.0
    transformer_loading: float = 1.0
    unbalance: float = 0.02
    unbalance_clause: str = "GB/T 15543—2008 4.1：负序电压不平衡度不超过 2 %"
    star: PhaseRule = field(default=YYN0)
    delta: PhaseRule = field(default=DYN11)
    least_loading: float = 0.2

    def voltage_rule(self, voltage_v: float) -> VoltageRule:
        """Return the rule for a node rated so.

        Raises:
            ValueError: no rule covers it.
        """
        for rule in self.voltage:
            if voltage_v < rule.below_v:
                return rule
        raise ValueError(f"no rule of voltage covers {voltage_v} V")


DEFAULT_LIMITS = Limits()
