"""The pages of duty: make, arrange, publish, change by hand, exchange a turn on the phone."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import Client

from dianliang.core import jobs as background
from dianliang.core.models import User
from dianliang.domain.rosters.models import Roster, Swap
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import now, today
from dianliang.flows.rosters import making, own, reading
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from tests.flows.rosters.watch import crew, on, person
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(town):
    town.user("desk", Role.DISPATCHER, "S1")
    client = Client()
    client.login(username="desk", password=PASSWORD)
    return client


@pytest.fixture
def hurried(monkeypatch):
    """Let the search take an eighth of its time: what is asked holds from its first draft on."""
    monkeypatch.setattr(making, "EFFORT", making.EFFORT / 8)


def form(people, **changed):
    first = today() + timedelta(days=1)
    return {
        "purpose": "watch",
        "title": "调控值守",
        "starts_on": f"{first}",
        "starts_time": "08:00",
        "ends_on": f"{first + timedelta(days=2)}",
        "ends_time": "08:00",
        "changes": "08:00 16:00 00:00",
        "size": "1",
        "rest_h": "11",
        "week_h": "44",
        "days_in_row": "6",
        "nights_in_row": "",
        "people": people,
        **changed,
    }


def made(desk, people):
    desk.post("/console/rosters/new/", form(people))
    roster = Roster.objects.get()
    desk.post(f"/console/rosters/{roster.number}/do/arrange/", {"revision": roster.revision})
    assert background.run_next(owner="test", clock=now)
    roster.refresh_from_db()
    return roster


def test_a_roster_is_made_arranged_and_published_on_the_pages(desk, town):
    roster = made(desk, crew(town))
    address = f"/console/rosters/{roster.number}/"

    ready = desk.get(address).content.decode()
    desk.post(f"{address}do/publish/", {"revision": roster.revision})
    page = desk.get(address).content.decode()

    assert "待发布" in ready
    assert "已发布" in page
    assert all(Person.objects.get(number=there[0]).name in page for there in on(roster).values())
    assert roster.title in desk.get("/console/rosters/").content.decode()


@pytest.mark.row("003-03")
@pytest.mark.row("000-16")
def test_ninety_six_hours_of_typhoon_with_three_hundred_people_leave_no_place_empty(
    desk, town, hurried
):
    people = crew(town, 312)
    first = today() + timedelta(days=1)
    storm = {
        "purpose": "emergency",
        "title": "台风应急值守",
        "ends_on": f"{first + timedelta(days=4)}",
        "changes": "08:00 20:00",
        "size": "80",
        "rest_h": "8",
        "week_h": "",
        "days_in_row": "",
    }
    desk.post("/console/rosters/new/", form(people, **storm))
    roster = Roster.objects.get()
    desk.post(f"/console/rosters/{roster.number}/do/arrange/", {"revision": roster.revision})
    assert background.run_next(owner="test", clock=now)
    roster.refresh_from_db()
    desk.post(f"/console/rosters/{roster.number}/do/publish/", {"revision": roster.revision})

    page = reading.page(number=roster.number, by=town.actor("S1"), at=now())
    assert (page.row.status, page.row.missing, page.breaches) == ("PUBLISHED", 0, ())
    assert page.row.turns == 640
    assert page.row.people == 312
    assert {load.turns for load in page.loads} == {2, 3}
    windows = [(c.starts_at, c.ends_at) for day in page.days for c in day.cells]
    assert all(a[1] == b[0] for a, b in pairwise(windows))
    assert (windows[-1][1] - windows[0][0]) == timedelta(hours=96)


@pytest.mark.row("002-07")
def test_forty_two_people_keep_watch_round_the_clock_for_a_month(desk, town, hurried):
    people = crew(town, 42)
    month = {"ends_on": f"{today() + timedelta(days=32)}", "size": "2", "title": "值守热线"}
    desk.post("/console/rosters/new/", form(people, **month))
    roster = Roster.objects.get()
    desk.post(f"/console/rosters/{roster.number}/do/arrange/", {"revision": roster.revision})
    assert background.run_next(owner="test", clock=now)

    page = reading.page(number=roster.number, by=town.actor("S1"), at=now())
    assert (page.row.status, page.row.missing, page.breaches) == ("READY", 0, ())
    assert page.row.turns == 31 * 3 * 2
    hours = [load.weighted_h for load in page.loads]
    assert max(hours) - min(hours) <= 16


def test_a_form_that_cannot_be_says_why_and_keeps_what_was_filled_in(desk, town):
    people = crew(town)
    answer = desk.post("/console/rosters/new/", form(people, size="many"))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "每班人数应填整数" in page
    assert 'value="调控值守"' in page
    assert page.count("checked") == len(people)
    assert not Roster.objects.exists()


def test_two_presses_make_one_roster_and_a_blank_time_is_midnight(desk, town):
    asked = form(crew(town), key="k" * 32, starts_time=" ")
    first, again = (desk.post("/console/rosters/new/", asked) for _ in range(2))

    roster = Roster.objects.get()
    assert first["Location"] == again["Location"] == f"/console/rosters/{roster.number}/"
    assert roster.starts_at.astimezone(SHANGHAI).hour == 0


def test_a_full_shift_offers_nobody_even_for_a_reason(desk, town):
    roster = made(desk, crew(town))
    there = reading.candidates(number=roster.number, shift=2, by=town.actor("S1"), at=now())
    assert there
    assert not any(row.can_be_exempt for row in there)


def test_a_shift_is_changed_by_hand_and_an_old_page_is_told(desk, town):
    roster = made(desk, crew(town))
    address = f"/console/rosters/{roster.number}/shifts/2/"
    there = on(roster)[2][0]

    off = {"revision": roster.revision, "person": there, "do": "off"}
    assert desk.post(address, off).status_code == 302
    again = desk.post(address, off)
    roster.refresh_from_db()
    page = desk.get(address).content.decode()
    back = desk.post(address, {"revision": roster.revision, "person": there})

    assert again.status_code == 409
    assert "刚被他人改动" in again.content.decode()
    assert "缺 1 人" in page
    assert back.status_code == 302
    assert on(roster)[2] == [there]
    assert desk.get(f"/console/rosters/{roster.number}/shifts/99/").status_code == 404
    assert desk.post(address, {"revision": "x" * 20, "person": there}).status_code == 409


def test_somebody_offers_a_turn_on_his_phone_and_the_other_agrees(desk, town):
    people = crew(town, 6)
    roster = made(desk, people)
    desk.post(f"/console/rosters/{roster.number}/do/publish/", {"revision": roster.revision})
    phones = {}
    for number in people:
        user = town.user(f"phone-{number}", Role.STEWARD, "S1")
        Person.objects.filter(number=number).update(user=User.objects.get(pk=user.pk))
        phones[number] = Client()
        phones[number].login(username=f"phone-{number}", password=PASSWORD)
    giver = on(roster)[3][0]
    offer = own.offers(number=roster.number, shift=3, by=person(town, giver), at=now())[0]

    mine = phones[giver].get("/field/duties/").content.decode()
    asked = phones[giver].post(
        f"/field/duties/{roster.number}/3/", {"offer": f"{offer.number}|", "reason": "孩子生病"}
    )
    swap = Swap.objects.get()
    theirs = phones[offer.number].get("/field/duties/").content.decode()
    phones[offer.number].post(f"/field/duties/swaps/{swap.number}/agree/")
    approving = f"/console/rosters/{roster.number}/swaps/{swap.number}/approve/"
    assert desk.post(approving).status_code == 302
    late = desk.post(approving, {"note": "再批一次"})
    assert (late.status_code, late.context["row"].number) == (422, roster.number)

    assert "调控值守" in mine
    assert asked.status_code == 302
    assert "孩子生病" in theirs
    assert on(roster, live=True)[3] == [offer.number]
    outsider = next(n for n in people if n not in {giver, offer.number})
    assert phones[outsider].post(f"/field/duties/swaps/{swap.number}/agree/").status_code == 404
