"""Where grid projects stand in the bars (能源)."""

from dianliang.domain.grid_projects.access import READERS
from dianliang.faces.console.entries import Entry
from dianliang.kernel.actor import Role

SEERS = READERS | {Role.ALLIANCE_UNIT}
"""Who opens projects at a desk; an alliance unit those in whose task force it sits."""

PROJECTS: tuple[Entry, ...] = (
    Entry(
        label="电网工程",
        to="console:projects",
        pages=("console:project*",),
        roles=SEERS,
    ),
    Entry(
        label="属地问题",
        to="console:local_issues",
        pages=("console:local_issue*",),
        roles=SEERS,
    ),
)
"""Projects with task forces, and what stands in their way."""
