"""People from Excel: errors by row, a preview, doubtful ones decided, all or nothing."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from dianliang.core.checks import InvalidRowsError
from dianliang.core.models import AuditEvent
from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.workforce.models import (
    Certificate,
    Guardian,
    Membership,
    Person,
    PersonRole,
    StaffList,
    Team,
)
from dianliang.flows.staffing import lists, sheets
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.english import left_in_chinese
from tests.flows.staffing.books import workbook
from tests.flows.test_importing import excel
from tests.staff import DAY, NOON, TODAY, identity_card, person

pytestmark = pytest.mark.django_db
TEAM = {
    "队伍编码": "V1",
    "队伍名称": "薪火一队",
    "单位编码": "S1",
    "驻地纬度": 30.5,
    "驻地经度": 119.6,
}


def keep(town, by=None, **book):
    return lists.keep(
        content=workbook(**book), name="名单.xlsx", by=by or town.actor("S1"), at=NOON
    )


def take(town, row, **decisions):
    chosen = {int(key[1:]): value for key, value in decisions.items()}
    return lists.take_in(number=row.number, decisions=chosen, by=town.actor("S1"), at=NOON)


def someone(name="张三", **cells):
    return {"姓名": name, "单位编码": "S1", **cells}


def test_one_workbook_brings_people_teams_members_and_certificates(town):
    row = keep(
        town,
        人员=[
            someone(电话="13800000001", 身份="志愿者、讲师", 身份起始日期="2026-01-05"),
            someone("李四", 证件号码=identity_card(), 人员编号="XF001"),
        ],
        队伍=[{**TEAM, "队伍编码": "V2", "上级队伍编码": "V1"}, {**TEAM, "志愿服务队": "是"}],
        队员=[
            {"队伍编码": "V2", "姓名": "张三", "是否队长": "是"},
            {"队伍编码": "V2", "人员编号": "XF001", "入队日期": "2026-02-01"},
        ],
        证书=[
            {
                "姓名": "张三",
                "电话": "138 0000 0001",
                "技能": "抢修",
                "等级": "2",
                "证书编号": "ZS-1",
                "发证日期": "2026-01-01",
                "失效日期": "2028-01-01",
            }
        ],
    )
    assert not Person.objects.exists()
    assert not Team.objects.exists()
    shown = lists.preview(number=row.number, by=town.actor("S1"), on=TODAY)
    assert shown.counts["新建"] == 2
    assert "13800000001" not in repr(shown)

    done = take(town, row)

    assert done == {
        "teams_new": 2,
        "people_new": 2,
        "roles": 2,
        "members_new": 2,
        "certificates_new": 1,
    }
    zhang = Person.objects.get(name="张三")
    assert Team.objects.get(code="V2").parent.code == "V1"
    assert Membership.objects.get(person=zhang).is_captain
    assert PersonRole.objects.filter(person=zhang).count() == 2
    assert Certificate.objects.get(person=zhang).level == 2
    assert Person.objects.get(number="XF001").document == identity_card()
    row.refresh_from_db()
    assert row.body == ""
    assert AuditEvent.objects.filter(verb="workforce.stafflist.take_in").exists()
    with pytest.raises(InvalidInputError, match="已经导入"):
        take(town, row)


def test_every_mistake_is_told_with_sheet_row_and_column_and_nothing_is_kept(town):
    with pytest.raises(InvalidRowsError) as refusal:
        keep(
            town,
            人员=[
                someone(身份="队医"),
                {"姓名": "", "单位编码": "S2"},
                someone("王五", 证件号码="330523196001011231"),
                someone("赵六", 出生日期="2013-05-01"),
                someone("钱七", 电话="abc"),
            ],
            队伍=[{**TEAM, "驻地纬度": "", "上级队伍编码": "V7"}],
            队员=[{"队伍编码": "V9", "姓名": "没有这人"}],
            证书=[{"姓名": "张三", "技能": "飞行", "发证日期": "", "失效日期": "明天"}],
        )

    told = "\n".join(refusal.value.rows)
    for words in (
        "“人员”表 第 2 行 I 列：没有身份“队医”",
        "“人员”表 第 3 行 B 列：“姓名”不能为空",
        "“人员”表 第 3 行 C 列：单位编码 S2 不在本单位范围内",
        "“人员”表 第 4 行 G 列：身份证号码应为 18 位且校验位正确",
        "“人员”表 第 6 行 E 列：电话只能包含数字",
        "“队伍”表 第 2 行 E 列：新队伍必须填驻地",
        "“队伍”表 第 2 行 D 列：上级队伍编码 V7",
        "“队员”表 第 2 行 C 列：没有找到这个人",
        "“队员”表 第 2 行 A 列：没有队伍 V9",
        "“证书”表 第 2 行 D 列：没有技能“飞行”",
        "“证书”表 第 2 行 H 列：“发证日期”不能为空",
        "“证书”表 第 2 行 I 列：“失效日期”应形如",
    ):
        assert words in told
    assert left_in_chinese(refusal.value.rows) == []
    assert not StaffList.objects.exists()
    assert not Person.objects.exists()


def test_what_only_the_operation_knows_is_told_by_row_too(town):
    with pytest.raises(InvalidRowsError) as refusal:
        keep(
            town,
            人员=[someone("赵六", 出生日期="2013-05-01"), someone("钱七")],
            证书=[
                {"姓名": "钱七", "技能": "抢修", "发证日期": "2026-01-01", "失效日期": "2025-01-01"}
            ],
        )

    told = "\n".join(refusal.value.rows)
    assert "“人员”表 第 2 行 “监护人姓名”列：赵*未满 18 周岁" in told
    assert "“证书”表 第 2 行 “失效日期”列：证书的失效日期应晚于发证日期" in told


def test_the_same_person_on_two_rows_is_one(town):
    row = keep(
        town,
        人员=[
            someone(电话="13800000001", 身份="志愿者"),
            someone(电话="+86 138-0000-0001", 身份="讲师", 岗位="电管家"),
        ],
    )
    assert take(town, row)["people_new"] == 1
    assert PersonRole.objects.count() == 2
    assert Person.objects.get().title == "电管家"

    with pytest.raises(InvalidRowsError, match="与第 2 行是同一人，但“单位编码”不同"):
        keep(
            town,
            by=town.actor("AJ"),
            人员=[someone(电话="13800000009"), {**someone(电话="13800000009"), "单位编码": "S2"}],
        )


def test_who_is_there_is_known_by_number_document_or_phone_and_name(town):
    by_number = person(town, "P1", "王一", phone="13800000001")
    by_document = person(town, "P2", "王二", card=identity_card())
    by_phone = person(town, "P3", "王三", phone="13800000003", title="电管家")
    row = keep(
        town,
        人员=[
            someone("王一一", 人员编号="P1", 电话="13811111111"),
            someone("王二", 证件号码=identity_card(), 电话="13800000002"),
            someone("王三", 电话="138-0000-0003", 岗位="讲师"),
        ],
    )

    done = take(town, row)

    assert (done["people_changed"], Person.objects.count()) == (3, 3)
    for who in (by_number, by_document, by_phone):
        who.refresh_from_db()
    assert (by_number.name, by_number.phone) == ("王一一", "13811111111")
    assert by_document.phone == "13800000002"
    assert by_phone.title == "电管家"


def test_doubtful_ones_are_decided_by_a_person(town):
    person(town, "P1", "王芳")
    person(town, "P2", "李雷", phone="13800000002")
    rows = [someone("王芳", 电话="13900000001"), someone("李雷雷", 电话="13800000002")]
    more = [{"姓名": "王芳", "技能": "抢修", "发证日期": "2026-01-01", "失效日期": "2028-01-01"}]
    row = keep(
        town, 人员=[*rows, someone("王芳", 人员编号="N9")], 证书=[{**more[0], "人员编号": "N9"}]
    )
    shown = lists.preview(number=row.number, by=town.actor("S1"), on=TODAY)
    assert [(line.row, line.candidates[0].number) for line in shown.doubtful] == [
        (2, "P1"),
        (3, "P2"),
        (4, "P1"),
    ]
    with pytest.raises(InvalidInputError, match="第 2 行的人疑似已有"):
        take(town, row)
    with pytest.raises(InvalidInputError, match="第 3 行"):
        take(town, row, r2="P1", r3="P1", r4="skip")

    done = take(town, row, r2="P1", r3="new", r4="skip")

    assert done == {"people_changed": 1, "people_new": 1, "left_out": 2}
    assert Person.objects.get(number="P1").phone == "13900000001"
    assert not Certificate.objects.exists()


def test_taken_in_again_a_list_changes_nothing(town):
    book = {
        "人员": [someone(电话="13800000001", 身份="志愿者")],
        "队伍": [TEAM],
        "队员": [{"队伍编码": "V1", "姓名": "张三", "是否队长": "是"}],
        "证书": [
            {"姓名": "张三", "技能": "抢修", "发证日期": "2026-01-01", "失效日期": "2028-01-01"}
        ],
    }
    take(town, keep(town, **book))
    done = take(town, keep(town, **book))

    assert done == {"teams_changed": 1, "people_changed": 1}
    counts = [m.objects.count() for m in (Person, Team, Membership, Certificate, PersonRole)]
    assert counts == [1, 1, 1, 1, 1]


def test_a_list_is_found_by_its_unit_and_forgotten_after_a_week(town):
    row = keep(town, 人员=[someone()])
    for by in (town.actor("S2"), town.actor("S1", Role.COMMANDER)):
        with pytest.raises(NotVisibleError):
            lists.preview(number=row.number, by=by, on=TODAY)
    assert lists.forget_old(at=NOON + 6 * DAY) == 0
    assert lists.forget_old(at=NOON + 8 * DAY) == 1


def test_other_units_people_are_not_touched_by_a_list(town):
    there = person(town, "P1", "王一", unit="S2", card=identity_card())
    for cells in ({"人员编号": "P1"}, {"证件号码": identity_card()}):
        with pytest.raises(InvalidRowsError, match="其他单位"):
            keep(town, 人员=[someone("王一", **cells)])
    there.refresh_from_db()
    assert there.name == "王一"


def test_a_minor_needs_a_guardian_and_is_sealed(town):
    row = keep(
        town,
        人员=[
            someone(
                "欧阳小鱼",
                出生日期="2012-03-04",
                监护人姓名="欧阳大江",
                监护人电话="13900000000",
                监护人同意日期="2026-11-01",
            )
        ],
    )
    (shown,) = lists.preview(number=row.number, by=town.actor("S1"), on=TODAY).others
    take(town, row)

    assert (shown.name, shown.phone) == ("欧***", "")
    who = Person.objects.get()
    assert (who.name, who.whole_name, who.minor_until.isoformat()) == (
        "欧***",
        "欧阳小鱼",
        "2030-04-01",
    )
    assert Guardian.objects.get().name == "欧阳大江"


def test_what_is_known_of_a_guardian_is_not_overwritten_by_whoever_is_found_again(town):
    minor = {"出生日期": "2012-03-04", "电话": "13800000001", "监护人同意日期": "2026-11-01"}
    mother = {"监护人姓名": "欧阳母", "监护人电话": "13900000000"}
    take(town, keep(town, 人员=[someone("欧阳小鱼", **minor, **mother)]))
    other = {"监护人姓名": "陌生人", "监护人电话": "13700000000"}

    take(town, keep(town, 人员=[someone("欧阳小鱼", **minor, **other)]))

    assert Guardian.objects.get().name == "欧阳母"


def test_the_template_is_read_back_as_it_is_offered(town):
    book = load_workbook(BytesIO(sheets.template()))
    assert book.sheetnames == ["人员", "队伍", "队员", "证书", "说明"]
    with pytest.raises(UnreadableSheetError, match="空白模板"):
        lists.keep(content=excel([("甲",)]), name="x", by=town.actor("S1"), at=NOON)
