"""Calendars of bookings that other programs read by a secret address. Nothing personal is in it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from dianliang.core.models import AuditEvent
from dianliang.domain.venues.booking.calendar import sites_below
from dianliang.domain.venues.lifecycle import BOOKING_LABELS
from dianliang.domain.venues.models import Booking, BookingFeed

STRUCK = frozenset({"REFUSED", "CANCELLED", "NO_SHOW"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """A booking as a foreign calendar may show it: what and when, and whose unit's, no person."""

    number: str
    title: str
    place: str
    status_label: str
    is_tentative: bool
    is_cancelled: bool
    changes: int
    changed_at: datetime
    start_at: datetime
    end_at: datetime
    lat: float
    lon: float


def feed(token: str, *, of_site: bool, since: datetime) -> tuple[str, tuple[FeedEntry, ...]] | None:
    """Return the name of a calendar and its bookings from an instant on; None if there is none.

    A site's holds all that is at it and below. What was called off stays, to be struck out.
    """
    is_readable = token.isascii() and token.isprintable()  # PostgreSQL refuses to look for NUL
    rows = BookingFeed.objects.select_related("bookable__site", "site")
    found = rows.filter(token=token, site__isnull=not of_site).first() if is_readable else None
    if found is None:
        return None
    bookings = Booking.objects.filter(ends_at__gt=since)
    if found.bookable is not None:
        bookings = bookings.filter(bookable=found.bookable)
    elif found.site is not None:
        bookings = bookings.filter(bookable__site__in=sites_below(found.site.code))
    ordered = bookings.select_related("bookable__site__area", "unit").order_by(
        "starts_at", "number"
    )
    shown = list(ordered)
    history = _history([booking.number for booking in shown])
    name = str(found.bookable.name if found.bookable else found.site)
    return name, tuple(
        _entry(booking, *history.get(booking.number, (0, None))) for booking in shown
    )


def _history(numbers: list[str]) -> dict[str, tuple[int, datetime]]:
    events = AuditEvent.objects.filter(target_type="venues.booking", target_id__in=numbers)
    rows = events.values_list("target_id").annotate(Count("pk"), Max("at"))
    return {number: (count, at) for number, count, at in rows}


def _entry(booking: Booking, changes: int, changed_at: datetime | None) -> FeedEntry:
    site = booking.bookable.site
    who = booking.unit.name if booking.unit else "公众"
    title = f"{booking.bookable.name} · {'停用' if booking.is_closure else who}"
    return FeedEntry(
        number=booking.number,
        title=title if booking.bookable.pieces == 1 else f"{title} · {booking.pieces} 件",
        place=f"{site.name} {booking.bookable.spot}".strip(),
        status_label=BOOKING_LABELS[booking.status],
        is_tentative=booking.status == "ASKED",
        is_cancelled=booking.status in STRUCK,
        changes=changes,
        changed_at=changed_at or booking.asked_at,
        start_at=booking.starts_at,
        end_at=booking.ends_at,
        lat=site.lat,
        lon=site.lon,
    )
