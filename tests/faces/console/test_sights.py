"""The page of points of interest."""

import pytest

from dianliang.domain.venues.models import PointOfInterest
from dianliang.kernel.actor import Role
from tests.browsing import upload
from tests.town import PASSWORD

FORM = {
    "name": "余村零碳驿站",
    "kind": "green",
    "area": "V1",
    "unit": "S1",
    "opened_on": "2026-05-01",
}


@pytest.fixture
def desk(client, town):
    town.user("station", Role.DISPATCHER, "S1")
    client.login(username="station", password=PASSWORD)
    return client


def said(answer):
    return answer.content.decode()


def test_a_sight_is_written_down_seen_and_closed(desk):
    desk.post("/console/sights/", {**FORM, "photo": upload("a.jpg")})
    sight = PointOfInterest.objects.get()
    page = said(desk.get("/console/sights/?kind=green"))
    assert "余村零碳驿站" in page
    assert desk.get(f"/console/sights/{sight.code}/photo/")["Content-Type"] == "image/jpeg"
    assert "余村零碳驿站" not in said(desk.get("/console/sights/?kind=culture"))

    desk.post(f"/console/sights/{sight.code}/look_at/")
    closed = desk.post(f"/console/sights/{sight.code}/close/", {"reason": "改建"}, follow=True)

    assert "已停用" in said(closed)
    again = desk.post(f"/console/sights/{sight.code}/close/", {"reason": "改建"}, follow=True)
    assert "notice danger" in said(again)


@pytest.mark.parametrize(
    "change", [{"lat": "北"}, {"opened_on": ""}, {"kind": ""}, {"unit": "S2"}, {"name": " "}]
)
def test_an_odd_form_is_answered_in_plain_words_and_keeps_what_was_entered(desk, change):
    answer = desk.post("/console/sights/", {**FORM, "words": "光伏顶棚", **change})

    assert answer.status_code == 422
    assert "光伏顶棚" in said(answer)
