"""The calendar of a day: what is drawn as taken is taken, and what was left early is free."""

from datetime import timedelta

import pytest

from dianliang.domain.venues.booking import access, calendar, taking
from dianliang.domain.venues.booking.calendar import Filters
from dianliang.kernel.actor import Role
from tests import rooms
from tests.rooms import TOMORROW, book, window
from tests.town import NOON


def drawn(town, unit="S1"):
    """Return the stretches of tomorrow, of the only room."""
    page = calendar.calendar(filters=Filters(), first_on=TOMORROW, days=1, by=town.actor(unit))
    (row,) = page.rows
    return {
        part.window: part.state for part in calendar.segments(row, row.days[0], hours=page.hours)
    }


def test_what_was_left_early_is_drawn_free_again(town):
    hall = rooms.room(town)
    booking = book(town, hall, window("09:00", "11:00"))
    taking.check_in(booking=booking, by=town.actor("S2"), at=booking.starts_at)
    assert drawn(town)[window("09:00", "11:00")] == "full"

    at = booking.starts_at + timedelta(minutes=37)
    taking.end(booking=booking, by=town.actor("S2"), at=at)

    assert drawn(town)[window("09:00", "09:45")] == "full"
    assert drawn(town)[window("09:45", "12:00")] == "free"


def test_who_came_early_and_left_before_it_began_leaves_no_trace_in_the_day(town):
    booking = book(town, rooms.room(town))
    at = booking.starts_at - timedelta(minutes=10)
    taking.check_in(booking=booking, by=town.actor("S2"), at=at)
    taking.end(booking=booking, by=town.actor("S2"), at=at + timedelta(minutes=5))

    assert drawn(town)[window("08:30", "12:00")] == "free"


def test_stretches_of_a_day_follow_one_another_and_name_what_is_closed(town):
    hall = rooms.room(town)
    taking.close(
        bookable=hall, window=window("10:00", "11:00"), reason="检修",
        unit=town.units["S1"], by=town.actor("S1"), at=NOON,
    )  # fmt: skip

    parts = drawn(town)

    assert parts[window("10:00", "11:00")] == "off"
    assert parts[window("12:00", "13:30")] == "closed"
    starts, ends = [w.start for w in parts], [w.end for w in parts]
    assert starts[1:] == ends[:-1]


@pytest.mark.parametrize(
    ("unit", "role", "reads"),
    [
        ("S1", Role.DISPATCHER, True),
        ("S1", Role.COMMANDER, True),
        ("S2", Role.DISPATCHER, True),
        ("WTR", Role.DISPATCHER, False),
        ("S1", Role.ALLIANCE_UNIT, False),
    ],
)
def test_what_the_calendar_names_is_what_may_be_opened(town, unit, role, reads):
    booking = book(town, rooms.room(town))
    by = town.actor(unit, role)

    page = calendar.calendar(filters=Filters(), first_on=TOMORROW, days=1, by=by)

    (entry,) = page.rows[0].days[0].entries
    assert (entry.number, bool(entry.label)) == ((booking.number, True) if reads else ("", False))
    assert access.bookings(by).filter(pk=booking.pk).exists() == reads
