"""A county's claim, taken apart: what heaters can explain, and what the figures imply."""

import csv
import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.measurement import (
    Claim,
    Code,
    FactorTable,
    Status,
    efficiency_bound,
    roll_up,
)

CASE = json.loads(
    (Path(__file__).parents[2] / "cases" / "measurement" / "heater.json").read_text("utf-8")
)
FILE = files("dianliang.engines.measurement") / "cn_grid_factors.csv"
TABLE = FactorTable.of(csv.reader(FILE.read_text("utf-8").splitlines()))


def near(of):
    return pytest.approx(of["value"], abs=of["tolerance"])


def test_heaters_explain_a_seventh_and_what_is_beyond_is_flagged():
    bound = efficiency_bound(before=CASE["before"], after=CASE["after"], claimed=CASE["claimed"])

    assert bound.most_of_whole == near(CASE["most"])
    assert bound.unexplained == pytest.approx(CASE["claimed"] - bound.most_of_whole)
    assert bound.status is Status.ESTIMATED
    assert [one.code for one in bound.findings] == [Code.BEYOND_MECHANISM]
    assert "36.0%" in bound.findings[0].words
    assert "14.8%" in bound.findings[0].english
    assert len(bound.to_check) >= 5
    fair = efficiency_bound(before=0.85, after=0.998, claimed=0.12)
    assert (fair.findings[0].code, fair.to_check) == (Code.WITHIN_MECHANISM, ())


@given(st.floats(0.05, 1), st.floats(0.05, 1), st.floats(0.01, 1))
def test_a_bound_grows_with_efficiency_and_share(one, other, share):
    before, after = sorted((one, other))
    bound = efficiency_bound(before=before, after=after, share=share)
    useful = 100 * before
    assert 100 - useful / after == pytest.approx(100 * bound.most_of_part, abs=1e-9)
    assert 0 <= bound.most_of_whole <= bound.most_of_part < 1


def test_the_county_is_reproduced_and_shown_beside_official_factors():
    official = [TABLE.find(area=one["area"], year=one["year"]) for one in CASE["official"]]
    rolled = roll_up(Claim(**CASE["claim"]), factors=official, most_fraction=1 - 0.85 / 0.998)

    assert rolled.kg_co2_per_kwh == near(CASE["kg_co2_per_kwh"])
    assert rolled.kg_co2_per_kwh == near(CASE["old_factor"])
    assert rolled.cny_per_kwh == near(CASE["cny_per_kwh"])
    assert rolled.saved_kwh_per_machine == near(CASE["saved_kwh_per_machine"])
    assert rolled.baseline_kwh_per_machine == near(CASE["baseline_kwh_per_machine"])
    assert rolled.within_kwh == near(CASE["within_kwh"])
    for one, wanted in zip(rolled.beside, CASE["official"], strict=True):
        assert one.co2_t == pytest.approx(wanted["co2_t"], abs=1)
        assert one.times == pytest.approx(wanted["times"], abs=1e-3)
    assert rolled.status is Status.ESTIMATED
    codes = [one.code for one in rolled.findings]
    assert codes == [Code.ABOVE_FACTORS] * 4 + [Code.BEYOND_MECHANISM]
    assert all(one.words and one.english for one in rolled.findings)


def test_the_table_is_read_whole_edited_in_versions_and_says_where_it_is_from():
    assert len(TABLE.factors) == 118
    assert all(one.is_transcribed and one.source and one.seen_in for one in TABLE.factors)
    assert TABLE.find(area="浙江").year == 2023
    assert TABLE.find(area="浙江", year=1999) is None

    better = replace(TABLE.find(area="浙江"), kg_per_kwh=0.5, is_transcribed=False)
    edited = TABLE.edited(better)
    assert (TABLE.version, edited.version, len(edited.factors)) == (1, 2, 118)
    assert edited.find(area="浙江").kg_per_kwh == 0.5
    assert TABLE.find(area="浙江").kg_per_kwh == 0.4974


def test_bad_figures_are_named():
    header = list(csv.reader(FILE.read_text("utf-8").splitlines()[:1]))
    with pytest.raises(ValueError, match="row 2"):
        FactorTable.of([*header, ["2023", "province", "浙江", "average", "x", "", ""]])
    with pytest.raises(ValueError, match="row 2: a factor"):
        FactorTable.of([*header, ["2023", "province", "浙江", "average", "-1", "", ""]])
    with pytest.raises(ValueError, match="row 1"):
        FactorTable.of([["year"]])
    with pytest.raises(ValueError, match="efficiencies"):
        efficiency_bound(before=0.9, after=0.8)
    with pytest.raises(ValueError, match="share"):
        efficiency_bound(before=0.8, after=0.9, share=0)
    with pytest.raises(ValueError, match="roll-up"):
        roll_up(Claim(machines=0, fraction=0.3, saved_kwh=1, co2_t=1, cost_cny=1), factors=())
