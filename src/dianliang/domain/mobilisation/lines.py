"""Write down work along a line and how far it is; read both back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.models import LineReport, LineWork, Task
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

Span = tuple[float, float]
LONGEST_M = 500_000.0
SLACK_M = 50.0
"""A report may reach so far beyond the end: a milestone is read by eye."""


@transaction.atomic
def open_line(
    *,
    incident: Incident,
    title: str,
    path: Sequence[GeoPoint],
    length_m: float,
    km_per_person_day: float,
    day_h: float,
    people: int,
    rank: str,
    due_at: datetime,
    by: Actor,
    at: datetime,
) -> LineWork:
    """Write down that an incident asks for work along a path; its parts are opened as tasks."""
    made = LineWork.objects.create(
        number=next_number("XL", at=at),
        incident=incident,
        title=title,
        path=[[point.lat, point.lon] for point in path],
        length_m=length_m,
        km_per_person_day=km_per_person_day,
        day_h=day_h,
        people=people,
        rank=rank,
        due_at=due_at,
        opened_by=by.name,
        opened_at=at,
    )
    reason = f"{incident.number} {title} {length_m / 1000:g} km"
    audit.record("mobilisation.linework.open", target=made, by=by, at=at, reason=reason)
    return made


@transaction.atomic
def report(
    *, line: LineWork, team: Team, span: Span, on: date, told_at: datetime, by: Actor, at: datetime
) -> LineReport | None:
    """Note that a crew has done a span of a line; None if it had reported all of it before.

    What only others have reported is noted too, with nothing new: theirs may be taken back. No
    report is older than its line, whatever the clock of a phone says.

    Raises:
        InvalidInputError: the span does not lie on the line; the field is named.
    """
    begin, end = min(span), max(span)
    if begin < 0 or end > line.length_m + SLACK_M or end - begin < 1:
        words = Phrase(
            "里程应在 0 到 %(length_km)s 公里之间，起止不能相同。",
            length_km=f"{line.length_m / 1000:.2f}",
        )
        raise InvalidInputError(words, field="to_km")
    end = min(end, line.length_m)
    held = LineWork.objects.select_for_update().get(pk=line.pk)
    own = joined(held.reports.filter(team=team).values_list("from_m", "to_m"))
    if end - begin - covered(own, begin, end) < 1:
        return None
    new_m = max(0.0, end - begin - covered(done_of(held), begin, end))
    made = LineReport.objects.create(
        line=held,
        team=team,
        on=on,
        from_m=begin,
        to_m=end,
        new_m=new_m,
        told_at=min(max(told_at, held.opened_at), at),
        received_at=at,
    )
    audit.record(
        "mobilisation.linework.report",
        target=held,
        by=by,
        at=at,
        device_at=told_at,
        after=f"{begin:.0f}–{end:.0f}",
        reason=f"{team.name} {words_of(begin, end)}",
    )
    return made


@transaction.atomic
def take_back(*, report: LineReport, reason: str, by: Actor, at: datetime) -> list[Span]:
    """Take back what a crew reported by mistake (更正); return what is to be done again.

    Raises:
        InvalidInputError: there is no reason, or it was taken back before.
    """
    if not reason:
        raise InvalidInputError("更正里程必须说明原因。", field="reason")
    line = LineWork.objects.select_for_update().get(pk=report.line_id)
    if not LineReport.objects.filter(pk=report.pk).update(taken_back_at=at):
        raise InvalidInputError("这次报告已经撤回，请刷新页面。", field="report")
    known: list[Span] = []
    for row in line.reports.order_by("pk"):
        span = (row.from_m, row.to_m)
        new_m = max(0.0, span[1] - span[0] - covered(known, *span))
        known = joined([*known, span])
        if abs(new_m - row.new_m) >= 1:
            LineReport.objects.filter(pk=row.pk).update(new_m=new_m)
    audit.record(
        "mobilisation.linework.take_back",
        target=line,
        by=by,
        at=at,
        before=f"{report.from_m:.0f}–{report.to_m:.0f}",
        reason=f"{report.team.name} {words_of(report.from_m, report.to_m)}：{reason}",
    )
    held = ((row.from_m or 0.0, row.to_m or 0.0) for row in parts_left(line))
    return _outside(joined([*known, *held]), (report.from_m, report.to_m))


@transaction.atomic
def cancel(*, line: LineWork, reason: str, by: Actor, at: datetime) -> LineWork:
    """Give up what is left of a line (撤销线路作业); the caller cancels its parts.

    Raises:
        InvalidInputError: there is no reason, or it was cancelled before.
    """
    if not reason:
        raise InvalidInputError("撤销线路作业必须说明原因。", field="reason")
    if not LineWork.objects.filter(pk=line.pk, cancelled_at=None).update(cancelled_at=at):
        raise InvalidInputError("这条线路作业已经撤销，请刷新页面。", field="line")
    line.cancelled_at = at
    words = f"{line.title}：{reason}"
    audit.record("mobilisation.linework.cancel", target=line, by=by, at=at, reason=words)
    return line


def _outside(spans: Sequence[Span], whole: Span) -> list[Span]:
    """Return what of a span lies in none of others, from a metre on."""
    clock, end = whole
    found: list[Span] = []
    for a, b in (*spans, (end, end)):
        if min(a, end) - clock >= 1:
            found.append((clock, min(a, end)))
        clock = max(clock, b)
    return found


def words_of(from_m: float, to_m: float) -> str:
    """Say between which kilometres a stretch lies: `K12.5–K13.0`."""
    return f"K{_km(from_m)}–K{_km(to_m)}"


def _km(metres: float) -> str:
    """Write kilometres to ten metres, without zeros that say nothing."""
    whole = f"{metres / 1000:.2f}"
    return whole.removesuffix("0")


def done_of(line: LineWork) -> list[Span]:
    """Return what is reported of a line: spans from its beginning that do not touch."""
    return joined(line.reports.values_list("from_m", "to_m"))


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, with those that touch or overlap made one."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1] + 1e-6:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def covered(spans: Sequence[Span], begin: float, end: float) -> float:
    """Return how much of a span lies in spans that do not touch."""
    return sum(max(0.0, min(end, b) - max(begin, a)) for a, b in spans)


def of(incident: Incident) -> list[LineWork]:
    """Return the lines of an incident."""
    return list(LineWork.objects.filter(incident=incident))


def parts_left(line: LineWork) -> list[Task]:
    """Return the parts of a line that are still to be done."""
    rows = line.parts.filter(job__status__in=["OPEN", "SCHEDULED"])
    return list(rows.select_related("job__area", "job__unit", "job__skill", "kind"))
