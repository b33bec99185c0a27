"""Warnings of our own as pages and feeds show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from dianliang.core import audit
from dianliang.core.rows import Rows
from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import Bulletin
from dianliang.flows.incidents.drawing import Layer, shapes_of
from dianliang.integrations.cap.feed import Entry, write_feed
from dianliang.integrations.cap.model import (
    CERTAINTY_LABELS,
    MESSAGE_TYPE_LABELS,
    SEVERITY_LABELS,
    URGENCY_LABELS,
    Certainty,
    MessageType,
    Severity,
    Status,
    Urgency,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

PUBLIC_FOR = timedelta(days=30)
MOST_LISTED = 100
IN_FORCE, UPDATED, CANCELLED, EXPIRED, NOTICE = "生效中", "已被更新", "已解除", "已过期", "仅通知"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinPage:
    """A warning of ours as its page shows it."""

    number: str
    incident: str
    incident_title: str
    headline: str
    is_drill: bool
    type_label: str
    severity_label: str
    urgency_label: str
    certainty_label: str
    description: str
    instruction: str
    areas: tuple[str, ...]
    unit_name: str
    sender: str
    sent_at: datetime
    expires_at: datetime
    issued_by: str
    standing_label: str
    is_in_force: bool
    answers: str
    answer: str
    layers: tuple[Layer, ...]
    may_answer: bool


def page(*, number: str, by: Actor, at: datetime) -> BulletinPage:
    """Return a warning of ours.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    return _page(access.bulletin_to_see(number, by=by), by=by, at=at)


def _page(row: Bulletin, *, by: Actor, at: datetime) -> BulletinPage:
    answer = getattr(row, "answer", None)
    standing = _standing(row, answer, at=at)
    drawn = shapes_of(row.zones, title=row.headline)
    layer = Layer(code="alert", label="预警范围", tone="danger", counted_in="处范围", shapes=drawn)
    may_lead = access.may_lead(row.incident, by=by)
    return BulletinPage(
        number=row.number,
        incident=row.incident.number,
        incident_title=row.incident.title,
        headline=row.headline,
        is_drill=row.purpose == Status.EXERCISE,
        type_label=MESSAGE_TYPE_LABELS[MessageType(row.message_type)],
        severity_label=SEVERITY_LABELS[Severity(row.severity)],
        urgency_label=URGENCY_LABELS[Urgency(row.urgency)],
        certainty_label=CERTAINTY_LABELS[Certainty(row.certainty)],
        description=row.description,
        instruction=row.instruction,
        areas=tuple(str(zone["words"]) for zone in row.zones),
        unit_name=row.unit.name,
        sender=row.sender,
        sent_at=row.sent_at,
        expires_at=row.expires_at,
        issued_by=row.issued_by,
        standing_label=standing,
        is_in_force=standing == IN_FORCE,
        answers=row.answers.number if row.answers else "",
        answer=answer.number if answer else "",
        layers=(layer,) if drawn else (),
        may_answer=may_lead and answer is None and row.message_type != MessageType.CANCEL,
    )


def _standing(row: Bulletin, answer: Bulletin | None, *, at: datetime) -> str:
    if row.message_type == MessageType.CANCEL:
        return NOTICE
    if answer is not None:
        return CANCELLED if answer.message_type == MessageType.CANCEL else UPDATED
    return EXPIRED if row.expires_at <= at else IN_FORCE


def listed(*, by: Actor, at: datetime) -> Sequence[BulletinPage]:
    """Return the warnings of the actor's units, newest first."""
    return Rows(access.bulletins(by), lambda some: tuple(_page(row, by=by, at=at) for row in some))


def file(*, number: str, by: Actor, at: datetime) -> bytes:
    """Return the message as it was sent; the reading is on record.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    row = access.bulletin_to_see(number, by=by)
    audit.record("incidents.bulletin.read", target=row, by=by, at=at)
    return bytes(row.content)


def public_file(*, number: str) -> bytes | None:
    """Return a message as it was sent, to anybody; None where there is none, or it is a drill's."""
    found = None if "\0" in number else access.public_bulletins().filter(number=number).first()
    return bytes(found.content) if found else None


def public_feed(*, url: str, at: datetime) -> bytes:
    """Return the real warnings of the last month as an Atom feed, newest first.

    `url` is the feed's own address; messages lie beside it.
    """
    recent = access.public_bulletins().filter(sent_at__gte=at - PUBLIC_FOR)
    rows = list(recent.defer("content")[:MOST_LISTED])
    newest = rows[0].sent_at if rows else at - PUBLIC_FOR
    base = url.removesuffix(".atom")
    found = [
        Entry(
            id=f"urn:dianliang:{row.number}",
            url=f"{base}/{row.number}.xml",
            title=row.headline,
            updated_at=row.sent_at.astimezone(SHANGHAI),
            summary=f"{MESSAGE_TYPE_LABELS[MessageType(row.message_type)]} {row.event}",
        )
        for row in rows
    ]
    return write_feed(
        found,
        title="供电预警",
        url=url,
        author=str(urlsplit(settings.PUBLIC_URL).hostname),
        updated_at=newest.astimezone(SHANGHAI).replace(microsecond=0),
    )
