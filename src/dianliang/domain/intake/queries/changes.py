"""What happened to needs, in order: for programs that keep a copy or send word of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dianliang.core.models import AuditEvent
from dianliang.domain.intake import access
from dianliang.domain.intake.queries.following import PLAIN_WORDS
from dianliang.kernel.actor import Actor

MOST = 500
SETTLED = timedelta(seconds=10)
"""A transaction may commit after one with a later number; whoever waits this long misses none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happened to a need."""

    cursor: int
    at: datetime
    number: str
    verb: str
    words: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What happened after a cursor, and the cursor to ask with next."""

    rows: tuple[Change, ...]
    next_cursor: int
    has_more: bool


def changes(*, by: Actor, after: int, at: datetime, most: int = MOST) -> Changes:
    """Return what happened to the needs in an actor's scope after a cursor, oldest first."""
    events = AuditEvent.objects.filter(
        target_type="intake.need",
        pk__gt=after,
        at__lte=at - SETTLED,
        verb__in=PLAIN_WORDS,
        target_id__in=access.visible(by).order_by().values("number"),
    )
    found = list(events.order_by("pk")[: most + 1])
    rows = tuple(
        Change(
            cursor=event.pk,
            at=event.at,
            number=event.target_id,
            verb=event.verb.rsplit(".", 1)[-1],
            words=PLAIN_WORDS[event.verb],
            before=event.before,
            after=event.after,
        )
        for event in found[:most]
    )
    last = rows[-1].cursor if rows else after
    return Changes(rows=rows, next_cursor=last, has_more=len(found) > most)


def revision(number: str) -> int:
    """Return a number that grows with everything that happens to a need."""
    events = AuditEvent.objects.filter(target_type="intake.need", target_id=number)
    return events.order_by("-pk").values_list("pk", flat=True).first() or 0
