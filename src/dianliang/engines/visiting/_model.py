"""What a forecast is made from, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

HORIZON_DAYS = 14
"""How far ahead is looked: two weeks is what a station plans."""
LEAD_DAYS = 7
"""How many days before its due day a visit may be made."""


class Reason(StrEnum):
    """What stands between a customer and his visit."""

    NO_CONSENT = "no_consent"
    NO_INTERVAL = "no_interval"
    NO_PLACE = "no_place"
    NO_TEAM = "no_team"
    EXPIRED = "expired"
    TOO_SHORT = "too_short"
    PLANNED_LATE = "planned_late"
    TEAM_ABSENT = "team_absent"
    CAPACITY = "capacity"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """Level and consent will be looked at again on a day, and hold until another."""

    on: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """A customer with regular visits, as far as a forecast must know him.

    `since` is the last visit, or the consent where nobody has been there; `crews` are the codes of
    teams that may come, his own first; `planned` are days of published visits, each with its
    team's code; `minutes` is what one visit takes of a team's day, the way included. `expires_on`
    is the last day on which level and consent hold; None for no end.
    """

    id: str
    level: int
    since: date | None
    interval_days: int | None
    has_consent: bool = True
    has_place: bool = True
    expires_on: date | None = None
    renewals: tuple[Renewal, ...] = ()
    crews: tuple[str, ...] = ()
    minutes: int = 30
    planned: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A team: the minutes it has left on each day (a day not named has `minutes_a_day`).

    On a day in `absent` nobody of the team is there: what was planned for it does not happen.
    """

    code: str
    minutes_a_day: int
    minutes_left: Mapping[date, int] = field(default_factory=dict[date, int])
    absent: frozenset[date] = frozenset()

    def minutes_on(self, day: date) -> int:
        """Return how many minutes of visits the team can take on besides what is planned."""
        return 0 if day in self.absent else self.minutes_left.get(day, self.minutes_a_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A customer who will be overdue from `overdue_on`, and why; no day: nothing is ever due."""

    id: str
    level: int
    due_on: date | None
    overdue_on: date | None
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Who will be overdue, soonest first, and how many visits the simulation made each day."""

    gaps: tuple[Gap, ...]
    made: Mapping[date, int]
