"""Keep what was sent out: whole, once, each message answered by at most one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.models import Bulletin, Incident, LogEntry
from dianliang.domain.incidents.operations.incidents import note
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError


class UnableToIssueError(DomainError):
    """The warning cannot be sent out like this."""

    code = "incidents.unable-to-issue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A warning to be, checked; `fields` are those of the model, `content` is what is sent."""

    number: str
    incident: Incident
    unit: Unit
    answers: Bulletin | None
    fields: dict[str, Any]
    content: bytes


def number_for(*, at: datetime) -> str:
    """Return the number of the next warning; it stands in what is sent."""
    return next_number("FB", at=at)


@transaction.atomic
def issue(*, message: Message, by: Actor, at: datetime) -> Bulletin:
    """Send a warning out (发布): it is public from now on and stays as it is.

    Raises:
        UnableToIssueError: another message answers the same one.
    """
    try:
        with transaction.atomic():
            made = Bulletin.objects.create(
                number=message.number,
                incident=message.incident,
                unit=message.unit,
                answers=message.answers,
                content=message.content,
                issued_by=by.name,
                **message.fields,
            )
    except IntegrityError as raced:
        raise UnableToIssueError("这条预警刚被他人更新或解除，请刷新后再发。") from raced
    audit.record("incidents.bulletin.issue", target=made, by=by, at=at, after=made.message_type)
    words = f"发布预警 {made.number}“{made.headline}”"
    note(incident=message.incident, kind=LogEntry.Kind.ALERT, words=words, by=by, at=at)
    return made
