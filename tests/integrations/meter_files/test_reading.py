"""The same days from every layout; whatever is wrong is told by row and column."""

import csv
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from django.utils import translation

from dianliang.engines.loading import NO_DV, NO_W, POINTS, Meter, rows_of
from dianliang.integrations.meter_files import (
    Hints,
    Kind,
    UnreadableReadingsError,
    read,
    read_register,
)
from dianliang.kernel.phrases import Phrase

RNG = np.random.default_rng(5)
KW = RNG.integers(0, 9_000, (2, 2, POINTS)) / 1000
VOLTS = RNG.integers(2_200, 2_360, (2, 2, POINTS)) / 10
METERS = ("3305230000000000000001", "3305230000000000000002")
DAYS = ("2026-06-30", "2026-07-01")
DAY_BEFORE = (date.fromisoformat(DAYS[0]) - date(1970, 1, 1)).days - 1
EXPECTED_W, EXPECTED_DV = np.rint(KW * 1000), np.rint(VOLTS * 10)


def when(point, day=0, *, form="%Y-%m-%d %H:%M"):
    at = datetime.fromisoformat(DAYS[day]) + timedelta(minutes=15 * point)
    return at.strftime(form)


def each():
    return [(m, d, j) for m in range(2) for d in range(2) for j in range(POINTS)]


def long_rows(form="%Y-%m-%d %H:%M"):
    return [
        ["电能表编号", "数据时间", "有功功率(kW)", "电压(V)"],
        *([METERS[m], when(j, d, form=form), KW[m, d, j], VOLTS[m, d, j]] for m, d, j in each()),
    ]


def by_clock(first):
    return [when(j + first)[11:] for j in range(POINTS - 1)] + ["24:00" if first else "23:45"]


def numbered(prefix):
    return [f"{prefix}{i + 1}" for i in range(POINTS)]


def wide_rows(names, *, scale=1.0, top=()):
    body = [
        [METERS[m], DAYS[d], *np.resize(KW[m, d], len(names)) * scale]
        for m in range(2)
        for d in range(2)
    ]
    return [*top, ["表号", "数据日期", *names], *body]


def write(path, rows, encoding="utf-8"):
    if path.suffix == ".xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    else:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
    return path


def grid(readings):
    rows = rows_of(readings.batch)
    order = np.lexsort((rows.day, [rows.numbers[i] for i in rows.meter]))
    assert [rows.numbers[rows.meter[i]] for i in order] == sorted(METERS * 2)
    return [x[order].reshape(2, 2, POINTS) for x in (rows.power, rows.voltage)]


@pytest.mark.parametrize(
    ("name", "encoding", "rows", "kind"),
    [
        ("long.csv", "gb18030", long_rows(), Kind.LONG),
        ("long.xlsx", "", long_rows("%Y/%m/%d %H:%M:%S"), Kind.LONG),
        ("wide.csv", "utf-8-sig", wide_rows([f"P{i + 1}" for i in range(POINTS)]), Kind.WIDE),
        ("clock.xlsx", "", wide_rows(by_clock(0), top=[["某台区日曲线"]]), Kind.WIDE),
        ("clock_end.csv", "utf-8", wide_rows(by_clock(1)), Kind.WIDE),
        (
            "watts.csv",
            "utf-8",
            wide_rows([f"P{i}(W)" for i in range(POINTS)], scale=1000),
            Kind.WIDE,
        ),
    ],
)
def test_every_layout_gives_the_same_days(tmp_path, name, encoding, rows, kind):
    readings = read(write(tmp_path / name, rows, encoding or "utf-8"))

    power, voltage = grid(readings)
    assert readings.layout.kind is kind
    assert (power == EXPECTED_W).all()
    assert (voltage == (EXPECTED_DV if kind is Kind.LONG else NO_DV)).all()


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.int64()]
)
def test_a_time_at_24_tells_the_end_of_quarter_hours_however_it_is_stored(tmp_path, kind):
    times = [when(j + 1, d) if j < POINTS - 1 else f"{DAYS[d]} 24:00" for _, d, j in each()]
    if kind == pa.int64():
        times = [int("".join(c for c in one if c.isdigit())) for one in times]
    table = {"meter": [METERS[m] for m, _, _ in each()], "time": pa.array(times, kind)}
    table |= {"power": [KW[at] for at in each()], "voltage": [VOLTS[at] for at in each()]}
    pq.write_table(pa.table(table), tmp_path / "long.parquet")

    power, voltage = grid(read(tmp_path / "long.parquet"))

    assert (power == EXPECTED_W).all()
    assert (voltage == EXPECTED_DV).all()


@pytest.mark.parametrize(("first", "label", "moved"), [(0, "end", -1), (1, "start", 1)])
def test_what_the_person_says_of_clocks_goes_before_the_headings(tmp_path, first, label, moved):
    path = write(tmp_path / "clock.csv", wide_rows(by_clock(first)))

    rows = rows_of(read(path, hints=Hints(label=label)).batch)

    mine = np.array([rows.numbers[i] == METERS[0] for i in rows.meter])
    days = rows.day[mine]
    laid = np.full(4 * POINTS, NO_W)
    for day, power in zip(days - DAY_BEFORE, rows.power[mine], strict=True):
        laid[day * POINTS : (day + 1) * POINTS] = power
    begin = POINTS + moved
    assert (laid[begin : begin + 2 * POINTS] == EXPECTED_W[0].ravel()).all()


def test_sets_of_points_that_are_no_power_are_passed_over_and_told(tmp_path):
    sets = [numbered(prefix) for prefix in ("P", "Q", "I", "Ua", "Ub", "Uc")]
    values = [KW, KW * 3, KW + 9, VOLTS, VOLTS + 3, VOLTS + 6]
    rows = [["表号", "日期", *(one for names in sets for one in names)]]
    rows += [
        [METERS[m], DAYS[d], *(x for one in values for x in one[m, d])]
        for m in range(2)
        for d in range(2)
    ]

    readings = read(write(tmp_path / "sets.csv", rows))

    power, voltage = grid(readings)
    assert (power == EXPECTED_W).all()
    assert (voltage == EXPECTED_DV).all()
    for passed in ("“Q1”至“Q96”", "“I1”至“I96”", "“Ub1”至“Ub96”"):
        assert passed in readings.layout.words


def test_one_meter_written_in_several_ways_is_one_meter(tmp_path):
    rows = long_rows()
    for i, row in enumerate(rows[1 : 1 + 2 * POINTS]):
        row[0] = (METERS[0], f" {METERS[0]} ", f'="{METERS[0]}"', f"３{METERS[0][1:]}")[i % 4]

    readings = read(write(tmp_path / "long.csv", rows))

    assert readings.meters == 2
    assert (grid(readings)[0] == EXPECTED_W).all()


def test_a_number_of_a_meter_that_a_cell_holds_exactly_is_taken(tmp_path):
    rows = [["表号", "日期", *numbered("P")], [3305230000000011.0, DAYS[0], *KW[0, 0]]]

    batch = read(write(tmp_path / "wide.xlsx", rows)).batch

    assert rows_of(batch).numbers == ["3305230000000011"]


def test_a_workbook_with_data_on_two_sheets_is_refused_and_one_behind_a_cover_is_read(tmp_path):
    def book(name, **sheets):
        with xlsxwriter.Workbook(tmp_path / name) as made:
            for title, rows in sheets.items():
                sheet = made.add_worksheet(title)
                for i, row in enumerate(rows):
                    sheet.write_row(i, 0, row)
        return tmp_path / name

    rows = wide_rows(numbered("P"))
    cover = [["表号", "说明"], ["必填", "电能表资产编号"]]
    assert (grid(read(book("one.xlsx", 封面=cover, 数据=rows)))[0] == EXPECTED_W).all()
    with pytest.raises(UnreadableReadingsError, match="2 个工作表都有数据：上旬、下旬"):
        read(book("two.xlsx", 上旬=rows, 下旬=rows))


def test_a_column_of_lists_is_refused(tmp_path):
    table = pa.table({"meter": [["1"], ["2"]], "time": ["2026-07-01 00:15"] * 2, "power": [1, 2]})
    pq.write_table(table, tmp_path / "lists.parquet")

    with pytest.raises(UnreadableReadingsError, match="“meter”列的内容"):
        read(tmp_path / "lists.parquet")


def test_units_of_headings_are_converted(tmp_path):
    rows = long_rows()
    rows[0] = ["表号", "时间", "有功功率(MW)", "电压（kV）"]
    for row in rows[1:]:
        row[2:] = [f"{row[2] / 1000:.6f}", f"{row[3] / 1000:.4f}"]
    power, voltage = grid(read(write(tmp_path / "long.csv", rows)))
    assert (power == EXPECTED_W).all()
    assert (voltage == EXPECTED_DV).all()

    counted = registers(5, multiplier=1)
    counted[0][2] = "正向有功总示值(MWh)"
    watts = rows_of(read(write(tmp_path / "registers.csv", counted)).batch).power.ravel()
    assert np.abs(watts[: 2 * POINTS] / 1000 - EXPECTED_W[0].ravel()).max() <= 4


def test_parquet_with_times_of_another_zone_gives_the_same_days(tmp_path):
    zone = timezone(timedelta(hours=8))
    times = [datetime.fromisoformat(when(j, d)).replace(tzinfo=zone) for _, d, j in each()]
    table = pa.table(
        {
            "meter_id": [METERS[m] for m, _, _ in each()],
            "ts": pa.array(times, pa.timestamp("us", tz="UTC")),
            "p_kw": [KW[at] for at in each()],
            "v": [VOLTS[at] for at in each()],
        }
    )
    pq.write_table(table, tmp_path / "long.parquet")

    power, voltage = grid(read(tmp_path / "long.parquet"))

    assert (power == EXPECTED_W).all()
    assert (voltage == EXPECTED_DV).all()


OTHER_ITEMS = ("无功功率", "正向有功总电能示值", "视在功率", "反向有功功率", "电压合格率")


def test_powers_and_voltages_of_a_day_may_stand_in_two_rows(tmp_path):
    names = [f"{i + 1}" for i in range(POINTS)]
    rows = [["表号", "日期", "数据项", *names]]
    for m in range(2):
        for d in range(2):
            rows.append([METERS[m], DAYS[d], "有功功率", *KW[m, d]])
            rows.append([METERS[m], DAYS[d], "A相电压", *VOLTS[m, d]])
            rows.append([METERS[m], DAYS[d], "B相电压", *VOLTS[m, d] + 9])
            rows.extend([METERS[m], DAYS[d], item, *KW[m, d] * 3] for item in OTHER_ITEMS)

    readings = read(write(tmp_path / "items.csv", rows))

    power, voltage = grid(readings)
    assert all(item in readings.words for item in OTHER_ITEMS)
    assert (power == EXPECTED_W).all()
    assert (voltage == EXPECTED_DV).all()


def registers(start, *, multiplier=20, change=None):
    """Write the register of one meter, every quarter hour, beginning at midnight."""
    energy = np.cumsum([0.0, *KW[0].ravel() / 4]) / multiplier
    shown = [round((start + e) % 10_000, 6) for e in energy]
    rows = [[METERS[0], when(j), shown[j], multiplier] for j in range(len(shown))]
    if change:
        change(rows)
    return [["表号", "抄表时间", "正向有功总示值", "综合倍率"], *rows]


def test_registers_become_powers_across_roll_over_and_beside_a_gap(tmp_path):
    rows = registers(9_999.2, change=lambda rows: rows.pop(100))

    readings = read(write(tmp_path / "registers.csv", rows), hints=Hints(digits=4))

    power = rows_of(readings.batch).power.ravel()[: 2 * POINTS]
    expected = EXPECTED_W[0].ravel().copy()
    expected[99:101] = NO_W
    assert readings.rolled == 1
    assert np.abs(power - expected).max() <= 1
    assert (power == NO_W).sum() == 2


def test_a_register_may_roll_over_while_readings_lack(tmp_path):
    rows = registers(9_999.2, change=lambda rows: rows.__delitem__(slice(1, 60)))

    assert read(write(tmp_path / "registers.csv", rows), hints=Hints(digits=4)).rolled == 1


def exchanged(before, after):
    """Exchange a meter that stood at one number for one that stands at another."""
    rows = registers(0, multiplier=1)
    stood = rows[10][2]
    for i, row in enumerate(rows[1:]):
        row[2] = round(row[2] + (before if i < 9 else after - stood), 6)
    return rows


def test_powers_of_the_secondary_side_are_multiplied_when_told_so(tmp_path):
    known = {m: Meter(number=m, transformer="T", multiplier=30) for m in METERS}

    readings = read(
        write(tmp_path / "long.csv", long_rows()), register=known, hints=Hints(is_secondary=True)
    )

    assert (grid(readings)[0] == np.rint(KW * 1000 * 30)).all()


def changed(row, column, value):
    rows = long_rows()
    rows[row][column] = value
    return rows


def headed(column, heading):
    rows = long_rows()
    rows[0][column] = heading
    return rows


def without(points):
    hours = {when(j)[11:] for j in points}
    return [row for row in long_rows() if row[1][11:] not in hours]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (changed(3, 2, "三千瓦"), "第 4 行“有功功率(kW)”列：“三千瓦”不是数字"),
        (changed(5, 1, "2026-02-30 01:00"), "第 6 行“数据时间”列：“2026-02-30 01:00”这一天不存在"),
        (
            changed(5, 1, "2026-06-30 01:07"),
            "第 6 行“数据时间”列：2026-06-30 01:07:00 不在整 15 分钟",
        ),
        (changed(2, 1, when(0)), "第 3 行“数据时间”列：与第 2 行是同一只表、同一时刻"),
        (changed(4, 0, ""), "第 5 行“电能表编号”列：没有表号"),
        (changed(4, 0, "3.30523E+21"), "科学计数"),
        (changed(4, 0, "9"), "第 5 行“电能表编号”列：表号 9 不在户变关系里"),
        (changed(4, 2, 9e9), "第 5 行：功率"),
        (changed(4, 3, -230), "电压为负"),
        (changed(4, 3, 2300), "第 5 行：电压 2300 V太大（最多 1000）"),
        (without(range(8, 12)), "23 小时"),
        (registers(5, multiplier=1, change=lambda rows: rows.__delitem__(slice(8, 12))), "23 小时"),
        (registers(5, multiplier=1, change=lambda rows: rows.__delitem__(slice(9, 13))), "23 小时"),
        (wide_rows([f"P{i + 1}" for i in range(92)]), "23 小时"),
        (wide_rows([f"P{i + 1}" for i in range(24)]), "需要 96 点"),
        ([["表号", "备注"], ["1", "2"]], "找不到日期或时间列"),
        ([*long_rows()[:9], ["1", "2"]], "第 10 行有 2 格，表头有 4 格"),
        ([["表号", "时间", "时间"], ["1", "2", "3"]], "表头重复：时间"),
        (
            registers(5, change=lambda rows: rows[9].__setitem__(2, -4)),
            "第 11 行“正向有功总示值”列：示数为负",
        ),
        (
            registers(50, multiplier=1, change=lambda rows: rows[9].__setitem__(2, 3)),
            "退到 3，既不是满码归零",
        ),
        (exchanged(912_346, 3), "退到"),
        (exchanged(999_700, 3), "退到"),
        (
            registers(5, change=lambda rows: rows[9].__setitem__(3, 0)),
            "第 11 行“综合倍率”列：倍率 0 不对",
        ),
        (registers(5, multiplier=40), "与户变关系里的 1 不一致"),
        (wide_rows([*numbered("P"), *numbered("有功")]), "“P1”至“P96”、“有功1”至“有功96”"),
        (headed(2, "总有功功率(kvar)"), "“总有功功率(kvar)”列单位是“kvar”，不能当功率用"),
        (headed(2, "功率（万千瓦）"), "单位是“万千瓦”"),
        ([row for row in long_rows() if row[1][-2:] in {"时间", "00"}], "多隔 60 分钟"),
        (
            [["表号", "日期", "负荷"], *([METERS[0], day, 3] for day in DAYS)],
            "“日期”列：只有日期，没有时刻",
        ),
        ([[*row, 40] if i else [*row, "倍率"] for i, row in enumerate(long_rows())], "倍率 40"),
        (changed(4, 2, 1e308), "数字太大"),
        (changed(5, 1, "46204.5"), "第 6 行“数据时间”列：4620-04-05 不在 2000 至 2100 年之间"),
        (changed(5, 1, "0001-01-01"), "不在 2000 至 2100"),
        (changed(5, 1, "9999-12-31"), "不在 2000 至 2100"),
        ([*long_rows()[:3], [], *changed(3, 2, "三千瓦")[3:]], "第 5 行“有功功率(kW)”列"),
        ([long_rows()[0], ["", "", "总", "A相"], *long_rows()[1:]], "第 2 行：表头占了两行"),
        (
            [
                ["表号", "日期", "数据项", *numbered("")],
                [METERS[0], DAYS[0], "有功功率(MW)", *KW[0, 0]],
            ],
            "第 2 行“数据项”列：“有功功率(MW)”的单位",
        ),
        (headed(3, "有功"), "两列功率：“有功功率(kW)”、“有功”"),
        (
            registers(5, multiplier=1, change=lambda rows: rows.__delitem__(slice(1, None, 2))),
            "多隔 30 分钟",
        ),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(tmp_path, rows, words):
    known = {m: Meter(number=m, transformer="T") for m in METERS}

    with pytest.raises(UnreadableReadingsError) as refusal:
        read(write(tmp_path / "bad.csv", rows), register=known)

    assert words in refusal.value.message
    with translation.override("en"):
        in_chinese = [*untold(refusal.value.message)]
    quoted = "".join(str(cell) for row in rows for cell in row)
    assert [one for one in in_chinese if not set(one) & HAN <= set(quoted)] == []


HAN = {chr(code) for code in range(0x4E00, 0xA000)}


def untold(said):
    """Yield what a refusal says without an English sentence: what it quotes of the file."""
    if isinstance(said, Phrase):
        if HAN & set(said.message) and translation.gettext(said.message) == said.message:
            yield said.message
        for value in said.values.values():
            yield from untold(value)
    elif HAN & set(str(said)):
        yield str(said)


def test_thousands_may_be_written_with_commas(tmp_path):
    rows = long_rows()
    rows[0][2] = "有功功率(W)"
    for row, kw in zip(rows[1:], KW.ravel(), strict=True):
        row[2] = f"{round(kw * 1000):,}"

    readings = read(write(tmp_path / "grouped.csv", rows))

    assert (grid(readings)[0] == EXPECTED_W).all()
    rows[1][2] = "1,25"
    with pytest.raises(UnreadableReadingsError, match="“1,25”不是数字"):
        read(write(tmp_path / "comma.csv", rows))


@pytest.mark.parametrize("heading", ["kW", "kw", " KW "])
def test_a_heading_that_is_a_unit_tells_its_unit(tmp_path, heading):
    rows = long_rows()
    rows[0][2] = heading

    assert "表头没写" not in read(write(tmp_path / "unit.csv", rows)).words


def test_a_voltage_of_nothing_is_refused_unless_there_was_an_outage(tmp_path):
    rows = long_rows()
    for row in rows[1 : 1 + POINTS]:
        row[3] = 0

    with pytest.raises(UnreadableReadingsError, match="2026-06-30 读到的电压全是 0 V"):
        read(write(tmp_path / "dead.csv", rows))

    for row in rows[1 : 1 + POINTS]:
        row[2] = 0
    assert read(write(tmp_path / "outage.csv", rows)).meters == 2


def test_a_missing_hour_may_be_called_a_gap_and_equal_doubles_count_once(tmp_path):
    rows = without(range(8, 12))
    rows.append(rows[7])

    readings = read(write(tmp_path / "gap.csv", rows), hints=Hints(accepts_lost_hours=True))

    assert readings.doubled == 2
    assert (grid(readings)[0][:, :, 8:12] == NO_W).all()


REGISTER = [
    ["表号", "变压器编号", "额定容量(kVA)", "倍率", "相别", "用途"],
    ["M1", "T1", "100", "1", "A", ""],
    ["M2", "T1", "100", "20", "三相", "总表"],
]


def test_the_register_knows_transformers_phases_and_main_meters(tmp_path):
    network = read_register(write(tmp_path / "register.xlsx", REGISTER))

    assert [(t.number, t.capacity_kva) for t in network.transformers] == [("T1", 100.0)]
    assert list(network.slot_of) == ["M2"]


def test_a_meter_without_its_transformer_is_told_what_is_missing(tmp_path):
    bad = [*REGISTER, ["M3", "", "100", "1", "A", ""]]

    with pytest.raises(UnreadableReadingsError, match="“变压器编号”列：没有变压器编号"):
        read_register(write(tmp_path / "register.csv", bad))


def test_a_register_tells_all_that_is_wrong(tmp_path):
    bad = [*REGISTER, ["M1", "T1", "-5", "0.0001", "D", ""]]

    with pytest.raises(UnreadableReadingsError) as refusal:
        read_register(write(tmp_path / "register.csv", bad))

    for words in ("大于 0 kVA", "倍率应不小于 1", "相别应为", "与第 2 行重复", "前后不一致"):
        assert words in refusal.value.message
