"""Booking by units and by the public, once and again and again; doors, links, the clock."""

from datetime import date, timedelta

import pytest

from dianliang.core.models import AuditEvent, IdempotencyRecord
from dianliang.domain.venues.booking.calendar import Filters
from dianliang.domain.venues.booking.holding import TakenError
from dianliang.domain.venues.booking.rules import UnableToBookError
from dianliang.domain.venues.models import Booking, BookingSeries, Site, SlotHold
from dianliang.flows.booking import asking, clock, desk, keeping, offering, repeating, visiting
from dianliang.flows.booking.asking import Asked
from dianliang.flows.booking.repeating import Repeated, SeriesConflictError
from dianliang.flows.booking.visiting import UnknownAtTheDoorError
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    KeyReusedError,
    NotVisibleError,
)
from tests import rooms
from tests.rooms import TOMORROW, book, window
from tests.town import NOON, TODAY

KEY, LINK = "k" * 20, "follow-booking-000001"
START = window().start


def asked(hall, **changes):
    form = {
        "code": hall.code,
        "starts": f"{TOMORROW}T09:00",
        "ends": f"{TOMORROW}T10:00",
        "persons_count": 8,
        "purpose": "老年协会开会",
        "name": "王春花",
        "phone": "199-0000-1111",
    }
    return Asked(**{**form, **changes})


def publicly(hall, key=KEY, link=LINK, at=NOON, **changes):
    return asking.book_publicly(asked=asked(hall, **changes), key=key, follow_token=link, at=at)


@pytest.fixture
def hall(town):
    return rooms.room(town, audience="public")


@pytest.mark.django_db(transaction=True)
def test_a_resident_books_by_name_and_telephone_and_a_repeated_form_books_once(hall):
    number = publicly(hall)

    assert publicly(hall) == number
    with pytest.raises(KeyReusedError):
        publicly(hall, purpose="打牌下棋")
    booking = Booking.objects.get()
    assert (booking.unit, booking.name, booking.phone) == (None, "王春花", "199-0000-1111")
    assert asking.number_of(LINK) == number
    page = visiting.followed(token=LINK, at=NOON)
    assert (page.who, page.phone, page.may_cancel) == ("王**", "199******1111", True)


@pytest.mark.django_db(transaction=True)
def test_who_is_too_late_is_told_and_stores_nothing(hall):
    publicly(hall)

    with pytest.raises(TakenError):
        publicly(hall, key="l" * 20, link="follow-booking-000002", phone="19900002222")

    assert (Booking.objects.count(), IdempotencyRecord.objects.count()) == (1, 1)
    found = asking.offers_to(asked=asked(hall), by=None, at=NOON)
    assert window("10:00", "11:00") in found.times


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"phone": "abc1234567"}, "phone"),
        ({"purpose": ""}, "purpose"),
        ({"persons_count": None}, "persons"),
        ({"persons_count": 21}, "persons"),
        ({"starts": "gestern"}, "starts"),
        ({"ends": f"{TOMORROW}T08:00"}, "ends"),
        ({"ends": "0001-01-01T00:00"}, "ends"),
    ],
)
def test_what_makes_no_sense_names_its_field(hall, changes, field):
    with pytest.raises((InvalidInputError, UnableToBookError)) as refusal:
        publicly(hall, **changes)

    assert refusal.value.field == field
    assert not Booking.objects.exists()


def test_what_is_not_open_to_the_public_is_not_there_for_it(town):
    with pytest.raises(NotVisibleError):
        publicly(rooms.room(town))


def test_a_foreign_unit_books_what_is_shared_and_does_not_see_the_rest(town):
    shared, own = rooms.room(town), rooms.room(town, "内部室", audience="unit")
    by = town.actor("S2")

    number = asking.book_for_unit(asked=asked(shared), key=KEY, by=by, at=NOON)

    assert Booking.objects.get(number=number).unit == town.units["S2"]
    with pytest.raises(NotVisibleError):
        asking.book_for_unit(asked=asked(own), key="m" * 20, by=by, at=NOON)
    with pytest.raises(InvalidInputError, match="不对您的单位开放"):
        asking.book_for_unit(
            asked=asked(shared), key="n" * 20, by=town.actor("S2", Role.AUDITOR), at=NOON
        )


def series(hall, *, last_on=date(2026, 12, 31), **changes):
    rule = repeating.Rule(
        repeat="weekly", first_on=TOMORROW, last_on=last_on, weekdays=frozenset({3})
    )
    return Repeated(asked=asked(hall, persons_count=None), rule=rule, **changes)


def test_conflicts_of_a_series_are_told_by_date_before_anything_is_stored(town):
    hall, by = rooms.room(town, ahead_days=366), town.actor("S2")
    third = TOMORROW + timedelta(days=14)
    book(town, hall, window("09:30", "10:30", day=third), unit="S1")

    seen = repeating.occurrences(repeated=series(hall), by=by, at=NOON)

    assert [one.on for one in seen] == [TOMORROW + timedelta(days=7 * n) for n in range(6)]
    (wrong,) = [one for one in seen if one.problem]
    assert (wrong.on, wrong.is_taken) == (third, True)
    assert window("10:30", "11:30", day=third) in wrong.instead
    with pytest.raises(SeriesConflictError, match=f"{third:%m-%d}约不上，整组都没有保存"):
        repeating.book(repeated=series(hall), left_out=(), key=KEY, by=by, at=NOON)
    assert not BookingSeries.objects.exists()
    assert Booking.objects.count() == 1

    number, count = repeating.book(repeated=series(hall), left_out=[third], key=KEY, by=by, at=NOON)

    kept = BookingSeries.objects.get(number=number)
    assert (count, kept.bookings.count(), kept.left_out) == (5, 5, [f"{third}"])
    assert SlotHold.objects.count() == 6 * 4


@pytest.mark.django_db(transaction=True)
def test_a_series_that_is_sent_twice_is_booked_once(town):
    lamps, by = rooms.gear(town, ahead_days=366), town.actor("S2")
    form = {"repeated": series(lamps), "left_out": (), "by": by, "at": NOON}

    first = repeating.book(key=KEY, **form)

    assert repeating.book(key=KEY, **form) == first
    assert Booking.objects.count() == first[1] == 6
    with pytest.raises(KeyReusedError):
        repeating.book(key=KEY, **{**form, "left_out": [TOMORROW]})


def test_a_series_skips_holidays_and_keeps_to_the_horizon_of_others(town):
    hall = rooms.room(town, spans=((7, 510, 720), (3, 510, 720)), ahead_days=10)
    rule = repeating.Rule(
        repeat="weekly",
        first_on=TOMORROW,
        last_on=TOMORROW + timedelta(days=14),
        weekdays=frozenset({3, 7}),
    )
    wanted = Repeated(asked=asked(hall, persons_count=None), rule=rule, skips_holidays=True)

    seen = repeating.occurrences(repeated=wanted, by=town.actor("S2"), at=NOON)

    assert [bool(one.left_out_because) for one in seen] == [False, True, False, True, False]
    assert "最多提前 10 天" in seen[-1].problem
    kept = repeating.occurrences(repeated=wanted, by=town.actor("S1"), at=NOON)
    assert not any(one.problem for one in kept)


def test_the_rest_of_a_series_is_called_off_at_once(town):
    hall, by = rooms.room(town, ahead_days=366), town.actor("S2")
    number, _ = repeating.book(repeated=series(hall), left_out=(), key=KEY, by=by, at=NOON)
    first = Booking.objects.filter(series__number=number).earliest("starts_at")

    after = first.starts_at + timedelta(hours=1)
    count = repeating.cancel_rest(number=first.number, reason="改期", by=by, at=after)

    assert (count, Booking.objects.filter(status="CANCELLED").count()) == (5, 5)
    single = book(town, hall, window("14:00", "15:00"))
    with pytest.raises(NotVisibleError):
        repeating.cancel_rest(number=single.number, reason="", by=by, at=NOON)


def test_the_code_on_the_door_opens_the_booking_of_this_room_and_time_only(town, hall):
    other = rooms.room(town, "书屋", type="reading", audience="public")
    publicly(hall)

    def come(room=hall, phone="19900001111", at=START, **more):
        return visiting.come_or_go(
            token=room.door_token, phone=phone, leaves=False, by=None, at=at, **more
        )

    for wrong in (
        {"phone": "19900009999"},
        {"phone": ""},
        {"room": other},
        {"at": START - timedelta(minutes=16)},
        {"at": START + timedelta(minutes=60)},
    ):
        with pytest.raises(UnknownAtTheDoorError):
            come(**wrong)
    with pytest.raises(NotVisibleError):
        visiting.door(token="x" * 20)

    assert come(phone="199 0000 1111").status == "IN_USE"
    with pytest.raises(UnknownAtTheDoorError):
        come()
    gone = visiting.come_or_go(
        token=hall.door_token, phone="19900001111", leaves=True, by=None,
        at=START + timedelta(minutes=40),
    )  # fmt: skip
    assert (gone.status, SlotHold.objects.count()) == ("ENDED", 0)


def test_who_booked_by_account_checks_in_by_account(town, hall):
    booking = book(town, hall)
    door = {"token": hall.door_token, "phone": "", "leaves": False, "at": START}
    with pytest.raises(UnknownAtTheDoorError):
        visiting.come_or_go(**door, by=town.actor("S1"))

    assert visiting.come_or_go(**door, by=town.actor("S2")).number == booking.number


def test_a_resident_calls_off_by_his_link_until_it_begins(hall):
    publicly(hall)
    with pytest.raises(NotVisibleError):
        visiting.cancel(token="wrong-link-000000000", reason="", at=NOON)

    visiting.cancel(token=LINK, reason="", at=NOON)

    booking = Booking.objects.get()
    assert (booking.status, booking.reason) == ("CANCELLED", "预约人取消")
    with pytest.raises(IllegalTransitionError):
        visiting.cancel(token=LINK, reason="", at=NOON)


def test_the_clock_moves_what_is_due_and_leaves_the_rest(town, hall):
    asked_for = book(town, rooms.room(town, "厅二", needs_approval=True))
    late, early = book(town, hall), book(town, hall, window("10:00", "11:00"))

    assert clock.move_due(at=START + timedelta(minutes=20)) == 2
    assert clock.move_due(at=START + timedelta(minutes=20)) == 0

    stati = dict(Booking.objects.values_list("number", "status"))
    assert stati == {
        asked_for.number: "REFUSED",
        late.number: "NO_SHOW",
        early.number: "APPROVED",
    }
    assert AuditEvent.objects.filter(actor_id="system").count() == 2


def test_a_booker_of_another_unit_has_his_own_buttons_only(town):
    hall = rooms.room(town, needs_approval=True)
    booking = book(town, hall)
    keeper, booker, stranger = town.actor("S1"), town.actor("S2"), town.actor("WTR")

    def shown(by):
        return [verb for verb, _ in desk.booking(number=booking.number, by=by, at=NOON).verbs]

    assert shown(keeper) == ["approve", "refuse", "cancel"]
    assert shown(booker) == ["cancel"]
    press = {"number": booking.number, "reason": "好", "at": NOON}
    with pytest.raises(NotVisibleError):
        desk.press(verb="approve", by=booker, **press)
    with pytest.raises(NotVisibleError):
        desk.press(verb="cancel", by=stranger, **press)
    assert desk.press(verb="approve", by=keeper, **press).status == "APPROVED"


def test_the_queue_counts_what_waits_goes_on_and_was_missed(town):
    hall = rooms.room(town, needs_approval=True)
    book(town, hall)
    book(town, rooms.room(town, "书屋", type="reading"))
    keeper = town.actor("S1")

    page = desk.queue(view="waiting", by=keeper, at=NOON)
    assert [row.room_name for row in page.rows] == ["多功能厅"]
    assert page.counts == {"waiting": 1, "present": 0, "own": 0, "off": 0, "missed": 0}
    assert desk.queue(view="present", by=keeper, at=START).counts["present"] == 1
    assert desk.queue(view="own", by=town.actor("S2"), at=NOON).counts["own"] == 2


@pytest.mark.django_db(transaction=True)
def test_who_sees_a_telephone_leaves_a_reason_on_record(town, hall):
    number = publicly(hall)
    with pytest.raises(InvalidInputError):
        desk.reveal(number=number, reason="", by=town.actor("S1"), at=NOON)
    with pytest.raises(NotVisibleError):
        desk.reveal(number=number, reason="看看", by=town.actor("S2"), at=NOON)

    found = desk.reveal(number=number, reason="门锁坏了", by=town.actor("S1"), at=NOON)

    assert found == ("王春花", "199-0000-1111")
    event = AuditEvent.objects.get(verb="venues.booking.reveal")
    assert (event.reason, event.target_id) == ("门锁坏了", number)


def test_an_alliance_unit_reads_no_foreign_booking_even_of_its_own_room(town):
    hall = rooms.room(town, audience="public", unit="WTR")
    number = publicly(hall)
    by = town.actor("WTR", Role.ALLIANCE_UNIT)

    with pytest.raises(NotVisibleError):
        desk.booking(number=number, by=by, at=NOON)
    with pytest.raises(NotVisibleError):
        desk.press(number=number, verb="cancel", reason="", by=by, at=NOON)

    own = asking.book_for_unit(
        asked=asked(hall, starts=f"{TOMORROW}T14:00", ends=f"{TOMORROW}T15:00"),
        key="m" * 20, by=by, at=NOON,
    )  # fmt: skip
    assert desk.press(number=own, verb="cancel", reason="", by=by, at=NOON).status == "CANCELLED"


@pytest.mark.parametrize("ahead", [0, 1, 7, 20, 29, 30])
def test_the_days_beside_a_chosen_one_hold_it(town, ahead):
    hall = rooms.room(town, audience="public", spans=tuple((n, 510, 720) for n in range(1, 8)))
    day = TODAY + timedelta(days=ahead)

    page = offering.page(code=hall.code, on=day, minutes=60, pieces=1, at=NOON)

    assert day in page.days
    assert len(page.days) == offering.DAYS_OFFERED


def test_what_is_at_a_closed_base_is_no_longer_offered(town, hall):
    Site.objects.filter(pk=hall.site_id).update(closed_on=TODAY, closed_because="拆迁")

    assert offering.offered(filters=Filters()).rows == ()
    with pytest.raises(NotVisibleError):
        publicly(hall)
    described = keeping.Described(
        offer=rooms.Offer(name="新室", kind="room", type="meeting", places=9),
        site_code="FW-001", unit_code="S1", hours=("8:30-12:00",) + ("",) * 6,
    )  # fmt: skip
    with pytest.raises(InvalidInputError, match="在用的阵地"):
        keeping.register(described=described, by=town.actor("S1"), at=NOON)
