"""iCalendar (RFC 5545) feed of a team's visits, by its secret address."""

from collections.abc import Iterable
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe
from icalendar import Calendar, Event

from dianliang.api.clock import now
from dianliang.domain.work.queries.calendar import CalendarEntry, team_calendar
from dianliang.kernel.calendar import SHANGHAI

BACK = timedelta(days=14)
RENEW_EVERY = timedelta(minutes=15)


@require_safe
@conditional_page
def team(request: HttpRequest, token: str) -> HttpResponse:
    """Return the visits of a team from two weeks ago on; unchanged, only say so."""
    del request
    found = team_calendar(token, since=(now() - BACK).astimezone(SHANGHAI).date())
    if found is None:
        raise Http404
    name, entries = found
    return published(name, (_event(entry) for entry in entries), of="visits")


def published(name: str, events: Iterable[Event], *, of: str) -> HttpResponse:
    """Return a calendar that other programs read again and again; `of` says what it holds."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Dianliang//{of}//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(SHANGHAI))
    calendar.add("refresh-interval", RENEW_EVERY, parameters={"value": "DURATION"})
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    answer = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="dianliang.ics"'
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _event(entry: CalendarEntry) -> Event:
    """Return a visit; its UID never changes, its SEQUENCE grows, and a call-off is a status."""
    event = Event()
    event.add("uid", f"{entry.number}@dianliang")
    event.add("sequence", entry.changes)
    event.add("dtstamp", entry.changed_at or entry.start_at)
    event.add("dtstart", entry.start_at.astimezone(SHANGHAI))
    event.add("dtend", entry.end_at.astimezone(SHANGHAI))
    event.add("summary", f"{entry.title}（{entry.status_label}）")
    event.add("location", entry.place)
    event.add("geo", (entry.lat, entry.lon))
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    return event
