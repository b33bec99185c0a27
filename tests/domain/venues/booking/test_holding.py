"""Double booking is impossible: whoever tries, however many at once, on either database."""

import threading
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.venues.booking import holding, taking
from dianliang.domain.venues.booking.holding import TakenError
from dianliang.domain.venues.booking.rules import UnableToBookError
from dianliang.domain.venues.booking.slots import slots_of, start_of
from dianliang.domain.venues.lifecycle import LIVE
from dianliang.domain.venues.models import Booking, SlotHold
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import DomainError
from dianliang.kernel.periods import TimeWindow
from tests import rooms
from tests.rooms import TOMORROW, book, window
from tests.town import NOON

TRIES = 50


def at_once(act, times=TRIES):
    """Run `act` in so many threads that all start together, each with its own connection."""
    gate, outcomes = threading.Barrier(times), Counter()
    lock = threading.Lock()

    def run(number):
        close_old_connections()
        gate.wait()
        try:
            act(number)
            outcome = "got it"
        except (DomainError, IntegrityError) as refusal:
            outcome = type(refusal).__name__
        finally:
            connection.close()
        with lock:
            outcomes[outcome] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.row("000-06")
def test_of_fifty_who_want_a_room_at_once_exactly_one_gets_it(town):
    hall = rooms.room(town)

    outcomes = at_once(lambda _: book(town, hall))

    assert outcomes == {"got it": 1, "TakenError": TRIES - 1}
    assert Booking.objects.count() == 1
    assert SlotHold.objects.count() == 4
    assert Booking.objects.get().number.endswith("-0001")  # the refused left no gap


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_want_gear_at_once_as_many_get_it_as_there_are_pieces(town):
    lamps = rooms.gear(town, pieces=7)

    outcomes = at_once(lambda _: book(town, lamps))

    assert outcomes == {"got it": 7, "TakenError": TRIES - 7}
    by_slot = Counter(SlotHold.objects.values_list("slot", flat=True))
    assert set(by_slot.values()) == {7}


@pytest.mark.django_db(transaction=True)
def test_overlapping_tries_of_different_lengths_never_share_a_quarter(town):
    hall = rooms.room(town)
    wanted = [window("09:00", "11:00"), window("10:30", "12:00"), window("08:30", "09:30")]

    outcomes = at_once(lambda n: book(town, hall, wanted[n % 3]), times=24)

    kept = sorted(Booking.objects.values_list("starts_at", "ends_at"))
    assert outcomes["got it"] == len(kept) >= 1
    assert all(end <= start for (_, end), (start, _) in pairwise(kept))


@pytest.mark.django_db(transaction=True)
def test_the_database_holds_even_where_nobody_waits_for_the_lock(town):
    """Whoever writes past the operation meets the constraint."""
    hall = rooms.room(town)
    mine = [book(town, hall, window(day=TOMORROW + timedelta(days=n))) for n in (0, 1)]
    SlotHold.objects.all().delete()

    def write(number):
        with transaction.atomic():
            SlotHold.objects.bulk_create(
                SlotHold(bookable=hall, slot=slot, piece=1, booking=mine[number % 2])
                for slot in slots_of(window())
            )

    outcomes = at_once(write)

    assert outcomes == {"got it": 1, "IntegrityError": TRIES - 1}


@pytest.mark.django_db(transaction=True)
def test_fewer_pieces_and_one_more_booking_at_once_never_end_with_too_many_given_away(town):
    lamps = rooms.gear(town, pieces=2)
    book(town, lamps)

    def act(number):
        if number % 2:
            book(town, lamps)
        else:
            try:
                fewer(town, lamps, 1)
            except rooms.keeping.UnableToChangeError as refusal:
                raise TakenError(refusal.message) from refusal

    at_once(act, times=8)

    lamps.refresh_from_db()
    assert holding.most_given_from(lamps, NOON) <= lamps.pieces


def fewer(town, bookable, pieces):
    offer = rooms.Offer(name="投影仪", kind="gear", type="device", pieces=pieces, longest_min=1440)
    seen = rooms.keeping.mark(rooms.keeping.offer_of(bookable))
    return rooms.keeping.change(
        bookable=bookable, offer=offer, seen=seen, by=town.actor("S1"), at=NOON
    )


def test_adjacent_bookings_are_allowed_and_one_quarter_more_is_not(town):
    hall = rooms.room(town, slot_min=15)
    book(town, hall, window("09:00", "10:00"))

    book(town, hall, window("10:00", "11:00"))
    book(town, hall, window("08:30", "09:00"))
    with pytest.raises(TakenError, match="另选时间"):
        book(town, hall, window("10:45", "11:30"))
    assert Booking.objects.count() == 3


def test_what_is_cancelled_refused_or_left_early_is_free_again(town):
    hall = rooms.room(town)
    first = book(town, hall)
    taking.cancel(booking=first, reason="", by=town.actor("S2"), at=NOON)
    second = book(town, hall)
    start = window().start
    taking.check_in(booking=second, by=town.actor("S2"), at=start)
    taking.end(booking=second, by=town.actor("S2"), at=start + timedelta(minutes=20))

    later = book(town, hall, window("09:30", "10:00"), at=start + timedelta(minutes=20))

    assert later.status == "APPROVED"
    assert {hold.booking_id for hold in SlotHold.objects.all()} == {later.pk}


def test_a_stock_is_never_unusable_because_it_is_fragmented(town):
    """Two pieces: one free in each half, by turns, is one free all through."""
    lamps = rooms.gear(town, pieces=2)
    first = book(town, lamps, window("08:30", "10:00"))
    book(town, lamps, window("08:30", "09:00"))
    book(town, lamps, window("10:00", "12:00"))
    taking.cancel(booking=first, reason="", by=town.actor("S2"), at=NOON)
    book(town, lamps, window("09:00", "10:00"))

    assert book(town, lamps, window("09:00", "12:00")).pieces == 1


def test_how_many_pieces_are_left_is_told(town):
    lamps = rooms.gear(town, pieces=3)
    book(town, lamps, pieces=2)

    with pytest.raises(TakenError, match="只剩 1 件"):
        book(town, lamps, pieces=2)


@pytest.mark.django_db
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["book", "cancel", "check_in", "end", "clock"]),
            st.integers(0, 13),
            st.integers(1, 6),
            st.integers(1, 3),
        ),
        max_size=14,
    )
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_live_booking_holds_exactly_its_quarters_and_no_other_holds_any(town, presses):
    """Whatever people press, what is held is what lives, and never more than there is."""
    SlotHold.objects.all().delete()
    Booking.objects.all().delete()
    lamps = rooms.gear(town, pieces=3)
    at = window("08:30", "09:00").start - timedelta(hours=1)
    for verb, slot, length, pieces in presses:
        at += timedelta(minutes=15)
        try:
            press(town, lamps, verb, slot, length, pieces, at=at)
        except (TakenError, UnableToBookError, taking.UnableToCheckInError):
            continue

    for booking in Booking.objects.all():
        wanted = slots_of(TimeWindow(booking.starts_at, booking.ends_at))
        held = Counter(booking.holds.values_list("slot", flat=True))
        expected = dict.fromkeys(wanted, booking.pieces) if booking.status in LIVE else {}
        assert held == expected
    assert max(Counter(SlotHold.objects.values_list("slot", flat=True)).values(), default=0) <= 3


def press(town, lamps, verb, slot, length, pieces, *, at):
    start = window("08:30", "09:00").start + timedelta(minutes=15 * slot)
    if verb == "book":
        when = TimeWindow(start, start + timedelta(minutes=30 * length))
        book(town, lamps, when, pieces=pieces, at=at)
        return
    booking = Booking.objects.filter(status__in=LIVE).order_by("starts_at").first()
    by = town.actor("S2")
    if booking is None:
        return
    if verb == "cancel" and booking.status != "IN_USE":
        taking.cancel(booking=booking, reason="", by=by, at=at)
    elif verb == "check_in" and booking.status == "APPROVED":
        taking.check_in(booking=booking, by=by, at=at)
    elif verb == "end" and booking.status == "IN_USE":
        taking.end(booking=booking, by=by, at=at)
    elif verb == "clock":
        taking.by_the_clock(booking=booking, by=SYSTEM, at=at)


@given(st.integers(0, 10**6), st.integers(1, 300), st.integers(1, 300))
def test_adjacent_windows_share_no_quarter_and_together_are_the_whole(start, first, second):
    middle = start_of(start + first)
    one = slots_of(TimeWindow(start_of(start), middle))
    two = slots_of(TimeWindow(middle, middle + timedelta(minutes=15 * second)))

    assert not {*one} & {*two}
    assert [*one, *two] == [*range(start, start + first + second)]
