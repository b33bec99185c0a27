"""A policy list as Excel and Word, and the table by which its measures are brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks, sheets
from dianliang.core.blanks import Heading as Column
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.policies import access, queries
from dianliang.domain.policies.operations import lists
from dianliang.domain.policies.operations.lists import Clause
from dianliang.domain.policies.queries import COUNTS, DutyRow, Page
from dianliang.flows.policies.keeping import KINDS, MOST_MEASURES, MOST_QUANTITY, Put, clause
from dianliang.integrations.documents.model import Document, Facts, Heading, Table
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError

PLACE, TITLE, WORDS, KIND = "第几条", "措施", "内容", "完成口径"
COUNTS_BY, NARROWS, UNIT, LEAST, DUE = "记录来源", "记录条件", "计量单位", "目标数量", "完成期限"
KIND_OF = {label: code for code, label in KINDS.items()}
COUNTS_OF = {label: code for code, label in COUNTS.items()}
COLUMNS: tuple[Column, ...] = (
    (PLACE, "1、2、3……", ()),
    (TITLE, "", ()),
    (WORDS, "可留空", ()),
    (KIND, "", tuple(KIND_OF)),
    (COUNTS_BY, "口径为“按系统记录”时填写", tuple(COUNTS_OF)),
    (NARROWS, "可留空：服务事项编码或触达编号", ()),
    (UNIT, "口径为“完成数量”时填写，例如 户", ()),
    (LEAST, "每个单位的目标；“是否完成”不填", ()),
    (DUE, "例如 2026-12-31", ()),
)
EXAMPLE = ("1", "上门宣讲电价政策", "逐户送政策", "完成数量", "", "", "户", "20", "2026-12-31")
ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。表头不要改名、合并或重复。",
    "与草稿里同一条号的措施会被替换。任何一行有错，全部都不写入。",
)
HEADS = (
    "任务编号",
    "第几条",
    "措施",
    "责任单位",
    "期限",
    "状态",
    "数量",
    "目标",
    "完成日期",
    "审核人",
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A file with the name under which it is kept."""

    name: str
    content: bytes


def template() -> bytes:
    """Return the table to fill in."""
    return blanks.template(COLUMNS, example=EXAMPLE, title="政策措施", advice=ADVICE)


@transaction.atomic
def bring(*, number: str, content: bytes, by: Actor, at: datetime) -> int:
    """Put the measures of a table into the draft; return how many there are.

    Raises:
        NotVisibleError, UnableToListError: the list is another's, or has no draft.
        UnreadableSheetError, InvalidRowsError: the table; every wrong row is named.
    """
    policy = access.to_lead(number, by=by)
    rows = sheets.read(
        content,
        name="政策措施",
        headings=(PLACE, TITLE, KIND, DUE),
        optional=(WORDS, COUNTS_BY, NARROWS, UNIT, LEAST),
    )
    checks = Checks("政策措施")
    checks.once(rows, PLACE)
    clauses = [found for row in rows if (found := _clause(row, checks)) is not None]
    checks.raise_if_any()
    if not clauses:
        raise InvalidInputError("表里没有措施，请从第 2 行起填写。", field="table")
    lists.put(policy=policy, clauses=clauses, by=by, at=at)
    return len(clauses)


FIELDS = {
    "position": PLACE,
    "title": TITLE,
    "words": WORDS,
    "kind": KIND,
    "counts": COUNTS_BY,
    "narrows": NARROWS,
    "unit_word": UNIT,
    "least": LEAST,
}


def _clause(row: SheetRow, checks: Checks) -> Clause | None:
    before = len(checks.found)
    due = checks.day(row, DUE)
    if not row.get(DUE):
        checks.add(row, f"“{DUE}”不能为空。", DUE)
    asked = {
        "position": checks.whole(row, PLACE, MOST_MEASURES) or 0,
        "least": checks.whole(row, LEAST, MOST_QUANTITY),
        "kind": checks.choice(row, KIND, KIND_OF, ""),
        "counts": checks.choice(row, COUNTS_BY, COUNTS_OF, ""),
    }
    if len(checks.found) > before or due is None:
        return None
    try:
        return clause(
            Put(
                position=int(asked["position"] or 0),
                title=row.get(TITLE),
                words=row.get(WORDS),
                kind=str(asked["kind"]),
                counts=str(asked["counts"]),
                narrows=row.get(NARROWS),
                unit_word=row.get(UNIT),
                least=int(asked["least"]) if asked["least"] else None,
                due_on=due,
            )
        )
    except InvalidInputError as refusal:
        checks.add(row, refusal.message, FIELDS.get(refusal.field or "", TITLE))
        return None


def sheet(*, number: str, by: Actor, on: date, at: datetime) -> Printed:
    """Return a list as Excel: measures × units, and every duty.

    Raises:
        NotVisibleError: it is absent or no concern of the actor's units.
    """
    page = queries.page(number, by=by, on=on)
    rows = queries.duties(policy=number, by=by, on=on)
    out = BytesIO()
    book = blanks.workbook(out)
    heads = ("第几条", "措施", *(name for _code, name in page.units))
    for title, columns, cells in (
        ("汇总", heads, _matrix(page)),
        ("任务", HEADS, [_cells(row) for row in rows]),
    ):
        blanks.add_table(book, title, tuple((c, "", ()) for c in columns), examples=cells)
    book.close()
    _record(number, by=by, at=at, what="Excel")
    return Printed(f"{number}.xlsx", out.getvalue())


def _matrix(page: Page) -> list[tuple[str, ...]]:
    return [
        (
            str(line.measure.position),
            line.measure.title,
            *(_said(cell) if cell else "—" for cell in line.cells),
        )
        for line in page.lines
    ]


def _said(row: DutyRow) -> str:
    words = row.status_label + ("（逾期）" if row.is_overdue else "")
    if row.kind != "done" and row.quantity is not None:
        words += f" {row.quantity}/{row.least} {row.unit_word}"
    return words


def _cells(row: DutyRow) -> tuple[str, ...]:
    return (
        row.number,
        str(row.position),
        row.title,
        row.unit_name,
        f"{row.due_on}",
        _said(row),
        "" if row.quantity is None else str(row.quantity),
        "" if row.least is None else str(row.least),
        f"{row.done_on or ''}",
        row.decided_by,
    )


def document(*, number: str, by: Actor, on: date, at: datetime) -> Printed:
    """Return a list as Word.

    Raises:
        NotVisibleError: it is absent or no concern of the actor's units.
    """
    page = queries.page(number, by=by, on=on)
    rows = queries.duties(policy=number, by=by, on=on)
    row = page.row
    measures: Sequence[Sequence[str]] = [
        [
            str(line.measure.position),
            line.measure.title,
            line.measure.kind_label,
            f"{line.measure.least} {line.measure.unit_word}" if line.measure.least else "—",
            f"{line.measure.due_on}",
        ]
        for line in page.lines
    ]
    made = Document(
        title=f"{row.title}落实情况",
        subtitle=f"第 {row.edition} 版 · 截至 {on}",
        issuer=row.unit_name,
        number=row.number,
        blocks=[
            Facts(
                [
                    ("发文单位", row.source),
                    ("文号", row.document_number or "—"),
                    ("发文日期", f"{row.issued_on}"),
                    ("任务", f"{row.total}"),
                    ("已落实", f"{row.done}"),
                    ("待审核", f"{row.waiting}"),
                    ("已逾期", f"{row.overdue}"),
                ]
            ),
            Heading("措施"),
            Table(
                columns=["条", "措施", "完成口径", "目标", "期限"],
                rows=measures,
                widths=(0.6, 5, 1.6, 1.4, 1.6),
                empty="还没有发布的措施",
            ),
            Heading("各单位落实"),
            Table(
                columns=["条", "单位", "状态", "期限", "完成", "任务编号"],
                rows=[
                    [
                        *(str(one.position), one.unit_name, _said(one), f"{one.due_on}"),
                        *(f"{one.done_on or '—'}", one.number),
                    ]
                    for one in rows
                ],
                widths=(0.6, 2.6, 2.4, 1.6, 1.6, 2.2),
                empty="还没有交办",
            ),
        ],
    )
    _record(number, by=by, at=at, what="Word")
    return Printed(f"{number}.docx", word([made], title=row.title, made_at=at))


def _record(number: str, *, by: Actor, at: datetime, what: str) -> None:
    policy = access.to_see(number, by=by)
    audit.record("policies.policylist.export", target=policy, by=by, at=at, after=what)
