"""Party branches and what they do."""

from dianliang.domain.branches.models.links import (
    Alliance,
    Pairing,
    PairingMode,
    PairingResult,
    PairingStep,
    Secondment,
    SecondmentKind,
)
from dianliang.domain.branches.models.meetings import (
    AgendaItem,
    Meeting,
    MeetingParty,
    Resolution,
    Task,
    TaskEvidence,
)
from dianliang.domain.branches.models.register import (
    Attachment,
    Belonging,
    Branch,
    Posting,
    PostKind,
)
from dianliang.domain.branches.models.topics import Topic, TopicAction, TopicLead

__all__ = [
    "AgendaItem",
    "Alliance",
    "Attachment",
    "Belonging",
    "Branch",
    "Meeting",
    "MeetingParty",
    "Pairing",
    "PairingMode",
    "PairingResult",
    "PairingStep",
    "PostKind",
    "Posting",
    "Resolution",
    "Secondment",
    "SecondmentKind",
    "Task",
    "TaskEvidence",
    "Topic",
    "TopicAction",
    "TopicLead",
]
