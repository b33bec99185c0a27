"""What a dispatcher has beside the queue: kept views, dangers nobody answered, a caller's past."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from dianliang.domain.intake import access
from dianliang.domain.intake.lifecycle import LABELS
from dianliang.domain.intake.models import Participant, SavedFilter
from dianliang.domain.intake.tokens import phone_key
from dianliang.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFilter:
    """A view of the queue that somebody keeps, or shares with his unit."""

    name: str
    query: str
    is_own: bool
    is_shared: bool
    owner_name: str


def saved_filters(*, by: Actor) -> tuple[KeptFilter, ...]:
    """Return a person's saved filters, then those that colleagues share with his unit."""
    mine = Q(owner_id=by.id)
    seen = mine | Q(shared_with=by.unit_code) if by.unit_code else mine
    rows = SavedFilter.objects.filter(seen).order_by("position", "name")
    made = [
        KeptFilter(
            name=row.name,
            query=row.query,
            is_own=row.owner_id == by.id,
            is_shared=bool(row.shared_with),
            owner_name=row.owner_name,
        )
        for row in rows
    ]
    return tuple(sorted(made, key=lambda kept: not kept.is_own))


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """Somebody in danger whom nobody has answered yet."""

    number: str
    text: str
    area_name: str
    received_at: datetime


def unanswered_dangers(*, by: Actor) -> tuple[Danger, ...]:
    """Return the dangers in an actor's scope that nobody has accepted, oldest first."""
    waiting = access.visible(by).filter(is_danger=True, status__in=["RECEIVED", "HANDED_OVER"])
    return tuple(
        Danger(
            number=need.number,
            text=need.text[:60],
            area_name=need.area.name,
            received_at=need.received_at,
        )
        for need in waiting.select_related("area").order_by("received_at")[:20]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A need that a caller asked for before."""

    number: str
    text: str
    area_code: str
    area_name: str
    status: str
    status_label: str
    received_at: datetime


def earlier_of(*, phone: str, by: Actor, most: int = 5) -> tuple[Earlier, ...]:
    """Return the latest needs of a telephone number that an actor may see, newest first."""
    key = phone_key(phone)
    if not key or len(phone) < 7:
        return ()
    asked = Participant.objects.filter(phone_index=key).values("need")
    needs = access.visible(by).filter(pk__in=asked).select_related("area")
    return tuple(
        Earlier(
            number=need.number,
            text=need.text[:60],
            area_code=need.area.code,
            area_name=need.area.name,
            status=need.status,
            status_label=LABELS[need.status],
            received_at=need.received_at,
        )
        for need in needs.order_by("-received_at")[:most]
    )
