"""Who answers for which area, as an Excel file: empty, as it stands, and read back."""

from datetime import date, datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce import charges
from dianliang.domain.workforce.charging import cells_of, kinds, people_of
from dianliang.domain.workforce.models import Charge, ChargeKind, Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError

AREA, KIND, PERSON, FROM, REASON = "区域编码", "责任类别", "人员编号", "起始日期", "原因"
AREA_NAME, LEVEL, PERSON_NAME = "区域名称", "级别", "姓名"
EXAMPLE = (
    "330523108204",
    "余村村委会",
    "村（社区）",
    "客户经理",
    "RY00001",
    "张三",
    "2027-01-01",
    "年度调整",
)
NEEDED = (AREA, KIND, PERSON, FROM)
ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。表头不要改名、合并或重复。",
    "一行是一次交接：从“起始日期”起，这个区域由这个人负责，到下一次交接的前一天为止。",
    "“人员编号”留空表示从这一天起空缺。写了“姓名”就会与编号核对，防止编号抄错。",
    "与系统中相同的行不起作用，可以先导出、改动、再导入。任何一行有错，全部都不写入。",
    "编码请先把整列设为文本格式。",
)
FIRST_REASON = "Excel 导入"


def headings() -> tuple[Heading, ...]:
    """Return the columns; the kinds are those in use."""
    return (
        (AREA, "请先把整列设为文本", ()),
        (AREA_NAME, "供核对，导入时不看", ()),
        (LEVEL, "供核对，导入时不看", ()),
        (KIND, "", tuple(kind.name for kind in kinds())),
        (PERSON, "留空为空缺", ()),
        (PERSON_NAME, "可不填；填了就与编号核对", ()),
        (FROM, "例如 2027-01-01", ()),
        (REASON, "留空为“Excel 导入”", ()),
    )


def blank() -> bytes:
    """Return the table to fill in."""
    return blanks.template(headings(), example=EXAMPLE, title="责任区", advice=ADVICE)


def filled(*, by: Actor, on: date, at: datetime) -> bytes:
    """Return what is in force on a day and what is to come, to be changed and read back."""
    rows = Charge.objects.filter(area__in=cells_of(by), kind__is_active=True)
    told: dict[tuple[int, int], list[Charge]] = {}
    for row in rows.select_related("area", "kind", "person").order_by(
        "area__path", "kind__position", "from_on"
    ):
        kept = told.setdefault((row.area_id, row.kind_id), [])
        if row.from_on <= on:
            kept.clear()
        kept.append(row)
    cells = [_cells(row) for kept in told.values() for row in kept]
    out = BytesIO()
    book = blanks.workbook(out)
    blanks.add_table(book, sheets.FILL_IN, headings(), examples=cells)
    book.close()
    audit.record_about(
        "workforce.charge.export",
        target_type="workforce.charge",
        target_id=by.unit_code or "/",
        by=by,
        at=at,
        after=f"{len(cells)} 行",
    )
    return out.getvalue()


@transaction.atomic
def read(*, content: bytes, by: Actor, at: datetime) -> int:
    """Hand over what a file says; return how many rows changed something.

    Raises:
        UnreadableSheetError: the file cannot be read as this table.
        InvalidRowsError: rows are wrong; all are named and nothing is written.
    """
    rows = sheets.read(content, name="责任区表", headings=NEEDED)
    checks = Checks("责任区表")
    known = {area.code: area for area in cells_of(by)}
    by_name = {kind.name: kind for kind in kinds()}
    staff = {person.number: person for person in people_of(by)}
    kept = _kept(by)
    made = []
    seen: dict[tuple[str, str, date], int] = {}
    for row in rows:
        told = _row(row, checks, known, by_name, staff, kept)
        if told is None:
            continue
        area, kind, _, from_on = told
        first = seen.setdefault((area.code, kind.code, from_on), row.number)
        if first != row.number:
            words = f"与第 {first} 行是同一区域、类别和日期，请删去其中一行。"
            checks.add(row, words, AREA)
        made.append((from_on, row, told))
    changed = 0
    if not checks.found:
        changed = _write(made, checks, kept, by=by, at=at)
    checks.raise_if_any()
    return changed


Told = tuple[Area, ChargeKind, Person | None, date]
Kept = dict[tuple[str, str, date], Person | None]
"""Who is stored already, by the code of the area, the name of the kind and the first day."""


def _kept(by: Actor) -> Kept:
    rows = Charge.objects.filter(area__in=cells_of(by)).select_related("area", "kind", "person")
    return {(row.area.code, row.kind.name, row.from_on): row.person for row in rows}


def _write(
    made: list[tuple[date, SheetRow, Told]],
    checks: Checks,
    kept: Kept,
    *,
    by: Actor,
    at: datetime,
) -> int:
    changed = 0
    for from_on, row, (area, kind, person, _) in sorted(made, key=lambda item: item[0]):
        key = (area.code, kind.name, from_on)
        if key in kept and kept[key] == person:
            continue
        reason = checks.text(row, REASON, 200) or FIRST_REASON
        try:
            charges.hand_over(
                area=area,
                kind=kind,
                person=person,
                from_on=from_on,
                reason=reason,
                by=by,
                at=at,
                is_table=True,
            )
        except DomainError as refusal:
            checks.add(row, refusal.message, FROM if refusal.field == "from_on" else AREA)
        changed += 1
    return changed


def _row(
    row: SheetRow,
    checks: Checks,
    known: dict[str, Area],
    by_name: dict[str, ChargeKind],
    staff: dict[str, Person],
    kept: Kept,
) -> Told | None:
    code, number = checks.code(row, AREA, needed=True), checks.code(row, PERSON)
    if code and code not in known:
        checks.add(row, f"区域编码 {code} 不在您的区域内，请改正，或先导入区域。", AREA)
    name = row.get(KIND)
    if name not in by_name:
        listed = "、".join(by_name)
        checks.add(row, f"“{KIND}”应为{listed}之一，现为“{name}”。", KIND)
    from_on = checks.day(row, FROM)
    if from_on is None and not row.get(FROM):
        checks.add(row, f"“{FROM}”不能为空。", FROM)
    person = staff.get(number)
    stored = kept.get((code, name, from_on)) if from_on else None
    if stored is not None and stored.number == number:
        person = stored  # he may have left, or be of another unit: the row says nothing new
    if number and person is None:
        words = f"本单位在岗人员中没有编号 {number}，请改正，或先在单位表中导入此人。"
        checks.add(row, words, PERSON)
    given = row.get(PERSON_NAME)
    if person is not None and given and given != person.name:
        words = f"编号 {number} 是{person.name}，表中写的是“{given}”，请核对编号与姓名。"
        checks.add(row, words, PERSON)
    if given and not number:
        checks.add(row, f"写了姓名“{given}”却没有人员编号，请补上编号。", PERSON)
    if code not in known or name not in by_name or from_on is None:
        return None
    return known[code], by_name[name], person, from_on


def _cells(row: Charge) -> tuple[str, ...]:
    return (
        row.area.code,
        row.area.name,
        row.area.get_level_display(),
        row.kind.name,
        row.person.number if row.person else "",
        row.person.name if row.person else "",
        row.from_on.isoformat(),
        row.reason,
    )
