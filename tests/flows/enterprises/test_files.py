"""Tables of tariffs and firms are taken whole, or every wrong cell is named."""

import csv
import json
from io import StringIO

import pytest

from dianliang.core.checks import InvalidRowsError
from dianliang.engines.tariffs import Period
from dianliang.flows.enterprises import firm_files, tariff_files
from dianliang.flows.enterprises.words import told as told_of
from dianliang.kernel.errors import InvalidInputError


def table(headings, *rows):
    out = StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode()


TARIFF_HEADINGS = [name for name, _, _ in tariff_files.HEADINGS]


def stretch(**changes):
    given = dict(zip(TARIFF_HEADINGS, tariff_files.EXAMPLES[1], strict=True))
    return [*{**given, **changes}.values()]


def whole_day(**changes):
    return [
        stretch(**changes),
        stretch(
            **{"开始": "11:00", "结束": "8:00", "时段": "低谷", "电价（元/kWh）": "0.3"} | changes
        ),
    ]


def test_a_table_becomes_a_tariff_and_comes_back_from_json():
    found = tariff_files.read(table(TARIFF_HEADINGS, *whole_day()), name="电价.csv")

    assert len(found) == 1
    assert found[0].prices == {Period.PEAK: 0.9, Period.VALLEY: 0.3}
    assert found[0].demand_cny_kw == 40
    assert tariff_files.read(tariff_files.told(found).encode(), name="x.json") == found


def test_nobody_is_advised_to_the_way_that_he_already_pays():
    facts = {
        "now_way": "actual",
        "plain_way": "actual",
        "now_cny": 900.0,
        "plain_cny": 900.0,
        "best_cny": 800.0,
        "most_kw": 60.0,
        "capacity_kva": 100.0,
    }
    told = told_of("basic-charge", "basic-charge-choice", facts).words

    assert "改为" not in told
    assert "要能预测各月需量" in told
    other = told_of("basic-charge", "basic-charge-choice", {**facts, "now_cny": 1000.0})
    assert "改为按实际最大需量" in other.words


def test_what_ships_is_whole_and_says_it_is_in_force_nowhere():
    found = tariff_files.demo()

    assert {one.certainty.value for one in found} == {"generated"}
    assert all("不是任何地方的执行价" in one.source for one in found)
    assert tariff_files.read(tariff_files.told(found).encode(), name="x") == found


def test_the_example_of_the_empty_table_is_a_whole_tariff_in_force_nowhere():
    (found,) = tariff_files.read(tariff_files.template(), name="模板.xlsx")

    assert found.certainty.value == "generated"
    assert found.code not in {one.code for one in tariff_files.demo()}
    assert found.code == firm_files.EXAMPLE[3]


def test_a_gap_in_the_day_is_told_beside_the_wrong_cells_of_another_tariff():
    whole, lacking = whole_day(), stretch(电价编码="YS-2")
    whole[1][TARIFF_HEADINGS.index("电价（元/kWh）")] = "三毛"
    with pytest.raises(InvalidRowsError) as refusal:
        tariff_files.read(table(TARIFF_HEADINGS, *whole, lacking), name="电价.csv")

    told = "\n".join(refusal.value.rows)
    assert "三毛" in told
    assert "YS-2 第 1 版：全年工作日 00:00–08:00、11:00–24:00 没有定时段" in told


def test_every_wrong_cell_of_a_tariff_is_named():
    rows = whole_day()
    rows[0][TARIFF_HEADINGS.index("月份")] = "十三"
    rows[1][TARIFF_HEADINGS.index("开始")] = "上午"
    rows[1][TARIFF_HEADINGS.index("电价（元/kWh）")] = "三毛"
    rows[1][TARIFF_HEADINGS.index("名称")] = "别的"
    with pytest.raises(InvalidRowsError) as refusal:
        tariff_files.read(table(TARIFF_HEADINGS, *rows), name="电价.csv")

    told = "\n".join(refusal.value.rows)
    for words in ("“十三”不是月份", "“上午”不是时刻", "三毛", "与同一版本第 2 行不同"):
        assert words in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "不是 JSON"),
        ("[]", "没有电价"),
        ('[{"code": "A"}]', "缺少 'bands'"),
        ('[{"colour": 1}]', "不认识 colour"),
    ],
)
def test_a_json_that_is_no_tariff_is_refused(text, words):
    with pytest.raises(InvalidInputError, match=words.replace("'", ".")):
        tariff_files.read(text.encode(), name="x.json")
    rows = json.loads(tariff_files.told(tariff_files.demo()))
    rows[0]["prices"]["peak"] = "0.9"
    with pytest.raises(InvalidInputError, match=r"第 1 个电价：'0\.9' 应是数字"):
        tariff_files.read(json.dumps(rows).encode(), name="x.json")


def hostile(**changes):
    row = {**tariff_files.body(tariff_files.demo()[0]), **changes}
    return json.dumps([row]).encode()


BAND = tariff_files.body(tariff_files.demo()[0])["bands"][0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (hostile(code="GJ ATK/../x?y#z"), "不能含“/”"),
        (hostile(code="A" * 25), "最多 24 字"),
        (hostile(code="A\0"), "第 2 个字符无法保存"),
        (hostile(code=["A"]), "code 应是文字"),
        (hostile(title="\ud800"), "无法保存"),
        (hostile(source="文" * 201), "最多 200 字"),
        (hostile(**{"\ud800": 1}), "不认识"),
        (b"[" * 200_000, "括号套得太深"),
        (hostile(version=10**30), "version 应是 1 到 999"),
        (hostile(version=float("inf")), "version 应是"),
        (hostile(year=True), "year 应是"),
        (hostile(levy_cny_kwh=10**400), "太大"),
        (hostile(levy_cny_kwh=float("inf")), "基金及附加"),
        (hostile(basic={"floor_share": "x"}), "应是数字"),
        (hostile(basic={"choice_months": 1e300}), "choice_months 应是"),
        (hostile(basic=[1]), "basic 应是"),
        (hostile(bands=[{**BAND, "months": [float("inf")]}]), "months 应是"),
        (hostile(bands=[{**BAND, "from": "9" * 5000 + ":00"}]), "不是时刻"),
        (hostile(bands=[BAND] * 501), "有 501 个时段，最多 500 个"),
        (b'[{"x": 1}]' + b" " * 1_000_000, "超过 1 MB"),
        (json.dumps([{"x": 1}] * 20_000).encode(), "第 50 个电价"),
        (hostile(bands=[{**BAND, "from": "00:01"}] * 400), "另有 350 处"),
    ],
)
def test_a_hostile_json_is_refused_in_words_that_every_page_can_hold(content, words):
    with pytest.raises(InvalidInputError, match=words) as refusal:
        tariff_files.read(content, name="x.json")

    assert len(refusal.value.message.encode()) < 20_000


FIRM_HEADINGS = [*(name for name, _, _ in firm_files.HEADINGS), "无功电量 2025-01"]


def firm_row(**changes):
    given = dict(zip(FIRM_HEADINGS, (*firm_files.EXAMPLE, "1200"), strict=True))
    return [*{**given, **changes}.values()]


def test_a_row_becomes_a_contract():
    found = firm_files.read(table(FIRM_HEADINGS, firm_row()), name="企业.csv")[0]

    assert found.meters == ("1000001", "1000002")
    assert found.kvarh == {"2025-01": 1200.0}
    assert (found.way.value, found.capacity_kva, found.standard) == ("capacity", 400.0, 0.9)
    assert len(firm_files.read(firm_files.template(), name="模板")) == 1


def test_every_wrong_cell_of_the_firms_is_named():
    rows = [
        firm_row(**{"变压器容量（kVA）": "四百", "功率因数标准": "0.87"}),
        firm_row(**{"客户编号": "QY-2", "基本电费方式": "按合同最大需量", "无功电量 2025-01": "x"}),
    ]
    with pytest.raises(InvalidRowsError) as refusal:
        firm_files.read(table(FIRM_HEADINGS, *rows), name="企业.csv")

    told = "\n".join(refusal.value.rows)
    for words in ("四百", "0.87", "要填合同需量", "“无功电量 2025-01”", "与第 2 行重复"):
        assert words in told


def test_a_contract_beyond_the_transformer_and_a_month_that_is_none_are_named():
    row = firm_row(**{"基本电费方式": "按合同最大需量", "合同需量（kW）": "99999"})
    with pytest.raises(InvalidRowsError) as refusal:
        firm_files.read(table([*FIRM_HEADINGS, "无功电量 2026-13"], [*row, "5"]), name="企业.csv")

    told = "\n".join(refusal.value.rows)
    assert "合同需量 99999 kW 高于变压器容量 400 kVA" in told
    assert "第 2 行 K 列：表头“无功电量 2026-13”不是月份" in told
