"""``dianliang energy measure``: savings from the curve store, from a table, and trials planned."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from dianliang.cli.energy.command import run
from dianliang.engines.loading import POINTS
from dianliang.integrations.curve_store import CurveStore
from dianliang.kernel.errors import InvalidInputError
from tests.engines.loading.days import FIRST_ON, readings
from tests.flows.measuring.worlds import csv, one_pair, weather_days

DAYS, BASE = 480, 366
SAVED = {"M0": 0.2, "M1": 0.0}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A store of two meters over fourteen months, and the days' temperatures beside it."""
    home = tmp_path_factory.mktemp("home")
    chance = np.random.default_rng(11)
    days = [FIRST_ON + timedelta(days=number) for number in range(DAYS)]
    warm = [18 + chance.normal(0, 6) for _ in days]
    power = np.empty((2, DAYS, POINTS), np.int64)
    for meter, saved in enumerate(SAVED.values()):
        for number, temperature in enumerate(warm):
            watts = 9_000 + 500 * max(0.0, temperature - 20) + chance.normal(0, 300)
            power[meter, number] = int(watts * (1 - (saved if number >= BASE else 0)))
    batch = readings(power, np.full(power.shape, 2200))
    column = pa.DictionaryArray.from_arrays(batch.column(0).indices, pa.array([*SAVED]))
    batch = batch.set_column(0, batch.schema.field(0), column)
    CurveStore(home / "curves").add(batch, source="x", at=datetime(2026, 7, 1, tzinfo=UTC))
    lines = [f"{on},{temperature:.2f}" for on, temperature in zip(days, warm, strict=True)]
    (home / "warm.csv").write_text("\n".join(["日期,平均气温（℃）", *lines]), encoding="utf-8")
    return home


def asked(home, *more):
    measure_on = FIRST_ON + timedelta(days=BASE)
    return [
        *("measure", "--temperature", f"{home}/warm.csv", "--from", f"{FIRST_ON}"),
        *("--measure-on", f"{measure_on}", "--until", f"{FIRST_ON + timedelta(days=DAYS)}"),
        *("--home", f"{home}", *more),
    ]


def test_a_fifth_saved_by_one_of_two_meters_is_found(home, tmp_path, capsys):
    out = tmp_path / "saved.csv"

    assert run(asked(home, "--out", f"{out}")) == 0

    told = out.read_text(encoding="utf-8-sig").splitlines()
    rows = {line.split(",")[0]: line.split(",") for line in told[1:]}
    low, high = map(float, rows["M0"][2:4])
    assert 0 < low < float(rows["M0"][1]) < high
    assert float(rows["M0"][4]) == pytest.approx(0.2, abs=0.01)
    assert float(rows["M1"][2]) < 0 < float(rows["M1"][3])


def test_a_meter_that_is_not_there_is_named(home):
    with pytest.raises(InvalidInputError, match="M9"):
        run(asked(home, "M0", "M9"))


def test_a_pair_of_machines_gets_a_range_and_what_to_check(tmp_path, capsys):
    table = tmp_path / "pair.csv"
    table.write_bytes(csv("trial", one_pair()))

    run(
        ["measure", "--table", f"{table}", "--design", "trial", "--before", "85", "--after", "99.8"]
    )

    told = capsys.readouterr().out
    assert all(words in told for words in ("不给区间，只列范围", "一对机器", "14.8%", "请核对"))


def test_a_table_of_days_is_measured_with_an_interval(tmp_path, capsys):
    table = tmp_path / "days.csv"
    table.write_bytes(csv("weather", weather_days()))

    run(["measure", "--table", f"{table}", "--measure-on", "2026-01-01"])

    assert "90% 区间" in capsys.readouterr().out


def test_temperatures_are_taken_under_the_names_that_people_give_them(home, tmp_path, capsys):
    said = (home / "warm.csv").read_text(encoding="utf-8")
    for number, name in enumerate(("平均气温", "温度计")):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        (folder / "warm.csv").write_text(said.replace("平均气温（℃）", name), encoding="utf-8")

    words = asked(home, "M0")
    words[2] = f"{tmp_path}/0/warm.csv"
    assert run(words) == 0
    words[2] = f"{tmp_path}/1/warm.csv"
    with pytest.raises(InvalidInputError, match="要有两列：“日期”和“平均气温（℃）”"):
        run(words)


def test_a_plan_says_what_it_assumes_and_takes_what_is_known_instead(capsys):
    run(["measure", "--plan"])
    guessed = capsys.readouterr().out
    run(["measure", "--plan", "--spread-effect", "6", "--spread-day", "20"])
    known = capsys.readouterr().out

    assert "逐日（%） 5，" in guessed
    assert "措施效果在机器之间（%） 3。" in guessed
    assert "措施效果在机器之间（%） 6。" in known
    assert guessed.splitlines()[1] != known.splitlines()[1]


def test_a_trial_is_planned_or_said_to_be_too_small(capsys):
    run(["measure", "--plan", "--wanted", "5", "--machines", "30"])
    assert "交叉试验" in capsys.readouterr().out
    with pytest.raises(InvalidInputError, match="做不到"):
        run(["measure", "--plan", "--wanted", "1", "--machines", "4"])


def test_what_is_missing_is_asked_for(capsys):
    for words in (["measure"], ["measure", "--table", "x.csv"]):
        with pytest.raises(SystemExit) as left:
            run(words)
        assert left.value.code == 2
