"""Tables of grid projects."""

from dianliang.domain.grid_projects.models.issues import Issue, IssueKind, IssueLink, IssueNote
from dianliang.domain.grid_projects.models.projects import (
    Baseline,
    BaselineDay,
    Member,
    Milestone,
    NormDuration,
    Project,
    ProjectKind,
    StepTemplate,
    Voltage,
)

__all__ = [
    "Baseline",
    "BaselineDay",
    "Issue",
    "IssueKind",
    "IssueLink",
    "IssueNote",
    "Member",
    "Milestone",
    "NormDuration",
    "Project",
    "ProjectKind",
    "StepTemplate",
    "Voltage",
]
