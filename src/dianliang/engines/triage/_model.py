"""What goes into triage and what comes out: frozen, explained, without a decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dianliang.kernel.geo import GeoPoint

VERSION = "triage-6"


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
    """A need as it was said. Every span of a suggestion counts in `whole`."""

    text: str
    title: str = ""
    channel: str = ""
    area_code: str | None = None
    point: GeoPoint | None = None
    at: datetime | None = None

    @property
    def whole(self) -> str:
        """Return title and text as one string, the one that spans point into."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """What the engine knows about a service before it has seen a single need."""

    code: str
    name: str
    description: str = ""
    keywords: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    is_urgent: bool = False
    element: str = ""
    unit_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCard:
    """A place of the service area, or next to it.

    `level` is village, grid, road or township; a county, city or province only leads to what
    follows it. `successor_code` names the place of today where this one was merged or renamed;
    `is_outside` marks a neighbour, so that a need from there is recognised and passed on.
    """

    code: str
    name: str
    level: str
    parent_code: str = ""
    aliases: tuple[str, ...] = ()
    point: GeoPoint | None = None
    successor_code: str = ""
    is_outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CuePair:
    """A danger of two words near each other in a clause, unless a third word explains it.

    `across` lets the thing stand in the clause before: 电梯突然停了，我们关在里面. With `only_with`
    it counts only where one of these words is near too, in the clause, before or after it.
    """

    kind: str
    things: tuple[str, ...]
    happenings: tuple[str, ...]
    unless: tuple[str, ...] = ()
    across: bool = False
    only_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Words that carry danger, and words that take it away. Versioned data, not code.

    `pairs` are dangers told by two words near each other (a wire … on the ground); `everyday`
    are village names that are also ordinary words; `misspelt` maps a slip of the keyboard to what
    was meant, of the same length.
    """

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
    pairs: tuple[CuePair, ...] = ()
    conditional: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    family_names: str = ""
    misspelt: Mapping[str, str] = field(default_factory=dict)
    annoyed: tuple[str, ...] = ()
    furious: tuple[str, ...] = ()
    everyday: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A need of the past with the service that a person chose for it.

    `is_tacit`: nobody chose; somebody let pass what was proposed and may not have looked.
    `stands_for`: how many needs it speaks for where something is measured. A need that was drawn
    from others by chance and looked at speaks for those that were not drawn.
    """

    text: str
    service_code: str
    is_tacit: bool = False
    stands_for: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All that a prepared triage is made from.

    `examples` newest first. `history` are needs of the past that nobody has sorted: while examples
    are few, the engine teaches itself from them.
    """

    services: tuple[ServiceCard, ...]
    areas: tuple[AreaCard, ...]
    lexicon: Lexicon
    examples: tuple[Example, ...] = ()
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A service that the text may be about, and the words that say so.

    `confidence` is the chance that this is the service; of all services it adds up to one at most.
    `own` is the chance that the text is about this one at all, whatever else it is about.
    """

    service_code: str
    confidence: float
    band: Band
    evidence: tuple[str, ...]
    name: str = ""
    reason: str = ""
    own: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerFinding:
    """A present danger: which kind, which words, in which clause, and why it counts as present."""

    kind: str
    cue: str
    clause: str
    start: int = 0
    end: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCandidate:
    """One place that a name may mean, with the places above it: 天荒坪镇·余村村委会."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFinding:
    """A place that the text names. More than one code means that it is ambiguous."""

    name: str
    start: int
    end: int
    codes: tuple[str, ...]
    candidates: tuple[PlaceCandidate, ...] = ()
    reason: str = ""
    is_outside: bool = False
    """Whether every place that it may mean is a neighbour's."""

    @property
    def is_ambiguous(self) -> bool:
        """Tell whether a person has to say which place is meant."""
        return len(self.codes) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Something a handler should know: a vulnerable person, a wish to be called.

    `detail` carries hours not to call, as 20:00-24:00.
    """

    kind: str
    cue: str
    start: int = 0
    end: int = 0
    detail: str = ""


class Temper(StrEnum):
    """How angry a text is."""

    CALM = "calm"
    ANNOYED = "annoyed"
    FURIOUS = "furious"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodCue:
    """Words that tell a mood."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """How angry a text is, and the words that say so."""

    level: Temper
    cues: tuple[MoodCue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPart:
    """One part of an address, named as in `ADDRESS_KINDS`: town, road, roadno."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A span to hide from those who need not know: `kind` is 电话, 姓名, 证件号 or 门牌."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the words of a lexicon alone tell of a text, and what in it is personal."""

    dangers: tuple[DangerFinding, ...]
    hints: tuple[Hint, ...]
    masks: tuple[Mask, ...] = ()


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
    none_of_these: bool = False
    address_text: str = ""
    address_parts: tuple[AddressPart, ...] = ()
    masks: tuple[Mask, ...] = ()
    notes: tuple[str, ...] = ()

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
