"""Every firm at once; one that cannot be analysed is told why, and the others are done."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.loading import Span
from dianliang.flows.enterprises import analysing, bodies, papers, sunshine, tariff_files, words
from dianliang.flows.enterprises.analysing import analysed
from dianliang.flows.enterprises.days import kinds_of
from dianliang.integrations.curve_store import CurveStoreError
from dianliang.integrations.documents.model import Table
from dianliang.kernel.errors import InvalidInputError
from tests.flows.enterprises.county import DAYS, SPAN, stored, unfit


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return stored(tmp_path_factory.mktemp("county"))


@pytest.fixture(scope="module")
def outcomes(county):
    supplies, _, store = county
    return analysed(
        store,
        supplies,
        tariffs_known=tariff_files.demo(),
        span=SPAN,
        options=analysing.Options(sun=sunshine.sun_of(DAYS), least_cny=0.0, least_share=0.0),
    )


def test_bills_of_a_pass_over_the_store_are_those_of_the_readings(county, outcomes):
    supplies, power, _ = county

    for n, one in enumerate(outcomes):
        assert one.supply == supplies[n]
        assert sum(month.kwh for month in one.months) == pytest.approx(power[n].sum() / 4000)
        assert one.months[0].most_kw == power[n][:31].max() / 1000
        parts = [month.energy_cny + month.basic_cny + month.adjustment_cny for month in one.months]
        assert sum(parts) == pytest.approx(one.total_cny)
        (version,) = one.versions
        assert version.startswith("YS-10KV 第 1 版（演示数据，由点亮生成，")
        assert version.endswith("2024；演示电价，不是任何地方的执行价）")


def test_who_cannot_be_analysed_is_told_why_and_the_others_are_done(county):
    supplies, _, store = county
    for wanted, one in unfit(supplies[0]).items():
        wrong, fine = analysed(
            store, [one, supplies[1]], tariffs_known=tariff_files.demo(), span=SPAN
        )
        assert wanted in wrong.problem
        assert wrong.analysis is None
        assert fine.analysis is not None


def test_a_firm_with_two_meters_is_the_sum_of_both(county):
    supplies, power, store = county
    both = replace(
        supplies[0], meters=supplies[0].meters + supplies[1].meters, capacity_kva=5_000.0
    )
    found = analysed(store, [both], tariffs_known=tariff_files.demo(), span=SPAN)[0]

    assert found.analysis.most_kw == (power[0] + power[1]).max() / 1000


def test_part_of_a_month_makes_no_bill(county):
    supplies, _, store = county
    with pytest.raises(InvalidInputError, match="不是整月"):
        analysed(store, supplies, tariffs_known=[], span=Span(date(2025, 3, 2), date(2025, 5, 1)))
    wide = Span(date(2025, 3, 1), date(2025, 6, 1))
    found = analysed(store, supplies[:1], tariffs_known=tariff_files.demo(), span=wide)
    assert "2025-05 只读到 0%" in found[0].problem


def test_a_damaged_store_is_refused_in_words(tmp_path):
    supplies, _, store = stored(tmp_path, count=1)
    next(store.root.rglob("*.parquet")).write_bytes(b"nonsense")
    with pytest.raises(CurveStoreError, match="从备份恢复"):
        analysed(store, supplies, tariffs_known=tariff_files.demo(), span=SPAN)


def test_days_of_the_state_are_known_and_a_year_without_notice_is_refused():
    assert kinds_of(
        [date(2025, 5, 1), date(2025, 4, 27), date(2025, 4, 26), date(2025, 4, 28)]
    ) == [
        2,
        0,
        1,
        0,
    ]
    with pytest.raises(InvalidInputError, match="放假安排"):
        kinds_of([date(2050, 1, 1)])


def test_every_finding_has_words_a_rule_and_something_to_check(outcomes):
    seen = set()
    for one in outcomes:
        for finding in bodies.findings_of(one.analysis):
            told = words.told(finding["kind"], finding["rule"], finding["facts"])
            assert "%(" not in told.words + told.rule
            assert words.TO_CHECK[finding["kind"]]
            seen.add(finding["kind"])
    assert len(seen) >= 6


def test_the_sun_gives_what_its_table_of_hours_says():
    sun = sunshine.sun_of(DAYS)
    assert sun.kw_per_kwp[:31].sum() / 4 == pytest.approx(31 * sunshine.HOURS[2])
    assert (sun.kw_per_kwp[:, :16] == 0).all()


def test_a_report_names_money_rules_and_that_it_is_made_up(outcomes):
    one = outcomes[1]
    body, findings = bodies.body_of(one), bodies.findings_of(one.analysis)
    document = papers.paper(
        number="QY-1",
        name="演示厂",
        period="2025-03 至 2025-04",
        way=str(one.supply.way),
        capacity_kva=one.supply.capacity_kva,
        body=body,
        findings=findings,
        issuer="演示供电公司",
        is_generated=True,
    )
    text = str(document.blocks)

    assert "演示数据" in text
    assert "水电财字〔1983〕215号" in text
    assert f"{body['high_cny']:,.0f}" in text
    assert np.isclose(
        body["high_cny"], sum(one["high_cny"] for one in findings if one["is_counted"]), atol=0.1
    )
    total = next(block for block in document.blocks if isinstance(block, Table)).rows[-1]
    assert total[2] == "—", "the months' greatest demands have no sum"
    with pytest.raises(ValueError, match="没有读数"):
        bodies.body_of(replace(one, analysis=None, problem="没有读数"))


@given(parts=st.lists(st.floats(0, 1e7), min_size=1, max_size=5))
def test_shares_in_whole_percent_add_up_to_the_whole(parts):
    told = papers.percents(parts)

    assert sum(told) == (100 if sum(parts) else 0)
    exact = [100 * part / (sum(parts) or 1) for part in parts]
    assert all(abs(percent - share) < 1 for percent, share in zip(told, exact, strict=True))
