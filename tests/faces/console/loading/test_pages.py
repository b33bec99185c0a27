"""The load of transformers on the screen: list, filters, one transformer with its charts, Excel."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from dianliang.kernel.actor import Role
from tests import loaded
from tests.town import PASSWORD


def enter(client, town, role=Role.DISPATCHER, unit="S1"):
    town.user(f"{role}-{unit}", role, unit)
    client.login(username=f"{role}-{unit}", password=PASSWORD)
    return client


@pytest.fixture
def desk(client, town, settings, tmp_path):
    loaded.screened(town, settings, tmp_path)
    return enter(client, town)


def text(answer):
    return answer.content.decode()


@pytest.mark.row("004-07")
def test_a_month_is_listed_filtered_opened_and_taken_out(desk):
    page = text(desk.get("/console/loading/"))
    assert page.index("B3") < page.index("B2") < page.index("B1")
    assert "B404" in page
    over = text(desk.get("/console/loading/", {"line": "over", "town": "T1"}))
    assert 'id="B3"' in over
    assert 'id="B2"' not in over

    one = text(desk.get("/console/loading/B3/", {"month": "2026-04"}))
    for key in ("daily", "hours", "peak", "voltage", "phases"):
        assert f'id="figure-chart-{key}"' in one, key
    assert "过载" in one
    book = load_workbook(BytesIO(desk.get("/console/loading/table.xlsx?line=over").content))
    rows = list(book.active.values)
    assert [row[0] for row in rows[1:]] == ["B3"]


def test_a_list_costs_as_much_with_more_rows(desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        desk.get("/console/loading/")


def test_before_anything_was_judged_the_page_says_what_to_do(client, town, settings, tmp_path):
    settings.HOME = tmp_path
    page = text(enter(client, town).get("/console/loading/"))

    assert "dianliang energy import" in page
    answer = client.post("/console/loading/judge/", {"month": "2026-04"})
    assert answer.status_code == 422
    assert "户变关系" in text(answer)


def test_a_month_that_was_not_judged_and_a_stranger_are_not_found(desk):
    assert desk.get("/console/loading/B3/", {"month": "2020-01"}).status_code == 404
    assert desk.get("/console/loading/B9/").status_code == 404
    assert "还没有判定" in text(desk.get("/console/loading/", {"month": "2020-01"}))


def test_what_is_no_month_is_refused_and_shows_no_other(desk):
    for path in ("/console/loading/", "/console/loading/table.xlsx"):
        answer = desk.get(path, {"month": "2026-7x"})
        assert answer.status_code == 422
        assert "“2026-7x”不是月份" in text(answer)
        assert "B3" not in text(answer)
    assert desk.get("/console/loading/B3/", {"month": "2026-7x"}).status_code == 404


def test_the_month_that_is_shown_is_the_one_offered_for_judging(desk, settings, tmp_path):
    loaded.store(settings, tmp_path, year=2025)

    page = text(desk.get("/console/loading/"))

    assert '<option value="2026-04" selected>' in page
    assert '<option value="2025-04" >' in page


def test_a_long_month_is_read_in_pages_of_twenty(desk, monkeypatch):
    monkeypatch.setattr("dianliang.faces.console.loading.views.ROWS_A_PAGE", 3)

    first = text(desk.get("/console/loading/"))
    second = text(desk.get("/console/loading/", {"page": "2"}))

    assert first.count('<tr id="') == 3
    assert second.count('<tr id="') == 1


def test_the_verdicts_to_filter_by_are_english_for_who_reads_english(desk):
    desk.cookies["django_language"] = "en"

    page = text(desk.get("/console/loading/"))

    for words in ("Uneven phases", "Low voltage", "Not enough data"):
        assert f"{words}</option>" in page


def test_another_capacity_in_the_register_of_meters_is_pointed_out(desk):
    from dianliang.domain.network.models import Transformer

    Transformer.objects.filter(number="B3").update(capacity_kva=160)

    assert "台账容量 160 kVA" in text(desk.get("/console/loading/B3/"))
