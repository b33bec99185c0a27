"""Judging a month from curves: who is over, heavy, uneven, too low, and what is refused."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from dianliang.core.jobs import run_next
from dianliang.core.models import AuditEvent
from dianliang.domain.relief import load_queries
from dianliang.domain.relief.models import Judgement, Screening
from dianliang.domain.relief.operations import UnableToRelieveError
from dianliang.engines.loading import NO_DV, NO_W, POINTS, Carried, Span
from dianliang.flows.demo.curves import network, readings
from dianliang.flows.relief import curves, loading_page, planning, screening
from dianliang.flows.relief.loading_page import Asked
from dianliang.integrations.curve_store import Kept, keep_register
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import phrase_of
from tests import loaded, villages
from tests.loaded import APRIL, AT


@pytest.fixture
def judged(town, settings, tmp_path):
    return loaded.screened(town, settings, tmp_path)


def by_number(judged):
    return {row.transformer.number: row for row in judged.judgements.all()}


def test_what_the_month_was_like_is_told_from_the_curves(judged):
    found = by_number(judged)

    assert {number: row.line for number, row in found.items()} == {
        "B1": "",
        "B2": "heavy",
        "B3": "over",
        "B4": "",
    }
    assert found["B3"].over_runs > 10
    assert found["B3"].peak_share > 1.1
    assert phrase_of(found["B3"].runs[0]["words"]).count("过载") == 1
    assert found["B4"].uneven_runs > 10
    assert found["B1"].uneven_runs == 0


def test_a_month_of_which_three_days_were_imported_is_not_known(town, settings, tmp_path):
    villages.network(town)
    settings.HOME = tmp_path
    keep_register(curves.store().root, network(loaded.VILLAGES))
    three = Span(APRIL, APRIL + timedelta(days=3))
    curves.store().add(readings(loaded.VILLAGES, three), source="三天", at=AT)

    found = by_number(screening.screen(APRIL, by=town.actor(), at=AT))

    assert found["B1"].known_share == pytest.approx(0.1)
    assert found["B1"].line == "unknown"


def test_low_voltage_is_that_of_the_worst_meter(judged):
    found = by_number(judged)

    assert found["B3"].least_v < 198
    assert found["B3"].low_minutes > 0
    assert (found["B1"].low_minutes, found["B1"].high_minutes) == (0, found["B1"].high_minutes)


def test_a_transformer_that_is_in_no_register_is_named_not_judged(judged):
    assert judged.strangers == ["B404"]
    assert judged.transformers == 5
    assert Judgement.objects.count() == 4


def test_a_screening_stays_and_the_newest_counts(judged, town):
    again = screening.screen(APRIL, by=town.actor(), at=AT)

    assert Screening.objects.count() == 2
    assert [row.number for row in load_queries.screenings()] == [again.number]
    assert AuditEvent.objects.filter(verb="relief.screening.keep").count() == 2


def test_a_month_is_judged_in_the_background_one_at_a_time(town, settings, tmp_path):
    villages.network(town)
    loaded.store(settings, tmp_path)
    screening.order(month="2026-04", by=town.actor(), at=AT)
    with pytest.raises(UnableToRelieveError, match="正在判定"):
        screening.order(month="2026-04", by=town.actor(), at=AT)
    assert loading_page.month(Asked(), by=town.actor()).is_going_on

    assert run_next(owner="w", clock=lambda: AT)

    page = loading_page.month(Asked(), by=town.actor())
    assert (page.over, page.heavy, page.uneven, page.is_going_on) == (1, 1, 1, False)
    assert page.screening.made_by == town.actor().name


@pytest.mark.parametrize(
    ("month", "words"), [("2026-13", "不是月份"), ("2026-05", "2026-04"), ("", "不是月份")]
)
def test_a_month_that_cannot_be_judged_is_refused(town, settings, tmp_path, month, words):
    loaded.store(settings, tmp_path)
    with pytest.raises(UnableToRelieveError, match=words):
        screening.order(month=month, by=town.actor(), at=AT)


def test_without_a_register_of_meters_nothing_is_judged(town, settings, tmp_path):
    settings.HOME = tmp_path
    with pytest.raises(UnableToRelieveError, match="户变关系"):
        screening.order(month="2026-04", by=town.actor(), at=AT)


def test_one_transformer_is_shown_through_its_points(judged, town):
    file = loading_page.transformer("B3", month=None, by=town.actor())
    points = file.points

    assert len(points.days) == 30
    assert max(points.daily_kva) == pytest.approx(file.row.peak_kw / 0.95, rel=1e-3)
    assert len(points.hourly) == 24
    assert max(max(hour) for hour in points.hourly) == pytest.approx(file.row.peak_share, rel=1e-3)
    assert min(points.least_v) == file.row.least_v
    assert points.peak_on == file.row.peak_at.astimezone(SHANGHAI).date()
    assert len(loading_page.transformer("B4", month=APRIL, by=town.actor()).points.phases_kva) == 3


def test_points_that_are_fed_back_are_drawn_by_their_size_below_zero():
    load_w = np.full(2 * POINTS, 10_000, np.int64)
    load_w[40], load_w[POINTS + 40] = -95_000, NO_W
    told = Carried(
        number="B3",
        span=Span(APRIL, APRIL + timedelta(days=2)),
        load_w=load_w,
        thrice_w=None,
    )
    none = np.full(2, NO_DV)

    points = loading_page.points_of(
        Kept(carried=told, least_dv=none, most_dv=none), capacity_kva=100
    )

    assert points.daily_kva == (-100.0, 10.526)
    assert points.peak_on == APRIL
    assert points.hourly[10] == (-1.0, 0.105)


def test_what_only_feeds_back_wants_none_of_these_measures(town):
    proposal = loaded.hand_made(town)
    (row,) = load_queries.judgements(
        screening=proposal.screening.number, areas=curves.areas_of(town.actor())
    )
    fed_back = {**row.runs[0], "most": -118_000}

    assert planning.draws_too_much(row)
    assert not planning.draws_too_much(replace(row, runs=(fed_back,)))


def test_without_its_file_the_verdict_is_shown_alone(judged, town):
    curves.carried_file(judged.number).unlink()

    assert loading_page.transformer("B3", month=None, by=town.actor()).points is None


def test_a_station_sees_its_own_transformers_only(judged, town):
    assert {row.number for row in loading_page.month(Asked(), by=town.actor("S1")).rows} == {
        "B1",
        "B2",
        "B3",
        "B4",
    }
    assert loading_page.month(Asked(), by=town.actor("S2")).rows == ()
    with pytest.raises(NotVisibleError):
        loading_page.transformer("B3", month=None, by=town.actor("S2"))


def test_filters_and_counts(judged, town):
    page = loading_page.month(Asked(line="uneven"), by=town.actor())
    assert [row.number for row in page.rows] == ["B4"]
    assert [row.number for row in loading_page.month(Asked(line="over"), by=town.actor()).rows] == [
        "B3"
    ]
    assert loading_page.month(Asked(town="T2"), by=town.actor()).rows == ()
    assert page.towns == (("T1", "天荒坪镇"),)
