"""Booked and used hours against open hours, added up along the tree of sites."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dianliang.domain.venues.booking import taking
from dianliang.domain.venues.booking.calendar import sites_below
from dianliang.domain.venues.booking.feeds import feed
from dianliang.domain.venues.booking.use_records import behind, of_part
from dianliang.domain.venues.booking.utilisation import utilisation
from dianliang.domain.venues.models import Bookable, Matrix, Node, Site
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import NotVisibleError
from tests import rooms
from tests.rooms import TOMORROW, book, window
from tests.town import NOON, TODAY

AFTER = window(day=TOMORROW + timedelta(days=1)).start - timedelta(hours=2)


def used(at=AFTER, since=TOMORROW, until=TOMORROW + timedelta(days=1)):
    return utilisation(Bookable.objects.all(), since=since, until=until, at=at)


def use(booking, minutes, late=0):
    start = booking.starts_at + timedelta(minutes=late)
    taking.check_in(booking=booking, by=SYSTEM, at=start)
    taking.end(booking=booking, by=SYSTEM, at=start + timedelta(minutes=minutes))


@pytest.mark.row("000-28")
def test_open_booked_and_used_hours_of_a_day(town):
    hall = rooms.room(town)
    use(book(town, hall, window("09:00", "11:00")), 50, late=10)
    missed = book(town, hall, window("14:00", "15:00"))
    taking.by_the_clock(booking=missed, by=SYSTEM, at=missed.ends_at)
    gone = book(town, hall, window("15:00", "16:00"))
    taking.cancel(booking=gone, reason="", by=town.actor("S2"), at=NOON)

    found = used().whole

    assert (found.open_min, found.booked_min, found.used_min) == (450, 180, 50)
    assert (found.bookings, found.missed, found.cancelled, found.of_public) == (2, 1, 1, 0)
    assert found.booked_share == pytest.approx(0.4)


def test_time_that_was_freed_and_given_away_again_counts_once(town):
    hall = rooms.room(town)
    first = book(town, hall, window("09:00", "11:00"))
    use(first, 30)
    book(town, hall, window("09:30", "11:00"), at=first.ended_at)

    assert used().whole.booked_min == 120


def test_of_gear_pieces_count_and_over_night_only_open_hours(town):
    lamps = rooms.gear(town, pieces=3)
    over_night = rooms.TimeWindow(
        window("17:00", "17:30").start, window("09:00", "10:00", day=TOMORROW + timedelta(1)).start
    )
    book(town, lamps, over_night, pieces=2)

    found = used(until=TOMORROW + timedelta(days=2), at=AFTER + timedelta(days=2)).whole

    assert found.open_min == 2 * 450 * 3
    assert found.booked_min == (30 + 30) * 2


def test_a_closure_is_not_open_and_the_future_does_not_count(town):
    hall = rooms.room(town)
    taking.close(
        bookable=hall,
        window=window("08:30", "10:30"),
        reason="检修",
        unit=town.units["S1"],
        by=town.actor("S1"),
        at=NOON,
    )

    assert used().whole.open_min == 450 - 120
    assert used(at=window("11:00", "12:00").start).whole.open_min == 30
    assert used(at=NOON).whole.booked_share is None


def test_while_its_base_is_closed_a_room_is_not_open(town):
    hall = rooms.room(town)
    rooms.opens(hall.site, "9:00-11:00")

    assert used().whole.open_min == 120


def test_figures_of_a_site_hold_all_below_it_and_the_sum_is_the_whole(town):
    top = rooms.site_of(town)
    below = Site.objects.create(
        code="FW-002", name="村点", kind="spot", area=town.areas["V2"], unit=town.units["S1"],
        lat=30.4, lon=119.5,
    )  # fmt: skip
    matrix = Matrix.objects.create(code="M", name="1+1", unit=town.units["S1"])
    head = Node.objects.create(matrix=matrix, code="A", name="片区", path="/A/")
    upper = Node.objects.create(
        matrix=matrix, code="B", name="站", path="/A/B/", parent=head, site=top
    )
    Node.objects.create(
        matrix=matrix, code="C", name="点", path="/A/B/C/", parent=upper, site=below
    )
    hall, spot = rooms.room(town), rooms.room(town, "村活动室", type="activity")
    Bookable.objects.filter(pk=spot.pk).update(site=below)
    book(town, hall)
    book(town, spot, window("09:00", "09:30"))

    found = used()

    assert [(row.code, row.depth, row.use.booked_min) for row in found.sites] == [
        ("M", 0, 90),
        ("A", 1, 90),
        ("B", 2, 90),
        ("C", 3, 30),
    ]
    assert sites_below("FW-001") == sorted([top.pk, below.pk])
    assert sites_below("FW-002") == [below.pk]
    for rows in (found.rooms, found.units, found.types):
        assert sum(row.use.booked_min for row in rows) == found.whole.booked_min == 90
    taking.cancel(
        booking=book(town, hall, window("10:00", "11:00")), reason="", by=town.actor("S2"), at=NOON
    )
    found = used()
    for row in (*found.rooms, *found.sites, *found.units, *found.types):
        counted = {"booked": row.use.bookings, "cancelled": row.use.cancelled}
        counted |= {"public": row.use.of_public, "missed": row.use.missed}
        for figure, count in counted.items():
            part = of_part(Bookable.objects.all(), row.part)
            since, until = TOMORROW, TOMORROW + timedelta(days=1)
            records = behind(part, figure=figure, since=since, until=until, at=AFTER)
            assert records.count() == count, (row.part, figure)
    with pytest.raises(NotVisibleError):
        of_part(Bookable.objects.all(), "x:y")


def test_ten_times_as_many_rooms_cost_no_more_queries(town):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            used(since=TODAY - timedelta(days=30))
        return len(seen)

    rooms.room(town)
    used()  # what is kept in memory is read once
    few = queries()
    for number in range(9):
        book(town, rooms.room(town, f"厅{number}"))

    assert queries() == few


def test_a_feed_tells_what_and_when_and_no_person(town):
    hall = rooms.room(town, audience="public")
    booking = book(
        town, hall, booker=taking.Booker(unit=None, name="慕容晓白", phone="19900001111")
    )
    off = book(town, hall, window("10:00", "11:00"))
    taking.cancel(booking=off, reason="", by=town.actor("S2"), at=NOON)
    by = town.actor("S1")
    token = rooms.keeping.renew_feed(bookable=hall, by=by, at=NOON)
    of_site = rooms.keeping.renew_feed(site=hall.site, by=by, at=NOON)

    name, (entry, struck) = feed(token, of_site=False, since=NOON)

    assert (name, entry.title, entry.number) == ("多功能厅", "多功能厅 · 公众", booking.number)
    assert (struck.is_cancelled, struck.changes) == (True, 2)
    assert "慕容" not in repr(entry)
    assert "19900001111" not in repr(entry)
    assert len(feed(of_site, of_site=True, since=NOON)[1]) == 2
    assert feed(token, of_site=True, since=NOON) is None
    rooms.keeping.renew_feed(bookable=hall, by=by, at=NOON)
    assert feed(token, of_site=False, since=NOON) is None


def test_of_a_period_that_goes_on_only_what_has_begun_is_counted(town):
    hall = rooms.room(town, audience="public")
    use(book(town, hall), 60)
    book(town, hall, window("14:00", "15:00"))
    gone = book(town, hall, window("15:00", "16:00"))
    taking.cancel(booking=gone, reason="", by=town.actor("S2"), at=NOON)

    found = used(at=window("12:00", "13:00").start).whole

    assert (found.bookings, found.cancelled) == (1, 0)
