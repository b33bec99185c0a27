"""iCalendar (RFC 5545) feed of a team's visits, by its secret address."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from icalendar import Calendar, Event

from dianliang.api.clock import now
from dianliang.domain.work.queries.calendar import team_calendar
from dianliang.kernel.calendar import SHANGHAI

BACK = timedelta(days=14)


@require_GET
def team(request: HttpRequest, token: str) -> HttpResponse:
    """Return the visits of a team from two weeks ago on."""
    del request
    at = now()
    found = team_calendar(token, since=(at - BACK).astimezone(SHANGHAI).date())
    if found is None:
        raise Http404
    name, entries = found
    calendar = Calendar()
    calendar.add("prodid", "-//Dianliang//visits//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.number}@dianliang")
        event.add("dtstamp", at)
        event.add("dtstart", entry.start_at)
        event.add("dtend", entry.end_at)
        event.add("summary", f"{entry.title}（{entry.status_label}）")
        event.add("location", entry.place)
        event.add("geo", (entry.lat, entry.lon))
        calendar.add_component(event)
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
