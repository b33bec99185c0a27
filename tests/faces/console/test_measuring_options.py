"""Measured on a page by the hour, from samples and from bills: with an interval, or why none."""

from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dianliang.core import jobs
from dianliang.domain.energy.models import Claim, MeasurementProject
from dianliang.engines.loading import NO_DV, POINTS, batch_of
from dianliang.faces.ui.requests import now
from dianliang.flows.relief import curves
from tests import loaded, villages
from tests.faces.console.test_claims import enter
from tests.faces.console.test_measuring import ASKED

pytestmark = pytest.mark.django_db
FIRST, DAYS, MEASURE_ON = date(2025, 1, 1), 420, date(2026, 1, 1)
SAVED = 0.2
HOURS = "时刻,平均气温（℃）"
SAMPLES = "改造前功率（kW）,改造后功率（kW）\n12.1,8.2\n12.6,8.0\n11.9,8.4\n12.3,8.1"
MONTHS = [f"2025-{m:02d},{80 + m}000,{80 + m}100,{70 + m}000" for m in range(1, 13)]
BILLS = "\n".join(["月份,账单电量（kWh）,模型电量（kWh）,带措施模型电量（kWh）", *MONTHS])


def warm_c():
    """An hour's temperature over the year, by day and hour."""
    rng = np.random.default_rng(8)
    day, hour = np.arange(DAYS)[:, None], np.arange(24)[None, :]
    season = 16 - 12 * np.cos(2 * np.pi * (day - 20) / 365) + 4 * np.sin(np.pi * (hour - 8) / 12)
    return season + rng.normal(0, 1.5, (DAYS, 1))


def draw(*meters):
    """Store curves that follow the temperature and fall by a fifth from the measure on."""
    rng = np.random.default_rng(5)
    warm = warm_c()
    kw = 20 + 0.8 * np.maximum(0, warm - 20) + 0.5 * np.maximum(0, 12 - warm)
    kw = kw * (1 + rng.normal(0, 0.03, kw.shape))
    kw[(MEASURE_ON - FIRST).days :] *= 1 - SAVED
    power = np.repeat(kw * 1000, 4, axis=1).astype(np.int32)
    first = (FIRST - date(1970, 1, 1)).days
    n = len(meters)
    batch = batch_of(
        numbers=pa.array(meters, pa.string()),
        meter=np.repeat(np.arange(n), DAYS).astype(np.int32),
        day=np.tile(first + np.arange(DAYS), n).astype(np.int32),
        power=np.tile(power, (n, 1)),
        voltage=np.full((n * DAYS, POINTS), NO_DV, np.int16),
    )
    curves.store().add(batch, source="生成的曲线", at=loaded.AT)


def temperatures():
    start = datetime(2025, 1, 1)
    told = [
        f"{start + timedelta(hours=i):%Y-%m-%d %H:%M},{value:.2f}"
        for i, value in enumerate(warm_c().ravel())
    ]
    return "\n".join([HOURS, *told])


def opened(client, design):
    asked = {**ASKED, "design": design, "measure_on": MEASURE_ON.isoformat()}
    for name in ("efficiency_before", "efficiency_after"):
        asked.pop(name)
    client.post("/console/measure/new/", asked)
    return f"/console/measure/{MeasurementProject.objects.get().number}/"


def send(client, address, table, **more):
    file = SimpleUploadedFile("数.csv", table.encode())
    answer = client.post(f"{address}take_in/", {"file": file, **more})
    jobs.run_next(owner="t", clock=now)
    return answer


def page_of(client, address):
    return client.get(address).content.decode()


@pytest.mark.row("004-18")
def test_two_meters_by_the_hour_give_an_interval_a_chart_and_a_claim(town, settings, tmp_path):
    settings.HOME = tmp_path
    draw("QY-1", "QY-2")
    client = enter(town)
    address = opened(client, "hourly")
    assert send(client, address, temperatures(), meters="QY-1，QY-2").status_code == 302

    told = MeasurementProject.objects.get().result
    assert told["low"] < told["value"] < told["high"]
    assert told["fraction"] == pytest.approx(SAVED, abs=0.02)
    assert told["base"] == ["2025-01-01", "2025-12-31"]
    page = page_of(client, address)
    assert "按小时电量对气温" in page
    assert 'id="figure-measured"' in page
    client.post(f"{address}state/", {"reason": ""})
    claim = Claim.objects.get()
    assert (claim.option, claim.boundary) == ("C", ASKED["boundary"])
    assert (claim.from_on, claim.base_from_on) == (MEASURE_ON, FIRST)
    assert claim.status in {"MEASURED", "SCREENED"}
    assert claim.evidence.filter(words__contains="QY-1、QY-2").exists()


def test_a_meter_without_a_curve_is_named_and_nothing_is_computed(town, settings, tmp_path):
    settings.HOME = tmp_path
    draw("QY-1")
    client = enter(town)
    address = opened(client, "hourly")
    send(client, address, temperatures(), meters="QY-1 QY-9")

    project = MeasurementProject.objects.get()
    assert project.status == "FAILED"
    assert "QY-9" in page_of(client, address)


def test_a_neighbours_meter_is_not_measured(town, settings, tmp_path):
    villages.network(town)
    loaded.store(settings, tmp_path)
    client = enter(town, unit="S2")
    client.post("/console/measure/new/", {**ASKED, "design": "hourly", "unit": "S2"})
    address = f"/console/measure/{MeasurementProject.objects.get().number}/"
    answer = send(client, address, temperatures(), meters="B1-H0")

    assert answer.status_code == 422
    assert "不归您的单位管" in answer.content.decode()


@pytest.mark.parametrize(
    ("design", "table", "more", "option"),
    [
        ("samples", SAMPLES, {"hours": "6,000", "hours_error": "300"}, "A"),
        ("bills", BILLS, {}, "D"),
    ],
)
def test_samples_and_bills_tell_a_year_and_become_a_claim(town, design, table, more, option):
    client = enter(town)
    address = opened(client, design)
    assert send(client, address, table, **more).status_code == 302
    told = MeasurementProject.objects.get().result
    assert told["low"] < told["value"] < told["high"]
    client.post(f"{address}state/", {"reason": ""})

    claim = Claim.objects.get()
    assert claim.option == option
    assert (claim.until_on - claim.from_on).days == 365
    assert claim.method.startswith(f"IPMVP {option}")


@pytest.mark.parametrize(
    ("design", "table", "more", "words"),
    [
        ("samples", SAMPLES, {"hours": "6000"}, "标准误差"),
        ("samples", SAMPLES, {"hours": "9000", "hours_error": "1"}, "8784"),
        ("samples", SAMPLES.replace("8.4", "八"), {"hours": "1", "hours_error": "0"}, "第 4 行"),
        ("bills", "\n".join(BILLS.split("\n")[:8]), {}, "十二个月"),
        ("hourly", f"{HOURS}\n2025-01-01 08:30,4", {"meters": "QY-1"}, "整点"),
        ("hourly", f"{HOURS}\n2025-01-01 08:00,4", {}, "表号"),
    ],
)
def test_what_cannot_be_is_refused_by_row_or_field(
    town, settings, tmp_path, design, table, more, words
):
    settings.HOME = tmp_path
    client = enter(town)
    address = opened(client, design)
    answer = send(client, address, table, **more)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert MeasurementProject.objects.get().status == "OPEN"


@pytest.mark.parametrize("design", ["hourly", "samples", "bills"])
def test_each_design_hands_out_its_table(town, design):
    assert enter(town).get(f"/console/measure/blank.xlsx?design={design}").status_code == 200
