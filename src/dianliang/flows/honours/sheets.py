"""Honours and media reports as Excel, empty, as they stand, and read back; and in print."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.honours.operations import register
from dianliang.domain.honours.operations.register import Entry
from dianliang.domain.honours.queries import register as book
from dianliang.domain.honours.queries.register import HOLDERS, LEVELS, Asked
from dianliang.flows.honours.keeping import subject_of
from dianliang.integrations.documents.model import Document, Facts, Paragraph, Table
from dianliang.integrations.documents.pdf import pdf
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError

TITLE, LEVEL, ISSUER, ON = "荣誉名称", "级别", "授予单位", "授予日期"
HOLDER, NAME = "获得者类别", "获得者"
NEEDED = (TITLE, LEVEL, ISSUER, ON, HOLDER, NAME)
NUMBER, STATUS = "荣誉编号", "状态"
EXAMPLE = ("", "金牌共产党员服务队", "省级", "省电力公司", "2025-07-01", "队伍", "T01", "")
ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。表头不要改名、合并或重复。",
    "获得者填人员编号、队伍编码、单位或支部编码；没有同名时也可以填全名。",
    "与台账相同（同一获得者、名称、日期）的行不起作用。任何一行有错，全部都不写入。",
)


def headings() -> tuple[Heading, ...]:
    """Return the columns of the register."""
    return (
        (NUMBER, "系统编号，导入时不看", ()),
        (TITLE, "", ()),
        (LEVEL, "", tuple(LEVELS.values())),
        (ISSUER, "", ()),
        (ON, "例如 2025-07-01", ()),
        (HOLDER, "", tuple(HOLDERS.values())),
        (NAME, "编号、编码或全名", ()),
        (STATUS, "导入时不看", ()),
    )


def blank() -> bytes:
    """Return the table to fill in."""
    return blanks.template(headings(), example=EXAMPLE, title="荣誉台账", advice=ADVICE)


def filled(*, asked: Asked, by: Actor, at: datetime) -> bytes:
    """Return the honours asked for; the export is on record."""
    rows = [
        [
            *(row.number, row.title, row.level_label, row.issuer, f"{row.on}"),
            *(row.holder_label, row.name, row.status_label),
        ]
        for row in book.every_honour(asked=asked, by=by)
    ]
    return _written(headings(), rows, kind="honours.honour", by=by, at=at)


def reports(*, asked: Asked, by: Actor, at: datetime) -> bytes:
    """Return the media reports asked for; the export is on record."""
    names = ("报道编号", "媒体", "级别", "标题", "刊播日期", "链接", "报道单位", "所报道记录")
    rows = [
        [
            *(row.number, row.outlet, row.level_label, row.title, f"{row.on}", row.link),
            *(row.unit_name, row.record_number),
        ]
        for row in book.every_report(asked=asked, by=by)
    ]
    columns = tuple((name, "", ()) for name in names)
    return _written(columns, rows, kind="honours.mediareport", by=by, at=at)


def _written(
    columns: Sequence[Heading],
    rows: Sequence[Sequence[str]],
    *,
    kind: str,
    by: Actor,
    at: datetime,
) -> bytes:
    out = BytesIO()
    made = blanks.workbook(out)
    blanks.add_table(made, sheets.FILL_IN, columns, examples=rows)
    made.close()
    audit.record_about(
        f"{kind}.export",
        target_type=kind,
        target_id=by.unit_code or "/",
        by=by,
        at=at,
        after=f"{len(rows)} 行",
    )
    return out.getvalue()


@transaction.atomic
def read(*, content: bytes, by: Actor, at: datetime) -> int:
    """Enter the honours of a file; return how many were new.

    Raises:
        UnreadableSheetError: the file cannot be read as this table.
        InvalidRowsError: rows are wrong; all are named and nothing is written.
    """
    rows = sheets.read(content, name="荣誉台账", headings=NEEDED, optional=(NUMBER, STATUS))
    checks = Checks("荣誉台账")
    new = 0
    for row in rows:
        entry = _entry(row, checks, by)
        if entry is not None and register.same_as(entry) is None:
            new += _enter(row, checks, entry, by, at)
    checks.raise_if_any()
    return new


def _enter(row: SheetRow, checks: Checks, entry: Entry, by: Actor, at: datetime) -> int:
    try:
        register.enter(entry=entry, by=by, at=at)
    except DomainError as refusal:
        checks.add(row, refusal.message, ON if refusal.field == "on" else TITLE)
        return 0
    return 1


def _entry(row: SheetRow, checks: Checks, by: Actor) -> Entry | None:
    before = len(checks.found)
    title = checks.text(row, TITLE, 80, needed=True)
    issuer = checks.text(row, ISSUER, 80, needed=True)
    level = _label(row, checks, LEVEL, {label: code for code, label in LEVELS.items()})
    holder = _label(row, checks, HOLDER, {label: code for code, label in HOLDERS.items()})
    on = checks.day(row, ON)
    name = checks.text(row, NAME, 60, needed=True)
    if on is None and not row.get(ON):
        checks.add(row, f"“{ON}”不能为空。", ON)
    if len(checks.found) > before or on is None:
        return None
    try:
        subject = subject_of(holder, name, by=by)
    except DomainError as refusal:
        checks.add(row, refusal.message, NAME)
        return None
    return Entry(title=title, level=level, issuer=issuer, on=on, holder=holder, subject=subject)


def _label(row: SheetRow, checks: Checks, heading: str, labels: dict[str, str]) -> str:
    if not row.get(heading):
        checks.add(row, f"“{heading}”不能为空。", heading)
    return checks.choice(row, heading, labels, "")


def printed(*, asked: Asked, by: Actor, on: date, at: datetime) -> bytes:
    """Return the register of honours as PDF; the printing is on record."""
    rows = book.every_honour(asked=asked, by=by)
    levels = [
        (label, str(sum(row.level == code and row.status == "VALID" for row in rows)))
        for code, label in LEVELS.items()
    ]
    cells = [
        [
            f"{row.on}",
            row.title + ("（已撤销）" if row.status == "REVOKED" else ""),
            row.level_label,
            row.issuer,
            f"{row.name}（{row.holder_label}）",
        ]
        for row in rows
    ]
    table = Table(
        columns=["日期", "荣誉", "级别", "授予单位", "获得者"],
        rows=cells,
        widths=(1.5, 4, 1.2, 2.5, 2.5),
        empty="期内没有荣誉",
    )
    document = Document(
        title="荣誉台账",
        subtitle=f"{asked.since} 至 {asked.until}",
        blocks=[Facts(levels), table, Paragraph(f"共 {len(rows)} 项，{on} 打印。", is_note=True)],
    )
    audit.record_about(
        "honours.honour.print",
        target_type="honours.honour",
        target_id=by.unit_code or "/",
        by=by,
        at=at,
        after=f"{len(rows)} 行",
    )
    return pdf([document], title="荣誉台账", made_at=at)
