"""Figures: right, with their sample, and traceable to their records."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from dianliang.core.models import AuditEvent
from dianliang.domain.insight import queries
from dianliang.flows import exporting, handling, posting
from dianliang.kernel.actor import Role
from tests.town import NOON, PASSWORD

PERIOD = {"start": NOON - timedelta(days=1), "end": NOON + timedelta(days=30)}


@pytest.fixture
def three_needs(town):
    """One on time and liked, one late and disliked twice over, one still open."""
    by = town.actor()
    for number, (late, stars) in enumerate(((False, 5), (True, 3)), start=1):
        need = town.post(f"第{number}户没电了", area_code="V1")
        handling.accept(number=need.number, by=by, at=NOON + timedelta(minutes=10 * number))
        done = NOON + (timedelta(days=3) if late else timedelta(hours=1))
        handling.resolve(number=need.number, words="好了", by=by, at=done)
        posting.rate_need(token=town.token(), stars=stars, words="", at=done)
    town.post("自来水停了", area_code="V3", channel="phone")
    return town


@pytest.mark.row("003-18")
def test_satisfaction_comes_with_its_sample_and_interval(three_needs):
    whole = queries.overview(by=three_needs.actor(), dimension="unit", **PERIOD).whole

    assert (whole.rated, whole.satisfied, whole.satisfied_share) == (2, 1, 0.5)
    assert 0.05 < whole.satisfied_low < 0.5 < whole.satisfied_high < 0.95


@pytest.mark.row("000-17")
def test_time_to_first_response_is_measured_per_channel(three_needs):
    found = queries.overview(by=three_needs.actor(), dimension="channel", **PERIOD)

    assert {p.key: p.response_median_min for p in found.parts} == {"portal": 15.0, "phone": None}


def test_every_figure_is_the_count_of_its_records(three_needs):
    by = three_needs.actor()
    for dimension in queries.DIMENSIONS:
        found = queries.overview(by=by, dimension=dimension, **PERIOD)
        assert sum(part.received for part in found.parts) == found.whole.received == 3
        for part in found.parts:
            rows = queries.records(by=by, dimension=dimension, key=part.key, **PERIOD)
            assert len(rows) == part.received
            assert sum(row.is_on_time is True for row in rows) == part.on_time
            assert sum(row.resolved_at is not None for row in rows) == part.resolved


def test_a_station_sees_its_own_figures(three_needs):
    found = queries.overview(by=three_needs.actor("S1"), dimension="unit", **PERIOD)

    assert found.whole.received == 2


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (1, 1), (5, 10), (99, 100)])
def test_the_interval_holds_the_share_and_stays_in_bounds(successes, trials):
    low, high = queries.wilson(successes, trials)

    assert 0 <= low <= successes / trials <= high <= 1


def test_the_workbook_holds_figures_method_and_records(three_needs):
    content = exporting.workbook(by=three_needs.actor(), dimension="unit", at=NOON, **PERIOD)
    book = load_workbook(BytesIO(content))

    assert book.sheetnames == ["指标", "口径", "明细"]
    assert book["明细"].max_row == 4
    assert AuditEvent.objects.filter(verb="insight.export").count() == 1


def test_cells_that_look_like_formulas_stay_text(three_needs):
    three_needs.units["S1"].name = "=cmd|' /C calc'!A0"
    three_needs.units["S1"].save()

    book = load_workbook(
        BytesIO(exporting.workbook(by=three_needs.actor(), dimension="unit", at=NOON, **PERIOD))
    )

    assert "f" not in {cell.data_type for row in book["指标"] for cell in row}


@pytest.mark.parametrize(
    "query", ["", "by=nope", "first=x&last=y", "first=2030-01-01&last=1999-01-01"]
)
def test_the_page_opens_for_any_address(client, town, query):
    town.user("party", Role.PARTY_AFFAIRS)
    client.login(username="party", password=PASSWORD)

    assert client.get(f"/board/?{query}").status_code == 200
    assert client.get(f"/board/records/?{query}").status_code == 200
    assert client.get(f"/board/export.xlsx?{query}").status_code == 200
