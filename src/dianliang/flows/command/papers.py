"""Reports of the situation as Word and PDF."""

from datetime import datetime

from dianliang.core import audit
from dianliang.domain.mobilisation import reports as kept
from dianliang.flows.command.figures import Grid, Part, clock
from dianliang.flows.command.reports import ReportPage, page
from dianliang.integrations.documents.model import (
    Block,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
)
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor

KINDS = {"docx": word, "pdf": pdf}


def printed(*, number: str, kind: str, compared: str, by: Actor, at: datetime) -> bytes:
    """Return a report as a file; that it was taken out is on record.

    The file shows the figures that were kept, whenever it is printed.

    Raises:
        NotVisibleError: see `page`.
        KeyError: the kind is unknown.
    """
    found = page(number=number, compared=compared, by=by)
    report = kept.report_to_see(number, by=by)
    audit.record("mobilisation.situationreport.export", target=report, by=by, at=at, reason=kind)
    title = f"{found.incident.name}情况报告（第 {found.row.position} 期）"
    return KINDS[kind]([document(found)], title=title, made_at=found.row.made_at)


def document(found: ReportPage) -> Document:
    """Describe a report as a paper."""
    row, incident = found.row, found.incident
    facts = Facts(
        (
            ("事件", f"{incident.name}（{incident.number}）"),
            ("报告编号", row.number),
            ("本期", f"{clock(row.since_at)} – {clock(row.made_at)}"),
            ("对照", _told(found)),
            ("编制人", row.made_by),
            ("指挥长", incident.commander_name or "未指定"),
        )
    )
    blocks: list[Block] = [facts]
    for place, part in enumerate(found.parts, start=1):
        blocks += section(place, part)
    blocks.append(
        Paragraph(
            f"来源：截至时的系统记录，每个数的明细见 {row.number} 的页面。摘要 {found.digest}。",
            is_note=True,
        )
    )
    return Document(
        title=f"{incident.name}情况报告",
        subtitle=f"第 {row.position} 期　截至 {clock(row.made_at)}",
        issuer=incident.unit_name,
        number=row.number,
        blocks=tuple(blocks),
    )


def _told(found: ReportPage) -> str:
    other = found.compared
    return f"第 {other.position} 期（{clock(other.made_at)}）" if other else "没有前期报告"


def section(place: int, part: Part) -> list[Block]:
    """Return a section as blocks: what, how many, how counted, then its tables."""
    blocks: list[Block] = [Heading(f"{place}. {part.title}")]
    if part.facts:
        blocks.append(Facts(part.facts))
    if part.lines:
        rows = [
            (
                line.label,
                f"{line.told} {line.counted_in}",
                line.told_before,
                line.told_change,
                line.method,
            )
            for line in part.lines
        ]
        blocks.append(
            Table(
                columns=("项目", "本期", "上期", "增减", "怎样计数"),
                rows=rows,
                numbers=frozenset({1, 2, 3}),
                widths=(3, 2, 1, 1, 5),
            )
        )
    blocks += [table(grid) for grid in part.grids]
    if part.note:
        blocks.append(Paragraph(part.note, is_note=True))
    return blocks


def table(grid: Grid) -> Table:
    """Return a small table as papers have it."""
    return Table(
        columns=grid.columns,
        rows=grid.rows,
        caption=grid.caption,
        numbers=frozenset(grid.numbers),
    )
