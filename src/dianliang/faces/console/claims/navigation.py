"""Where energy and carbon stand in the bars (能源)."""

from dianliang.domain.energy.access import READERS
from dianliang.faces.console.entries import Entry

ENERGY: tuple[Entry, ...] = (
    Entry(label="量化声明", to="console:claims", pages=("console:claim*",), roles=READERS),
    Entry(label="因子库", to="console:factors", pages=("console:factor*",), roles=READERS),
)
"""Numbers about energy and carbon, and what they are made with."""
