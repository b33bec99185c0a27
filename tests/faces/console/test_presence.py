"""The page of presence, and the page behind the printed code."""

import pytest

from dianliang.domain.programs.models import PresenceDay, PresenceDuty
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person
from dianliang.flows import presence
from dianliang.kernel.actor import Role
from tests.town import NOON, PASSWORD, TODAY


@pytest.fixture
def desk(client, town):
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    town.team("XH", "S1", "care")
    town.user("station", Role.DISPATCHER, "S1")
    client.login(username="station", password=PASSWORD)
    return client


ASSIGN = {"act": "assign", "person": "XH-0", "site": "FW-001", "kind": "liaison"}


def said(answer):
    return answer.content.decode()


def test_a_duty_is_given_its_month_proposed_and_accepted(desk):
    desk.post("/console/presence/act/", {**ASSIGN, "days_a_month": "2"})
    page = desk.get("/console/presence/?month=2099-03&propose=1")
    assert "还差 2 天" in said(page)
    days = [part.split('"')[0] for part in said(page).split('name="days" value="')[1:]]
    assert len(days) == 2

    answer = desk.post(
        "/console/presence/act/", {"act": "accept", "days": days, "month": "2099-03"}, follow=True
    )

    assert "已排 2 个驻点日" in said(answer)
    assert PresenceDay.objects.count() == 2
    assert "每个人本月都排满了" in said(answer)


@pytest.mark.parametrize(
    "form",
    [
        {**ASSIGN, "days_a_month": "x"},
        {"act": "accept"},
        {"act": "accept", "days": "x:2026-01-01"},
        {"act": "drop", "duty": "1"},
        {"act": "eat"},
        {},
    ],
)
def test_an_odd_form_is_answered_in_plain_words(desk, form):
    answer = desk.post("/console/presence/act/", form, follow=True)

    assert "notice danger" in said(answer)
    assert desk.get("/console/presence/?month=nonsense").status_code == 200


def test_a_day_at_the_end_of_time_is_answered_in_plain_words(desk):
    desk.post("/console/presence/act/", {**ASSIGN, "days_a_month": "2"})
    duty = PresenceDuty.objects.get()
    nobody_means, another_month = "1950 年到 2100 年", "不在 2099-03 内"
    for on, words in (
        ("9999-12-31", nobody_means),
        ("0001-01-01", nobody_means),
        ("2099-04-01", another_month),
    ):
        form = {"act": "accept", "days": f"{duty.pk}:{on}", "month": "2099-03"}
        answer = desk.post("/console/presence/act/", form, follow=True)
        assert words in said(answer)
    assert not PresenceDay.objects.exists()


def test_the_codes_of_the_points_are_printed(desk):
    page = said(desk.get("/console/presence/codes/"))

    assert page.count("<svg") >= 1
    assert "余村电力服务站" in page


def test_who_scans_the_code_checks_in_where_he_is(desk, town, client, monkeypatch):
    by = town.actor("S1")
    monkeypatch.setattr("dianliang.faces.field.presence.now", lambda: NOON)
    monkeypatch.setattr("dianliang.faces.field.presence.today", lambda: TODAY)
    presence.assign(
        person_number="XH-0", site_code="FW-001", kind="grid", days_a_month=2, by=by, at=NOON
    )
    user = town.user("steward", Role.STEWARD, "S1")
    Person.objects.filter(number="XH-0").update(user=user)
    client.logout()
    client.login(username="steward", password=PASSWORD)
    address = f"/field/presence/{presence.code_of('FW-001')}/"
    assert "我在这里，签到" in said(client.get(address))
    nowhere = client.post(address, {"lat": "", "lon": "x", "accuracy": "nan"})
    assert (nowhere.status_code, "没有取得位置" in said(nowhere)) == (422, True)

    there = client.post(address, {"lat": "30.51", "lon": "119.61", "accuracy": "12.4"})

    assert "已签到" in said(there)
    assert PresenceDay.objects.get().on == TODAY
