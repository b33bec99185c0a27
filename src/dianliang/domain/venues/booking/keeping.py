"""Put rooms and gear on offer: every write to them, their hours and their secret addresses."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.idempotency import digest
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.venues.booking import holding
from dianliang.domain.venues.booking.opening import Span, week_over
from dianliang.domain.venues.models import (
    Bookable,
    BookableHours,
    Booking,
    BookingFeed,
    Site,
)
from dianliang.domain.venues.models.booking import GEAR_TYPES, ROOM_TYPES
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

TOKEN_BYTES = 24
TYPES: Mapping[str, str] = dict((*ROOM_TYPES, *GEAR_TYPES))
AUDIENCES = tuple((str(code), str(label)) for code, label in Bookable.Audience.choices)
SLOTS_MIN = (15, 30, 60, 120, 240)
MOST_PIECES, MOST_PLACES = 500, 2000
_LIMITS = {
    "longest_min": (15, 7 * 24 * 60, "一次最长"),
    "lead_min": (0, 30 * 24 * 60, "至少提前"),
    "ahead_days": (0, 366, "最多提前"),
    "grace_min": (0, 240, "迟到保留"),
    "misses_allowed": (0, 20, "未到场次数"),
    "pause_days": (0, 366, "暂停预约天数"),
}
"""What a number may be: least, most, and what the form calls it."""


class UnableToChangeError(DomainError):
    """What is booked already stands against it."""

    code = "venues.unable-to-change-bookable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A room or gear as it is offered: what it is, and the rules of booking it."""

    name: str
    kind: str
    type: str
    spot: str = ""
    words: str = ""
    places: int | None = None
    pieces: int = 1
    audience: str = Bookable.Audience.ALLIANCE
    needs_approval: bool = False
    slot_min: int = 30
    longest_min: int = 240
    lead_min: int = 0
    ahead_days: int = 30
    grace_min: int = 15
    misses_allowed: int = 2
    pause_days: int = 30


def offer_of(bookable: Bookable) -> Offer:
    """Return what is offered and its rules."""
    return Offer(**{field.name: getattr(bookable, field.name) for field in fields(Offer)})


def mark(offer: Offer) -> str:
    """Return a mark of rules: another mark means that somebody changed them."""
    return digest(asdict(offer))[:16]


def mark_of_hours(bookable: Bookable) -> str:
    """Return a mark of opening hours, those to come included."""
    newest = BookableHours.objects.filter(bookable=bookable).order_by("-pk").first()
    return str(newest.pk) if newest else ""


def _checked(offer: Offer) -> Offer:
    if offer.kind not in Bookable.Kind.values:
        raise InvalidInputError("请选择场室或器材。", field="kind")
    is_room = offer.kind == Bookable.Kind.ROOM
    if offer.type not in dict(ROOM_TYPES if is_room else GEAR_TYPES):
        raise InvalidInputError("请选择与类别相符的类型。", field="type")
    if offer.audience not in Bookable.Audience.values:
        raise InvalidInputError("请选择谁可以预约。", field="audience")
    if is_room and not 0 < (offer.places or 0) <= MOST_PLACES:
        raise InvalidInputError(
            Phrase("容纳人数应为 1 到 %(most_places)s。", most_places=MOST_PLACES), field="places"
        )
    if not is_room and not 0 < offer.pieces <= MOST_PIECES:
        raise InvalidInputError(
            Phrase("件数应为 1 到 %(most_pieces)s。", most_pieces=MOST_PIECES), field="pieces"
        )
    if offer.slot_min not in SLOTS_MIN:
        raise InvalidInputError("请选择时段长度。", field="slot_min")
    for name, (least, most, label) in _LIMITS.items():
        if not least <= getattr(offer, name) <= most:
            raise InvalidInputError(
                Phrase(
                    "%(label)s应为 %(least)s 到 %(most)s。", label=label, least=least, most=most
                ),
                field=name,
            )
    if offer.longest_min < offer.slot_min:
        raise InvalidInputError("一次最长不能短于一个时段。", field="longest_min")
    return offer


def _stored(offer: Offer) -> dict[str, object]:
    values: dict[str, object] = asdict(_checked(offer))
    if offer.kind == Bookable.Kind.ROOM:
        return {**values, "pieces": 1}
    return {**values, "places": None}


@transaction.atomic
def register(
    *,
    offer: Offer,
    site: Site,
    unit: Unit,
    spans: Sequence[Span],
    on: date,
    by: Actor,
    at: datetime,
) -> Bookable:
    """Put a room or gear on offer.

    Raises:
        InvalidInputError: a value makes no sense; its field is named.
    """
    bookable = Bookable.objects.create(
        code=next_number("CG", at=at),
        site=site,
        unit=unit,
        door_token=secrets.token_urlsafe(TOKEN_BYTES),
        **_stored(offer),
    )
    BookableHours.objects.create(bookable=bookable, valid_from=on, spans=[*spans])
    _record("register", bookable, by=by, at=at, words=bookable.name)
    return bookable


@transaction.atomic
def change(*, bookable: Bookable, offer: Offer, seen: str, by: Actor, at: datetime) -> Bookable:
    """Change what is offered and its rules; what is booked stays as it was booked.

    Raises:
        StaleStateError: somebody changed them since they were read.
        InvalidInputError: a value makes no sense; its field is named.
        UnableToChangeError: more pieces are booked than would be left, or a room became gear.
    """
    room = holding.locked(bookable)
    if mark(offer_of(room)) != seen:
        raise StaleStateError(Phrase("%(room)s的规则刚被他人修改，请刷新后再改。", room=room.name))
    values = _stored(offer)
    if offer.kind != room.kind:
        raise UnableToChangeError("类别不能改，请停用后另行登记。", field="kind")
    most = holding.most_given_from(room, at)
    if room.kind == Bookable.Kind.GEAR and offer.pieces < most:
        message = Phrase(
            "以后的预约同时用到 %(most)s 件，件数不能少于此；请先取消多出的预约。", most=most
        )
        raise UnableToChangeError(message, field="pieces")
    told = [
        f"{field.name} {getattr(room, field.name)}→{values[field.name]}"
        for field in fields(Offer)
        if getattr(room, field.name) != values[field.name] and field.name != "words"
    ]
    for name, value in values.items():
        setattr(room, name, value)
    room.save(update_fields=[*values])
    _record("change", room, by=by, at=at, words="；".join(told)[:400])
    return room


@transaction.atomic
def set_hours(
    *, bookable: Bookable, spans: Sequence[Span], from_on: date, seen: str, by: Actor, at: datetime
) -> tuple[str, ...]:
    """Set opening hours from a day on; return the bookings that now lie outside them.

    They stand: somebody relies on them. Hours that were planned for later days are replaced.

    Raises:
        StaleStateError: somebody changed the hours since they were read.
    """
    bookable = holding.locked(bookable)
    if mark_of_hours(bookable) != seen:
        raise StaleStateError(
            Phrase("%(bookable)s的开放时间刚被他人修改，请刷新后再改。", bookable=bookable.name)
        )
    BookableHours.objects.filter(bookable=bookable, valid_from__gte=from_on).delete()
    BookableHours.objects.create(bookable=bookable, valid_from=from_on, spans=[*spans])
    _record("set_hours", bookable, by=by, at=at, words=f"{from_on} 起")
    return _outside(bookable, at=at)


def _outside(bookable: Bookable, *, at: datetime) -> tuple[str, ...]:
    rows = Booking.objects.filter(
        bookable=bookable, status__in=["ASKED", "APPROVED"], starts_at__gt=at, is_closure=False
    )
    ahead = list(rows.order_by("starts_at"))
    if not ahead:
        return ()
    ends_at = max(booking.ends_at for booking in ahead)
    week = week_over(bookable, TimeWindow(ahead[0].starts_at, ends_at))
    found = []
    for booking in ahead:
        window = TimeWindow(booking.starts_at, booking.ends_at)
        first, last = week.holding(window.start), week.holding(window.end, as_end=True)
        is_room = bookable.kind == Bookable.Kind.ROOM
        if first is None or last is None or (is_room and first != last):
            found.append(booking.number)
    return tuple(found)


@transaction.atomic
def stop(*, bookable: Bookable, reason: str, by: Actor, at: datetime) -> Bookable:
    """Take something off offer; what is booked stands.

    Raises:
        InvalidInputError: there is no reason.
    """
    if not reason:
        raise InvalidInputError("请写明停用的原因，预约的人会看到。", field="reason")
    Bookable.objects.filter(pk=bookable.pk).update(is_active=False, stopped_because=reason)
    _record("stop", bookable, by=by, at=at, words=reason)
    bookable.refresh_from_db()
    return bookable


@transaction.atomic
def resume(*, bookable: Bookable, by: Actor, at: datetime) -> Bookable:
    """Put something on offer again.

    Raises:
        UnableToChangeError: its base is closed.
    """
    site = bookable.site
    if site.closed_on is not None:
        message = Phrase(
            "%(site)s已于 %(closed_on)s 停用，场室不能恢复预约。",
            site=site.name,
            closed_on=site.closed_on,
        )
        raise UnableToChangeError(message)
    Bookable.objects.filter(pk=bookable.pk).update(is_active=True, stopped_because="")
    _record("resume", bookable, by=by, at=at, words=bookable.name)
    bookable.refresh_from_db()
    return bookable


@transaction.atomic
def renew_door(*, bookable: Bookable, by: Actor, at: datetime) -> Bookable:
    """Give the door another code; the one that hangs there stops to work."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Bookable.objects.filter(pk=bookable.pk).update(door_token=token)
    _record("renew_door", bookable, by=by, at=at, words=bookable.name)
    bookable.door_token = token
    return bookable


@transaction.atomic
def renew_feed(
    *, bookable: Bookable | None = None, site: Site | None = None, by: Actor, at: datetime
) -> str:
    """Give a calendar a new secret address and return it; the one before stops to work."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed, _ = BookingFeed.objects.update_or_create(
        bookable=bookable, site=site, defaults={"token": token}
    )
    whose = bookable.code if bookable else site.code if site else ""
    audit.record("venues.bookingfeed.renew", target=feed, by=by, at=at, reason=whose)
    return token


def _record(verb: str, bookable: Bookable, *, by: Actor, at: datetime, words: str) -> None:
    audit.record_about(
        f"venues.bookable.{verb}",
        target_type="venues.bookable",
        target_id=bookable.code,
        by=by,
        at=at,
        reason=words,
    )
