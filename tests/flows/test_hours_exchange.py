"""Hours for another system: the table says what goes where, the dry run what is lacking."""

import csv
import io

import openpyxl
import pytest

from dianliang.core.models import AuditEvent
from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.hours.mapping import FIELDS, MappingError
from dianliang.domain.hours.models import ExchangeMapping
from dianliang.flows import hours_desk, hours_exchange
from dianliang.kernel.errors import NotVisibleError
from tests import hours
from tests.hours import AFTER_NOTICE

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(town):
    first = hours.taken(town, minutes=90, content="=1+1")
    second = hours.declared(town, "P2", minutes=30)
    hours.published(town, first, second)
    hours.taken(town, "P3")
    return first, second


def brought(town, *rows, words="按标准填写"):
    book = openpyxl.Workbook()
    book.active.append(hours_exchange.COLUMNS)
    for row in rows:
        book.active.append([*row, *[None] * (len(hours_exchange.COLUMNS) - len(row))])
    out = io.BytesIO()
    book.save(out)
    return hours_exchange.bring(
        content=out.getvalue(),
        name="映射表.xlsx",
        words=words,
        by=hours.officer(town),
        at=AFTER_NOTICE,
    )


def exported(town, form="csv", code="S1", since=None, until=None):
    by = hours.officer(town, code)
    name, content = hours_exchange.export(
        since=since, until=until, form=form, by=by, at=AFTER_NOTICE
    )
    assert name.endswith(form)
    if form == "xlsx":
        return openpyxl.load_workbook(io.BytesIO(content))
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_shipped_table_is_neutral_and_exports_published_hours_only(town, served):
    head, first, second = exported(town)

    assert head == list(FIELDS.values())
    told = dict(zip(head, second, strict=True))
    assert (told["姓名"], told["服务时长"], told["时长类别"]) == ("王小明", "30", "人工申报")
    assert dict(zip(head, first, strict=True))["服务内容"] == "'=1+1"


def test_columns_codes_constants_and_formats_are_as_the_table_says(town, served):
    brought(
        town,
        ("字段甲", "F01", "姓名"),
        ("字段乙", "F02", "服务时长", "", "小时（两位小数）"),
        ("字段丙", "F03", "时长类别", "", "原样", "签到核实=1；人工申报=2"),
        ("字段丁", "F04", "", "330523"),
        ("字段戊", "F05", "开始时间", "", "日期 20261120"),
    )

    assert exported(town) == [
        ["字段甲", "字段乙", "字段丙", "字段丁", "字段戊"],
        ["F01", "F02", "F03", "F04", "F05"],
        ["王小明", "1.50", "1", "330523", "20261120"],
        ["王小明", "0.50", "2", "330523", "20261120"],
    ]


def test_a_lacking_required_value_is_told_by_row_and_nothing_leaves(town, served):
    brought(town, ("编号", "", "时长编号"), ("队伍", "", "队伍名称", "", "", "", "是"))
    by = hours.officer(town)

    trial = hours_exchange.try_out(since=None, until=None, by=by)

    assert [(row.row, row.columns) for row in trial.lacking] == [(1, ("队伍",)), (2, ("队伍",))]
    with pytest.raises(MappingError, match=r"第 1 行（SC.*）：缺 队伍"):
        exported(town)
    assert not AuditEvent.objects.filter(verb="hours.hourrecord.export").exists()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("", "", "姓名"), "列名"),
        (("甲", "", "身高"), "身高"),
        (("甲", "", "姓名", "", "分钟"), "不能用"),
        (("甲", "", "姓名", "", "随便"), "随便"),
        (("甲", "", "", "", "", "", "是"), "必填"),
        (("甲", "", "时长类别", "", "", "签到核实"), "本系统的词"),
    ],
)
def test_a_wrong_table_is_refused_by_row_and_the_old_one_stays(town, row, told):
    with pytest.raises(MappingError, match=f"第 3 行.*{told}"):
        brought(town, ("好", "", "姓名"), row)

    assert not ExchangeMapping.objects.exists()


def test_the_same_column_twice_is_refused(town):
    with pytest.raises(MappingError, match="重复"):
        brought(town, ("甲", "", "姓名"), ("甲", "", "身份"))


def test_a_file_without_the_headings_is_refused(town):
    with pytest.raises(UnreadableSheetError):
        hours_exchange.bring(
            content="甲,乙\n1,2\n".encode(),
            name="x.csv",
            words="改了",
            by=hours.officer(town),
            at=AFTER_NOTICE,
        )


def test_versions_are_kept_and_an_earlier_one_comes_back_as_the_next(town):
    by = hours.officer(town)
    assert brought(town, ("甲", "", "姓名")) == 1
    assert brought(town, ("乙", "", "姓名")) == 2

    assert hours_exchange.back_to(1, by=by, at=AFTER_NOTICE) == 3

    assert [c.name for c in hours_exchange.present().columns] == ["甲"]
    assert [v.number for v in hours_exchange.versions()] == [3, 2, 1, 0]
    with pytest.raises(NotVisibleError):
        hours_exchange.version(9)


def test_a_table_that_is_handed_out_comes_back_unchanged(town):
    hours_exchange.bring(
        content=hours_exchange.table(0),
        name="映射表.xlsx",
        words="原样",
        by=hours.officer(town),
        at=AFTER_NOTICE,
    )

    assert hours_exchange.present().columns == hours_exchange.version(0).columns


def test_what_was_taken_back_leaves_the_file_and_is_named_beside_it(town, served):
    first, _ = served
    by = hours.officer(town)
    hours_desk.correct(number=first.number, span=None, because="查实未到场", by=by, at=AFTER_NOTICE)

    book = exported(town, "xlsx")

    assert book["志愿服务时间"].max_row == 2
    assert book["已冲销"]["A2"].value == first.number


def test_other_units_hours_and_other_days_stay_out(town, served):
    assert len(exported(town, code="S2")) == 1
    day = AFTER_NOTICE.date()
    assert len(exported(town, since=day, until=day)) == 1
