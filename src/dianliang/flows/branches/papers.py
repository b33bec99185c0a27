"""The minutes of a joint meeting (会议纪要) as Word and PDF."""

from dataclasses import dataclass
from datetime import date, datetime

from dianliang.core import audit
from dianliang.domain.branches import access
from dianliang.domain.branches.queries import meetings
from dianliang.domain.branches.queries.meetings import ItemRow, MeetingFile
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
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

TITLE = "联席会议纪要"


@dataclass(frozen=True, slots=True)
class Printed:
    """A file with the name under which it is kept."""

    name: str
    content: bytes


def minutes(*, number: str, kind: str, by: Actor, on: date, at: datetime) -> Printed:
    """Return the minutes of a meeting as PDF or Word; the printing is on record.

    Raises:
        NotVisibleError: it is absent, another's, or there is no such kind of file.
    """
    if kind not in {"pdf", "docx"}:
        raise NotVisibleError("没有这种文件。")
    file = meetings.meeting(number, by=by, on=on)
    document = document_of(file)
    make = pdf if kind == "pdf" else word
    content = make([document], title=f"{file.row.title} {number}", made_at=at)
    audit.record(
        "branches.meeting.print",
        target=access.meeting_to_see(number, by=by),
        by=by,
        at=at,
        after=kind,
    )
    return Printed(f"{number}.{kind}", content)


def document_of(file: MeetingFile) -> Document:
    """Describe a meeting: who sat in it, what was said and decided, who does what until when."""
    row = file.row
    blocks: list[Block] = [
        Facts(
            [
                ("时间", f"{row.held_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
                ("地点", row.place),
                ("召集单位", row.unit_name),
                ("主持人", file.chair or "—"),
                ("参会单位", "、".join(row.parties)),
                ("参会人员", "、".join(file.people) or "—"),
                ("外单位参会", file.guests or "—"),
                ("状态", row.status_label),
            ]
        )
    ]
    for item in file.items:
        blocks += _item(item)
    blocks += [Heading("任务清单"), _tasks(file)]
    blocks.append(Paragraph(_summary(file), is_note=True))
    blocks.append(Signatures([("主持人", None), ("记录人", None)]))
    return Document(
        title=TITLE, issuer=row.unit_name, subtitle=row.title, number=row.number, blocks=blocks
    )


def _item(item: ItemRow) -> list[Block]:
    blocks: list[Block] = [Heading(f"议题{item.position}　{item.title}")]
    if item.presenter:
        blocks.append(Paragraph(f"汇报：{item.presenter}"))
    if item.discussion:
        blocks.append(Paragraph(item.discussion))
    for resolution in item.resolutions:
        blocks.append(Paragraph(f"议定（{resolution.number}）：{resolution.words}"))
        if resolution.no_task_reason:
            blocks.append(Paragraph(f"不立项：{resolution.no_task_reason}", is_note=True))
    return blocks


def _tasks(file: MeetingFile) -> Table:
    rows = [
        [
            task.number,
            task.title,
            f"{task.person}（{task.unit_name}）",
            f"{task.due_on}",
            task.status_label,
        ]
        for item in file.items
        for resolution in item.resolutions
        for task in resolution.tasks
    ]
    return Table(
        columns=["编号", "任务", "责任人", "期限", "状态"],
        rows=rows,
        widths=(2, 4, 3, 1.6, 1.2),
        empty="没有任务",
    )


def _summary(file: MeetingFile) -> str:
    row = file.row
    told = f"议定 {row.resolutions} 项，立项任务 {row.tasks} 项，已办结 {row.closed} 项"
    return f"{told}，逾期 {row.late} 项。" if row.late else f"{told}。"
