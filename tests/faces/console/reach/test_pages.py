"""Charging within reach, as people at their desks ask for it."""

import re
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from dianliang.domain.energy.models import Claim
from dianliang.domain.venues.models import Site
from dianliang.kernel.actor import Role
from tests import villages
from tests.faces.console.loading.test_pages import enter, text


def charging(town, village="V1"):
    area = town.areas[village]
    return Site.objects.create(
        code="CD-1", name="余村充电站", kind="charging", area=area, lat=area.lat, lon=area.lon
    )


@pytest.fixture
def desk(client, town):
    villages.network(town)
    charging(town)
    return enter(client, town, Role.DISPATCHER, "LM")


@pytest.mark.row("003-14")
def test_townships_without_a_station_are_named_and_the_next_sites_ranked(desk):
    page = text(desk.get("/console/reach/", {"within_km": "5", "most_new": "2"}))

    assert page.index("石龙村委会") > 0
    assert "范围外的村" in page
    assert 'id="figure-chart-gains"' in page
    assert "已证明最优" in page
    book = load_workbook(BytesIO(desk.get("/console/reach/table.xlsx?most_new=0").content))
    rows = {row[0]: row for row in list(book.active.values)[1:]}
    assert rows["余村村委会"][7] == "已有站点覆盖"
    assert rows["石龙村委会"][7] == "范围外"


def test_with_more_reach_nothing_is_to_be_built(desk):
    page = text(desk.get("/console/reach/", {"within_km": "900"}))

    assert "不用新建" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"within_km": "-1"}, "范围（公里）应在"),
        ({"within_km": "远"}, "应填数字"),
        ({"most_new": "2.5"}, "整数"),
        ({"most_new": "99"}, "整数"),
        ({"within_km": "", "within_min": ""}, "请填范围"),
    ],
)
def test_what_cannot_be_computed_is_said(desk, fields, words):
    answer = desk.get("/console/reach/", fields)

    assert answer.status_code == 422
    assert words in text(answer)
    assert desk.get("/console/reach/table.xlsx", fields).status_code == 422


def test_stations_there_and_proposed_are_told_apart(desk):
    page = text(desk.get("/console/reach/", {"within_km": "5", "most_new": "1"}))

    assert "现有充电站（座）" in page
    assert "另建议新建 1 座" in page
    assert "且不超过（分钟" in page


@pytest.mark.parametrize("address", ["/console/reach/"])
def test_fields_are_english_to_an_english_reader(desk, address):
    desk.cookies["django_language"] = "en"

    labels = re.findall(r"<label[^>]*>([^<]*)<input name", text(desk.get(address)))

    assert labels
    assert not [label for label in labels if re.search("[一-鿿]", label)]


@pytest.mark.row("003-14")
def test_coverage_is_stated_once_with_its_reach_and_opens_as_a_claim(desk, town):
    asked = {"within_km": "5", "most_new": "0"}
    first = desk.post("/console/reach/state/", asked, follow=True)
    desk.post("/console/reach/state/", asked)

    claim = Claim.objects.get()
    assert (claim.kind, claim.measure, claim.option) == ("coverage", "%", "counted")
    assert "私人桩" in claim.boundary
    assert claim.evidence.get().digest
    assert claim.title in text(first)
    assert claim.title in text(desk.get("/console/reach/", asked))
    assert claim.number not in text(desk.get("/console/reach/", {**asked, "within_km": "6"}))
    assert desk.post("/console/reach/state/", {**asked, "within_km": "远"}).status_code == 422
    auditor = enter(Client(), town, Role.AUDITOR, "LM")
    assert auditor.post("/console/reach/state/", asked).status_code == 404
