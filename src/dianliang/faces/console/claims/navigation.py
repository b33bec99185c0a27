"""Where energy and carbon stand in the bars (能源)."""

from dianliang.domain.energy.access import READERS
from dianliang.faces.console.entries import Entry
from dianliang.faces.console.grid_projects.navigation import PROJECTS
from dianliang.faces.console.loading.navigation import LOADING

ENERGY: tuple[Entry, ...] = (
    *LOADING,
    *PROJECTS,
    Entry(
        label="量化声明",
        to="console:claims",
        pages=("console:claims", "console:claim", "console:claim_new", "console:claim_act"),
        roles=READERS,
    ),
    Entry(
        label="节能测量",
        to="console:measuring",
        pages=(
            "console:measuring",
            "console:measuring_new",
            "console:measuring_planner",
            "console:measuring_project",
        ),
        roles=READERS,
    ),
    Entry(
        label="县域推算",
        to="console:measuring_rollup",
        pages=("console:measuring_rollup",),
        roles=READERS,
    ),
    Entry(
        label="电动车减排",
        to="console:claims_driving",
        pages=("console:claims_driving",),
        roles=READERS,
    ),
    Entry(label="碳账户", to="console:carbon", pages=("console:carbon*",), roles=READERS),
    Entry(label="因子库", to="console:factors", pages=("console:factor*",), roles=READERS),
)
"""Numbers about energy and carbon, and what they are made with."""
