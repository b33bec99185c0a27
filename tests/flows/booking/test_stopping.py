"""A room is stopped by who has seen its bookings: they are kept, or called off with the reason."""

import pytest

from dianliang.domain.venues.models import Bookable, Booking
from dianliang.flows.booking import desk, stopping
from dianliang.flows.booking.stopping import BookedAheadError, Decision
from tests import rooms
from tests.rooms import window
from tests.town import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("choice", "becomes"), [(stopping.KEEP, "APPROVED"), (stopping.CALL_OFF, "CANCELLED")]
)
def test_stopping_asks_about_bookings_and_does_as_was_decided(town, choice, becomes):
    hall, by = rooms.room(town), town.actor("S1")
    booking = rooms.book(town, hall)

    with pytest.raises(BookedAheadError) as asked:
        stopping.stop(code=hall.code, reason="装修", by=by, at=NOON)
    assert [row.number for row in asked.value.rows] == [booking.number]
    rooms.book(town, hall, window("10:00", "11:00"))
    stale = Decision(choice=choice, seen=asked.value.mark)
    with pytest.raises(BookedAheadError) as again:
        stopping.stop(code=hall.code, reason="装修", decision=stale, by=by, at=NOON)
    assert Bookable.objects.get(pk=hall.pk).is_active

    decided = Decision(choice=choice, seen=again.value.mark)
    stopping.stop(code=hall.code, reason="装修", decision=decided, by=by, at=NOON)

    assert not Bookable.objects.get(pk=hall.pk).is_active
    assert {row.status for row in Booking.objects.all()} == {becomes}
    told = desk.queue(view="off", by=town.actor("S2"), at=NOON).rows
    assert all("装修" in row.reason for row in told)
    assert len(told) == (2 if choice == stopping.CALL_OFF else 0)


def test_a_closure_takes_the_time_only_after_who_has_it_is_seen_and_called_off(town):
    hall, by = rooms.room(town), town.actor("S1")
    booking = rooms.book(town, hall)
    shut = {"code": hall.code, "window": window("08:00", "12:00"), "reason": "检修"}

    with pytest.raises(BookedAheadError) as asked:
        stopping.close(**shut, decision=Decision(choice=stopping.KEEP), by=by, at=NOON)
    assert not asked.value.may_keep
    decided = Decision(choice=stopping.CALL_OFF, seen=asked.value.mark)
    number = stopping.close(**shut, decision=decided, by=by, at=NOON)

    booking.refresh_from_db()
    assert (booking.status, "检修" in booking.reason) == ("CANCELLED", True)
    assert Booking.objects.get(number=number).is_closure
