"""Understand a need and say why: place, danger, service, urgency, duplicates, hints."""

from dianliang.engines.triage._address import address_parts
from dianliang.engines.triage._address_words import ADDRESS_KINDS, HOUSEHOLD
from dianliang.engines.triage._alarms import lost_alarms
from dianliang.engines.triage._bands import Bands, Promise
from dianliang.engines.triage._category import ALSO_FROM, teach
from dianliang.engines.triage._comparing import Comparison, compare_models, macro_f1
from dianliang.engines.triage._duplicates import (
    DuplicateCandidate,
    DuplicateIndex,
    KnownNeed,
    likely_duplicates,
)
from dianliang.engines.triage._folds import near_duplicates
from dianliang.engines.triage._hot import (
    WITHIN_DAYS,
    HotIssue,
    ReportedNeed,
    Trend,
    Warmth,
    hot_issues,
    warmth,
)
from dianliang.engines.triage._lexicon_changes import (
    LexiconChange,
    carried,
    combined,
    extended,
    problems,
    touched,
)
from dianliang.engines.triage._model import (
    VERSION,
    AddressPart,
    AreaCard,
    Band,
    Category,
    CuePair,
    DangerFinding,
    Example,
    Heard,
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
from dianliang.engines.triage._people import doors
from dianliang.engines.triage._taught import UNTAUGHT, Taught, from_bytes, to_bytes
from dianliang.engines.triage._triage import Triage
from dianliang.engines.triage.lexicon import DEFAULT_LEXICON

__all__ = [
    "ADDRESS_KINDS",
    "ALSO_FROM",
    "DEFAULT_LEXICON",
    "HOUSEHOLD",
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
    "Heard",
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
    "carried",
    "combined",
    "compare_models",
    "doors",
    "extended",
    "from_bytes",
    "hot_issues",
    "likely_duplicates",
    "lost_alarms",
    "macro_f1",
    "near_duplicates",
    "problems",
    "teach",
    "to_bytes",
    "touched",
    "warmth",
]
