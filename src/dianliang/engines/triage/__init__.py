"""Understand a need and say why: place, danger, service, urgency, duplicates, hints."""

from dianliang.engines.triage._address import address_parts
from dianliang.engines.triage._address_words import ADDRESS_KINDS
from dianliang.engines.triage._bands import Bands, Promise
from dianliang.engines.triage._duplicates import (
    DuplicateCandidate,
    DuplicateIndex,
    KnownNeed,
    likely_duplicates,
)
from dianliang.engines.triage._hot import HotIssue, ReportedNeed, Trend, hot_issues
from dianliang.engines.triage._lexicon_changes import LexiconChange, extended, problems
from dianliang.engines.triage._model import (
    AddressPart,
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
    Mood,
    MoodCue,
    NeedText,
    PlaceCandidate,
    PlaceFinding,
    ServiceCard,
    Suggestion,
    Temper,
    Urgency,
)
from dianliang.engines.triage._triage import Triage
from dianliang.engines.triage.lexicon import DEFAULT_LEXICON

__all__ = [
    "ADDRESS_KINDS",
    "DEFAULT_LEXICON",
    "AddressPart",
    "AreaCard",
    "Band",
    "Bands",
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
    "LexiconChange",
    "Mask",
    "Mood",
    "MoodCue",
    "NeedText",
    "PlaceCandidate",
    "PlaceFinding",
    "Promise",
    "ReportedNeed",
    "ServiceCard",
    "Suggestion",
    "Temper",
    "Trend",
    "Triage",
    "Urgency",
    "address_parts",
    "extended",
    "hot_issues",
    "likely_duplicates",
    "problems",
]
