"""Files of readings at the desk: sent in, looked at, confirmed, and then there for all."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from dianliang.core.jobs import run_next
from dianliang.core.models import AuditEvent, StoredFile
from dianliang.engines.enterprise import NO_W
from dianliang.engines.loading import Span
from dianliang.engines.tariffs import Way
from dianliang.faces.ui.requests import now
from dianliang.flows.enterprises.curves import curves_of
from dianliang.flows.enterprises.firm_files import Supply
from dianliang.flows.readings import intake
from dianliang.flows.relief import curves
from dianliang.kernel.actor import Role
from tests import loaded, villages
from tests.faces.console.loading.test_pages import enter, text

DAY = date(2026, 7, 1)
CLOCK = [f"{i // 4:02d}:{i % 4 * 15:02d}" for i in range(96)]


def long_csv(*, meter="QY-1", kw=4.0, spoilt=""):
    lines = [f"{meter},{DAY} {at},{kw}" for at in CLOCK]
    if spoilt:
        lines[5] = f"{meter},{DAY} {CLOCK[5]},{spoilt}"
    return "\n".join(["表号,时间,有功功率(kW)", *lines]).encode()


def wide_xlsx():
    book = Workbook()
    book.active.append(["表号", "日期", *CLOCK])
    book.active.append(["QY-1", DAY.isoformat(), *[4.0] * 96])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def registers_parquet():
    """A register of three digits that rolls over: 0.5 a quarter hour, to be multiplied by 2."""
    first = datetime(2026, 7, 1)
    out = pa.BufferOutputStream()
    table = {
        "表号": ["QY-1"] * 97,
        "时间": [first + timedelta(minutes=15 * i) for i in range(97)],
        "正向有功总示值(kWh)": [(990.0 + 0.5 * i) % 1000 for i in range(97)],
    }
    pq.write_table(pa.table(table), out)
    return bytes(out.getvalue())


@pytest.fixture
def desk(client, town, settings, tmp_path):
    settings.HOME = settings.MEDIA_ROOT = tmp_path
    return enter(client, town)


def send(client, name, content, **more):
    fields = {"file": SimpleUploadedFile(name, content), **more}
    answer = client.post("/console/readings/look/", fields)
    run_next(owner="w", clock=now)
    return answer


def press(client, verb):
    number = intake._last(intake.LOOK, by=actor()).payload["number"]
    answer = client.post(f"/console/readings/{verb}/", {"number": number})
    run_next(owner="w", clock=now)
    return answer


def actor():
    from dianliang.core.models import BackgroundJob

    class Who:
        id = BackgroundJob.objects.latest("pk").created_by

    return Who


@pytest.mark.parametrize(
    ("name", "content", "more", "words"),
    [
        ("7月.csv", long_csv(), {}, "一行一个时刻"),
        ("7月.xlsx", wide_xlsx(), {}, "一行一天 96 点"),
        ("7月.parquet", registers_parquet(), {"multiplier": "2", "digits": "3"}, "满码归零"),
    ],
    ids=["long", "wide", "registers"],
)
def test_a_file_is_looked_at_then_confirmed_and_a_firm_has_its_curve(
    desk, name, content, more, words
):
    assert send(desk, name, content, **more).status_code == 302
    page = text(desk.get("/console/readings/"))
    assert words in page
    assert "还没有写入" in page
    assert curves.store().months() == []

    press(desk, "confirm")
    page = text(desk.get("/console/readings/"))
    assert "新增 1" in page
    assert 'id="preview"' not in page
    firm = Supply(
        number="QY-1", name="", meters=("QY-1",), tariff="", way=Way.CAPACITY, capacity_kva=100
    )
    power = curves_of(curves.store(), [firm], Span(DAY, DAY + timedelta(days=1)))[0, 0]
    assert set(power[power != NO_W]) == {4000}
    assert (power != NO_W).sum() == 96
    assert not StoredFile.objects.filter(media_type=intake.MEDIA).exists()
    assert AuditEvent.objects.filter(verb="readings.file.take_in").count() == 1


def test_what_is_wrong_is_named_by_row_and_nothing_is_stored(desk):
    send(desk, "7月.csv", long_csv(spoilt="四千"))
    page = text(desk.get("/console/readings/"))

    assert "第 7 行" in page
    assert "什么都没有写入" in page
    assert 'id="preview"' not in page
    assert curves.store().months() == []
    assert not StoredFile.objects.filter(media_type=intake.MEDIA).exists()


@pytest.mark.parametrize(
    ("name", "content", "more", "words"),
    [
        ("7月.pdf", b"%PDF", {}, "只收 CSV"),
        ("7月.csv", long_csv(), {"multiplier": "0.5"}, "倍率应在"),
        ("7月.csv", long_csv(), {"digits": "2"}, "3 到 9"),
    ],
)
def test_a_file_that_cannot_be_one_is_refused_at_once(desk, name, content, more, words):
    answer = send(desk, name, content, **more)
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_stuck_meter_and_a_gap_are_told_before_anything_is_stored(desk):
    content = long_csv(kw=4.0).split(b"\n")
    send(desk, "7月.csv", b"\n".join(content[:60]))
    page = text(desk.get("/console/readings/"))

    assert "缺数" in page
    assert 'data-label="缺点数">37<' in page


def test_what_was_let_go_is_not_stored_later(desk):
    send(desk, "7月.csv", long_csv())
    assert press(desk, "discard").status_code == 302
    assert 'id="preview"' not in text(desk.get("/console/readings/"))

    assert press(desk, "confirm").status_code == 409
    assert curves.store().months() == []


def test_pressed_twice_it_is_stored_once(desk):
    send(desk, "7月.csv", long_csv())
    press(desk, "confirm")

    assert press(desk, "confirm").status_code == 409
    assert AuditEvent.objects.filter(verb="readings.file.take_in").count() == 1


def test_a_neighbours_meter_is_refused_the_county_may(client, town, settings, tmp_path):
    villages.network(town)
    loaded.store(settings, tmp_path)
    settings.MEDIA_ROOT = tmp_path
    content = long_csv(meter="B1-H0")
    stranger = enter(client, town, unit="S2")
    send(stranger, "7月.csv", content)
    assert "不归您的单位管" in text(stranger.get("/console/readings/"))

    county = enter(client, town, unit="LM")
    send(county, "7月.csv", content)
    assert 'id="preview"' in text(county.get("/console/readings/"))


def test_who_only_reads_sees_no_form(client, town, settings, tmp_path):
    settings.HOME = tmp_path
    auditor = enter(client, town, role=Role.AUDITOR)

    assert 'name="file"' not in text(auditor.get("/console/readings/"))
    assert auditor.post("/console/readings/confirm/", {"number": "DS"}).status_code == 404


def test_a_list_costs_as_much_with_more_rows(desk, django_assert_max_num_queries):
    for month in (1, 2, 3):
        send(desk, "曲线.csv", long_csv().replace(b"2026-07", f"2026-0{month}".encode()))
        press(desk, "confirm")
    with django_assert_max_num_queries(20):
        assert text(desk.get("/console/readings/")).count("曲线.csv") == 3
