"""Events of the cells that a steward answers for: on his phone, sent there or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import audit, files
from dianliang.domain.linewatch.lifecycle import EVENT
from dianliang.domain.linewatch.models import Event
from dianliang.domain.linewatch.operations import events
from dianliang.domain.linewatch.queries import events as event_queries
from dianliang.domain.linewatch.queries.events import EventRow
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import ancestors
from dianliang.domain.workforce.charging import charges
from dianliang.flows.linewatch import answering, sending
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.phrases import Phrase

MOST_ROWS = 50
KEEPERS = frozenset({Role.STEWARD, Role.CAPTAIN})
ABSENT = Phrase("没有找到这个守护事件。")
ON_SITE = Phrase("这个事件已派人到场，请到现场后在工单里反馈。")


class AnswerOnSiteError(DomainError):
    """Somebody is on the way: what was true is said there."""

    code = "linewatch.answer-on-site"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvent:
    """An event of a cell of one's own. `is_walk_open`: somebody was sent and has not ended it."""

    row: EventRow
    is_walk_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvents:
    """Events that nobody has answered, the latest first, and the answers there are."""

    rows: tuple[OwnEvent, ...]
    verdicts: tuple[tuple[str, str], ...]


def waiting(*, by: Actor, at: datetime) -> OwnEvents:
    """Return unanswered events of the cells that the actor answers for today, as `sending` sees it.

    The number of queries does not depend on how many events there are.
    """
    found = _own(by, at=at)[:MOST_ROWS]
    return OwnEvents(
        rows=tuple(
            OwnEvent(row=event_queries.row(one), is_walk_open=sending.is_walk_open(one))
            for one in found
        ),
        verdicts=tuple((row.target, row.label) for row in EVENT if by.role in row.roles),
    )


@transaction.atomic
def answer(*, number: str, verdict: str, note: str, by: Actor, at: datetime) -> Event:
    """Say whether an event of a cell of one's own was true, where nobody was sent.

    Raises:
        NotVisibleError: it is absent, answered already, or of somebody else's cell.
        AnswerOnSiteError: a team was sent, which answers with its visit.
        UnableToAnswerError: there is no such answer, or too many words.
        StaleStateError: somebody else has answered just now.
    """
    event = _one(number, by=by, at=at)
    if sending.is_walk_open(event):
        raise AnswerOnSiteError(ON_SITE)
    event = events.answer(event=event, verdict=verdict, note=note, by=by, at=at)
    answering.propose(event.camera, at=at)
    return event


def picture(*, number: str, by: Actor, at: datetime) -> bytes:
    """Return a small snapshot of an event; who looked is on record.

    Raises:
        NotVisibleError: it is not of one's own cell, or the picture is gone.
    """
    event = _one(number, by=by, at=at)
    if event.snapshot is None:
        raise NotVisibleError("没有这个画面，或已到期删除。")
    audit.record("linewatch.event.look", target=event, by=by, at=at, after="snapshot")
    return files.small(event.snapshot)


def _one(number: str, *, by: Actor, at: datetime) -> Event:
    rows = _own(by, at=at).select_related("snapshot")
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None:
        raise NotVisibleError(ABSENT)
    return found


def _own(by: Actor, *, at: datetime) -> QuerySet[Event]:
    rows = Event.objects.filter(status="WAITING")
    if by.role not in KEEPERS or not by.person_number:
        return rows.none()
    areas = tuple(Area.objects.filter(pk__in=rows.order_by().values("camera__area")))
    codes = _kept_by(by.person_number, areas, at=at)
    related = ("camera__area", "camera__unit", "job")
    return rows.filter(camera__area__code__in=codes).select_related(*related)


def _kept_by(number: str, areas: Iterable[Area], *, at: datetime) -> set[str]:
    """Return the codes of those areas for which a person answers today, or stands in."""
    asked = tuple(areas)
    above = Area.objects.filter(path__in={path for one in asked for path in ancestors(one)[:-1]})
    known = charges(asked, on=at.astimezone(SHANGHAI).date(), above=above)
    return {
        code
        for code, kinds in known.items()
        if any(one.kind_code == sending.STEWARD_KIND and one.number == number for one in kinds)
    }
