"""Rooms and gear of the small town, open on working days, and people who book them."""

from datetime import date, datetime, timedelta

from dianliang.domain.venues.booking import access, keeping, taking
from dianliang.domain.venues.booking.keeping import Offer
from dianliang.domain.venues.booking.recurring import Rule
from dianliang.domain.venues.booking.rules import Wanted
from dianliang.domain.venues.booking.taking import Booker
from dianliang.domain.venues.models import Booking, OpeningHours, Site
from dianliang.domain.venues.opening import parsed
from dianliang.faces.ui.requests import now, today
from dianliang.flows.booking import repeating
from dianliang.flows.booking.asking import Asked
from dianliang.flows.booking.repeating import Repeated
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow
from tests.town import NOON, TODAY

SPANS = tuple(
    (day, opens, closes) for day in range(1, 6) for opens, closes in ((510, 720), (810, 1050))
)
"""Monday to Friday, 8:30 to 12:00 and 13:30 to 17:30."""
TOMORROW = TODAY + timedelta(days=1)


def site_of(town, code="FW-001"):
    """Give a site to station S1."""
    site = Site.objects.get(code=code)
    site.unit = town.units["S1"]
    site.save()
    return site


def room(town, name="多功能厅", **changes):
    """Put a room for twenty at the site of station S1 on offer."""
    known = {"name": name, "kind": "room", "type": "meeting", "places": 20, **changes}
    return _offered(town, known)


def gear(town, name="投影仪", **changes):
    """Put three projectors on offer."""
    known = {
        "name": name,
        "kind": "gear",
        "type": "device",
        "pieces": 3,
        "longest_min": 3 * 1440,
        **changes,
    }
    return _offered(town, known)


def _offered(town, known):
    unit, spans = known.pop("unit", "S1"), known.pop("spans", SPANS)
    return keeping.register(
        offer=Offer(**known),
        site=site_of(town),
        unit=town.units[unit],
        spans=spans,
        on=date(2020, 1, 1),
        by=town.actor("S1"),
        at=NOON,
    )


def opens(site, hours):
    """Say when a base is open on working days."""
    OpeningHours.objects.create(
        site=site,
        from_on=date(2020, 1, 1),
        week=[[list(span) for span in parsed(hours, field="x", label="x")]] * 5 + [[], []],
        on_holidays="closed",
        on_make_up="workday",
        decided_at=NOON,
        decided_by="x",
    )


def window(start="09:00", end="10:00", *, day=TOMORROW):
    """Return a window of a day in Shanghai."""
    first, last = (
        datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI) for clock in (start, end)
    )
    return TimeWindow(first, last)


def neighbour(town):
    """Return station S2 as it books."""
    return Booker(unit=town.units["S2"], id="user:S2", name="梅溪供电所")


def book(town, bookable, when=None, *, booker=None, unit="S2", at=NOON, **wanted):
    """Book as a unit that does not keep it."""
    by = town.actor(unit)
    return taking.take(
        bookable=bookable,
        wanted=Wanted(window=when or window(), **wanted),
        purpose="例会",
        booker=booker or Booker(unit=town.units[unit], id=by.id, name=by.name),
        is_keeper=access.keeps(by, bookable),
        by=by,
        at=at,
    )


def weekly(town, bookable, *, first_on=TOMORROW, last_on, unit="S1", at=NOON, **asked):
    """Book from nine to ten every week from a day on; return the number of the series."""
    form = {
        "code": bookable.code,
        "starts": f"{first_on}T09:00",
        "ends": f"{first_on}T10:00",
        "purpose": "例会",
        **asked,
    }
    rule = Rule(
        repeat="weekly",
        first_on=first_on,
        last_on=last_on,
        weekdays=frozenset({first_on.isoweekday()}),
    )
    repeated = Repeated(asked=Asked(**form), rule=rule)
    key = f"{bookable.code}-{first_on}"
    return repeating.book(repeated=repeated, left_out=(), key=key, by=town.actor(unit), at=at)[0]


def next_monday():
    """Return the first Monday that is at least two days ahead by the real clock."""
    day = today() + timedelta(days=2)
    return day + timedelta(days=-day.weekday() % 7)


def objects(town):
    """A room of station S1 for its own use, and the first of a series that it has booked there."""
    hall = room(town, audience="unit")
    first = next_monday()
    number = weekly(town, hall, first_on=first, last_on=first + timedelta(days=7), at=now())
    booking = Booking.objects.filter(series__number=number).earliest("starts_at")
    return {
        "bookable": {"code": hall.code, "verb": "stop"},
        "booking": {"number": booking.number, "verb": "cancel"},
    }
