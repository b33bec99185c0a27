"""A batch as a file for whoever delivers it, and the record of an outreach with all masked."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO

from django.db import transaction

from dianliang.core import audit, blanks
from dianliang.domain.outreach import access
from dianliang.domain.outreach.operations import sending
from dianliang.domain.outreach.queries import people, progress
from dianliang.flows.outreach.words import letters, opted_out
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

HEADINGS = ("消息编号", "手机号", "内容", "链接")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Printed:
    """A file with the name under which it is kept."""

    name: str
    content: bytes


def fetch(*, number: str, form: str, by: Actor, at: datetime) -> Printed:
    """Return a batch as Excel or CSV; the first time it counts as handed over (移交).

    The file is made from what is stored each time: no copy with telephones lies about. Who has
    opted out since the batch was taken is left out of the first file and of every later one. Names
    and telephones are unsealed, and the file is made, while others may write: of thousands of
    messages that takes seconds. Who opts out in these seconds is left out, too.

    Raises:
        NotVisibleError: it is absent, another's, or no file.
        UnableToHandOverError: it was never handed over, and its outreach is paused or closed.
    """
    batch = access.batch_to_fetch(number, by=by)
    messages, left_out = letters(batch)
    with transaction.atomic():
        late = opted_out(messages, basis=batch.round.outreach.basis)
        if batch.handed_at is None:  # what has left has left, whatever its reader says later
            sending.skip({**left_out, **late}, batch=batch, at=at)
        sending.fetched(batch, by=by, at=at)
    rows = [
        (one.number, one.phone, one.text, one.link) for one in messages if one.number not in late
    ]
    if form == "csv":
        return Printed(f"{number}.csv", _csv(rows))
    return Printed(f"{number}.xlsx", _sheet([("移交", HEADINGS, rows)]))


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = StringIO()
    written = csv.writer(out, quoting=csv.QUOTE_ALL)
    written.writerow(HEADINGS)
    for row in rows:
        # A cell that begins like a formula is text (OWASP, CSV injection).
        written.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _sheet(tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]]) -> bytes:
    out = BytesIO()
    book = blanks.workbook(out)
    for name, heads, rows in tables:
        columns = tuple((head, "", ()) for head in heads)
        blanks.add_table(book, name, columns, examples=rows)
    book.close()
    return out.getvalue()


def record(*, number: str, by: Actor, at: datetime) -> Printed:
    """Return an outreach as Excel: its figures and everybody in it, telephones masked.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    outreach = access.to_see(number, by=by)
    page = progress.page(number, by=by)
    figures = [(figure.label, str(figure.firms), str(figure.messages)) for figure in page.figures]
    units = [(row.name, *(str(count) for _state, count in row.counts)) for row in page.units]
    found = [
        (
            *(row.key, row.name, row.phone, row.kind_label, row.unit_name, row.area_name),
            *(row.state_label, row.reason),
        )
        for row in people.every(outreach)
    ]
    content = _sheet(
        [
            ("汇总", ("状态", "企业（客户）", "消息"), figures),
            ("按单位", ("单位", *page.unit_heads), units),
            ("对象", ("编码", "名称", "电话", "类别", "单位", "区域", "状态", "说明"), found),
            (
                "消息",
                ("消息编号", "编码", "批次", "状态", "原因"),
                list(people.every_message(outreach)),
            ),
        ]
    )
    audit.record(
        "outreach.outreach.export", target=outreach, by=by, at=at, after=f"{len(found)} 行"
    )
    return Printed(f"{number}-{at.astimezone(SHANGHAI):%Y%m%d}.xlsx", content)
