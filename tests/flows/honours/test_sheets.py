"""Honours as Excel: what comes out goes in again; wrong rows are all named; and in print."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook
from pypdf import PdfReader

from dianliang.core.checks import InvalidRowsError
from dianliang.domain.honours.models import Honour
from dianliang.domain.honours.queries.register import Asked
from dianliang.flows.honours import sheets
from tests.honourworld import Honoured
from tests.town import NOON

pytestmark = pytest.mark.django_db
YEAR = Asked(since=date(2026, 1, 1), until=date(2026, 12, 31))


@pytest.fixture
def world(town):
    return Honoured(town, NOON)


def row(**more):
    values = {
        "荣誉名称": "五一劳动奖章",
        "级别": "省级",
        "授予单位": "省总工会",
        "授予日期": "2026-05-01",
        "获得者类别": "个人",
        "获得者": "汪志刚",
    }
    return {**values, **more}


def excel(*rows):
    out, book = BytesIO(), Workbook()
    book.active.append(list(row()))
    for one in rows:
        book.active.append(list(one.values()))
    book.save(out)
    return out.getvalue()


def read(world, *rows):
    return sheets.read(content=excel(*rows), by=world.clerk("S1"), at=NOON)


def test_a_file_is_taken_in_once_and_comes_out_again(world):
    world.person("汪志刚")
    unit = row(获得者类别="单位", 获得者="S1", 荣誉名称="文明单位", 级别="市级")

    assert read(world, row(), unit) == 2
    assert read(world, row(), unit) == 0

    again = sheets.filled(asked=YEAR, by=world.clerk("S1"), at=NOON)
    Honour.objects.all().delete()
    assert sheets.read(content=again, by=world.clerk("S1"), at=NOON) == 2


def test_all_wrong_rows_are_named_and_nothing_is_written(world):
    world.person("汪志刚")

    with pytest.raises(InvalidRowsError) as refused:
        read(
            world,
            row(),
            row(级别="世界级"),
            row(获得者="查无此人"),
            row(授予日期="2099-01-01"),
            row(授予单位=""),
        )

    told = "\n".join(refused.value.rows)
    for place in ("世界级", "查无此人", "不能晚于今天", "“授予单位”不能为空"):
        assert place in told
    assert Honour.objects.count() == 0


def test_another_stations_people_are_not_honoured_here(world):
    world.person("汪志刚", "S2")

    with pytest.raises(InvalidRowsError, match="没有“汪志刚”"):
        read(world, row())


def test_the_register_is_printed(world):
    world.person("汪志刚")
    read(world, row())

    content = sheets.printed(asked=YEAR, by=world.clerk("S1"), on=NOON.date(), at=NOON)

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "五一劳动奖章" in text
    assert "汪志刚" in text
