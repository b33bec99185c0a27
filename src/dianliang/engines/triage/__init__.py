"""Understand a need and say why: place, danger, service, urgency, duplicates, hints."""

from dianliang.engines.triage._duplicates import (
    DuplicateCandidate,
    DuplicateIndex,
    KnownNeed,
    likely_duplicates,
)
from dianliang.engines.triage._hot import HotIssue, ReportedNeed, Trend, hot_issues
from dianliang.engines.triage._model import (
    AreaCard,
    Band,
    Category,
    CuePair,
    DangerFinding,
    Example,
    Hint,
    Knowledge,
    Lexicon,
    Mask,
    NeedText,
    PlaceCandidate,
    PlaceFinding,
    ServiceCard,
    Suggestion,
    Urgency,
)
from dianliang.engines.triage._triage import Triage
from dianliang.engines.triage.lexicon import DEFAULT_LEXICON

__all__ = [
    "DEFAULT_LEXICON",
    "AreaCard",
    "Band",
    "Category",
    "CuePair",
    "DangerFinding",
    "DuplicateCandidate",
    "DuplicateIndex",
    "Example",
    "Hint",
    "HotIssue",
    "Knowledge",
    "KnownNeed",
    "Lexicon",
    "Mask",
    "NeedText",
    "PlaceCandidate",
    "PlaceFinding",
    "ReportedNeed",
    "ServiceCard",
    "Suggestion",
    "Trend",
    "Triage",
    "Urgency",
    "hot_issues",
    "likely_duplicates",
]
