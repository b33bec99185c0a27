"""A county from three Excel files: all rows or none, every mistake with its row."""

import csv
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from dianliang.core.checks import InvalidRowsError
from dianliang.core.models import AuditEvent
from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.catalog.models import CalendarDay
from dianliang.domain.catalog.operations import load_calendar, replace_year
from dianliang.domain.catalog.queries import unannounced_year, work_calendar
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory import rules
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.operations import UnableToChangeRulesError
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce import merging
from dianliang.domain.workforce.models import Certificate, Person, Team
from dianliang.flows import care_sheets, importing
from dianliang.flows.demo.county import DATA
from dianliang.flows.importing.tables import AREAS, CUSTOMERS, HOLIDAYS, SPECIAL, UNITS
from dianliang.flows.rules.sheets import NEEDED
from dianliang.kernel.actor import SYSTEM
from tests.town import NOON

pytestmark = pytest.mark.django_db
DEQING = Path(__file__).parents[1] / "cases" / "counties" / "330521.csv"
COUNTY = ["330523", "安吉县", "县", "", "", "", ""]
TOWN = ["330523108", "天荒坪镇", "乡镇", "330523", "", "", ""]
VILLAGE = ["330523108204", "余村村委会", "村", "330523108", "农村", "30.5", "119.6"]
COMPANY = ["AJ", "供电公司", "供电公司", "电", "", "330523", "95598"]
STATION = ["AJ01", "天荒坪供电所", "供电服务站", "电", "AJ", "330523108", "95598"]
CREW = [
    "D01",
    "一队",
    "30.6",
    "119.6",
    "RY1",
    "张三",
    "19900000001",
    "电管家",
    "是",
    "repair",
    "2028-12-31",
]
OLD_LADY = ["KH1", "居民", "李四", "19900000002", "3305200000001", "330523108204", "1组"]
CARE = ["", "", "AJ01", "孤寡（独居）老人", "2", "30", "2026-11-01"]


def excel(headings, *rows):
    book = Workbook()
    book.active.append([heading[0] for heading in headings])
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def load(**files):
    return importing.import_county(**files, by=SYSTEM, at=NOON)


AREA_FILE = excel(AREAS, COUNTY, TOWN, VILLAGE)
UNIT_FILE = excel(UNITS, COMPANY, [*STATION, *CREW])


def test_three_files_make_a_county():
    done = load(areas=AREA_FILE, units=UNIT_FILE, customers=excel(CUSTOMERS, [*OLD_LADY, *CARE]))

    assert (done.areas, done.units, done.teams, done.people, done.customers) == (3, 2, 1, 1, 1)
    assert Area.objects.get(code="330523108204").path == "/330523/330523108/330523108204/"
    assert Unit.objects.get(code="AJ01").path == "/AJ/AJ01/"
    assert Certificate.objects.get().person == Person.objects.get(number="RY1")
    assert (Customer.objects.get().name, Customer.objects.get().special_level) == ("李四", 2)


def test_the_same_files_again_change_nothing():
    for _ in range(2):
        load(areas=AREA_FILE, units=UNIT_FILE, customers=excel(CUSTOMERS, [*OLD_LADY, *CARE]))

    assert (Area.objects.count(), Team.objects.count(), Customer.objects.count()) == (3, 1, 1)
    assert Certificate.objects.count() == 1


def test_an_old_number_means_whoever_was_kept_and_a_minor_stays_sealed():
    load(areas=AREA_FILE, units=UNIT_FILE)
    old = Person.objects.get(number="RY1")
    kept = Person.objects.create(
        number="RY2",
        name="张*",
        full_name="张三",
        born="2012-01-01",
        minor_until=date(2030, 1, 1),
        unit=old.unit,
    )
    merge = {"take": (), "reason": "同一人", "folds": (), "by": SYSTEM, "at": NOON}
    merging.merge(kept=kept, gone=old, **merge)

    load(areas=AREA_FILE, units=UNIT_FILE)

    person = Person.objects.get()
    assert (person.number, person.name, person.whole_name) == ("RY2", "张*", "张三")


def test_the_end_of_a_certificate_is_put_right_on_the_same_day():
    for ends in ("2028-12-31", "2029-12-31", "2029-12-31"):
        load(areas=AREA_FILE, units=excel(UNITS, COMPANY, [*STATION, *CREW[:-1], ends]))

    assert Certificate.objects.get().expires_on == date(2029, 12, 31)


def test_the_names_of_a_real_county_come_in():
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = [
            [r["code"], r["name"], "乡镇" if r["level"] == "township" else "村", r["parent"]]
            for r in csv.DictReader(file)
        ]

    done = load(areas=excel(AREAS, COUNTY, *rows))

    assert done.areas == 234
    assert Area.objects.filter(level="village", path__startswith="/330523/").count() == 218


def test_another_real_county_comes_in():
    """德清县: 13 townships and 177 villages, as a person would fill in the table."""
    levels = {"township": "乡镇（街道）", "village": "村（社区）"}
    classes = {"city": "城区", "rural": "农村", "remote": "偏远"}
    with DEQING.open(encoding="utf-8", newline="") as file:
        rows = [
            [
                r["code"],
                r["name"],
                levels[r["level"]],
                r["parent"],
                classes[r["area_class"]],
                r["lat"],
                r["lon"],
            ]
            for r in csv.DictReader(file)
        ]

    load(areas=excel(AREAS, ["330521", "德清县", "县（区）"], *rows))

    assert Area.objects.filter(path__startswith="/330521/", level="village").count() == 177
    mountain = Area.objects.get(name="莫干山镇")
    assert mountain.parent.name == "德清县"


def test_the_templates_are_read_back_by_the_program():
    files = importing.templates()

    with pytest.raises(InvalidRowsError, match="第 2 行"):
        load(units=files["units.xlsx"])
    assert set(files) == {
        "areas.xlsx",
        "units.xlsx",
        "customers.xlsx",
        "special.xlsx",
        "feeders.xlsx",
        "transformers.xlsx",
        "holidays.xlsx",
        "rules.xlsx",
    }


def test_codes_that_excel_turned_into_numbers_are_codes_again():
    load(
        areas=excel(AREAS, [330523.0, "安吉县", "县"], [330523108.0, "天荒坪镇", "乡镇", 330523.0])
    )

    assert Area.objects.get(code="330523108").parent.code == "330523"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_files_of_the_usual_encodings_are_read(encoding):
    text = "编码,名称,级别,上级编码\n330523,安吉县,县,\n"

    assert load(areas=text.encode(encoding)).areas == 1


def bomb():
    """A workbook that announces more than it may unpack to."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0")
        archive.infolist()[0].file_size = 401 * 1024 * 1024
    return out.getvalue()


def merged():
    book = Workbook()
    for column, name in enumerate(["编码", "名称", "级别"], start=1):
        book.active.cell(1, column, name)
    book.active.cell(2, 4, "上级编码")
    book.active.merge_cells("A1:A2")
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "表头"),
        ("编码,名称".encode("utf-16"), "UTF-16"),
        (b"\x81\x00\xff\x00", "不是可识别的文本"),
        (b"PK\x03\x04 torn", "已损坏"),
        (AREA_FILE[: len(AREA_FILE) // 2], "已损坏"),
        ("编码,名称\n1,x\n".encode(), "缺少表头"),
        (b"0" * (40 * 1024 * 1024 + 1), "40 MB"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(content, words):
    with pytest.raises(UnreadableSheetError, match=words):
        load(areas=content)

    assert not Area.objects.exists()


def test_a_bomb_and_a_merged_heading_are_refused():
    with pytest.raises(UnreadableSheetError, match="展开后过大"):
        load(areas=bomb())
    with pytest.raises(UnreadableSheetError, match="合并单元格"):
        load(areas=merged())


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["", "余村", "村", "330523"], "“编码”不能为空"),
        (["V", "", "村", "330523"], "“名称”不能为空"),
        (["V", "余村", "屯", "330523"], "“级别”应为"),
        (["V", "余村", "村", "999"], "上级编码 999"),
        (["V", "余村", "村", "V"], "绕成了圈"),
        (["V", "余村", "村", "330523", "", "95", "119"], "“纬度”应为"),
        (["V", "余村", "村", "330523", "", "nan", "119"], "“纬度”应为"),
        (["V", "余村", "村", "330523", "", "30", ""], "都填"),
        (["330523", "余村", "村", ""], "重复"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(row, words):
    with pytest.raises(InvalidRowsError) as refusal:
        load(areas=excel(AREAS, COUNTY, row))

    assert any("第 3 行" in line and words in line for line in refusal.value.rows)
    assert not Area.objects.exists()


def test_all_mistakes_are_told_at_once_and_a_wrong_file_spoils_the_others():
    bad = [[*OLD_LADY[:5], "999", "1组"], ["KH2", "外星人", ""]]

    with pytest.raises(InvalidRowsError) as refusal:
        load(areas=AREA_FILE, units=UNIT_FILE, customers=excel(CUSTOMERS, *bad))

    assert len(refusal.value.rows) >= 3
    assert not Area.objects.exists()
    assert not Unit.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({9: "diving"}, "没有技能"),
        ({10: ""}, "证书失效日期"),
        ({10: "明年"}, "应形如"),
        ({2: ""}, "驻地"),
        ({5: ""}, "队员姓名"),
    ],
)
def test_a_wrong_crew_is_named(change, words):
    crew = [change.get(i, cell) for i, cell in enumerate(CREW)]
    load(areas=AREA_FILE)

    with pytest.raises(InvalidRowsError, match=words):
        load(units=excel(UNITS, COMPANY, [*STATION, *crew]))
    assert not Unit.objects.exists()


def test_every_choice_that_a_template_offers_is_taken():
    load(areas=AREA_FILE)
    for kind in {h[0]: h[2] for h in UNITS}["单位类别"]:
        load(units=excel(UNITS, [f"U-{kind}", kind, kind, "综合"]))
    for level in {h[0]: h[2] for h in AREAS}["级别"]:
        load(areas=excel(AREAS, [f"A-{level}", level, level, "", "偏远"]))
    for kind in {h[0]: h[2] for h in CUSTOMERS}["特殊客户类别"]:
        load(customers=excel(CUSTOMERS, [*OLD_LADY, "", "", "", kind]))


def test_a_template_explains_itself():
    for content in importing.templates().values():
        book = load_workbook(BytesIO(content))
        assert book.sheetnames == ["填写", "说明"]
        words = " ".join(str(cell.value) for row in book["说明"] for cell in row if cell.value)
        assert "全部都不写入" in words


def test_a_check_tells_what_would_come_and_writes_nothing():
    done = importing.import_county(areas=AREA_FILE, by=SYSTEM, at=NOON, only_check=True)

    assert done.areas == 3
    assert not Area.objects.exists()
    assert not AuditEvent.objects.filter(verb="county.import").exists()


def test_a_complaint_says_row_and_column():
    with pytest.raises(InvalidRowsError, match="区域表 第 3 行 C 列：“级别”应为"):
        load(areas=excel(AREAS, COUNTY, ["V", "余村", "屯", "330523"]))


@pytest.mark.parametrize(
    "code",
    ["330523108204.0", "３３０５２３１０８２０４", " 330523108204\u3000", "\ufeff330523108204"],
)
def test_what_keyboards_and_excel_do_to_a_code_is_undone(code):
    load(areas=excel(AREAS, COUNTY, TOWN, [code, *VILLAGE[1:]]))

    assert Area.objects.get(name="余村村委会").code == "330523108204"


@pytest.mark.parametrize("code", [1.23e18, 330523108204000123, "1.23E+18"])
def test_a_code_that_lost_its_end_is_refused_not_guessed(code):
    load(areas=AREA_FILE)

    with pytest.raises(InvalidRowsError, match=r"E 列：“户号”现为.*丢掉"):
        load(customers=excel(CUSTOMERS, [*OLD_LADY[:4], code, *OLD_LADY[5:]]))


@pytest.mark.parametrize(
    "cell", [date(2028, 12, 31), "2028/12/31", "2028年12月31日", "2028.12.31", 47118, "20281231"]
)
def test_a_day_is_read_however_it_was_written(cell):
    load(areas=AREA_FILE)
    load(units=excel(UNITS, COMPANY, [*STATION, *CREW[:-1], cell]))

    assert Certificate.objects.get().expires_on == date(2028, 12, 31)


def test_the_same_crew_on_another_day_gets_no_second_certificate():
    load(areas=AREA_FILE, units=UNIT_FILE)
    importing.import_county(units=UNIT_FILE, by=SYSTEM, at=NOON + timedelta(days=30))

    assert Certificate.objects.count() == 1


def test_another_captain_takes_over_when_the_table_says_so():
    second = [*CREW[:4], "RY2", "李四", "19900000003", "电管家", "", "", ""]
    load(areas=AREA_FILE, units=excel(UNITS, COMPANY, [*STATION, *CREW], [*STATION, *second]))
    first, second[8] = [*CREW], "是"
    first[8] = ""

    load(units=excel(UNITS, COMPANY, [*STATION, *first], [*STATION, *second]))

    captains = Team.objects.get().members.filter(is_captain=True)
    assert [member.person.number for member in captains] == ["RY2"]


def test_two_captains_of_one_team_are_refused():
    load(areas=AREA_FILE)
    other = [*CREW[:4], "RY2", *CREW[5:]]

    with pytest.raises(InvalidRowsError, match="每队只能一名"):
        load(units=excel(UNITS, COMPANY, [*STATION, *CREW], [*STATION, *other]))


def test_a_unit_that_moves_takes_along_what_lies_below_it():
    load(areas=AREA_FILE, units=excel(UNITS, COMPANY, STATION, ["AJ011", "站点", "", "", "AJ01"]))

    load(units=excel(UNITS, ["NEW", "新公司", "供电公司"], [*STATION[:4], "NEW", *STATION[5:]]))

    assert Unit.objects.get(code="AJ011").path == "/NEW/AJ01/AJ011/"


def far_cell():
    book = Workbook()
    for row in (COUNTY, TOWN):
        book.active.append(row)
    book.active["XFD1048576"] = "x"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def doubled():
    return excel([*AREAS, AREAS[0]], [*COUNTY, "330523"])


@pytest.mark.parametrize(("make", "words"), [(far_cell, "很远的位置"), (doubled, "表头重复：编码")])
def test_a_stray_cell_and_a_doubled_heading_are_refused(make, words):
    with pytest.raises(UnreadableSheetError, match=words):
        load(areas=make())


def test_hidden_sheets_and_empty_rows_are_passed_over():
    book = Workbook()
    book.active.title = "草稿"
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("第二张")
    shown.append([heading[0] for heading in AREAS])
    shown.append([])
    shown.append(COUNTY)
    out = BytesIO()
    book.save(out)

    assert load(areas=out.getvalue()).areas == 1


def test_a_formula_comes_in_as_text_and_leaves_as_text():
    load(areas=AREA_FILE)
    load(customers=excel(CUSTOMERS, ["KH1", "居民", "'=cmd|'/C calc'!A0", *OLD_LADY[3:]]))

    assert Customer.objects.get().name.endswith("=cmd|'/C calc'!A0")


@pytest.mark.parametrize("name", ["甲" * 61, "余村\x07村"])
def test_what_no_database_could_keep_is_named(name):
    with pytest.raises(InvalidRowsError, match="第 3 行 B 列"):
        load(areas=f"编码,名称,级别,上级编码\n330523,安吉县,县,\nV,{name},村,330523\n".encode())


words = st.text(st.characters(categories=["L", "N"], max_codepoint=0x9FFF), min_size=1, max_size=20)


@given(st.lists(words, min_size=1, max_size=5, unique=True))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_names_survive_the_way_through_a_table(names):
    Area.objects.all().delete()
    rows = [[f"A{number}", name, "村"] for number, name in enumerate(names)]

    load(areas=excel(AREAS, *rows))

    assert list(Area.objects.order_by("code").values_list("name", flat=True)) == names


def holidays(*more, year=2047):
    january = [[f"{year}-01-{n:02d}", "放假", "元旦"] for n in range(1, 13)]
    return excel(HOLIDAYS, *january, *more)


def test_the_announced_holidays_of_a_year_take_the_place_of_the_bare_law():
    load_calendar(years=[2047])

    done = load(holidays=holidays(["2047-01-19", "调休上班", "元旦"]))

    assert done.days == 13
    calendar = work_calendar()
    assert calendar.is_working_day(date(2047, 1, 19))
    assert not calendar.is_working_day(date(2047, 1, 2))
    assert calendar.is_working_day(date(2047, 5, 1))
    assert unannounced_year(on=date(2047, 1, 5)) is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["2047-01-01", "放假", ""], "出现了两次"),
        (["2047-01-21", "调休上班", ""], "不是周六或周日"),
        (["2047-13-01", "放假", ""], "应形如"),
        (["", "放假", ""], "“日期”不能为空"),
        (["2047-01-20", "", ""], "“类别”不能为空"),
        (["2047-01-20", "半天", ""], "应为放假、调休上班之一"),
        (["2048-01-01", "放假", ""], "2048 年只有 1 天放假"),
    ],
)
def test_a_wrong_row_of_holidays_is_named_and_nothing_written(row, words):
    with pytest.raises(InvalidRowsError, match=words):
        load(holidays=holidays(row))

    assert not CalendarDay.objects.filter(on__year=2047, name="元旦", on__gt="2047-01-01").exists()


def test_a_running_installation_loads_the_coming_year_by_itself():
    new_years_eve = datetime(2046, 12, 31, 15, 57, tzinfo=UTC)
    importing.renew_calendar(at=new_years_eve)
    assert not CalendarDay.objects.exists()
    days = [(date(2046, 1, 1), "holiday", "元旦")]
    replace_year(2046, days=days, version="通知")

    importing.renew_calendar(at=new_years_eve)

    assert not work_calendar().is_working_day(date(2047, 1, 1))


HEADS = [heading[0] for heading in SPECIAL]


def special(*rows):
    return excel(SPECIAL, *([row.get(heading, "") for heading in HEADS] for row in rows))


GIVEN = {
    "客户编号": "KH1",
    "特殊客户类别": "居家生命支持",
    "关爱等级": "1",
    "走访间隔（天）": "15",
    "上次走访": "2026-11-20",
    "同意走访日期": "2026-11-01",
    "同意方式": "本人书面签字",
    "有效至": "2027-11-01",
    "联系人": "张三 19900000009",
    "钥匙保管人": "赵六",
    "上门口令": "白茶26",
    "沟通方式": "大字、手语",
    "停电时怎么办": "电池两小时",
    "固定队伍编码": "XH",
}


@pytest.fixture
def registered(town):
    town.team("XH", "S1", "care")
    for number, unit in (("KH1", "S1"), ("KH2", "S2")):
        Customer.objects.create(
            number=number,
            kind="resident",
            name="某人",
            area=town.areas["V1"],
            unit=town.units[unit],
        )
    return town


def test_what_is_agreed_with_special_customers_comes_from_a_table(registered):
    by = registered.actor("S1")
    count = importing.import_special(content=special(GIVEN), by=by, at=NOON)
    importing.import_special(content=special({"客户编号": "KH1"}), by=by, at=NOON)  # all blank

    kept = Customer.objects.get(number="KH1")
    assert count == 1
    assert (kept.special_kind, kept.special_level, kept.visit_interval_days) == (
        "life_support",
        1,
        15,
    )
    assert (kept.nominee, kept.key_holder, kept.visit_password, kept.outage_note) == (
        "张三 19900000009",
        "赵六",
        "白茶26",
        "电池两小时",
    )
    assert (kept.formats, kept.preferred_team_code) == (["large_print", "sign_language"], "XH")
    assert (kept.consented_on, kept.renewal_due_on) == (date(2026, 11, 1), date(2027, 11, 1))
    assert kept.consents.get().given_how == "signed"
    assert AuditEvent.objects.filter(verb="customers.customer.import").count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"客户编号": "KH2"}, "不归您的单位"),
        ({"客户编号": "没有"}, "不存在"),
        ({"特殊客户类别": ""}, "还不是特殊客户"),
        ({"特殊客户类别": "明星"}, "特殊客户类别"),
        ({"关爱等级": "4"}, "关爱等级"),
        ({"走访间隔（天）": "400"}, "走访间隔"),
        ({"上次走访": "2026-12-24"}, "不能晚于今天"),
        ({"同意走访日期": "2026-12-24"}, "不能晚于今天"),
        ({"同意方式": ""}, "同意方式"),
        ({"有效至": "2030-01-01"}, "两年"),
        ({"沟通方式": "鸽子"}, "鸽子"),
        ({"固定队伍编码": "没有"}, "固定队伍编码"),
        ({"上门口令": "长" * 21}, "上门口令"),
        ({"特殊客户类别": "留守儿童"}, "监护人"),
    ],
)
def test_a_wrong_row_of_special_customers_is_named_and_nothing_is_written(
    registered, change, words
):
    by = registered.actor("S1")

    with pytest.raises(InvalidRowsError, match=words) as refusal:
        importing.import_special(content=special({**GIVEN, **change}), by=by, at=NOON)

    assert "第 2 行" in refusal.value.message
    assert Customer.objects.filter(special_level=None).count() == 2
    assert not AuditEvent.objects.filter(verb__contains="import").exists()


def test_two_columns_of_one_name_are_refused_rather_than_one_of_them_lost(registered):
    twice = [*SPECIAL, ("上门口令", "", ())]
    content = excel(twice, [*(GIVEN[heading] for heading in HEADS), "竹海"])

    with pytest.raises(UnreadableSheetError, match="上门口令"):
        importing.import_special(content=content, by=registered.actor("S1"), at=NOON)


def test_whoever_has_no_unit_is_imported_by_those_who_serve_his_village(registered):
    Customer.objects.filter(number="KH1").update(unit=None)
    for stranger in (registered.actor("S2"), replace(registered.actor("S1"), unit_path="")):
        with pytest.raises(InvalidRowsError, match="KH1"):
            importing.import_special(content=special(GIVEN), by=stranger, at=NOON)

    importing.import_special(content=special(GIVEN), by=registered.actor("S1"), at=NOON)

    assert Customer.objects.get(number="KH1").special_level == 1


def test_checking_a_table_of_special_customers_writes_nothing(registered):
    by = registered.actor("S1")

    importing.import_special(content=special(GIVEN), by=by, at=NOON, only_check=True)

    assert Customer.objects.get(number="KH1").special_level is None
    assert not AuditEvent.objects.exists()


def test_a_masked_export_can_be_imported_again_and_changes_nothing(registered):
    by = registered.actor("S1")
    importing.import_special(content=special(GIVEN), by=by, at=NOON)
    before = Customer.objects.values().get(number="KH1")

    content = care_sheets.export(in_clear=False, reason="年度核对", by=by, at=NOON)
    importing.import_special(content=content, by=by, at=NOON)

    assert Customer.objects.values().get(number="KH1") == before


def rules_file(*rows):
    return excel([(heading, "", ()) for heading in NEEDED], *rows)


def test_rules_are_imported_as_a_draft_beside_what_they_need():
    content = rules_file(["PWR-LIGHT", "330523", "市政", "AJ", ""])

    done = load(areas=AREA_FILE, units=UNIT_FILE, rules=content)

    assert done.rules == 1
    draft = rules.draft()
    assert (draft.is_open, [row.unit_code for row in draft.rows]) == (True, ["AJ"])
    assert rules.version_in_force() == 0


def test_a_wrong_rule_is_named_and_nothing_is_written():
    content = rules_file(["PWR-LIGHT", "330523", "国王", "NOSUCH", ""])

    with pytest.raises(InvalidRowsError) as refusal:
        load(areas=AREA_FILE, units=UNIT_FILE, rules=content)

    assert "派单规则表 第 2 行 C 列" in refusal.value.message
    assert "派单规则表 第 2 行 D 列" in refusal.value.message
    assert not Area.objects.exists()
    assert not rules.draft().is_open


def test_an_import_does_not_overwrite_a_draft():
    content = rules_file(["PWR-LIGHT", "330523", "", "AJ", ""])
    load(areas=AREA_FILE, units=UNIT_FILE, rules=content)

    with pytest.raises(UnableToChangeRulesError, match="已有一份草稿"):
        load(rules=content)


def test_a_checked_import_leaves_no_draft():
    load(areas=AREA_FILE, units=UNIT_FILE)
    content = rules_file(["PWR-LIGHT", "330523", "", "AJ", ""])

    done = importing.import_county(rules=content, by=SYSTEM, at=NOON, only_check=True)

    assert (done.rules, rules.draft().is_open) == (1, False)
