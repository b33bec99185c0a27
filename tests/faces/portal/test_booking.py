"""Booking in the portal: what is free, what happens to whoever is late, the link, the door."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from dianliang.domain.venues.models import Booking
from dianliang.faces.portal.booking import MOST_AT_A_DOOR, MOST_BOOKINGS
from dianliang.faces.portal.links import follow_token
from dianliang.faces.ui.requests import now
from tests import rooms
from tests.rooms import book, next_monday, window

KEY = "a" * 32
CLOCKS = ("08:30", "09:30", "10:30", "13:30", "14:30", "15:30", "16:30")


@pytest.fixture
def hall(town):
    return rooms.room(town, audience="public")


def form(**changes):
    sent = {
        "key": KEY,
        "starts": f"{next_monday()}T09:00",
        "minutes": "60",
        "pieces": "1",
        "persons": "8",
        "purpose": "老年协会开会",
        "name": "王春花",
        "phone": "19900001111",
    }
    return {**sent, **changes}


def test_the_list_shows_what_is_public_and_active_only(client, town, hall):
    rooms.room(town, "内部会议室")
    stopped = rooms.room(town, "装修中", audience="public")
    rooms.keeping.stop(bookable=stopped, reason="装修", by=town.actor("S1"), at=now())

    page = client.get("/book/").content.decode()

    assert hall.name in page
    assert "内部会议室" not in page
    assert "装修中" not in page
    assert hall.name in client.get("/book/?q=余村&type=meeting").content.decode()
    assert hall.name not in client.get("/book/?type=reading").content.decode()


def test_the_page_of_a_room_offers_free_times_of_the_day(client, town, hall):
    when = window("09:00", "10:00", day=next_monday())
    book(town, hall, when, unit="S1", at=now())

    page = client.get(f"/book/{hall.code}/?on={next_monday()}&minutes=60").content.decode()

    values = re.findall(r'name="starts" value="[^"]*T(\d\d:\d\d)"', page)
    assert values[:2] == ["10:00", "10:30"]
    assert "09:00" not in values


def test_the_week_to_come_is_told_as_the_base_is_open(client, hall):
    rooms.opens(hall.site, "9:00-11:00")

    page = client.get(f"/book/{hall.code}/").content.decode()

    assert "09:00–11:00" in page
    assert "08:30–12:00" not in page


def test_odd_addresses_do_no_harm(client, hall):
    for query in ("on=x", "on=0001-01-01", "minutes=-1", "pieces=99999", "minutes=²", "starts=x"):
        assert client.get(f"/book/{hall.code}/?{query}").status_code == 200
    assert client.get("/book/nope/").status_code == 404
    assert client.get("/book/%00/").status_code == 404
    assert client.get("/book/?page=99999&type=%00").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_booking_leads_to_its_secret_page_and_can_be_called_off_there(client, hall):
    answer = client.post(f"/book/{hall.code}/", form())

    link = f"/b/{follow_token(KEY, joins='booking')}/"
    assert answer.headers["Location"] == link
    page = client.get(link).content.decode()
    assert "预约成功" in page
    assert "王春花" not in page
    assert "19900001111" not in page
    assert client.post(f"{link}cancel/", {"reason": "下雨"}).status_code == 302
    assert Booking.objects.get().status == "CANCELLED"
    assert client.post(f"{link}cancel/").status_code == 422


@pytest.mark.django_db(transaction=True)
def test_who_is_late_keeps_what_he_typed_and_presses_another_time(client, town, hall):
    twin = rooms.room(town, "二号会议室", audience="public")
    book(town, hall, window(day=next_monday()), unit="S1", at=now())

    answer = client.post(f"/book/{hall.code}/", form())

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请另选时间" in page
    assert 'value="老年协会开会"' in page
    assert f"/book/{twin.code}/?starts={next_monday()}T09:00" in page
    offer = re.search(r'name="offer" value="([^"]+)"', page).group(1)
    moved = client.post(f"/book/{hall.code}/", form(offer=offer))
    assert moved.status_code == 302
    booked = Booking.objects.get(unit=None)
    assert f"{booked.starts_at.astimezone(rooms.SHANGHAI):%Y-%m-%dT%H:%M}" == offer


@pytest.mark.django_db(transaction=True)
def test_the_same_form_with_other_words_leads_to_the_booking_that_was_made(client, hall):
    client.post(f"/book/{hall.code}/", form())

    answer = client.post(f"/book/{hall.code}/", form(purpose="换了一件事"))

    assert answer.status_code == 422
    assert f"/b/{follow_token(KEY, joins='booking')}/" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_one_source_cannot_book_everything(client, hall):
    days = [next_monday() + timedelta(days=n) for n in (0, 1)]
    starts = [f"{day}T{clock}" for day in days for clock in CLOCKS]

    answers = [
        client.post(
            f"/book/{hall.code}/", form(key=f"{n:032d}", phone=f"1990000{n:04d}", starts=start)
        ).status_code
        for n, start in enumerate(starts)
    ]

    assert answers == [302] * MOST_BOOKINGS + [429] * (len(starts) - MOST_BOOKINGS)
    assert Booking.objects.count() == MOST_BOOKINGS


def test_the_door_tells_nothing_of_who_has_booked_and_counts_guesses(client, town, hall):
    book(town, hall, window(day=next_monday()), unit="S1", at=now())
    door = f"/k/{hall.door_token}/"

    page = client.get(door).content.decode()
    assert hall.name in page
    assert "天荒坪供电所" not in page
    answers = {
        client.post(door, {"phone": "19900001111", "act": "come"}).status_code
        for _ in range(MOST_AT_A_DOOR + 2)
    }
    assert answers == {422}
    assert "太频繁" in client.post(door, {"phone": "1", "act": "come"}).content.decode()
    assert Client().get("/k/nope/").status_code == 404
