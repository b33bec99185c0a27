"""Curves of past seasons and registered machines tell which transformers the next overloads."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from dianliang.cli.energy.command import run
from dianliang.engines.loading import NO_W, POINTS, Meter, Network, Transformer
from dianliang.engines.relief import OVERLOAD, is_kept
from dianliang.flows.energy import seasons
from dianliang.integrations.curve_store import CurveStore, keep_register, register
from dianliang.kernel.calendar import WorkCalendar
from dianliang.kernel.errors import InvalidInputError
from tests.engines.loading.days import readings

AT = datetime(2026, 1, 1, tzinfo=UTC)
YEARS = (2023, 2024, 2025)
DAYS = 20
STARTS = [date(year, 3, 1) for year in YEARS]
METERS = 4


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return three seasons of four transformers; the last roasts tea, more every year."""
    root = tmp_path_factory.mktemp("home") / "curves"
    made = CurveStore(root)
    rng = np.random.default_rng(8)
    for k, start in enumerate(STARTS):
        load = rng.integers(20_000, 30_000, (METERS, DAYS, POINTS))
        load[:, :, 72:80] += 15_000
        load[3, :, 72:80] += 30_000 * (k + 1)
        if k == 1:
            load[0, 5] = NO_W
        first = (start - date(1970, 1, 1)).days
        made.add(readings(load, first=first), source=f"{start.year}.csv", at=AT)
    keep_register(
        root,
        Network.of(
            [Meter(number=f"M{i}", transformer=f"T{i}") for i in range(METERS + 1)],
            [Transformer(number=f"T{i}", capacity_kva=160.0) for i in range(METERS + 1)],
        ),
    )
    return made


def told(store, **changes):
    asked = {
        "starts": STARTS,
        "next_start": date(2026, 3, 1),
        "days": DAYS,
        "machines": {("T3", year): 60.0 * (k + 1) for k, year in enumerate((*YEARS, 2026))},
    }
    return seasons.outlook(store, register(store.root), **{**asked, **changes})


def test_the_transformer_whose_machines_grow_is_the_one_at_risk(store):
    found = told(store)

    first, *others = found.risks
    assert first.number == "T3"
    assert first.over > 0.5
    assert all(risk.over < 0.1 for risk in others)
    assert first.expected_kw == pytest.approx(45 + 120, rel=0.15)
    assert found.left_out == ("T4",)
    assert date(2026, 3, 1) <= first.worst_on <= date(2026, 3, 20)


def test_days_off_and_made_up_days_are_kinds_of_their_own():
    """May 2026: the 1st, a Friday, is off; the 9th, a Saturday, is worked for it."""
    calendar = WorkCalendar(
        holidays=frozenset({date(2026, 5, 1)}), make_up_days=frozenset({date(2026, 5, 9)})
    )

    kinds = seasons.kinds_of_days(date(2026, 4, 30), 12, calendar=calendar)

    assert kinds.tolist() == [3, 7, 5, 6, 0, 1, 2, 3, 4, 8, 6, 0]


def test_the_week_before_a_season_counts_where_it_is_stored(store):
    network, start = register(store.root), STARTS[-1]
    later = date(start.year, 3, 10)

    assert seasons.week_before(store, network, start) == {}
    before = seasons.week_before(store, network, later)
    assert before.keys() == {"T0", "T1", "T2", "T3"}
    assert 110 < before["T3"] < 140  # 20 to 30 kW, 15 in the evening, 90 of three years' machines


def test_machines_that_are_not_coming_lower_the_chance(store):
    machines = {("T3", year): 60.0 * (k + 1) for k, year in enumerate(YEARS)} | {("T3", 2026): 0.0}

    found = told(store, machines=machines)

    risk = next(risk for risk in found.risks if risk.number == "T3")
    assert risk.over < told(store).risks[0].over


def test_what_may_come_is_handed_to_the_relief_engine(store):
    risk = told(store).risks[0]

    area = seasons.as_area(risk, np.full(POINTS, 80.0))

    assert area.loads_kw.max() == pytest.approx(risk.high_kw)
    assert not is_kept(area.loads_kw, area, OVERLOAD, (0,))
    assert area.value == round(100 * risk.over)


def test_dates_and_stores_that_cannot_be_are_refused(store):
    with pytest.raises(InvalidInputError, match="之后"):
        told(store, next_start=date(2025, 3, 5))
    with pytest.raises(InvalidInputError, match="没有一天有曲线"):
        told(store, starts=[date(2020, 3, 1)])
    for ends in ([date(1, 1, 1), date(9999, 12, 31)], [date(1, 1, 1)]):
        with pytest.raises(InvalidInputError, match="2000 到 2100 年"):
            seasons.refuse_dates(ends, date(2026, 3, 1), 20)
    with pytest.raises(InvalidInputError, match="每一年"):
        told(store, starts=[date(2024, 3, 1), date(2024, 4, 1)])
    with pytest.raises(InvalidInputError, match="天"):
        told(store, days=0)
    with pytest.raises(InvalidInputError, match="同一时候"):
        told(store, next_start=date(2026, 7, 1))


def test_from_one_season_no_chance_is_told_and_the_assumed_width_is_said_as_it_is(store, capsys):
    words = ["--starts", f"{STARTS[-1]}", "--next", "2026-03-01", "--days", str(DAYS)]
    run(["forecast", *words, "--home", str(store.root.parent), "--language", "zh"])

    said = capsys.readouterr().out
    assert "九成不超过预计的 1.29 倍" in said
    assert "±" not in said
    assert "0." not in said.splitlines()[1].split("2026-03")[1]
    top = told(store, starts=[STARTS[-1]]).risks[0]
    assert top.high_kw / top.expected_kw == pytest.approx(1.29, abs=0.02)


def test_the_command_line_forecasts_with_a_table_of_machines(store, tmp_path, capsys):
    path = tmp_path / "炒茶机.csv"
    rows = [f"T3,{year},{30 * (k + 1)}" for k, year in enumerate((*YEARS, 2026)) for _ in "ab"]
    path.write_text("\n".join(["变压器编号,年份,功率(kW)", *rows]), encoding="utf-8")

    words = ["--starts", ",".join(map(str, STARTS)), "--next", "2026-03-01", "--days", str(DAYS)]
    run(["forecast", *words, "--machines", str(path), "--home", str(store.root.parent)])

    said = capsys.readouterr().out
    assert said.splitlines()[1].startswith("T3")
    assert "过载可能在一半以上的 1 台" in said
    assert "2 个留出的年份" in said


def test_a_table_of_machines_that_cannot_be_used_is_told_by_row(tmp_path):
    path = tmp_path / "炒茶机.csv"
    path.write_text(
        "变压器编号,年份,功率(kW)\nT1,去年,3\nT1,2025,3\nT2,2025,-1\n", encoding="utf-8"
    )

    with pytest.raises(InvalidInputError) as refused:
        seasons.read_machines(path)

    assert "第 2 行" in refused.value.message
    assert "第 4 行" in refused.value.message
    with pytest.raises(InvalidInputError, match="读不了"):
        seasons.read_machines(tmp_path / "没有.csv")
