"""``dianliang energy measure``: savings from the curve store, from a table, and trials planned."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from dianliang.cli.energy.command import run
from dianliang.engines.loading import POINTS
from dianliang.integrations.curve_store import CurveStore
from dianliang.kernel.errors import DomainError, InvalidInputError
from tests.engines.loading.days import FIRST_ON, readings
from tests.flows.measuring.worlds import csv, one_pair, weather_days

DAYS, BASE = 480, 366
SAVED = {"M0": 0.2, "M1": 0.0, "M2": 0.25, "M3": 0.25, "M4": 0.05, "M5": 0.05, "M6": 0.05}
"""By meter; M2 and M3 had a measure in a place where everybody saves a twentieth anyway."""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A store of some meters over sixteen months, and the days' temperatures beside it."""
    home = tmp_path_factory.mktemp("home")
    chance = np.random.default_rng(11)
    days = [FIRST_ON + timedelta(days=number) for number in range(DAYS)]
    warm = [18 + chance.normal(0, 6) for _ in days]
    power = np.empty((len(SAVED), DAYS, POINTS), np.int64)
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


def test_what_everybody_saved_is_taken_off(home, tmp_path):
    out = tmp_path / "against.csv"

    run(asked(home, "M2", "M3", "--against", "M4", "M5", "M6", "--out", f"{out}"))

    told = [line.split(",") for line in out.read_text(encoding="utf-8-sig").splitlines()]
    found = dict(told)
    shares = {name: float(found[name].rstrip("%")) for name in ("节能率", "措施户", "对照户")}
    assert shares["措施户"] == pytest.approx(25, abs=1)
    assert shares["对照户"] == pytest.approx(5, abs=1)
    assert shares["节能率"] == pytest.approx(20, abs=1)
    pairs = [row[1].split(" – ") for row in told if row[0] == "配对"]
    assert [pair[0] for pair in pairs] == ["M2", "M3"]
    assert len({pair[1] for pair in pairs} & {"M4", "M5", "M6"}) == 2


def test_groups_that_share_a_meter_or_are_too_small_are_refused(home):
    with pytest.raises(InvalidInputError, match="M3 既是措施户又是对照户"):
        run(asked(home, "M2", "M3", "--against", "M3", "M4"))
    with pytest.raises(InvalidInputError, match="备选对照户少于措施户"):
        run(asked(home, "M2", "M3", "--against", "M4"))
    for words in (["--against", "M4"], ["M2", "--against", "M4", "--hourly"]):
        with pytest.raises(SystemExit):
            run(asked(home, *words))


def test_a_baseline_begins_anew_after_a_lasting_change(home, tmp_path):
    """What lies before the change counts no more: the base has fewer days, and says so."""
    out = tmp_path / "anew.csv"
    changed_on = FIRST_ON + timedelta(days=100)

    run(asked(home, "M0", "--changed-on", f"{changed_on}", "--out", f"{out}"))

    row = out.read_text(encoding="utf-8-sig").splitlines()[1]
    assert f"{BASE - 100}" in row
    assert "重建" in row or "重新" in row
    with pytest.raises(InvalidInputError, match="须早于措施投用"):
        run(asked(home, "M0", "--changed-on", f"{FIRST_ON + timedelta(days=BASE)}"))


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


def by_the_hour(home, tmp_path, change=lambda lines: lines):
    """The days' temperatures as every hour's."""
    days = (home / "warm.csv").read_text(encoding="utf-8").splitlines()[1:]
    lines = []
    for line in days:
        on, warm = line.split(",")
        lines += [f"{on} {hour:02d}:00,{warm}" for hour in range(24)]
    file = tmp_path / "hours.csv"
    file.write_text("\n".join(["时刻,气温（℃）", *change(lines)]), encoding="utf-8")
    words = asked(home, "M0", "M1", "--hourly")
    words[2] = f"{file}"
    return words


def test_a_fifth_saved_is_found_by_the_hour_too(home, tmp_path):
    out = tmp_path / "saved.csv"

    assert run([*by_the_hour(home, tmp_path), "--out", f"{out}"]) == 0

    told = out.read_text(encoding="utf-8-sig").splitlines()
    rows = {line.split(",")[0]: line.split(",") for line in told[1:]}
    low, high = map(float, rows["M0"][2:4])
    assert 0 < low < float(rows["M0"][1]) < high
    assert float(rows["M0"][4]) == pytest.approx(0.2, abs=0.02)
    assert float(rows["M1"][2]) < 0 < float(rows["M1"][3])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: [lines[1], *lines[1:]], "重复|两行"),
        (lambda lines: ["2026-01-01 08:15,3", *lines], "不是整点"),
        (lambda lines: ["昨天,3", *lines], "不是时刻"),
    ],
)
def test_a_clock_that_was_put_back_is_refused_by_row(home, tmp_path, change, words):
    with pytest.raises(DomainError, match=words) as refusal:
        run(by_the_hour(home, tmp_path, change))
    assert "第" in str(refusal.value.message)


def test_samples_of_power_are_option_a_and_bills_option_d(tmp_path, capsys):
    samples = tmp_path / "samples.csv"
    samples.write_text(
        "改造前功率（kW）,改造后功率（kW）\n5.0,3.9\n5.2,4.1\n4.9,4.0\n5.1,\n", encoding="utf-8"
    )
    words = ["measure", "--table", f"{samples}", "--design", "samples", "--hours", "6000"]
    assert run([*words, "--hours-error", "300"]) == 0
    told = capsys.readouterr().out
    assert "IPMVP A" in told
    assert "90% 区间" in told
    with pytest.raises(SystemExit):
        run(words)

    bills = tmp_path / "bills.csv"
    rows = [
        f"2025-{month:02d},{1000 + month},{1010 + month},{800 + month}" for month in range(1, 13)
    ]
    head = "月份,账单电量（kWh）,模型电量（kWh）,带措施模型电量（kWh）"
    bills.write_text("\n".join([head, *rows]), encoding="utf-8")
    assert run(["measure", "--table", f"{bills}", "--design", "bills"]) == 0
    assert "IPMVP D" in capsys.readouterr().out
    bills.write_text("\n".join([head, *rows[:5]]), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="至少十二个月"):
        run(["measure", "--table", f"{bills}", "--design", "bills"])
