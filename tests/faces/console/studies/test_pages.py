"""Power flow, seasons and zones: sent in at the desk, computed behind it, shown and taken out."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document as Word
from openpyxl import load_workbook

from dianliang.core.jobs import run_next
from dianliang.core.models import BackgroundJob
from dianliang.domain.energy.models import Claim
from dianliang.domain.relief import operations
from dianliang.domain.relief.models import Study
from dianliang.faces.console.studies.grid_charts import along_feeder
from dianliang.faces.ui.charts import MOST_ROWS
from dianliang.faces.ui.requests import now
from dianliang.flows.demo.studies import day_of, village_grid
from dianliang.flows.enterprises import books, tariff_files
from dianliang.flows.studies import zone
from dianliang.flows.studies.grid_rows import NodeRow
from dianliang.integrations.grid_files import written
from dianliang.kernel.actor import Role
from tests import loaded, studied, villages
from tests.faces.console.loading.test_pages import enter, text
from tests.loaded import AT


@pytest.fixture
def desk(client, town):
    return enter(client, town)


def sent(name, content):
    return SimpleUploadedFile(name, content)


@pytest.mark.row("004-07")
def test_a_grid_is_sent_in_computed_and_shown_with_what_is_beyond(desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    grid = village_grid(30.6, 119.6)
    fields = {
        "title": "茶山台区",
        "model": sent("茶山.json", written(grid).encode()),
        "curves": sent("curves.csv", day_of(grid)),
    }
    page = text(desk.post("/console/powerflow/make/", fields, follow=True))
    assert "正在计算" in page
    assert run_next(owner="w", clock=now)

    row = Study.objects.get()
    assert row.number in text(desk.get("/console/powerflow/"))
    page = text(desk.get(f"/console/powerflow/{row.number}/"))
    assert "最严重的时刻是 19:30" in page
    assert "低电压" in page
    assert 'id="figure-chart-feeder"' in page
    assert '"lat": 30.6' in page
    figure = page[page.index('id="figure"') : page.index("图中每一段的数")]
    assert "按坐标绘制" in figure
    assert figure.count('class="branch') == len(grid.lines) + len(grid.transformers) + 4
    assert 'class="node far"' in figure
    assert 'class="winding"' in figure
    assert row.result["voltage_count"] > 0
    book = load_workbook(BytesIO(desk.get(f"/console/powerflow/{row.number}/nodes.xlsx").content))
    least = {line[0]: line[4] for line in list(book.active.values)[1:]}
    assert least["14号杆"] == min(least.values()) < 198 < least["1号杆"]
    beyond = desk.get(f"/console/powerflow/{row.number}/table.xlsx").content
    assert len(list(load_workbook(BytesIO(beyond)).active.values)) == row.result["beyond_count"] + 1
    paper = Word(BytesIO(desk.get(f"/console/powerflow/{row.number}/paper.docx").content))
    assert "14号杆" in "\n".join(c.text for t in paper.tables for r in t.rows for c in r.cells)


def without_impedance():
    grid = village_grid(None, None)
    types = tuple(
        replace(one, r_ohm_per_km=0.0, x_ohm_per_km=0.0) if one.id == "YJLV-4×150" else one
        for one in grid.line_types
    )
    return written(replace(grid, line_types=types)).encode()


def with_an_island():
    return (
        written(village_grid(None, None))
        .replace('"to_node": "14号杆"', '"to_node": "12号杆"')
        .encode()
    )


def with_a_load_that_feeds_in():
    grid = village_grid(None, None)
    loads = (replace(grid.loads[0], p_kw=-5.0), *grid.loads[1:])
    return written(replace(grid, loads=loads)).encode()


def without_transformers():
    return written(replace(village_grid(None, None), transformers=())).encode()


def with_a_loop():
    grid = village_grid(None, None)
    closing = replace(grid.lines[-1], id="L99", from_node="低压母线")
    return written(replace(grid, lines=(*grid.lines, closing), is_radial=False)).encode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", without_impedance(), "YJLV-4×150"),
        ("a.json", with_an_island(), "14号杆"),
        ("a.json", with_a_loop(), "环"),
        ("a.json", b"{}", "不是电网模型"),
        ("a.json", b"{", "第 1 行第 2 列附近有误"),
        ("a.json", with_a_load_that_feeds_in(), "-5 kW：应不小于 0"),
        ("a.json", without_transformers(), "不同电压的节点之间要有变压器"),
        ("a.xlsx", b"PK nothing", "a.xlsx"),
        ("a.zip", b"no archive", "压缩包打不开"),
    ],
)
def test_a_grid_that_cannot_be_is_refused_by_row_before_anything_is_queued(
    desk, settings, tmp_path, name, content, words
):
    settings.MEDIA_ROOT = tmp_path
    fields = {"title": "试算", "model": sent(name, content), "is_radial": "on"}
    answer = desk.post("/console/powerflow/make/", fields)

    assert answer.status_code == 422
    assert words in text(answer)
    assert not BackgroundJob.objects.filter(kind="study.flow").exists()


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "空.csv 是空的"), ("时刻,无此户\n00:00,1".encode(), "空.csv")]
)
def test_curves_that_cannot_be_are_refused_by_the_name_the_person_gave(desk, content, words):
    fields = {
        "title": "试算",
        "model": sent("a.json", written(village_grid(None, None)).encode()),
        "curves": sent("空.csv", content),
    }
    answer = desk.post("/console/powerflow/make/", fields)

    assert answer.status_code == 422
    assert words in text(answer)


def node(name, least, most):
    return NodeRow(
        id=name,
        area="",
        rated_v=400.0,
        away_m=float(len(name)),
        least_pu=least,
        most_pu=most,
        worst_pu=most,
        lat=None,
        lon=None,
    )


def test_the_chart_draws_the_highest_voltages_and_keeps_a_node_above_the_limit():
    low = [node("n" * place, 0.9, 1.0) for place in range(2, MOST_ROWS + 2)]

    chart = along_feeder([*low, node("n", 0.99, 1.09)], at="12:00")

    highest = next(one for one in chart.series if one.name == "各时刻最高")
    assert max(highest.values) == 1.09


def test_tables_come_in_an_archive(desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.csv", "a")
    fields = {"title": "试算", "model": sent("a.zip", packed.getvalue())}
    answer = desk.post("/console/powerflow/make/", fields)

    assert answer.status_code == 422
    assert "没有电网表" in text(answer)
    assert not [*tmp_path.parent.glob("evil.csv")]


def test_a_season_is_forecast_with_interval_chances_and_a_day_of_warning(
    desk, town, settings, tmp_path
):
    villages.network(town)
    for year in (2024, 2025, 2026):
        loaded.store(settings, tmp_path, year=year)
    page = text(desk.get("/console/season/"))
    assert "2024-04-01, 2025-04-01, 2026-04-01" in page
    nothing = {"title": "茶季", "starts": "2023-04-01", "next_start": "2027-04-01", "days": "30"}
    assert "没有一天有曲线" in text(desk.post("/console/season/make/", nothing))
    fields = {
        "title": "茶季",
        "starts": "2024-04-01，2025-04-01,2026-04-01",
        "next_start": "2027-04-01",
        "days": "30",
    }
    desk.post("/console/season/make/", fields)
    assert run_next(owner="w", clock=now)

    row = Study.objects.get()
    page = text(desk.get(f"/console/season/{row.number}/?transformer=B3"))
    first = row.result["rows"][0]
    assert first["number"] == "B3"
    assert "功率因数 0.95" in page
    assert "30 天" in text(desk.get("/console/season/"))
    assert first["low_kw"] <= first["peak_kw"] <= first["high_kw"]
    assert first["over"] > 0.5
    assert "2027-04-0" in first["warn_on"]
    assert "B404" not in page
    assert 'id="figure-chart-season"' in page
    book = load_workbook(BytesIO(desk.get(f"/console/season/{row.number}/table.xlsx").content))
    assert next(iter(list(book.active.values)[1:]))[0] == "B3"
    assert desk.get(f"/console/season/{row.number}/paper.pdf").content[:4] == b"%PDF"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"starts": "去年"}, "起始日应如"),
        ({"starts": "2025-04-01,2025-05-01"}, "每一年的季节"),
        ({"next_start": "2026-10-01"}, "不在一年里的同一时候"),
        ({"days": "500"}, "一季应有"),
        ({}, "还没有户变关系"),
    ],
)
def test_a_season_that_cannot_be_is_refused(desk, settings, tmp_path, fields, words):
    settings.HOME = tmp_path
    whole = {"title": "茶季", "starts": "2025-04-01", "next_start": "2027-04-01", "days": "30"}
    answer = desk.post("/console/season/make/", whole | fields)

    assert answer.status_code == 422
    assert words in text(answer)


@pytest.fixture
def tariff(town):
    content = tariff_files.told(tariff_files.demo()).encode()
    books.bring_tariffs(content=content, name="电价", by=town.actor("LM"), at=AT)
    return zone.offered()[0].name


@pytest.mark.row("003-12")
def test_a_zone_has_its_year_its_day_its_paper_and_its_claims(desk, tariff):
    assert "算一年" in text(desk.get("/console/zone/"))
    fields = {"title": "园区", "tariff": tariff, "day": "2026-07-16", "cars": "0"}
    answer = desk.post("/console/zone/make/", fields, follow=True)
    assert "正在计算" in text(answer)
    assert desk.post("/console/zone/make/", fields).status_code == 422
    assert run_next(owner="w", clock=now)

    row = Study.objects.get()
    address = f"/console/zone/{row.number}/"
    page = text(desk.get(address))
    assert tariff in page
    assert "预先知道全年每小时" in page
    assert 'id="figure-chart-months"' in page
    assert 'id="figure-chart-day"' in page
    assert len(set(row.result["day"]["buy_cny"])) > 2
    book = load_workbook(BytesIO(desk.get(f"{address}year.xlsx").content))
    assert len(list(book.active.values)) == 1 + 8760
    assert desk.get(f"{address}paper.docx").content[:2] == b"PK"

    desk.post(f"{address}claim/")
    desk.post(f"{address}claim/")
    claims = {claim.measure: claim for claim in Claim.objects.all()}
    assert {*claims} == {"CNY", "tCO2"}
    assert claims["CNY"].value == pytest.approx(row.result["saved_cny"])
    assert {claim.status for claim in claims.values()} == {"ESTIMATED"}
    assert claims["tCO2"].factor is not None
    assert not claims["tCO2"].held_back
    assert claims["CNY"].number in text(desk.get(address))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sun_kwp": "-3"}, "光伏容量应在"),
        ({"sun_kwp": "很大"}, "应填数字"),
        ({"car_kwh": "150", "charger_kw": "3"}, "充不完"),
        ({"tariff": "NO.1"}, "没有这个电价版本"),
        ({"day": "2090-07-16"}, "放假安排还没有公布"),
        ({"day": "2024-02-29"}, "2 月 29 日"),
        (dict.fromkeys(("sun_kwp", "load_kwh", "battery_kwh", "cars"), "0"), "没有可计算的"),
        ({"title": ""}, "名称"),
    ],
)
def test_a_zone_that_cannot_be_is_refused_before_anything_is_queued(desk, tariff, fields, words):
    whole = {"title": "园区", "tariff": tariff, "day": "2026-07-16"}
    answer = desk.post("/console/zone/make/", whole | fields)

    assert answer.status_code == 422
    assert words in text(answer)
    assert not BackgroundJob.objects.filter(kind="study.zone").exists()


def test_a_zone_that_the_grid_cannot_feed_says_so_on_the_page(desk, tariff):
    fields = {"title": "园区", "tariff": tariff, "day": "2026-07-16", "most_import_kw": "1"}
    desk.post("/console/zone/make/", fields)
    assert run_next(owner="w", clock=now)

    assert "购电上限 1 千瓦不够" in text(desk.get("/console/zone/"))
    assert not Study.objects.exists()


def test_a_neighbouring_station_finds_nothing_and_only_a_dispatcher_asks(town):
    numbers = studied.kept(town)
    stranger, commander = enter(Client(), town, unit="S2"), enter(Client(), town, Role.COMMANDER)
    for page, kind in (("powerflow", "flow"), ("season", "season"), ("zone", "zone")):
        assert stranger.get(f"/console/{page}/{numbers[kind]}/").status_code == 404
        assert numbers[kind] not in text(stranger.get(f"/console/{page}/"))
        assert "/make/" not in text(commander.get(f"/console/{page}/"))
        assert commander.get(f"/console/{page}/{numbers[kind]}/").status_code == 200


@pytest.mark.parametrize("page", ["powerflow", "season", "zone"])
def test_pages_are_english_to_an_english_reader(desk, town, page):
    numbers = studied.kept(town)
    kind = "flow" if page == "powerflow" else page
    desk.cookies["django_language"] = "en"
    for address in (f"/console/{page}/", f"/console/{page}/{numbers[kind]}/"):
        labels = re.findall(
            r'<(?:label[^>]*|th(?: class="number")?|h2)>([^<]+)<', text(desk.get(address))
        )
        data = {"茶山台区 ", "明年茶季 ", "园区 ", "三号 "}
        assert not [one for one in labels if re.search("[一-鿿]", one) and one not in data]


@pytest.mark.row("000-13")
def test_a_pier_with_more_sun_than_load_buys_next_to_nothing(tariff):
    wanted = zone.Wanted(
        plan=zone.planned(
            zone.defaults(),
            {"sun_kwp": 200, "load_kwh": 60_000, "battery_kwh": 400, "battery_kw": 100, "cars": 0},
        ),
        tariff=tariff,
        day=date(2026, 7, 16),
    )
    told = zone.computed(wanted, title="零碳码头").result

    assert told["year"]["autonomy"] > 0.97
    assert told["year"]["autonomy"] > told["plain"]["autonomy"]
    assert told["year"]["export_kwh"] > told["year"]["import_kwh"]
    assert told["year"]["consumed_kwh"] == pytest.approx(60_000)


@pytest.mark.parametrize(("page", "kind"), [("season", studied.SEASON), ("zone", studied.ZONE)])
def test_a_list_costs_as_many_queries_with_twenty_studies_as_with_ten(
    desk, town, django_assert_max_num_queries, page, kind
):
    for _ in range(20):
        operations.keep_study(made=kind, by=town.actor("S1"), at=AT)
    desk.get(f"/console/{page}/")

    with django_assert_max_num_queries(22):
        answer = desk.get(f"/console/{page}/")

    assert answer.content.decode().count(f"/console/{page}/JS") == 20
