"""The demo's rooms and bookings are like real ones: what lives holds its time, and no more."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from dianliang.domain.venues.booking.slots import slots_of
from dianliang.domain.venues.lifecycle import BOOKING_LABELS, LIVE
from dianliang.domain.venues.models import Bookable, Booking, Site, SlotHold
from dianliang.flows.demo.booking import ROOMS, build_bookings
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.periods import TimeWindow
from tests.town import NOON

AFTERNOON = NOON + timedelta(hours=2, minutes=40)


@pytest.mark.django_db
def test_seeded_bookings_hold_what_lives_and_have_come_as_far_as_they_would(town):
    for code in {code for code, _, _ in ROOMS}:
        Site.objects.create(
            code=code, name=code, kind="main_base", area=town.areas["V1"], unit=town.units["S1"],
            lat=30.5, lon=119.6,
        )  # fmt: skip

    build_bookings(by=SYSTEM, rng=Random(1), at=AFTERNOON)

    bookings = list(Booking.objects.all())
    assert len({room.type for room in Bookable.objects.all()}) >= 5
    assert {booking.status for booking in bookings} == set(BOOKING_LABELS)
    expected = Counter(
        (booking.pk, slot)
        for booking in bookings
        if booking.status in LIVE
        for slot in slots_of(TimeWindow(booking.starts_at, booking.ends_at))
        for _ in range(booking.pieces)
    )
    assert Counter(SlotHold.objects.values_list("booking", "slot")) == expected
    assert all(booking.is_generated for booking in bookings)
    assert not any(
        booking.ends_at <= AFTERNOON and booking.status in {"ASKED", "APPROVED", "IN_USE"}
        for booking in bookings
    )
