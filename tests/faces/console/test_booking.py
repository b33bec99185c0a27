"""The desk: one calendar over all bases, approval, series, rules, codes, use."""

import re
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dianliang.core.models import AuditEvent
from dianliang.domain.venues.models import Bookable, Booking
from dianliang.faces.ui.requests import now, today
from dianliang.kernel.actor import Role
from tests import rooms
from tests.rooms import book, next_monday, window
from tests.town import PASSWORD


@pytest.fixture
def desk(town):
    return enter(town, Role.PARTY_AFFAIRS, "S1")


def enter(town, role, unit):
    town.user(f"{role}-{unit}", role, unit)
    client = Client()
    client.login(username=f"{role}-{unit}", password=PASSWORD)
    return client


def monday(start="09:00", end="10:00"):
    return window(start, end, day=next_monday())


OFFER = {
    "kind": "room", "name": "新教室", "type": "training", "size": "30", "spot": "二楼",
    "audience": "public", "slot_min": "60", "longest_min": "180", "lead_min": "0",
    "ahead_days": "30", "grace_min": "15", "misses_allowed": "2", "pause_days": "30",
    "site": "FW-001", "unit": "S1", "day1": "8:30-11:30", "words": "请自带水杯",
}  # fmt: skip


def test_a_keeper_puts_a_room_on_offer_and_changes_its_rules(desk, town):
    rooms.site_of(town)
    wrong = desk.post("/console/booking/rooms/", {**OFFER, "day1": "早上"})
    assert wrong.status_code == 422
    assert "周一应形如" in wrong.content.decode()
    assert 'value="新教室"' in wrong.content.decode()
    assert re.search(r'name="day1"[^>]*aria-invalid', wrong.content.decode())

    made = desk.post("/console/booking/rooms/", OFFER)

    hall = Bookable.objects.get()
    room = f"/console/booking/rooms/{hall.code}/"
    assert made.headers["Location"] == room
    seen = re.search(r'change/".*?name="seen" value="([^"]*)"', desk.get(room).content.decode())
    changed = {**OFFER, "size": "40", "needs_approval": "1", "seen": seen[1]}
    assert desk.post(f"{room}change/", changed).status_code == 302
    stale = desk.post(f"{room}change/", {**changed, "size": "50"})
    assert (stale.status_code, "刚被他人修改" in stale.content.decode()) == (422, True)
    hall.refresh_from_db()
    assert (hall.places, hall.needs_approval) == (40, True)
    event = AuditEvent.objects.get(verb="venues.bookable.change")
    assert "places 30→40" in event.reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"site": "X"}, "本单位范围内在用的阵地"),
        ({"unit": "S2"}, "管理单位"),
        ({"size": "0"}, "容纳人数应为"),
        ({"grace_min": "x"}, "迟到保留应填整数"),
        ({"name": ""}, "请填写名称"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(desk, town, changes, words):
    rooms.site_of(town)
    answer = desk.post("/console/booking/rooms/", {**OFFER, **changes})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Bookable.objects.exists()


def test_the_calendar_hides_what_is_not_ones_own(desk, town):
    hall = rooms.room(town)
    book(town, hall, monday(), unit="WTR", at=now())
    for view in ("", "&view=week"):
        own = desk.get(f"/console/booking/?on={next_monday()}{view}").content.decode()
        assert "水务公司" in own
    stranger = enter(town, Role.DISPATCHER, "S2")
    for view in ("", "&view=week"):
        seen = stranger.get(f"/console/booking/?on={next_monday()}{view}").content.decode()
        assert hall.name in seen
        assert "水务公司" not in seen.replace("水务公司</option>", "")
        assert "已占用" in seen


def test_filters_leave_what_fits(desk, town):
    rooms.room(town), rooms.gear(town)
    for query, shown in (
        ("type=gear", (False, True)),
        ("type=meeting", (True, False)),
        ("site=FW-001&q=多功", (True, False)),
        ("unit=S2", (False, False)),
        ("on=x&page=0&view=y&site=%00", (True, True)),
    ):
        page = desk.get(f"/console/booking/?{query}").content.decode()
        assert ("多功能厅</a>" in page, "投影仪</a>" in page) == shown, query


def test_more_rooms_and_bookings_cost_no_more_queries(desk, town):
    def queries(path):
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(path).status_code == 200
        return len(seen)

    hall = rooms.room(town)
    paths = [
        f"/console/booking/?on={next_monday()}",
        "/console/booking/queue/?view=own",
        f"/console/booking/rooms/{hall.code}/",
    ]
    book(town, hall, monday(), unit="S1", at=now())
    few = [queries(path) for path in paths]
    book(town, hall, monday("14:00", "15:00"), at=now())
    for number in range(9):
        book(town, rooms.room(town, f"厅{number}"), monday(), unit="S1", at=now())

    assert [queries(path) for path in paths] == few


def test_a_desk_books_once_and_is_offered_another_time_when_late(desk, town):
    hall = rooms.room(town)
    form = {"key": "k" * 32, "on": f"{next_monday()}", "from": "09:00", "to": "10:00"}
    form |= {"purpose": "例会", "persons": "6"}
    new = f"/console/booking/rooms/{hall.code}/book/"
    assert desk.get(new).status_code == 200

    made = desk.post(new, form)
    late = desk.post(new, {**form, "key": "l" * 32})

    assert made.headers["Location"].startswith("/console/booking/bookings/YY")
    page = late.content.decode()
    assert late.status_code == 422
    assert f"{next_monday()}T10:00~{next_monday()}T11:00" in page
    offer = f"{next_monday()}T10:00~{next_monday()}T11:00"
    assert desk.post(new, {**form, "key": "m" * 32, "offer": offer}).status_code == 302
    assert desk.post(new, {**form, "from": "", "key": "n" * 32}).status_code == 422


def test_a_series_is_shown_by_date_first_and_stored_when_confirmed(desk, town):
    hall = rooms.room(town)
    busy = next_monday() + timedelta(days=7)
    book(town, hall, window("09:30", "10:30", day=busy), unit="S1", at=now())
    form = {
        "key": "k" * 32, "on": f"{next_monday()}", "from": "09:00", "to": "10:00",
        "purpose": "例会", "repeat": "weekly", "weekdays": ["1"], "every": "1",
        "last_on": f"{next_monday() + timedelta(days=14)}",
    }  # fmt: skip
    new = f"/console/booking/rooms/{hall.code}/book/"

    shown = desk.post(new, form).content.decode()
    assert "1 天约不上" in shown
    assert "10:30–11:30" in shown
    assert Booking.objects.count() == 1
    assert desk.post(new, {**form, "confirmed": "1"}).status_code == 422
    done = desk.post(new, {**form, "confirmed": "1", "skip": [f"{busy}"]})

    assert done.status_code == 302
    assert Booking.objects.filter(series__isnull=False).count() == 2
    one = Booking.objects.filter(series__isnull=False).first()
    page = desk.get(f"/console/booking/bookings/{one.number}/").content.decode()
    assert "取消这组" in page
    wrong = desk.post(new, {**form, "weekdays": []})
    assert "星期几" in wrong.content.decode()
    for odd in ("", "12", "9"):
        assert desk.post(new, {**form, "weekdays": [odd]}).status_code == 422


def test_a_keeper_decides_and_comes_back_to_his_queue(desk, town):
    hall = rooms.room(town, needs_approval=True)
    asked = book(town, hall, monday(), at=now())
    page = desk.get("/console/booking/queue/").content.decode()
    assert asked.number in page

    address = f"/console/booking/bookings/{asked.number}/"
    assert desk.post(f"{address}refuse/", {"reason": ""}).status_code == 422
    done = desk.post(f"{address}approve/", {"to": "/console/booking/queue/?view=waiting"})
    assert done.headers["Location"] == "/console/booking/queue/?view=waiting"
    evil = desk.post(f"{address}cancel/", {"to": "//elsewhere.example/"})

    assert evil.headers["Location"] == address
    assert Booking.objects.get().status == "CANCELLED"


def test_hours_closures_codes_and_calendars_of_a_room(desk, town, client):
    hall = rooms.room(town)
    room = f"/console/booking/rooms/{hall.code}/"
    early = book(town, hall, monday("08:30", "09:00"), unit="S1", at=now())
    hours = {f"day{n}": "9:00-12:00" for n in range(1, 6)} | {"from_on": f"{today()}"}
    hours["seen"] = f"{hall.hours.get().pk}"

    answer = desk.post(f"{room}hours/", hours, follow=True).content.decode()
    assert early.number in answer
    assert desk.post(f"{room}hours/", {**hours, "day2": "x"}).status_code == 422
    assert "刚被他人修改" in desk.post(f"{room}hours/", hours).content.decode()
    closed = {
        "starts": f"{next_monday()}T10:00", "ends": f"{next_monday()}T11:00", "reason": "检修",
    }  # fmt: skip
    assert desk.post(f"{room}close/", closed).status_code == 302
    assert desk.post(f"{room}close/", closed).status_code == 422
    asked = desk.post(f"{room}stop/", {"reason": "装修"})
    said = asked.content.decode()
    assert (asked.status_code, early.number in said) == (422, True)
    mark = re.search(r'name="seen_ahead" value="(\w+)"', said)[1]
    for verb in ("stop", "resume", "renew_door"):
        sent = {"reason": "装修", "decision": "keep", "seen_ahead": mark}
        assert desk.post(f"{room}{verb}/", sent).status_code == 302
    assert desk.post(f"{room}nonsense/").status_code == 404
    for whose in ("room", "site"):
        assert desk.post(f"{room}renew_feed/", {"of": whose}).status_code == 302
    page = desk.get(room).content.decode()
    feeds = [link for link in page.split('"') if link.endswith(".ics")]
    assert len(feeds) == 2
    for feed in feeds:
        answer = client.get(feed)
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        text = answer.content.decode()
        assert f"UID:{early.number}@dianliang" in text
        assert "STATUS:CONFIRMED" in text
        unchanged = client.get(feed, headers={"If-None-Match": answer.headers["ETag"]})
        assert unchanged.status_code == 304
    hall.refresh_from_db()
    assert client.get(f"/k/{hall.door_token}/").status_code == 200
    assert desk.get("/console/booking/codes/").content.decode().count("code-qr") == 1


def test_who_does_not_keep_a_room_sees_neither_codes_nor_calendars(town):
    hall = rooms.room(town)
    stranger = enter(town, Role.DISPATCHER, "S2")
    room = f"/console/booking/rooms/{hall.code}/"

    page = stranger.get(room).content.decode()

    assert hall.door_token not in page
    assert "code-qr" not in page
    assert stranger.post(f"{room}stop/", {"reason": "x"}).status_code == 404
    assert stranger.post(f"{room}change/", OFFER).status_code == 404


def test_only_what_was_approved_offers_its_themes_and_only_to_who_may_set_them(desk, town):
    asked = book(town, rooms.room(town, needs_approval=True), monday(), at=now())
    given = book(town, rooms.room(town, "书屋", type="reading"), monday(), at=now(), unit="WTR")
    alliance = enter(town, Role.ALLIANCE_UNIT, "WTR")

    def offers(client, booking):
        page = client.get(f"/console/booking/bookings/{booking.number}/")
        assert page.status_code == 200
        return 'id="themes"' in page.content.decode()

    assert (offers(desk, asked), offers(desk, given), offers(alliance, given)) == (
        False,
        True,
        False,
    )


@pytest.mark.row("000-28")
def test_use_is_shown_four_ways_and_exported_with_its_method(desk, town):
    rooms.room(town), rooms.gear(town)
    for view in ("rooms", "sites", "units", "types", "x"):
        assert desk.get(f"/console/booking/use/?by={view}").status_code == 200
    wrong = desk.get("/console/booking/use/?since=2026-12-01&until=2026-01-01")
    assert (wrong.status_code, "止日不能早于起日" in wrong.content.decode()) == (422, True)

    answer = desk.get(f"/console/booking/use/table.xlsx?since=2026-01-01&until={today()}")

    book_ = openpyxl.load_workbook(BytesIO(answer.content))
    assert book_.sheetnames == ["按场室器材", "按阵地", "按单位", "按类型", "口径"]
    sheet = book_["按场室器材"]
    assert sheet["A2"].value == "合计"
    assert sheet["C2"].value == pytest.approx(sheet["C3"].value + sheet["C4"].value)
    assert AuditEvent.objects.filter(verb="venues.bookable.export").count() == 1
    assert desk.get("/console/booking/use/table.xlsx?since=x").status_code == 422
