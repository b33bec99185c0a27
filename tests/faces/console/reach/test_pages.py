"""Charging within reach and a zone's year, as people at their desks ask for them."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

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


@pytest.mark.row("003-12")
def test_a_zone_has_its_year_and_its_day_ahead(desk):
    assert "算一年" in text(desk.get("/console/zone/"))

    page = text(desk.get("/console/zone/", {"sun_kwp": "100", "cars": "0"}))

    assert "自给率" in page
    assert 'id="figure-chart-months"' in page
    assert 'id="figure-chart-day"' in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sun_kwp": "-3"}, "光伏容量应在"),
        ({"sun_kwp": "很大"}, "应填数字"),
        ({"car_kwh": "150", "charger_kw": "3"}, "充不完"),
        ({"most_import_kw": "1"}, ""),
    ],
)
def test_a_zone_that_cannot_be_is_refused(desk, fields, words):
    answer = desk.get("/console/zone/", fields)

    assert answer.status_code == 422
    assert words in text(answer)


def test_stations_there_and_proposed_are_told_apart(desk):
    page = text(desk.get("/console/reach/", {"within_km": "5", "most_new": "1"}))

    assert "现有充电站（座）" in page
    assert "另建议新建 1 座" in page
    assert "且不超过（分钟" in page


def test_a_zone_states_its_assumptions_its_factor_and_hands_out_its_hours(desk):
    page = text(desk.get("/console/zone/", {"cars": "0"}))
    assert "预先知道全年每小时" in page
    assert "往返效率 90" in page

    book = load_workbook(BytesIO(desk.get("/console/zone/year.xlsx?cars=0").content))
    rows = list(book.active.values)
    assert len(rows) == 1 + 8760
    assert rows[0][:3] == ("月", "年内小时", "负荷（kW）")


@pytest.mark.parametrize("address", ["/console/zone/", "/console/reach/"])
def test_fields_are_english_to_an_english_reader(desk, address):
    desk.cookies["django_language"] = "en"

    labels = re.findall(r"<label[^>]*>([^<]*)<input name", text(desk.get(address)))

    assert labels
    assert not [label for label in labels if re.search("[一-鿿]", label)]
