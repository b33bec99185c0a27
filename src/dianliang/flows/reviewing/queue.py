"""Which need a person should decide next, so that few decisions teach most."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from dianliang.domain.intake import access
from dianliang.domain.intake.queries import reviewing
from dianliang.domain.intake.queries.reviewing import Waiting
from dianliang.flows import triage
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import StaleStateError
from dianliang.kernel.phrases import Phrase

BATCH = 35
"""So many are put into an order at a time. Until so many decisions have been made, they are as
varied as can be; after that they begin with what triage is least sure of."""
MOST_COMPARED = 140
"""Of more waiting needs the newest are weighed against each other: that takes half a second."""


class View(StrEnum):
    """Which of the two queues."""

    FIRST = "first"
    SECOND = "second"


def batch(*, view: View, skipped: Collection[str], by: Actor) -> tuple[str, ...]:
    """Return the numbers of the needs to decide next, in this order.

    First those that triage left to a person, then the others. `skipped` were put aside by him.
    """
    if view is View.SECOND:
        found = [number for number in reviewing.for_second(by=by) if number not in skipped]
        return tuple(found[:BATCH])
    waiting = [one for one in reviewing.waiting(by=by) if one.number not in skipped]
    doubted = _ordered([one for one in waiting if one.is_doubted])
    others = [one for one in waiting if not one.is_doubted] if len(doubted) < BATCH else []
    return (*doubted, *_ordered(others))[:BATCH]


def _ordered(waiting: Sequence[Waiting]) -> tuple[str, ...]:
    compared = waiting[:MOST_COMPARED]
    texts = [one.text for one in compared]
    if not texts:
        return ()
    made = triage.prepared()
    ask = made.worth_asking if reviewing.are_decided(BATCH) else made.varied
    places = ask(texts, most=BATCH)
    return tuple(compared[place].number for place in places)


def require_waiting(number: str, *, view: View, by: Actor) -> None:
    """Let a need be put aside only by whom it waits for.

    Raises:
        NotVisibleError: it is absent, or not the actor's to decide.
        StaleStateError: it waits for nobody, or not in this queue.
    """
    access.need_to_review(number, by=by)
    if number not in still_open([number], view=view, by=by):
        raise StaleStateError(Phrase("%(number)s 已不在等，不必跳过；请看下一条。", number=number))


def still_open(numbers: Sequence[str], *, view: View, by: Actor) -> tuple[str, ...]:
    """Return those that nobody has decided since they were put into an order."""
    if view is View.FIRST:
        return reviewing.still_waiting(numbers, by=by)
    waiting = set(reviewing.for_second(by=by))
    return tuple(number for number in numbers if number in waiting)
