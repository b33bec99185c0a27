"""What a computed grid says, as tables, charts and documents need it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dianliang.domain.relief.study_queries import StudyRow
from dianliang.engines.powerflow import QUANTITY_LABELS, Quantity
from dianliang.kernel.phrases import phrase_of

LOW_BELOW_V = 1000.0
"""Rated voltage below which a grid is a low-voltage one (IEC 60038)."""
VOLTAGES = (Quantity.LOW_VOLTAGE, Quantity.HIGH_VOLTAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """A thing beyond a limit, as tables and workbooks need it; `words` can be translated."""

    area: str
    quantity: str
    id: str
    phase: str
    value: float
    limit: float
    used: float
    at: str
    steps: int
    clause: str
    words: str

    @property
    def label(self) -> str:
        """Return what is compared with its limit, in words."""
        return QUANTITY_LABELS[Quantity(self.quantity)]

    @property
    def is_voltage(self) -> bool:
        """Tell whether it is a voltage outside GB/T 12325."""
        return self.quantity in VOLTAGES


def beyond(row: StudyRow) -> tuple[Beyond, ...]:
    """Return what is beyond its limit, worst first."""
    return tuple(beyond_of(one) for one in row.result["beyond"])


def beyond_of(told: Mapping[str, Any]) -> Beyond:
    """Return a thing as a study keeps it."""
    return Beyond(**{"area": "", **told, "words": phrase_of(told["words"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """A node with its voltages: per unit of the rated one, volts between phases and neutral."""

    id: str
    area: str
    rated_v: float
    away_m: float | None
    least_pu: float
    most_pu: float
    worst_pu: float
    lat: float | None
    lon: float | None

    @property
    def is_low(self) -> bool:
        """Tell whether it belongs to a low-voltage grid (IEC 60038)."""
        return self.rated_v < LOW_BELOW_V

    @property
    def least_v(self) -> float:
        """Return the lowest voltage of a phase to neutral."""
        return round(self.least_pu * self.rated_v / float(np.sqrt(3.0)), 1)

    @property
    def most_v(self) -> float:
        """Return the highest voltage of a phase to neutral."""
        return round(self.most_pu * self.rated_v / float(np.sqrt(3.0)), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRow:
    """A line or transformer: its fullest moment and what it lost."""

    kind: str
    id: str
    loading: float
    at: str
    loss_kwh: float
    from_node: str = ""
    to_node: str = ""


def nodes(told: Mapping[str, Any]) -> tuple[NodeRow, ...]:
    """Return the nodes of a study's details, in the order of the model."""
    return tuple(NodeRow(**one) for one in told["nodes"])


def branches(told: Mapping[str, Any]) -> tuple[BranchRow, ...]:
    """Return lines and transformers of a study's details, fullest first."""
    found = [BranchRow(**one) for one in told["branches"]]
    return tuple(sorted(found, key=lambda one: -one.loading))
