"""Lists and ratings on paper: Excel with every record, bulletin and certificates as Word or PDF."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from dianliang.core import audit, blanks
from dianliang.domain.appraisal import access
from dianliang.flows.appraisal import ratings
from dianliang.flows.appraisal.pages import duty_rows, matrix_of, standing_of
from dianliang.flows.appraisal.ratings import RoundPage, StandingRow
from dianliang.integrations.documents.model import (
    Block,
    Document,
    Facts,
    Heading,
    Paragraph,
    Signatures,
    Table,
)
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


@dataclass(frozen=True, slots=True)
class Printed:
    """A file with the name under which it is kept."""

    name: str
    content: bytes


def list_sheet(number: str, *, by: Actor, on: date, at: datetime) -> Printed:
    """Return a task list as Excel: branches × items, and every duty with its records.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = access.list_to_see(number, by=by)
    rows = standing_of(found, by=by, on=on)
    page = matrix_of(found, rows, by=by)
    heads = [f"{c.title}（{c.post} {c.weight}）" if c.post else c.title for c in page.columns]
    table = [
        (line.name, *(f"{c.done}/{c.total}" for c in line.cells), line.overdue, float(line.score))
        for line in page.lines
    ]
    duties = [
        (
            row.number,
            row.branch_name,
            row.person_number,
            row.person,
            row.post,
            row.kind_label,
            row.title,
            row.weight,
            f"{row.due_on}",
            row.how.label,
            row.counted,
            f"{row.how.done_on or ''}",
            "、".join(record.number for record in row.how.records),
        )
        for row in duty_rows(rows)
    ]
    content = _book(
        [
            ("支部汇总", ("支部", *heads, "逾期", "平均得分"), table),
            ("任务明细", DUTY_HEADS, duties),
            (
                "口径",
                ("口径",),
                [(line,) for line in _method(page.late_percent, page.most_special)],
            ),
        ]
    )
    audit.record("appraisal.tasklist.export", target=found, by=by, at=at, after=f"{len(rows)} 行")
    return Printed(f"{number}.xlsx", content)


DUTY_HEADS = (
    "任务编号",
    "支部",
    "人员编号",
    "姓名",
    "职务",
    "类型",
    "任务",
    "权重",
    "期限",
    "状态",
    "数量",
    "完成日期",
    "依据",
)


def _method(late_percent: int, most_special: int) -> tuple[str, ...]:
    return (
        "有记录来源的任务，数量与完成日期由期间内的系统记录算出，不能手工填报。",
        "个人得分：规定动作按权重折成 100 分，特色动作另加。",
        f"逾期完成的得权重的 {late_percent}%；特色动作最多加 {most_special} 分。",
        "支部得分：本支部各人得分的平均。",
    )


def round_sheet(number: str, *, edition: int | None, by: Actor, on: date, at: datetime) -> Printed:
    """Return a round as Excel: standing, indicators as published, and every record behind it.

    Raises:
        NotVisibleError: it is absent, another unit's, or has no such edition.
    """
    page = ratings.round_page(number, edition=edition, by=by, on=on)
    heads = [f"{i.dimension}·{i.title}（{i.weight}）" for i in page.indicators]
    standing = [
        (
            row.place,
            row.name,
            row.branch_name,
            float(row.score),
            row.band,
            row.sharing if row.sharing > 1 else "",
            *(float(figure.score) for figure in row.figures),
        )
        for row in page.standings
    ]
    rules = [
        (i.dimension, i.title, i.source, i.per_label, float(i.full_at), i.unit, i.weight)
        for i in page.indicators
    ]
    records = [
        (
            row.name,
            figure.indicator.title,
            float(figure.value),
            record.number,
            record.title,
            record.on,
        )
        for row in page.standings
        if row.is_mine
        for figure in row.figures
        for record in figure.records
    ]
    content = _book(
        [
            ("名次", ("名次", "名称", "支部", "总分", "等次", "并列", *heads), standing),
            ("指标", ("维度", "指标", "来源", "口径", "满分值", "单位", "权重"), rules),
            ("依据", ("名称", "指标", "数值", "记录编号", "记录", "日期"), records),
            ("说明", ("说明",), [(_told(page),)]),
        ]
    )
    target = access.round_to_see(number, by=by)
    audit.record("appraisal.round.export", target=target, by=by, at=at, after=_told(page)[:120])
    return Printed(f"{number}.xlsx", content)


def _told(page: RoundPage) -> str:
    row = page.row
    about = f"{row.title}，{row.since} 至 {row.until}，{row.edition}，规则 {row.announced_on} 公布"
    if page.is_provisional:
        return f"{about}。考评期内的临时名次，随记录变化。"
    return f"{about}。第 {page.edition} 版结果。"


def bulletin(
    number: str, *, kind: str, edition: int | None, by: Actor, on: date, at: datetime
) -> Printed:
    """Return the bulletin of a result as PDF or Word.

    Raises:
        NotVisibleError: it is absent, another unit's, has no result yet, or no such file.
    """
    page = ratings.round_page(number, edition=edition, by=by, on=on)
    if page.is_provisional:
        raise NotVisibleError("还没有结果，不能打印通报。")
    return _print([_bulletin(page)], number, kind, "bulletin", by=by, at=at)


def certificate(
    number: str, subject: str, *, kind: str, by: Actor, on: date, at: datetime
) -> Printed:
    """Return the certificate of one who was rated, once the result is published.

    Raises:
        NotVisibleError: it is absent, another unit's, not published, or no such file.
    """
    page = ratings.round_page(number, edition=None, by=by, on=on)
    row = next((r for r in page.standings if r.subject == subject and r.is_mine), None)
    if row is None or page.row.status != "PUBLISHED":
        raise NotVisibleError("结果公布后才能打印证书。")
    return _print([_certificate(page, row)], number, kind, f"certificate-{row.place}", by=by, at=at)


def _print(
    documents: Sequence[Document], number: str, kind: str, what: str, *, by: Actor, at: datetime
) -> Printed:
    if kind not in {"pdf", "docx"}:
        raise NotVisibleError("没有这种文件。")
    make = pdf if kind == "pdf" else word
    content = make(documents, title=f"{documents[0].title} {number}", made_at=at)
    target = access.round_to_see(number, by=by)
    audit.record("appraisal.round.print", target=target, by=by, at=at, after=f"{what} {kind}")
    return Printed(f"{number}-{what}.{kind}", content)


def _bulletin(page: RoundPage) -> Document:
    row = page.row
    edition = next(e for e in page.editions if e[0] == page.edition)
    blocks: list[Block] = [
        Facts(
            [
                ("考评期", f"{row.since} 至 {row.until}"),
                ("规则", f"{row.edition}（{row.announced_on} 公布）"),
                ("结果版本", f"第 {page.edition} 版"),
                ("状态", row.status_label),
            ]
        ),
        Heading("名次"),
        Table(
            columns=["名次", "名称", "得分", "等次", "说明"],
            rows=[
                [
                    f"{r.place}",
                    r.name,
                    f"{r.score:f}",
                    r.band or "—",
                    f"{r.sharing} 个并列" if r.sharing > 1 else "",
                ]
                for r in page.standings
            ],
            numbers=frozenset({0, 2}),
            widths=(1, 5, 1.4, 1.4, 1.6),
        ),
        Heading("指标与权重"),
        Table(
            columns=["维度", "指标", "来源", "满分值", "权重"],
            rows=[
                [
                    i.dimension,
                    i.title,
                    i.source,
                    f"{i.full_at.normalize():f} {i.unit}",
                    f"{i.weight}",
                ]
                for i in page.indicators
            ],
            numbers=frozenset({3, 4}),
            widths=(1.2, 4, 2.4, 1.6, 1),
        ),
        Paragraph(
            f"{edition[1]}。由{edition[2]}生成；每项得分的记录见系统内本次考评页。", is_note=True
        ),
        Signatures([("审核人", None), ("批准人", None)]),
    ]
    return Document(
        title="竞赛结果通报" if row.kind == "contest" else "考评结果通报",
        issuer=row.unit_name,
        subtitle=row.title,
        number=row.number,
        blocks=blocks,
    )


def _certificate(page: RoundPage, row: StandingRow) -> Document:
    shared = f"（{row.sharing} 个并列）" if row.sharing > 1 else ""
    band = f"，评为“{row.band}”" if row.band else ""
    words = f"在“{page.row.title}”中得 {row.score:f} 分，位列第 {row.place} 名{shared}{band}。"
    blocks: list[Block] = [
        Paragraph(f"{row.name}："),
        Paragraph(words),
        Paragraph("特发此证。"),
        Paragraph(f"依据：{page.row.edition}，第 {page.edition} 版结果。", is_note=True),
        Signatures([("颁发单位（盖章）", None)]),
    ]
    return Document(
        title="荣誉证书" if page.row.kind == "contest" else "考评证明",
        issuer=page.row.unit_name,
        number=page.row.number,
        blocks=blocks,
    )


Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def _book(sheets: Iterable[Sheet]) -> bytes:
    out = BytesIO()
    book = blanks.workbook(out)
    bold = book.add_format(blanks.HEADING)
    for name, headings, rows in sheets:
        sheet = book.add_worksheet(name)
        sheet.set_column(0, len(headings) - 1, 18)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, headings, bold)
        for place, cells in enumerate(rows, start=1):
            sheet.write_row(place, 0, cells)
    book.close()
    return out.getvalue()
