"""iCalendar (RFC 5545) feeds of bookings: of a room or stock, and of a site with all below it."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe
from icalendar import Event

from dianliang.api.calendar import published
from dianliang.api.clock import now
from dianliang.domain.venues.booking.feeds import FeedEntry, feed
from dianliang.kernel.calendar import SHANGHAI

BACK = timedelta(days=14)


@require_safe
@conditional_page
def bookable(request: HttpRequest, token: str) -> HttpResponse:
    """Return the bookings of a room or stock from two weeks ago on."""
    del request
    return _answer(token, of_site=False)


@require_safe
@conditional_page
def site(request: HttpRequest, token: str) -> HttpResponse:
    """Return the bookings of all that is at a site and below it, from two weeks ago on."""
    del request
    return _answer(token, of_site=True)


def _answer(token: str, *, of_site: bool) -> HttpResponse:
    found = feed(token, of_site=of_site, since=now() - BACK)
    if found is None:
        raise Http404
    name, entries = found
    return published(name, (_event(entry) for entry in entries), of="bookings")


def _event(entry: FeedEntry) -> Event:
    """Return a booking; its UID never changes, its SEQUENCE grows, and a call-off is a status."""
    event = Event()
    event.add("uid", f"{entry.number}@dianliang")
    event.add("sequence", entry.changes)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.start_at.astimezone(SHANGHAI))
    event.add("dtend", entry.end_at.astimezone(SHANGHAI))
    event.add("summary", f"{entry.title}（{entry.status_label}）")
    event.add("location", entry.place)
    event.add("geo", (entry.lat, entry.lon))
    event.add("status", _status(entry))
    return event


def _status(entry: FeedEntry) -> str:
    if entry.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if entry.is_tentative else "CONFIRMED"
