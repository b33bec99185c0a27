"""What phones tell of where people are: batches, perhaps offline for a while, parsed one by one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.mobilisation import positions
from dianliang.domain.mobilisation.positions import Fix
from dianliang.domain.workforce import crews
from dianliang.flows.phone_operations import FARTHEST_M, clock_error
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

EVERY_S = 30
"""How often a phone notes where it is."""
SEND_EVERY_S = 120
"""How often it sends what it noted: a request costs more than a place."""
BATCH_MAX = 240
"""Two hours of places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """What a phone needs to know to tell where it is: for which incident, how often."""

    number: str
    title: str
    every_s: int = EVERY_S
    send_every_s: int = SEND_EVERY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a batch: how many places count, how many do not, whether to go on."""

    kept: int
    left: int
    tracking: Tracking | None


def tracking_of(*, codes: Collection[str], by: Actor) -> Tracking | None:
    """Return whether the actor's phone tells its places: while one of his teams is in action."""
    post = positions.post_of(by.person_number, codes)
    return Tracking(number=post.number, title=post.title) if post else None


def take(fixes: Any, *, sent_at: Any, by: Actor, on: date, at: datetime) -> Taken:
    """Keep a batch of places. Of somebody who is not in action nothing is kept, and he is told.

    Raises:
        InvalidInputError: the batch is not a list, or too long; nothing was kept.
    """
    if not isinstance(fixes, list) or len(fixes) > BATCH_MAX:
        raise InvalidInputError(
            Phrase("一次最多上报 %(most)s 个位置。", most=BATCH_MAX), field="fixes"
        )
    post = positions.post_of(by.person_number, by.team_codes)
    if post is None:  # he may stand in for another team today
        post = positions.post_of(by.person_number, crews.teams_of(by.person_number, on=on))
    if post is None:
        return Taken(kept=0, left=len(fixes), tracking=None)
    error = clock_error(sent_at, at=at)
    read = [fix for raw in fixes if (fix := _fix(raw, error=error, at=at)) is not None]
    kept = positions.keep(post=post, fixes=read, at=at)
    tracking = Tracking(number=post.number, title=post.title)
    return Taken(kept=kept, left=len(fixes) - kept, tracking=tracking)


def _fix(raw: Any, *, error: timedelta, at: datetime) -> Fix | None:
    """Read one place; what is none is left out: the others are true all the same."""
    if not isinstance(raw, dict):
        return None
    values = [raw.get(name) for name in ("lat", "lon", "accuracy")]
    numbers = _numbers(values)
    try:
        told = datetime.fromisoformat(str(raw.get("at")))
        if told.tzinfo is None or numbers is None:
            return None
        lat, lon, accuracy = numbers
        when = min(told + error, at)
        return Fix(point=GeoPoint(lat, lon), accuracy_m=max(0, round(accuracy)), at=when)
    except (ValueError, OverflowError, InvalidInputError):
        return None


def _numbers(values: Sequence[Any]) -> list[float] | None:
    found = [
        float(value)
        for value in values
        if isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < FARTHEST_M
    ]
    return found if len(found) == len(values) else None
