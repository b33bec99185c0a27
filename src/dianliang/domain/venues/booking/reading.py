"""Bookings as pages show them: persons masked, and only the buttons that work now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.venues.booking import access
from dianliang.domain.venues.booking.calendar import TONES
from dianliang.domain.venues.booking.taking import EARLY
from dianliang.domain.venues.lifecycle import BOOKING, BOOKING_LABELS
from dianliang.domain.venues.models import Booking
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.masking import mask_name, mask_phone
from dianliang.kernel.periods import TimeWindow

OF_THE_BOOKER = frozenset({"cancel", "check_in", "end"})
"""What the unit that booked may do itself; the rest is for who keeps the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRow:
    """A booking without a name or number of a person in clear."""

    number: str
    code: str
    room_name: str
    site_name: str
    site_address: str
    keeper_name: str
    starts_at: datetime
    ends_at: datetime
    pieces: int
    is_stock: bool
    persons_count: int | None
    status: str
    status_label: str
    tone: str
    purpose: str
    who: str
    phone: str
    is_public: bool
    is_closure: bool
    is_kept: bool
    series: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    checked_in_at: datetime | None
    ended_at: datetime | None
    verbs: tuple[tuple[str, str], ...]

    @property
    def window(self) -> TimeWindow:
        """Return from when to when."""
        return TimeWindow(self.starts_at, self.ends_at)

    @property
    def may_cancel(self) -> bool:
        """Tell whether the reader may call it off now."""
        return any(verb == "cancel" for verb, _label in self.verbs)


def row_of(booking: Booking, *, by: Actor | None, at: datetime) -> BookingRow:
    """Return a booking as a desk reads it, or, without an actor, as its booker does."""
    who = booking.unit.name if booking.unit else mask_name(booking.name)
    return BookingRow(
        number=booking.number,
        code=booking.bookable.code,
        room_name=booking.bookable.name,
        site_name=booking.bookable.site.name,
        site_address=booking.bookable.site.address,
        keeper_name=booking.bookable.unit.name,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        pieces=booking.pieces,
        is_stock=booking.bookable.pieces > 1,
        persons_count=booking.persons_count,
        status=booking.status,
        status_label=BOOKING_LABELS[booking.status],
        tone=TONES.get(booking.status, ""),
        purpose=booking.purpose,
        who=who,
        phone=mask_phone(booking.phone),
        is_public=booking.unit is None,
        is_closure=booking.is_closure,
        is_kept=by is not None and access.keeps(by, booking.bookable),
        series=booking.series.number if booking.series else "",
        asked_at=booking.asked_at,
        decided_by=booking.decided_by,
        decided_at=booking.decided_at,
        reason=booking.reason,
        checked_in_at=booking.checked_in_at,
        ended_at=booking.ended_at,
        verbs=verbs(booking, by=by, at=at),
    )


def verbs(booking: Booking, *, by: Actor | None, at: datetime) -> tuple[tuple[str, str], ...]:
    """Return the buttons that somebody has for a booking now."""
    is_keeper = by is not None and access.keeps(by, booking.bookable)
    role = by.role if by is not None else Role.RESIDENT
    found = []
    for row in BOOKING.verbs(booking.status, role=role):
        if not is_keeper and row.verb not in OF_THE_BOOKER:
            continue
        if row.verb == "check_in" and not is_in_time(booking, at=at):
            continue
        if row.verb == "cancel" and not is_keeper and booking.starts_at <= at:
            continue
        if row.verb == "approve" and booking.ends_at <= at:
            continue
        found.append((row.verb, row.label))
    return tuple(found)


def is_in_time(booking: Booking, *, at: datetime) -> bool:
    """Tell whether a booker may check in now."""
    return booking.starts_at - EARLY <= at < booking.ends_at


def rows_of(
    bookings: Iterable[Booking], *, by: Actor | None, at: datetime
) -> tuple[BookingRow, ...]:
    """Return bookings as pages show them; they come with room, site and units joined."""
    return tuple(row_of(booking, by=by, at=at) for booking in bookings)
