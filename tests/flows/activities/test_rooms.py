"""A session takes the room along: booked at once, refused twice, moved, freed, and in use."""

from datetime import date, datetime, timedelta

import pytest

from dianliang.domain.programs.models import Session
from dianliang.domain.programs.operations.rooms import UnableToUsePlaceError
from dianliang.domain.venues.booking import keeping
from dianliang.domain.venues.booking.calendar import Filters, calendar
from dianliang.domain.venues.booking.holding import TakenError
from dianliang.domain.venues.models import Booking, OpeningHours, Site, SlotHold
from dianliang.flows.activities import planning
from dianliang.flows.activities.planning import Wanted
from dianliang.flows.booking import desk as booking_desk
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from tests.town import NOON

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 11, 27, 9, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


@pytest.fixture
def by(town):
    return town.actor("S1", Role.PARTY_AFFAIRS)


@pytest.fixture
def room(town, by):
    return keeping.register(
        offer=keeping.Offer(name="二楼会议室", kind="room", type="meeting", places=40, slot_min=15),
        site=Site.objects.get(code="FW-001"),
        unit=town.units["S1"],
        spans=[(day, 8 * 60, 18 * 60) for day in range(1, 8)],
        on=date(2026, 1, 1),
        by=by,
        at=NOON,
    )


def wanted(room=None, *, starts=NINE, hours=2, **changes):
    known = {
        "title": "安全用电讲座",
        "kind": "lecture",
        "role": "guest",
        "unit_code": "S1",
        "site_code": "FW-001",
        "starts_at": starts,
        "ends_at": starts + hours * HOUR,
        "places": 30,
        "room_code": room.code if room else "",
    }
    return Wanted(**{**known, **changes})


def plan(by, room=None, **changes):
    return planning.plan(wanted=wanted(room, **changes), by=by, at=NOON, announces=True)


def move(session, by, starts, hours=2):
    return planning.change(
        number=session.number,
        starts_at=starts,
        ends_at=starts + hours * HOUR,
        place="二楼会议室",
        places=30,
        reason="讲师改期",
        by=by,
        at=NOON,
    )


def live():
    held = Booking.objects.filter(status="APPROVED").order_by("starts_at")
    return list(held.values_list("starts_at", "ends_at"))


def test_planning_books_the_room_and_a_second_session_is_refused_as_a_whole(by, room):
    session = plan(by, room)

    assert (session.place, session.booking.purpose) == ("二楼会议室", "安全用电讲座")
    assert live() == [(NINE, NINE + 2 * HOUR)]
    with pytest.raises(TakenError, match="二楼会议室这段时间") as refused:
        plan(by, room, starts=NINE + HOUR)
    assert refused.value.field == "starts_at"
    assert Session.objects.count() == 1


def test_a_session_that_moves_takes_its_room_along_or_stays_where_it_is(by, room):
    session = plan(by, room)
    plan(by, room, starts=NINE + 5 * HOUR)

    with pytest.raises(TakenError):
        move(session, by, NINE + 4 * HOUR)
    assert (Session.objects.get(pk=session.pk).starts_at, len(live())) == (NINE, 2)
    move(session, by, NINE + HOUR, hours=1)

    assert live() == [
        (NINE + HOUR, NINE + 2 * HOUR),
        (NINE + 5 * HOUR, NINE + 7 * HOUR),
    ]
    assert SlotHold.objects.filter(booking__session=session).count() == 4


@pytest.mark.parametrize("verb", ["cancel", "discard"])
def test_a_session_that_is_called_off_frees_its_room(by, room, verb):
    session = planning.plan(wanted=wanted(room), by=by, at=NOON, announces=verb == "cancel")
    if verb == "cancel":
        planning.cancel(number=session.number, reason="讲师生病", by=by, at=NOON)
    else:
        planning.move(number=session.number, verb="discard", by=by, at=NOON)

    assert SlotHold.objects.count() == 0
    assert plan(by, room).booking.status == "APPROVED"


def test_who_holds_the_session_need_not_check_in_at_the_door(by, room):
    session = plan(by, room)

    planning.follow_clock(at=NINE)
    assert Booking.objects.get().status == "IN_USE"
    planning.follow_clock(at=NINE + 2 * HOUR)

    session.refresh_from_db()
    assert (session.status, session.booking.status) == ("ENDED", "ENDED")


def test_a_closed_base_is_asked_first(by, room):
    site = Site.objects.get(code="FW-001")
    OpeningHours.objects.create(
        site=site,
        from_on=date(2026, 1, 1),
        week=[[[480, 1020]]] * 5 + [[], []],
        on_holidays="closed",
        on_make_up="workday",
        decided_by="x",
        decided_at=NOON,
    )

    with pytest.raises(UnableToUsePlaceError, match="开放时间：8:00–17:00"):
        plan(by, starts=NINE + 9 * HOUR)
    with pytest.raises(UnableToUsePlaceError, match="不开放"):
        plan(by, starts=NINE + timedelta(days=1))
    late = plan(by, starts=NINE + 9 * HOUR, is_outside_hours=True)
    assert late.status == "ANNOUNCED"


def test_a_room_elsewhere_is_no_room_of_the_session(town, by, room):
    other = Site.objects.create(
        code="FW-002",
        name="山川站",
        kind=Site.Kind.STATION,
        area=town.areas["V1"],
        unit=town.units["S1"],
        lat=30.5,
        lon=119.6,
    )
    with pytest.raises(DomainError, match="和场次的阵地不同"):
        plan(by, room, site_code=other.code)


def test_the_keeper_of_the_base_sees_it_in_his_calendar(town, by, room):
    session = plan(by, room)

    number = session.booking.number
    told = booking_desk.booking(number=number, by=town.actor("S1"), at=NOON)
    (row,) = calendar(filters=Filters(), first_on=NINE.date(), days=1, by=town.actor("S1")).rows

    assert (told.purpose, told.room_name) == ("安全用电讲座", "二楼会议室")
    assert booking_desk.session_behind(number=number) == session.number
    assert [entry.number for entry in row.days[0].entries] == [number]
