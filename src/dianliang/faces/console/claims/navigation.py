"""Where energy and carbon stand in the bars (能源)."""

from dianliang.domain.energy.access import READERS
from dianliang.faces.console.entries import Entry
from dianliang.faces.console.loading.navigation import LOADING

ENERGY: tuple[Entry, ...] = (
    *LOADING,
    Entry(label="量化声明", to="console:claims", pages=("console:claim*",), roles=READERS),
    Entry(
        label="节能测量",
        to="console:measuring",
        pages=("console:measuring", "console:measuring_new", "console:measuring_project"),
        roles=READERS,
    ),
    Entry(
        label="县域推算",
        to="console:measuring_rollup",
        pages=("console:measuring_rollup",),
        roles=READERS,
    ),
    Entry(label="碳账户", to="console:carbon", pages=("console:carbon*",), roles=READERS),
    Entry(label="因子库", to="console:factors", pages=("console:factor*",), roles=READERS),
)
"""Numbers about energy and carbon, and what they are made with."""
