"""A county from three Excel files: all rows or none, every mistake with its row."""

import csv
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Certificate, Person, Team
from dianliang.flows import importing
from dianliang.flows.demo.county import DATA
from dianliang.flows.importing.tables import AREAS, CUSTOMERS, UNITS, InvalidRowsError
from dianliang.kernel.actor import SYSTEM
from tests.town import NOON

pytestmark = pytest.mark.django_db
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
    book.active.append([name for name, _ in headings])
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


def test_the_names_of_a_real_county_come_in():
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = [
            [r["code"], r["name"], "乡镇" if r["level"] == "township" else "村", r["parent"]]
            for r in csv.DictReader(file)
        ]

    done = load(areas=excel(AREAS, COUNTY, *rows))

    assert done.areas == 234
    assert Area.objects.filter(level="village", path__startswith="/330523/").count() == 218


def test_the_templates_are_read_back_by_the_program():
    files = importing.templates()

    with pytest.raises(InvalidRowsError, match="第 2 行"):
        load(units=files["units.xlsx"])
    assert set(files) == {"areas.xlsx", "units.xlsx", "customers.xlsx"}


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
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (401 * 1024 * 1024))
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
