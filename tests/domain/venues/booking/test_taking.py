"""From asked to ended: who may do what, when, and what it does to the time."""

from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.venues.booking import taking
from dianliang.domain.venues.booking.rules import UnableToBookError
from dianliang.domain.venues.booking.taking import Booker, UnableToCheckInError
from dianliang.domain.venues.models import Booking, SlotHold
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import IllegalTransitionError, NotYourTurnError, StaleStateError
from tests import rooms
from tests.domain.venues.booking.test_holding import at_once
from tests.rooms import TOMORROW, book, window
from tests.town import NOON

START = window().start


def test_where_approval_is_needed_the_time_is_kept_until_somebody_decides(town):
    hall = rooms.room(town, needs_approval=True)
    asked = book(town, hall)
    assert (asked.status, asked.holds.count()) == ("ASKED", 4)

    taking.decide(booking=asked, verb="approve", reason="", by=town.actor("S1"), at=NOON)

    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("APPROVED", "天荒坪供电所")


def test_who_keeps_a_room_decides_at_once(town):
    assert book(town, rooms.room(town, needs_approval=True), unit="S1").status == "APPROVED"


def test_a_refusal_needs_a_reason_and_frees_the_time(town):
    asked = book(town, rooms.room(town, needs_approval=True))
    with pytest.raises(UnableToBookError, match="原因"):
        taking.decide(booking=asked, verb="refuse", reason="", by=town.actor("S1"), at=NOON)

    taking.decide(booking=asked, verb="refuse", reason="检修", by=town.actor("S1"), at=NOON)

    assert (asked.status, asked.reason, SlotHold.objects.count()) == ("REFUSED", "检修", 0)


def test_of_two_who_decide_the_second_is_told(town):
    asked = book(town, rooms.room(town, needs_approval=True))
    twin = Booking.objects.get(pk=asked.pk)
    taking.decide(booking=asked, verb="approve", reason="", by=town.actor("S1"), at=NOON)

    with pytest.raises(StaleStateError):
        taking.decide(booking=twin, verb="refuse", reason="检修", by=town.actor("S1"), at=NOON)
    assert SlotHold.objects.count() == 4


def test_the_public_cannot_decide(town):
    asked = book(town, rooms.room(town, needs_approval=True))
    with pytest.raises(NotYourTurnError):
        taking.decide(
            booking=asked, verb="approve", reason="", by=town.actor("S1", Role.RESIDENT), at=NOON
        )


@pytest.mark.parametrize(("minutes", "works"), [(-16, False), (-15, True), (59, True), (60, False)])
def test_one_checks_in_from_a_quarter_before_until_the_end(town, minutes, works):
    booking = book(town, rooms.room(town))
    at = START + timedelta(minutes=minutes)
    if not works:
        with pytest.raises(UnableToCheckInError):
            taking.check_in(booking=booking, by=town.actor("S2"), at=at)
        return
    taking.check_in(booking=booking, by=town.actor("S2"), at=at)
    assert (booking.status, booking.checked_in_at) == ("IN_USE", at)


def test_what_has_begun_is_called_off_by_its_keeper_only(town):
    booking = book(town, rooms.room(town))
    with pytest.raises(UnableToBookError, match="已经开始"):
        taking.cancel(booking=booking, reason="", by=town.actor("S2"), at=START)

    taking.cancel(booking=booking, reason="停电", is_keeper=True, by=town.actor("S1"), at=START)

    assert booking.status == "CANCELLED"
    with pytest.raises(IllegalTransitionError):
        taking.cancel(booking=booking, reason="", by=town.actor("S2"), at=NOON)


@pytest.mark.parametrize(
    ("minutes", "verb"), [(-1, ""), (0, ""), (14, ""), (15, "miss"), (90, "miss")]
)
def test_who_does_not_come_within_the_grace_time_is_marked(town, minutes, verb):
    booking = book(town, rooms.room(town, grace_min=15))
    at = START + timedelta(minutes=minutes)

    assert taking.by_the_clock(booking=booking, by=SYSTEM, at=at) == verb
    assert (booking.status == "NO_SHOW") == bool(verb)
    assert SlotHold.objects.exists() != bool(verb)


def test_the_clock_refuses_what_nobody_decided_and_ends_what_is_over(town):
    asked = book(town, rooms.room(town, needs_approval=True))
    used = book(town, rooms.room(town, "书屋", type="reading"))
    taking.check_in(booking=used, by=town.actor("S2"), at=START)

    assert taking.by_the_clock(booking=asked, by=SYSTEM, at=START) == "lapse"
    assert taking.by_the_clock(booking=used, by=SYSTEM, at=used.ends_at) == "end"

    assert (asked.status, "没有人审批" in asked.reason) == ("REFUSED", True)
    assert (used.status, used.ended_at) == ("ENDED", used.ends_at)


def visitor(phone="19900001111"):
    return Booker(unit=None, name="甲", phone=phone)


def missed(town, hall, day, booker):
    when = window(day=day)
    booking = book(town, hall, when, booker=booker)
    taking.by_the_clock(booking=booking, by=SYSTEM, at=when.end)
    return booking


def test_who_did_not_come_twice_pauses_and_may_book_again_afterwards(town):
    hall = rooms.room(town, audience="public", misses_allowed=2, pause_days=20, ahead_days=300)
    missed(town, hall, TOMORROW, visitor())
    second = missed(town, hall, TOMORROW + timedelta(days=1), visitor("0086-199-0000-1111"))
    soon = second.ends_at
    later = window(day=TOMORROW + timedelta(days=28))

    with pytest.raises(UnableToBookError, match=r"2 次预约未到场，2026-12-16 起") as refusal:
        book(town, hall, later, booker=visitor(), at=soon)
    assert refusal.value.field == "phone"
    assert book(town, hall, later, booker=visitor("19900002222"), at=soon).status == "APPROVED"
    after = second.starts_at + timedelta(days=20)
    third = window(day=TOMORROW + timedelta(days=29))
    assert book(town, hall, third, booker=visitor(), at=after).status == "APPROVED"


def test_what_was_excused_no_longer_counts(town):
    hall = rooms.room(town, audience="public", misses_allowed=1, ahead_days=300)
    wronged = missed(town, hall, TOMORROW, visitor())
    soon = wronged.ends_at
    with pytest.raises(UnableToBookError, match="原因"):
        taking.excuse(booking=wronged, reason="", by=town.actor("S1"), at=soon)

    taking.excuse(booking=wronged, reason="签到码掉了", by=town.actor("S1"), at=soon)

    later = window(day=TOMORROW + timedelta(days=2))
    assert book(town, hall, later, booker=visitor(), at=soon).status == "APPROVED"


def test_a_unit_that_does_not_come_pauses_too(town):
    hall = rooms.room(town, misses_allowed=1)
    first = missed(town, hall, TOMORROW, None)

    with pytest.raises(UnableToBookError, match="未到场"):
        book(town, hall, window(day=TOMORROW + timedelta(days=2)), at=first.ends_at)


def test_one_number_of_the_public_holds_three_bookings_at_most(town):
    hall = rooms.room(town, audience="public", slot_min=15)
    for start, end in (("08:30", "09:00"), ("09:00", "09:30"), ("09:30", "10:00")):
        book(town, hall, window(start, end), booker=visitor())

    with pytest.raises(UnableToBookError, match="已有 3 个"):
        book(town, hall, window("10:00", "10:30"), booker=visitor("199 0000 1111"))


def test_a_closure_takes_all_pieces_and_waits_for_who_has_booked(town):
    lamps, by = rooms.gear(town), town.actor("S1")
    mine = book(town, lamps)
    shut_for = {"window": window("08:30", "12:00"), "reason": "检修", "unit": town.units["S1"]}
    with pytest.raises(UnableToBookError, match=mine.number):
        taking.close(bookable=lamps, **shut_for, by=by, at=NOON)
    taking.cancel(booking=mine, reason="", by=town.actor("S2"), at=NOON)

    shut = taking.close(bookable=lamps, **shut_for, by=by, at=NOON)

    with pytest.raises(taking.holding.TakenError):
        book(town, lamps)
    assert taking.by_the_clock(booking=shut, by=SYSTEM, at=shut.starts_at) == "check_in"
    assert taking.by_the_clock(booking=shut, by=SYSTEM, at=shut.ends_at) == "end"
    assert not SlotHold.objects.exists()


def test_every_step_is_on_record_under_the_number_of_the_booking(town):
    booking = book(town, rooms.room(town))
    taking.check_in(booking=booking, by=town.actor("S2"), at=START)
    taking.end(booking=booking, by=town.actor("S2"), at=START + timedelta(minutes=30))

    trail = AuditEvent.objects.filter(target_id=booking.number).order_by("pk")
    assert [event.verb.rpartition(".")[2] for event in trail] == ["take", "check_in", "end"]


@pytest.mark.django_db(transaction=True)
def test_one_number_that_books_many_rooms_at_once_holds_three_all_the_same(town):
    halls = [rooms.room(town, f"厅{n}", audience="public") for n in range(8)]

    outcomes = at_once(lambda n: book(town, halls[n], booker=visitor()), times=8)

    assert outcomes == {"got it": 3, "UnableToBookError": 5}
    assert Booking.objects.count() == 3
