"""Write the log of a guarded event, and close it with a review."""

from datetime import datetime

from django.db import transaction

from dianliang.domain.protection import access, operations
from dianliang.domain.protection.models import Event, LogEntry
from dianliang.domain.protection.operations import Told
from dianliang.flows.protection.reading import figures
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.text import clean_text


def log(
    *,
    number: str,
    kind: str,
    happened_at: datetime,
    words: str,
    hall: int | None,
    corrects: str,
    by: Actor,
    at: datetime,
) -> LogEntry:
    """Append to the log, perhaps in place of a wrong row.

    Raises:
        NotVisibleError: the event, the hall or the wrong row is absent or another unit's.
        InvalidInputError, UnableToGuardError, StaleStateError: see the operation.
    """
    event = access.event_to_keep(number, by=by)
    place = event.halls.filter(pk=hall).first() if hall else None
    wrong = event.log.filter(number=corrects).first() if corrects else None
    if (hall and place is None) or (corrects and wrong is None):
        raise NotVisibleError("没有找到这个场所或这条日志。")
    told = Told(
        kind=kind,
        happened_at=happened_at,
        words=clean_text(words, field="words", label="内容", most=300, least=2),
        hall=place,
    )
    return operations.log(event=event, told=told, corrects=wrong, by=by, at=at)


@transaction.atomic
def review(*, number: str, lessons: str, by: Actor, at: datetime) -> Event:
    """Close an event with what was learnt and the figures of this moment.

    Raises:
        NotVisibleError: it is absent or another unit's.
        InvalidInputError, IllegalTransitionError, StaleStateError: see the operation.
    """
    event = access.event_to_keep(number, by=by)
    words = clean_text(lessons, field="lessons", label="总结", most=4000)
    return operations.review(event=event, lessons=words, figures=figures(event), by=by, at=at)
