"""The book of talks as an Excel file: that they took place and the counts, never what was said."""

from datetime import date, datetime
from io import BytesIO

from dianliang.core import audit, blanks
from dianliang.domain.talks import queries
from dianliang.kernel.actor import Actor

FIGURES = ("支部编码", "支部", "党员", "谈到人数", "面谈次数", "回访次数", "逾期")
FACTS = ("谈话编号", "支部", "谈话人", "谈话对象", "约谈", "面谈", "回访", "下一步期限", "状态")


def book(*, since: date, until: date, by: Actor, on: date, at: datetime) -> bytes:
    """Return the counts of a period and the facts behind them; the export is on record."""
    rows = queries.book(by=by, on=on, view="all").rows
    listed = [row for row in rows if since <= (row.held_on or row.planned_on) <= until]
    out = BytesIO()
    made = blanks.workbook(out)
    counted = queries.figures(since=since, until=until, by=by, on=on)
    figures = [
        [f.code, f.name, *map(str, (f.members, f.met, f.held, f.closed, f.overdue))]
        for f in counted
    ]
    blanks.add_table(made, "支部统计", [(name, "", ()) for name in FIGURES], examples=figures)
    facts = [
        [
            *(row.number, row.branch_name, row.leader, row.person, f"{row.planned_on}"),
            *(f"{day or ''}" for day in (row.held_on, row.closed_on, row.due_on)),
            row.status_label,
        ]
        for row in listed
    ]
    blanks.add_table(made, "谈话台账", [(name, "", ()) for name in FACTS], examples=facts)
    made.close()
    audit.record_about(
        "talks.talk.export",
        target_type="talks.talk",
        target_id=by.unit_code or "/",
        by=by,
        at=at,
        after=f"{len(facts)} 行",
    )
    return out.getvalue()
