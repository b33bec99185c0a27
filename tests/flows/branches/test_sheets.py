"""Members and posts by Excel: as they stand, changed, read back; one wrong row and none counts."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from dianliang.core.checks import InvalidRowsError
from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.branches.models import Belonging, PostKind
from dianliang.domain.branches.operations import posts
from dianliang.domain.branches.queries import register as book
from dianliang.flows.branches import sheets
from dianliang.kernel.calendar import SHANGHAI
from tests.partyworld import Party
from tests.town import NOON

HEADINGS = ("支部编码", "支部名称", "人员编号", "姓名", "转入日期", "职务", "依据")


@pytest.fixture
def party(town):
    return Party(town, NOON)


def excel(*rows):
    out, workbook = BytesIO(), Workbook()
    workbook.active.append(HEADINGS)
    for row in rows:
        workbook.active.append(row)
    workbook.save(out)
    return out.getvalue()


def read(party, *rows):
    return sheets.read(content=excel(*rows), by=party.clerk(), at=NOON)


@pytest.mark.row("004-02")
def test_a_register_kept_in_excel_is_taken_in_once_and_comes_back_the_same(party):
    party.branch("B1", "S1")
    one, two = party.person("甲", "S1"), party.person("乙", "AJ")
    rows = [
        ("B1", "", one.number, "甲", "2025-02-01", "支部书记", "转正"),
        ("B1", "", two.number, "", "2025-01-01", "", ""),
    ]
    assert read(party, *rows) == 2
    assert read(party, *rows) == 0

    file = book.file("B1", by=party.clerk(), on=party.on)
    assert (file.row.members, file.row.secretary) == (2, "甲")
    kept = sheets.filled(by=party.clerk(), on=party.on, at=NOON)
    lines = [[c.value for c in row] for row in load_workbook(BytesIO(kept))["填写"].iter_rows()]
    assert [line[2] for line in lines[1:3]] == [one.number, two.number]
    assert lines[1][4:] == ["2025-02-01", "支部书记", "转正"]
    assert sheets.read(content=kept, by=party.clerk(), at=NOON) == 0
    assert sheets.blank().startswith(b"PK")


def test_one_wrong_row_and_nothing_is_written(party):
    party.branch("B1", "S1")
    good, stranger = party.person("甲", "S1"), party.person("外人", "WTR")
    outsider = party.person("群众", "S1")
    outsider.is_party_member = False
    outsider.save()
    rows = [
        ("B1", "", good.number, "甲", "2025-02-01", "", ""),
        ("B9", "", good.number, "", "2025-02-01", "", ""),
        ("B1", "", good.number, "乙", "2025-02-01", "", ""),
        ("B1", "", good.number, "", "", "", ""),
        ("B1", "", good.number, "", "2025-02-01", "主任", ""),
        ("B1", "", stranger.number, "", "2025-02-01", "", ""),
        ("B1", "", outsider.number, "", "2025-02-01", "", ""),
    ]
    with pytest.raises(InvalidRowsError) as refusal:
        read(party, *rows)
    told = "\n".join(refusal.value.rows)
    for words in (
        "第 3 行 A 列：支部编码 B9",
        "表中写的是“乙”",
        "第 5 行",
        "“职务”应为支部书记",
        f"没有编号 {stranger.number}",
        "没有登记为党员",
    ):
        assert words in told
    assert not Belonging.objects.exists()
    with pytest.raises(UnreadableSheetError):
        sheets.read(content=b"no table", by=party.clerk(), at=NOON)


def test_a_member_who_moves_on_later_stays_where_he_was_before(party):
    party.branch("B1", "S1")
    second = party.branch("B2", "S2")
    person = party.person("甲", "S1", second)
    read(party, ("B1", "", person.number, "", f"{party.on}", "", "调动"))

    yesterday = party.on - timedelta(days=1)
    assert book.file("B2", by=party.clerk(), on=yesterday).row.members == 1
    assert book.file("B1", by=party.clerk(), on=party.on).row.members == 1


def test_a_post_held_since_this_morning_is_not_given_back_to_the_day_of_joining(party):
    branch = party.branch("B1", "S1")
    one = party.person("甲", "S1", branch)
    early = datetime(party.on.year, party.on.month, party.on.day, 7, tzinfo=SHANGHAI)
    posts.appoint(
        branch=branch,
        kind=PostKind.objects.get(code="secretary"),
        person=one,
        from_on=party.on,
        reason="选举",
        by=party.clerk(),
        at=early,
    )
    since = Belonging.objects.get().from_on.isoformat()
    row = ("B1", "", one.number, "甲", since, "支部书记", "选举")

    assert sheets.read(content=excel(row), by=party.clerk(), at=early) == 0
