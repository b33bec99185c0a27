"""Who leaves, or is away, stands on no roster: his turns to come are open, their planners told."""

from datetime import date, datetime, time, timedelta

from dianliang.domain.rosters import operations
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase


def after_leaving(*, person: Person, on: date, by: Actor, at: datetime) -> int:
    """Open the turns of somebody who serves no longer from a day on; return how many that held."""
    words = Phrase("%(on)s 起离岗", on=f"{on}")
    return operations.open_turns(
        person=person, since=_midnight(on), until=None, why=words, by=by, at=at
    )


def after_absence(*, person: Person, first_on: date, last_on: date, by: Actor, at: datetime) -> int:
    """Open the turns of somebody that touch days on which he is away; return how many that held."""
    words = Phrase("%(first)s 至 %(last)s 不在", first=f"{first_on}", last=f"{last_on}")
    return operations.open_turns(
        person=person,
        since=_midnight(first_on),
        until=_midnight(last_on + timedelta(days=1)),
        why=words,
        by=by,
        at=at,
    )


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), SHANGHAI)
