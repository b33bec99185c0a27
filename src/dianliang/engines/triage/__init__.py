"""Understand a need and say why: place, danger, service, urgency, duplicates, hints."""

from dianliang.engines.triage._address import address_parts
from dianliang.engines.triage._address_words import ADDRESS_KINDS
from dianliang.engines.triage._bands import Bands, Promise
from dianliang.engines.triage._category import teach
from dianliang.engines.triage._comparing import Comparison, compare_models, macro_f1
from dianliang.engines.triage._duplicates import (
    DuplicateCandidate,
    DuplicateIndex,
    KnownNeed,
    likely_duplicates,
)
from dianliang.engines.triage._hot import (
    WITHIN_DAYS,
    HotIssue,
    ReportedNeed,
    Trend,
    Warmth,
    hot_issues,
    warmth,
)
from dianliang.engines.triage._lexicon_changes import LexiconChange, extended, problems
from dianliang.engines.triage._model import (
    VERSION,
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
from dianliang.engines.triage._taught import UNTAUGHT, Taught, from_bytes, to_bytes
from dianliang.engines.triage._triage import Triage
from dianliang.engines.triage.lexicon import DEFAULT_LEXICON

__all__ = [
    "ADDRESS_KINDS",
    "DEFAULT_LEXICON",
    "UNTAUGHT",
    "VERSION",
    "WITHIN_DAYS",
    "AddressPart",
    "AreaCard",
    "Band",
    "Bands",
    "Category",
    "Comparison",
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
    "Taught",
    "Temper",
    "Trend",
    "Triage",
    "Urgency",
    "Warmth",
    "address_parts",
    "compare_models",
    "extended",
    "from_bytes",
    "hot_issues",
    "likely_duplicates",
    "macro_f1",
    "problems",
    "teach",
    "to_bytes",
    "warmth",
]
