"""What a roster is made from, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from dianliang.kernel.periods import TimeWindow

HOUR = timedelta(hours=1)


class Rule(StrEnum):
    """What may stand between a person and a duty."""

    AWAY = "away"
    OVERLAP = "overlap"
    REST = "rest"
    WEEK = "week"
    DAYS = "days"
    NIGHTS = "nights"
    SKILL = "skill"
    SIZE = "size"
    PINNED = "pinned"
    UNKNOWN = "unknown"


HARD = frozenset({Rule.AWAY, Rule.OVERLAP})
"""What nobody can decide to disregard: a person is in one place at a time, if at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How much duty is lawful; None for no limit.

    `rest` lies between the end of a duty and the next begin: 11 hours are those of Directive
    2003/88/EC, article 3, as Chinese law names no figure. `week_s` counts duties by the week
    (Monday first) in which they begin: 44 hours are those of 劳动法 article 36 (a unit under the
    40-hour week of 国务院令第174号 sets 40). `days` in a row: article 38, a day of rest a week.
    `nights` in a row are custom. All four are the operator's to set.
    """

    rest: timedelta = 11 * HOUR
    week_s: int | None = 44 * 3600
    days: int | None = 6
    nights: int | None = 3

    @classmethod
    def emergency(cls, *, rest: timedelta = 8 * HOUR) -> "Rules":
        """Return what holds in a natural disaster or an accident (劳动法, article 42).

        The limits on hours do not bind then; people still sleep.
        """
        return cls(rest=rest, week_s=None, days=None, nights=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A span for which a place must be manned by `size` people (班次).

    `skills` says how many of them must have a skill, by skill. `weight` is what an hour of it
    counts when duty is shared out evenly, in per cent: nights and holidays more.
    """

    id: str
    window: TimeWindow
    size: int = 1
    skills: Mapping[str, int] = field(default_factory=dict[str, int])
    weight: int = 100


def weighted_s(duty: Duty) -> int:
    """Return what a duty counts for the person who has it."""
    return int(duty.window.duration.total_seconds()) * duty.weight // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can be put on duty.

    `held` are duties that he has elsewhere or had just before: they count for rest, week, days and
    nights, and nothing may overlap them. `credit_s` is the weighted duty that he has had before
    and that fairness looks back on. `wishes`: positive for a duty that he would like, negative for
    one that he would rather not have. `week_s` replaces the rules' hours of a week.
    """

    id: str
    skills: frozenset[str] = frozenset()
    away: tuple[TimeWindow, ...] = ()
    held: tuple[TimeWindow, ...] = ()
    credit_s: int = 0
    week_s: int | None = None
    wishes: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Turn:
    """A person on a duty (值班)."""

    duty_id: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Duties to be manned by people.

    `fixed` turns stay; `exempt` turns are those for which somebody has decided that rest, hours,
    days and nights may be disregarded: they count for nothing but a person's load. `previous` is a
    roster that people already know, from which as few turns as possible are changed; duties that
    begin before `frozen_until` keep exactly its turns.
    """

    duties: tuple[Duty, ...]
    people: tuple[Person, ...]
    rules: Rules = Rules()
    fixed: frozenset[Turn] = frozenset()
    exempt: frozenset[Turn] = frozenset()
    previous: frozenset[Turn] = frozenset()
    frozen_until: datetime | None = None

    @property
    def frozen_duties(self) -> frozenset[str]:
        """Return the duties that nobody may change any more."""
        until = self.frozen_until
        return frozenset(
            duty.id for duty in self.duties if until is not None and duty.window.start < until
        )

    @property
    def pinned(self) -> frozenset[Turn]:
        """Return the turns that stay whatever else is decided."""
        gone = self.frozen_duties
        return self.fixed | {turn for turn in self.previous if turn.duty_id in gone}


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A turn that a rule forbids: which rule, by how much in seconds, and words."""

    rule: Rule
    turn: Turn
    words: str
    amount_s: int = 0


class FixKind(StrEnum):
    """What would man a duty."""

    LESS_REST = "less_rest"
    MORE_HOURS = "more_hours"
    ANOTHER_DAY = "another_day"
    ANOTHER_NIGHT = "another_night"
    ONE_MORE = "one_more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A change that would man a duty: an exemption for a person, or one more person.

    `amount_s` is by how much the rule is broken: seconds of rest, hours of the week, a day.
    """

    kind: FixKind
    words: str
    duty_id: str
    person_id: str = ""
    skill: str = ""
    amount_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """A duty that lacks `missing` people (with a skill, if one is named), and why.

    `reasons` counts people by the first rule that keeps them out; who is on the duty is not
    counted. `fixes` come cheapest first, one of each kind.
    """

    duty_id: str
    skill: str
    missing: int
    reasons: Mapping[Rule, int]
    words: str
    fixes: tuple[Fix, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a person gets: turns, time, nights, and weighted time with what he had before."""

    person_id: str
    turns: int
    duty_s: int
    nights: int
    weighted_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of the objective, in its order: what was reached, and what nothing can go below."""

    name: str
    value: int
    bound: int

    @property
    def is_proven(self) -> bool:
        """Tell whether nothing better exists, given the stages before."""
        return self.value <= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who is on which duty, what is missing and why, and how even it is."""

    turns: frozenset[Turn]
    short: tuple[Short, ...]
    loads: tuple[Load, ...]
    stages: tuple[Stage, ...]

    @property
    def missing(self) -> int:
        """Return how many places are empty or lack a skill."""
        return sum(each.missing for each in self.short)
