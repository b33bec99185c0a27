"""What a grid is made of, and how it is loaded from step to step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LOW_VOLTAGE_V = 1000.0
"""Below it a grid is a low-voltage one (IEC 60038)."""
LV_V, MV_V = 400.0, 10_000.0
"""The usual rated voltages between phases of a village's grid and of the feeder above it."""


class Phase(IntEnum):
    """The phase that something is connected to; ALL is three-phase, spread evenly."""

    A = 0
    B = 1
    C = 2
    ALL = 3


class LoadKind(StrEnum):
    """What draws or feeds in. A generator's power counts what it feeds in; others' what they draw.

    A battery draws when it charges and has negative power when it gives off.
    """

    LOAD = "load"
    GENERATOR = "generator"
    STORAGE = "storage"


class TapSide(StrEnum):
    """The winding that carries the taps."""

    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place where things meet; `voltage_v` is rated, between phases.

    `area` names what is summed up together: a transformer's area or a feeder. Empty is one area.
    `lat` and `lon` (WGS 84) are for maps alone; nothing is computed from them.
    """

    id: str
    voltage_v: float
    area: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineType:
    """A cable or conductor by the kilometre; capacitance is of one phase to earth.

    The zero-sequence values matter only for single-phase loads. Where a type does not tell them
    they are four times the others: a neutral of the same section carries the sum of the phases
    back, so that Z0 = Z1 + 3 Zn with Zn = Z1 (IEC 60909-2, four-core low-voltage cables).
    """

    id: str
    r_ohm_per_km: float
    x_ohm_per_km: float
    rated_a: float
    c_nf_per_km: float = 0.0
    r0_ohm_per_km: float | None = None
    x0_ohm_per_km: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A stretch of `type` between two nodes of one voltage; `parallel` systems side by side."""

    id: str
    from_node: str
    to_node: str
    type: str
    length_m: float
    parallel: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerType:
    """A transformer by its plate (GB/T 1094.1).

    `short_circuit_pct` is uk, `load_loss_kw` pk at rated current and `no_load_loss_kw` p0, with
    `no_load_current_pct` i0. Positions of the tap changer run from `tap_least` to `tap_most`, each
    `tap_step_pct` of the rated voltage of its side; at `tap_neutral` it has no effect.
    `zero_sequence_pct` matters only where the low side alone has a neutral and both are stars
    (Yyn0): what the core puts in the way of a current in the neutral. Three-limb cores have 30 to
    100 % (IEC 60076-8), and plates do not tell it.
    """

    id: str
    rated_kva: float
    high_v: float
    low_v: float
    short_circuit_pct: float
    load_loss_kw: float
    no_load_loss_kw: float = 0.0
    no_load_current_pct: float = 0.0
    vector_group: str = "Dyn11"
    tap_side: TapSide = TapSide.HIGH
    tap_step_pct: float = 2.5
    tap_least: int = -2
    tap_most: int = 2
    tap_neutral: int = 0
    zero_sequence_pct: float = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformer:
    """A transformer between a node of its high and one of its low voltage."""

    id: str
    high_node: str
    low_node: str
    type: str
    tap: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Who draws or feeds in at a node. `p_kw` and `q_kvar` hold where a step tells nothing else."""

    id: str
    node: str
    p_kw: float = 0.0
    q_kvar: float = 0.0
    phase: Phase = Phase.ALL
    kind: LoadKind = LoadKind.LOAD

    @property
    def sign(self) -> float:
        """Return 1 where power is drawn, −1 where it is fed in."""
        return -1.0 if self.kind is LoadKind.GENERATOR else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The grid above: a voltage behind a short-circuit power; without one it never gives way."""

    id: str
    node: str
    voltage_pu: float = 1.0
    short_circuit_mva: float | None = None
    rx_ratio: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A switch at a node: towards another node, or at that end of a line or transformer."""

    id: str
    node: str
    other: str
    is_closed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A grid to be computed; `is_radial` declares that its closed part holds no loop."""

    name: str = ""
    nodes: tuple[Node, ...] = ()
    lines: tuple[Line, ...] = ()
    transformers: tuple[Transformer, ...] = ()
    loads: tuple[Load, ...] = ()
    sources: tuple[Source, ...] = ()
    switches: tuple[Switch, ...] = ()
    line_types: tuple[LineType, ...] = ()
    transformer_types: tuple[TransformerType, ...] = ()
    is_radial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profiles:
    """Power by step: (steps, loads) in kW and kvar, one column for each of `ids`.

    A load that is not named keeps its own power. Signs are those of the loads. `hours` is how
    long a step lasts.
    """

    ids: tuple[str, ...]
    p_kw: Floats
    q_kvar: Floats
    hours: float = 0.25

    @property
    def steps(self) -> int:
        """Return the number of steps."""
        return len(self.p_kw)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flow:
    """How a grid was at each step; a step that has no solution holds NaN everywhere.

    `voltage_pu` is (steps, nodes), by phase (steps, nodes, 3) where phases were told apart;
    `unbalance` is then (steps, nodes): the negative-sequence voltage over the positive-sequence
    one (GB/T 15543). `line_loading` and `transformer_loading` are shares of the rating of the
    fuller end and phase. `phase_kw` is what transformers pass on, (steps, transformers, 3);
    `neutral_loading` is the current in their neutral over the rated one. Losses are in kW;
    `load_kw`, (steps, loads), is what is drawn, less than nothing where it is fed in.
    """

    grid: Grid
    hours: float
    is_by_phase: bool
    is_solved: NDArray[np.bool_]
    voltage_pu: Floats
    line_loading: Floats
    transformer_loading: Floats
    line_loss_kw: Floats
    transformer_loss_kw: Floats
    load_kw: Floats
    unbalance: Floats | None = None
    phase_kw: Floats | None = None
    neutral_loading: Floats | None = None
    place: Mapping[str, int] = field(repr=False, default_factory=dict)

    @property
    def steps(self) -> int:
        """Return the number of steps."""
        return len(self.is_solved)

    @property
    def loss_kwh(self) -> float:
        """Return what lines and transformers lost over all steps that have a solution."""
        return self.hours * float(
            np.nansum(self.line_loss_kw) + np.nansum(self.transformer_loss_kw)
        )

    @property
    def drawn_kwh(self) -> float:
        """Return what loads drew, less what was fed in, over all steps that have a solution."""
        return self.hours * float(np.nansum(self.load_kw[self.is_solved]))

    def phase_v(self, node: str) -> Floats:
        """Return the voltage of a phase to neutral at a node, in volts.

        Raises:
            KeyError: there is no such node.
        """
        place = self.place[node]
        rated = self.grid.nodes[place].voltage_v / np.sqrt(3.0)
        return np.asarray(self.voltage_pu[:, place] * rated, np.float64)
