"""The records of this room."""

from dianliang.domain.mobilisation.models.dispatch import (
    Assignment,
    Dispatch,
    ResourceRequest,
    Task,
)
from dianliang.domain.mobilisation.models.lines import LineReport, LineWork
from dianliang.domain.mobilisation.models.positions import TrackPoint, Whereabouts
from dianliang.domain.mobilisation.models.reporting import Lesson, SituationReport

__all__ = [
    "Assignment",
    "Dispatch",
    "Lesson",
    "LineReport",
    "LineWork",
    "ResourceRequest",
    "SituationReport",
    "Task",
    "TrackPoint",
    "Whereabouts",
]
