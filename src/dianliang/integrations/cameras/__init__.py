"""Pictures from files, folders and cameras, each camera read by a process of its own."""

from dianliang.integrations.cameras.feeds import Feed, Notice, NoticeKind, Taken, follow
from dianliang.integrations.cameras.sources import (
    Frame,
    Source,
    SourceKind,
    UnreadableSourceError,
    frames,
    source_of,
)

__all__ = [
    "Feed",
    "Frame",
    "Notice",
    "NoticeKind",
    "Source",
    "SourceKind",
    "Taken",
    "UnreadableSourceError",
    "follow",
    "frames",
    "source_of",
]
