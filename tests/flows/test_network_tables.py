"""Lines and transformers from Excel: all rows or none, every mistake with its row and column."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from dianliang.core.checks import InvalidRowsError
from dianliang.core.models import AuditEvent
from dianliang.core.sheets import MissingHeadingError
from dianliang.domain.network.models import Feeder, Transformer
from dianliang.flows import network_tables
from dianliang.flows.importing.tables import FEEDERS, NETWORK_TEMPLATES, TRANSFORMERS
from dianliang.kernel.errors import InvalidInputError
from tests import villages
from tests.town import NOON

pytestmark = pytest.mark.django_db
LINE = ["F1", "一线", "10 千伏", "架空线", "1200", "变电站", "9 号杆", "S1", "V1、V2"]
ONE = ["B1", "一号公变", "315", "公变", "V1", "F1", "30.5", "119.6", "2015-06-30", "", "126"]
PEAK = ["228.5", "2026-07-28"]


def excel(headings, *rows):
    book = Workbook()
    book.active.append([heading for heading, _, _ in headings])
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def load(town, feeders=(), transformers=(), **more):
    return network_tables.load(
        feeders=excel(FEEDERS, *feeders) if feeders else None,
        transformers=excel(TRANSFORMERS, *transformers) if transformers else None,
        by=town.actor("LM"),
        at=NOON,
        **more,
    )


def test_two_tables_make_a_network(town):
    done = load(town, [LINE], [[*ONE, *PEAK]])

    assert (done.feeders, done.transformers) == (1, 1)
    line, one = Feeder.objects.get(), Transformer.objects.get()
    assert (line.length_m, line.unit.code) == (1200, "S1")
    assert {area.code for area in line.areas.all()} == {"V1", "V2"}
    assert (one.feeder, one.area.code, one.households, one.peak_kw) == (line, "V1", 126, 228.5)
    assert AuditEvent.objects.get(verb="county.import").after.count("transformers=1") == 1


def test_a_known_code_is_brought_up_to_date_and_others_stay(town):
    load(town, [LINE], [[*ONE, *PEAK]])
    load(town, transformers=[["B2", "二号公变", "200", "", "V2", "F1"]])
    load(town, transformers=[["B1", "一号公变", "400", "专变", "V1", "F1"]])

    found = {t.number: (t.capacity_kva, t.use, t.peak_kw) for t in Transformer.objects.all()}
    assert found == {"B1": (400, "dedicated", None), "B2": (200, "public", None)}


def test_every_mistake_is_told_with_row_and_column_and_nothing_is_written(town):
    wrong = [
        ["B1", "", "很大", "私变", "V9", "F9", "95", "", "2015-13-01", "", "-1", "1", ""],
        ["B1", "重复", "0", "公变", "T1", "F1", "30", "", "2020-01-01", "2019-01-01", "0", "", ""],
    ]
    with pytest.raises(InvalidRowsError) as refused:
        load(town, [LINE], wrong)

    told = "\n".join(refused.value.rows)
    for words in (
        "变压器表 第 3 行 A 列：“变压器编号”B1 与第 2 行重复",
        "变压器表 第 2 行 B 列：“名称”不能为空",
        "变压器表 第 2 行 C 列：“额定容量（kVA）”应为 1 到 100000 的整数，现为“很大”",
        "变压器表 第 2 行 D 列：“公变或专变”应为公变、专变之一",
        "变压器表 第 2 行 E 列：村社区编码 V9 不是已有的村社区",
        "变压器表 第 2 行 F 列：线路编码 F9 不存在",
        "变压器表 第 2 行 G 列：“纬度”应为",
        "变压器表 第 3 行：纬度和经度要么都填",
        "变压器表 第 2 行 I 列：“投运日期”应形如",
        "变压器表 第 2 行 K 列：“供电户数”应为",
        "变压器表 第 2 行：最大负荷（kW）和最大负荷日要么都填",
        "变压器表 第 3 行 C 列：“额定容量（kVA）”应为",
        "变压器表 第 3 行 E 列：村社区编码 T1 不是已有的村社区",
        "变压器表 第 3 行 J 列：退运日期 2019-01-01 早于投运日期",
    ):
        assert words in told, words
    assert not Feeder.objects.exists()
    assert not Transformer.objects.exists()


def test_a_line_must_lead_from_somewhere_to_somewhere(town):
    with pytest.raises(InvalidRowsError) as refused:
        load(town, [["F1", "一线", "1 伏", "光缆", "", "", "", "S9", "V1、T1"]])

    told = "\n".join(refused.value.rows)
    for words in ("电压等级", "类型", "长度（米）", "“起点”不能为空", "“终点”不能为空", "S9", "T1"):
        assert words in told, words


def test_only_checking_writes_nothing(town):
    done = load(town, [LINE], [ONE], only_check=True)

    assert (done.feeders, done.transformers) == (1, 1)
    assert not Feeder.objects.exists()


def test_no_file_and_a_wrong_file_are_refused(town):
    with pytest.raises(InvalidInputError, match="请选择"):
        load(town)
    with pytest.raises(MissingHeadingError, match="变压器表 缺少表头：变压器编号"):
        network_tables.load(
            feeders=None, transformers=excel(FEEDERS, LINE), by=town.actor("LM"), at=NOON
        )


@pytest.mark.parametrize("name", NETWORK_TEMPLATES)
def test_the_template_explains_itself(name):
    book = load_workbook(BytesIO(network_tables.blank(name)))

    assert book.sheetnames == ["填写", "说明"]
    assert book["填写"]["A2"].value


def test_what_goes_out_comes_back_unchanged(town):
    villages.network(town)
    by = town.actor("S1")
    before = (list(Feeder.objects.values()), list(Transformer.objects.values()))

    tables = {
        name.partition(".")[0]: network_tables.filled(name, by=by, at=NOON)
        for name in NETWORK_TEMPLATES
    }
    done = network_tables.load(**tables, by=town.actor("LM"), at=NOON)

    assert (done.feeders, done.transformers) == (1, 4)
    after = (list(Feeder.objects.values()), list(Transformer.objects.values()))
    assert after == before


def test_a_station_takes_away_only_its_own(town):
    villages.network(town)
    content = network_tables.filled("transformers.xlsx", by=town.actor("S2"), at=NOON)

    assert load_workbook(BytesIO(content))["填写"].max_row == 1
