"""What goes into triage and what comes out: frozen, explained, without a decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dianliang.kernel.geo import GeoPoint

VERSION = "triage-1"


class Band(StrEnum):
    """What a confidence is good for."""

    AUTO = "auto"
    SUGGEST = "suggest"
    HUMAN = "human"


class Urgency(StrEnum):
    """How soon somebody must look."""

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedText:
    """A need as it was said."""

    text: str
    title: str = ""
    area_code: str | None = None
    point: GeoPoint | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """What the engine knows about a service before it has seen a single need."""

    code: str
    name: str
    description: str = ""
    keywords: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    is_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCard:
    """A place of the service area. `level` is township, village or grid."""

    code: str
    name: str
    level: str
    parent_code: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Words that carry danger, and words that take it away. Versioned data, not code."""

    version: str
    danger: Mapping[str, tuple[str, ...]]
    life_support: tuple[str, ...]
    outage: tuple[str, ...]
    past: tuple[str, ...]
    hypothetical: tuple[str, ...]
    topic: tuple[str, ...]
    harmless: tuple[str, ...]
    present: tuple[str, ...]
    urgent: tuple[str, ...]
    hints: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A need of the past with the service that a person chose for it."""

    text: str
    service_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All that a prepared triage is made from."""

    services: tuple[ServiceCard, ...]
    areas: tuple[AreaCard, ...]
    lexicon: Lexicon
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A service that the text may be about, and the words that say so."""

    service_code: str
    confidence: float
    band: Band
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerFinding:
    """A present danger: which kind, which words, in which clause."""

    kind: str
    cue: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFinding:
    """A place that the text names. More than one code means that it is ambiguous."""

    name: str
    start: int
    end: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Something a handler should know: a vulnerable person, a wish to be called."""

    kind: str
    cue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What the engine proposes, with its reasons. A person decides."""

    version: str
    categories: tuple[Category, ...]
    urgency: Urgency
    urgency_reasons: tuple[str, ...]
    dangers: tuple[DangerFinding, ...] = ()
    places: tuple[PlaceFinding, ...] = ()
    hints: tuple[Hint, ...] = field(default=())
    phones: tuple[str, ...] = ()

    @property
    def is_danger(self) -> bool:
        """Tell whether a present danger was found."""
        return bool(self.dangers)

    @property
    def best(self) -> Category | None:
        """Return the first category, unless a person has to choose."""
        if self.categories and self.categories[0].band is not Band.HUMAN:
            return self.categories[0]
        return None
