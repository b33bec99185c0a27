"""What may be booked, by the rules of the room; every refusal says what would do."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.venues.booking import free, keeping
from dianliang.domain.venues.booking.opening import Week, read_hours, week_of, written
from dianliang.domain.venues.booking.rules import UnableToBookError, Wanted, require_rules
from dianliang.domain.venues.models import Bookable, OpeningDay, Site
from dianliang.kernel.errors import InvalidInputError, StaleStateError
from dianliang.kernel.periods import TimeWindow
from tests import rooms
from tests.domain.venues.booking.test_holding import at_once
from tests.rooms import SPANS, TOMORROW, book, window
from tests.town import NOON, TODAY

SATURDAY = TODAY + timedelta(days=4)


@pytest.mark.parametrize(
    ("when", "words", "field"),
    [
        (("09:10", "10:00"), "每 30 分钟一段，如 08:30、09:00", "starts"),
        (("09:00", "09:50"), "每 30 分钟一段", "ends"),
        (("08:00", "09:00"), r"开放时间是 08:30–12:00、13:30–17:30", "starts"),
        (("11:00", "14:00"), "选在同一段内", "ends"),
        (("13:30", "17:30"), "一次最长 2 小时", "ends"),
    ],
)
def test_a_refused_time_is_told_what_would_do(town, when, words, field):
    hall = rooms.room(town, longest_min=120)
    with pytest.raises(UnableToBookError, match=words) as refusal:
        book(town, hall, window(*when))

    assert refusal.value.field == field


def test_the_last_slot_may_be_shorter_when_it_ends_with_the_day(town):
    hall = rooms.room(town, slot_min=60)

    assert book(town, hall, window("10:30", "12:00")).status == "APPROVED"


def test_closed_days_the_past_and_the_far_future_are_refused(town):
    hall = rooms.room(town, lead_min=120, ahead_days=7)
    for when, at, words in (
        (window(day=SATURDAY), NOON, "周六）不开放"),
        (window(day=TODAY), NOON, "已过"),
        (window(), window().start - timedelta(minutes=100), "至少提前 2 小时"),
        (window(day=TODAY + timedelta(days=8)), NOON, "最多提前 7 天预约，现在可约到 2026-12-01"),
    ):
        with pytest.raises(UnableToBookError, match=words):
            book(town, hall, when, at=at)


def test_who_keeps_a_room_need_not_ask_ahead(town):
    hall = rooms.room(town, lead_min=1440, ahead_days=1)

    assert book(town, hall, window(day=TODAY + timedelta(days=27)), unit="S1").pk
    start = window("13:30", "14:00").start
    assert book(town, hall, window("13:30", "14:30"), unit="S1", at=start).pk


def test_more_people_than_places_and_more_pieces_than_there_are_are_refused(town):
    with pytest.raises(UnableToBookError, match="可容纳 20 人"):
        book(town, rooms.room(town), persons_count=21)
    with pytest.raises(UnableToBookError, match="共 3 件"):
        book(town, rooms.gear(town), pieces=4)


def test_gear_is_taken_home_over_night_and_a_room_is_not(town):
    night = TimeWindow(window("17:00", "17:30").start, window(day=TOMORROW + timedelta(1)).start)

    assert book(town, rooms.gear(town), night).pk
    with pytest.raises(UnableToBookError, match="同一段"):
        book(town, rooms.room(town, longest_min=2000), night)


def test_what_is_stopped_is_refused_with_the_reason_and_comes_back(town):
    hall, by = rooms.room(town), town.actor("S1")
    keeping.stop(bookable=hall, reason="装修", by=by, at=NOON)
    with pytest.raises(UnableToBookError, match="已停用：装修"):
        book(town, hall)

    keeping.resume(bookable=hall, by=by, at=NOON)
    assert book(town, hall).pk


def test_what_is_free_can_be_booked_and_nothing_else(town):
    hall = rooms.room(town, slot_min=30)
    book(town, hall, window("09:00", "10:00"))
    day = {"minutes": 60, "is_keeper": False, "at": NOON}

    offered = free.free_on(hall, TOMORROW, **day)

    assert offered[:2] == (window("10:00", "11:00"), window("10:30", "11:30"))
    assert len(offered) == 10
    for when in offered[:1] + offered[-1:]:
        assert book(town, hall, when).pk
    assert len(free.free_on(hall, TOMORROW, **day)) == 6


def test_somebody_who_was_too_late_is_offered_near_times_and_the_same_time_elsewhere(town):
    hall, twin = rooms.room(town), rooms.room(town, "二号会议室")
    small = rooms.room(town, "小会议室", places=4)
    book(town, hall)
    wanted = Wanted(window=window(), persons_count=8)

    found = free.offers(hall, wanted, among=Bookable.objects.all(), is_keeper=False, at=NOON)

    assert window("10:00", "11:00") in found.times
    assert window(day=TOMORROW + timedelta(days=1)) in found.times
    assert all(w.duration == wanted.window.duration for w in found.times)
    assert [sister.code for sister in found.sisters] == [twin.code]
    assert small.code not in [sister.code for sister in found.sisters]


def test_new_hours_begin_on_their_day_and_name_the_bookings_outside(town):
    hall, by = rooms.room(town), town.actor("S1")
    early, late = book(town, hall, window("08:30", "09:00")), book(town, hall, window())
    spans = read_hours(["9:00-12:00"] * 5 + ["", ""])

    seen = keeping.mark_of_hours(hall)
    outside = keeping.set_hours(
        bookable=hall, spans=spans, from_on=TOMORROW, seen=seen, by=by, at=NOON
    )

    assert outside == (early.number,)
    assert late.number not in outside
    week = week_of(hall, first=TODAY, last=TOMORROW)
    assert len(week.on(TODAY)) == 2  # figures of the past stay
    assert len(week.on(TOMORROW)) == 1


def test_a_room_is_there_only_while_its_base_is_open(town):
    hall = rooms.room(town)
    rooms.opens(hall.site, "9:00-11:00")
    OpeningDay.objects.create(
        site=hall.site, on=TOMORROW + timedelta(days=1), spans=[], reason="检修"
    )

    with pytest.raises(UnableToBookError, match="开放时间是 09:00–11:00"):
        book(town, hall, window("08:30", "09:00"))
    with pytest.raises(UnableToBookError, match="不开放"):
        book(town, hall, window(day=TOMORROW + timedelta(days=1)))
    day = {"minutes": 60, "is_keeper": False, "at": NOON}
    assert [free.free_on(hall, TOMORROW + timedelta(days=n), **day) for n in (0, 1)] == [
        (window("09:00", "10:00"), window("09:30", "10:30"), window("10:00", "11:00")),
        (),
    ]
    assert book(town, hall).pk


def test_a_base_that_is_closed_for_good_has_no_rooms(town):
    hall = rooms.room(town)
    Site.objects.filter(pk=hall.site_id).update(closed_on=TOMORROW, closed_because="拆迁")

    with pytest.raises(UnableToBookError, match="不开放"):
        book(town, hall)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8:30", "周一应形如"),
        ("8:30-12:00 下午", "周一应形如"),
        ("12:00-8:30", "先后"),
        ("8:30-25:00", "24:00"),
        ("8:10-12:00", "整刻"),
        ("8:00-12:00,11:00-13:00", "重叠"),
        ("", "至少填写一天"),
    ],
)
def test_hours_that_make_no_sense_name_their_day(text, words):
    with pytest.raises(InvalidInputError, match=words) as refusal:
        read_hours([text] + [""] * 6)

    assert refusal.value.field == "day1"


def test_hours_are_written_as_they_are_read():
    assert read_hours(written(SPANS)) == SPANS
    assert read_hours(["8：30至12:00、13:30 - 24:00"] + [""] * 6) == ((1, 510, 720), (1, 810, 1440))


@given(st.integers(0, 400), st.integers(1, 8), st.booleans())
def test_a_window_is_allowed_exactly_if_it_lies_on_slots_of_one_span(minute, slots, is_keeper):
    hall = Bookable(
        name="厅", kind="room", type="meeting", places=5, slot_min=30, longest_min=600,
        ahead_days=30,
    )  # fmt: skip
    week = Week(versions=((date(2020, 1, 1), SPANS),))
    start = window("08:30", "09:00").start + timedelta(minutes=minute)
    wanted = Wanted(window=TimeWindow(start, start + timedelta(minutes=30 * slots)))
    expected = any(
        span.start <= wanted.window.start
        and wanted.window.end <= span.end
        and not (start - span.start) % timedelta(minutes=30)
        for span in week.on(TOMORROW)
    )
    try:
        require_rules(hall, wanted, week=week, is_keeper=is_keeper, at=NOON)
        allowed = True
    except UnableToBookError:
        allowed = False

    assert allowed == expected


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "x"}, "kind"),
        ({"type": "device"}, "type"),
        ({"places": 0}, "places"),
        ({"audience": "x"}, "audience"),
        ({"slot_min": 20}, "slot_min"),
        ({"longest_min": 15}, "longest_min"),
        ({"ahead_days": 400}, "ahead_days"),
    ],
)
def test_an_offer_that_makes_no_sense_names_its_field(town, changes, field):
    with pytest.raises(InvalidInputError) as refusal:
        rooms.room(town, **changes)

    assert refusal.value.field == field
    assert not Bookable.objects.exists()


def test_fewer_pieces_than_are_booked_are_refused_and_a_kind_stays(town):
    lamps, by = rooms.gear(town), town.actor("S1")
    book(town, lamps, pieces=2)
    for changes, words in (({"pieces": 1}, "同时用到 2 件"), ({"kind": "room"}, "不能改")):
        offer = rooms.Offer(
            **{"name": "灯", "kind": "gear", "type": "device", "pieces": 3, **changes}
            | ({"type": "meeting", "places": 3} if "kind" in changes else {})
        )
        seen = keeping.mark(keeping.offer_of(lamps))
        with pytest.raises(keeping.UnableToChangeError, match=words):
            keeping.change(bookable=lamps, offer=offer, seen=seen, by=by, at=NOON)
    lamps.refresh_from_db()
    assert lamps.pieces == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_hours_at_once_the_later_is_told(town):
    hall, by = rooms.room(town), town.actor("S1")
    seen = keeping.mark_of_hours(hall)

    def act(number):
        spans = read_hours([f"{8 + number}:00-12:00"] * 7)
        keeping.set_hours(bookable=hall, spans=spans, from_on=TODAY, seen=seen, by=by, at=NOON)

    outcomes = at_once(act, times=4)

    assert outcomes == {"got it": 1, "StaleStateError": 3}
    assert hall.hours.count() == 2


def test_a_base_that_opens_off_the_quarter_lends_its_rooms_by_whole_quarters(town):
    hall = rooms.room(town, slot_min=15)
    rooms.opens(hall.site, "8:50-11:40")

    first, second, *_, last = free.free_on(hall, TOMORROW, minutes=30, is_keeper=False, at=NOON)
    book(town, hall, first)

    assert (first, last) == (window("09:00", "09:30"), window("11:00", "11:30"))
    assert book(town, hall, window("09:30", "10:00")).pk
    assert second == window("09:15", "09:45")


def test_who_changes_rules_that_somebody_changed_meanwhile_is_told(town):
    hall, by = rooms.room(town), town.actor("S1")
    offer = keeping.offer_of(hall)
    seen = keeping.mark(offer)
    keeping.change(bookable=hall, offer=replace(offer, places=30), seen=seen, by=by, at=NOON)

    with pytest.raises(StaleStateError):
        keeping.change(bookable=hall, offer=replace(offer, places=40), seen=seen, by=by, at=NOON)
    hall.refresh_from_db()
    assert hall.places == 30
