"""Figures: right, with their sample, and traceable to their records."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dianliang.core.models import AuditEvent
from dianliang.domain.insight import queries
from dianliang.domain.insight.dimensions import DIMENSIONS
from dianliang.domain.insight.measures import FIGURES, METHOD, wilson
from dianliang.domain.insight.records import Behind, every_record, record_page
from dianliang.domain.intake.lifecycle import CLOCK_STOPPED, LABELS
from dianliang.domain.intake.models import Need, Participant, Rating
from dianliang.flows import exporting, handling, rating
from dianliang.kernel.actor import Role
from tests.town import NOON, PASSWORD

AT = NOON + timedelta(days=40)
SPAN = {"start": NOON - timedelta(days=1), "end": NOON + timedelta(days=30)}
PERIOD = {**SPAN, "at": AT}


@pytest.fixture
def three_needs(town):
    """One on time and liked, one late and disliked twice over, one still open."""
    by = town.actor()
    for number, (late, stars) in enumerate(((False, 5), (True, 3)), start=1):
        need = town.post(f"第{number}户没电了", area_code="V1")
        handling.accept(number=need.number, by=by, at=NOON + timedelta(minutes=10 * number))
        done = NOON + (timedelta(days=3) if late else timedelta(hours=1))
        handling.resolve(number=need.number, words="好了", by=by, at=done)
        rating.rate_need(token=town.token(), stars=stars, words="", at=done)
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
    assert {p.key: p.responded for p in found.parts} == {"portal": 2, "phone": 0}


def test_leaving_a_need_undone_past_its_promise_lowers_the_share_on_time(three_needs):
    by = three_needs.actor()
    soon = queries.overview(by=by, dimension="unit", **SPAN, at=NOON + timedelta(minutes=1)).whole
    later = queries.overview(by=by, dimension="unit", **PERIOD).whole

    assert (soon.overdue, soon.due, soon.on_time) == (0, 2, 1)
    assert (later.overdue, later.due, later.on_time) == (1, 3, 1)


def test_a_station_sees_its_own_figures(three_needs):
    found = queries.overview(by=three_needs.actor("S1"), dimension="unit", **PERIOD)

    assert found.whole.received == 2


made_needs = st.lists(
    st.fixed_dictionaries(
        {
            "area": st.sampled_from(["V1", "V2", "V3", "T1", "C"]),
            "unit": st.sampled_from(["S1", "S2", "WTR", "AJ"]),
            "service": st.sampled_from(["PWR-OUTAGE", "PWR-EV", None]),
            "channel": st.sampled_from(Need.Channel.values),
            "status": st.sampled_from(sorted(set(LABELS) - {"MERGED"})),
            "hours": st.integers(-24 * 40, 24 * 31),
            "responded": st.none() | st.integers(0, 6000),
            "resolved": st.none() | st.integers(0, 6000),
            "promised": st.integers(1, 6000),
            "reopened": st.integers(0, 2),
            "stars": st.lists(st.integers(1, 5), max_size=2),
        }
    ),
    max_size=12,
)


def write(town, made):
    """Put needs in as they may have come to stand; how they came there is not the point here."""
    from dianliang.domain.catalog.models import Service

    services = {row.code: row for row in Service.objects.all()}
    for n, like in enumerate(made):
        at = NOON + timedelta(hours=like["hours"])

        def later(minutes, at=at):
            return None if minutes is None else at + timedelta(minutes=minutes)

        need = Need.objects.create(
            number=f"G-{n}",
            channel=like["channel"],
            text="x",
            service=services.get(like["service"]),
            area=town.areas[like["area"]],
            place_source="village",
            unit=town.units[like["unit"]],
            status=like["status"],
            received_at=at,
            response_due_at=at,
            due_at=later(like["promised"]),
            first_response_at=later(like["responded"]),
            resolved_at=later(like["resolved"]),
            clock_stopped_at=at if like["status"] in CLOCK_STOPPED else None,
            reopened_count=like["reopened"],
        )
        for i, stars in enumerate(like["stars"]):
            who = Participant.objects.create(need=need, token_hash=f"{n}-{i}", joined_at=at)
            Rating.objects.create(participant=who, stars=stars, rated_at=at, unit_code="x")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(made_needs, st.sampled_from(["LM", "S1", "WTR"]))
def test_every_figure_is_the_number_of_its_records(town, made, unit):
    Rating.objects.all().delete()
    Participant.objects.all().delete()
    Need.objects.all().delete()
    write(town, made)
    by = town.actor(unit)

    for dimension in DIMENSIONS:
        found = queries.overview(by=by, dimension=dimension, **PERIOD)
        for figure in FIGURES:
            whole = Behind(figure=figure, dimension=dimension, **PERIOD)
            assert record_page(whole, by=by).total == getattr(found.whole, figure)
            for part in found.parts:
                asked = replace(whole, key=part.key)
                page = record_page(asked, by=by)
                assert page.total == len(page.rows) == getattr(part, figure)
            assert sum(getattr(part, figure) for part in found.parts) == getattr(
                found.whole, figure
            )
        assert sum(bucket.received for bucket in found.trend) == found.whole.received
        assert sum(bucket.on_time for bucket in found.trend) == found.whole.on_time
    before = Behind(start=SPAN["start"] - (SPAN["end"] - SPAN["start"]), end=SPAN["start"], at=AT)
    assert record_page(before, by=by).total == found.before.received
    mapped = queries.townships(by=by, **PERIOD).townships
    towns = {p.key: p for p in queries.overview(by=by, dimension="area", **PERIOD).parts}
    assert all(t.received == (towns[t.code].received if t.code in towns else 0) for t in mapped)


def test_a_period_that_begins_within_a_day_leaves_the_hours_before_it_out(three_needs):
    start = NOON + timedelta(minutes=1)
    found = queries.overview(
        by=three_needs.actor(), dimension="unit", start=start, end=SPAN["end"], at=AT
    )

    assert (found.whole.received, found.before.received) == (0, 3)


def test_pages_of_records_hold_each_record_once(town):
    write(
        town,
        [
            {
                "area": "V1",
                "unit": "S1",
                "service": None,
                "channel": "portal",
                "status": "RECEIVED",
                "hours": 1,
                "responded": None,
                "resolved": None,
                "promised": 10,
                "reopened": 0,
                "stars": [],
            }
        ]
        * 230,
    )
    asked, by = Behind(**PERIOD), town.actor()

    pages = [record_page(asked, by=by, page=page) for page in (1, 2, 3)]

    numbers = [row.number for page in pages for row in page.rows]
    assert len(numbers) == len(set(numbers)) == 230 == pages[0].total
    assert [row.number for row in every_record(asked, by=by)] == numbers
    assert record_page(asked, by=by, page=99).page == 3


@pytest.mark.parametrize(
    ("days", "expected"), [(1, 1), (14, 14), (15, 3), (31, 5), (190, 28), (191, 8), (366, 13)]
)
def test_a_period_is_cut_into_days_weeks_or_months_without_gap_or_overlap(days, expected):
    start = queries.midnight(NOON.date()) - timedelta(days=days - 1)
    buckets = queries.bucket_days(start=start, end=start + timedelta(days=days))

    assert abs(len(buckets) - expected) <= 1
    assert (buckets[0][0], buckets[-1][1]) == (start.date(), NOON.date())
    for (_, last), (first, _) in pairwise(buckets):
        assert first == last + timedelta(days=1)


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (1, 1), (5, 10), (99, 100)])
def test_the_interval_holds_the_share_and_stays_in_bounds(successes, trials):
    low, high = wilson(successes, trials)

    assert 0 <= low <= successes / trials <= high <= 1


def test_the_workbook_holds_figures_method_conditions_and_records(three_needs):
    content = exporting.workbook(by=three_needs.actor(), dimension="unit", **PERIOD)
    book = load_workbook(BytesIO(content))

    assert book.sheetnames == ["指标", "走势", "口径", "明细", "评价"]
    assert (book["明细"].max_row, book["评价"].max_row) == (4, 3)
    said = [row[0].value for row in book["口径"]]
    assert said[5:] == list(METHOD)
    assert "2026-11-23 至 2026-12-24" in said[0]
    assert "维度：单位" in said
    assert "要素联盟" in said[3]
    assert "2027-01-03 12:00" in said[4]
    event = AuditEvent.objects.get(verb="insight.export")
    assert said[0] in event.reason


def test_cells_that_look_like_formulas_stay_text(three_needs):
    three_needs.units["S1"].name = "=cmd|' /C calc'!A0"
    three_needs.units["S1"].save()

    book = load_workbook(
        BytesIO(exporting.workbook(by=three_needs.actor(), dimension="unit", **PERIOD))
    )

    assert "f" not in {cell.data_type for sheet in book for row in sheet for cell in row}


@pytest.fixture
def party(client, town):
    town.user("party", Role.PARTY_AFFAIRS)
    client.login(username="party", password=PASSWORD)
    return client


@pytest.mark.parametrize(
    "query",
    [
        "",
        "by=nope",
        "first=x&last=y",
        "first=2030-01-01&last=1999-01-01",
        "figure=nope&key=%00",
        "page=9223372036854775808",
        "page=-1&figure=rated",
        "by=area&key=%F0%9F%98%80",
        "by=channel&key=nope",
        "signage=1",
    ],
)
def test_the_page_opens_for_any_address(party, query):
    assert party.get(f"/board/?{query}").status_code == 200
    assert party.get(f"/board/records/?{query}").status_code == 200
    assert party.get(f"/board/export.xlsx?{query}").status_code == 200


QUERIES_FOR_A_PAGE = 13


def test_ten_times_the_needs_take_no_more_queries(party, town, django_assert_max_num_queries):
    for number in range(12):
        town.post(f"第{number}户没电了", area_code="V1")

    for address in ("/board/", "/board/?by=area", "/board/records/", "/board/?signage=1"):
        with django_assert_max_num_queries(QUERIES_FOR_A_PAGE):
            party.get(address)


def test_the_wall_shows_figures_without_names_and_stays_logged_in(party, three_needs):
    page = party.get("/board/?signage=1")

    text = page.content.decode()
    assert "按时率" in text
    assert "没电了" not in text
    assert "sessionid" in page.cookies
    assert "sessionid" not in party.get("/board/").cookies
