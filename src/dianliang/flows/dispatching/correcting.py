"""A commander takes back what a crew reported of a line by mistake, or gives the line up."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import ceil

from django.db import transaction

from dianliang.domain.mobilisation import lines, tasks
from dianliang.domain.mobilisation.lines import Span
from dianliang.domain.mobilisation.models import Dispatch, LineReport, LineWork, Task
from dianliang.domain.mobilisation.tasks import TaskGear
from dianliang.domain.work.models import Visit
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.work.operations import redoing, visits
from dianliang.engines import routing
from dianliang.flows.dispatching.lining import STEP_M, draft_of
from dianliang.flows.dispatching.tasking import incident_to_dispatch
from dianliang.flows.dispatching.within import areas_near
from dianliang.flows.planning.lines import line_of, part_of
from dianliang.flows.resources.fields import words
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase

ON_THE_WAY = ("SCHEDULED", "ACCEPTED", "EN_ROUTE")


@transaction.atomic
def take_back(*, number: str, report: str, reason: str, by: Actor, at: datetime) -> LineReport:
    """Take back a report of an incident's line (更正): its parts are open for the next draft.

    What another crew has reported of it too stays done. Drafts that were made before the report and
    wait have the parts as they had them: they can be put in force again.

    Raises:
        NotVisibleError, UnableToMobiliseError: see `incident_to_dispatch`.
        InvalidInputError: there is no reason, or it was taken back before.
    """
    incident = incident_to_dispatch(number, by=by)
    told = LineReport.told.select_related("line__incident__unit", "team")
    known = told.filter(line__incident=incident)
    found = known.filter(pk=report).first() if report.isascii() and report.isdecimal() else None
    if found is None:
        raise NotVisibleError("没有这次里程报告。")
    why = words(reason, field="reason", label="更正原因", most=100, least=2)
    spans = lines.take_back(report=found, reason=why, by=by, at=at)
    if found.line.cancelled_at is None:
        _reopen(found.line, spans, by=by, at=at)
    return found


@transaction.atomic
def cancel_line(*, number: str, line: str, reason: str, by: Actor, at: datetime) -> LineWork:
    """Give up what is left of an incident's line (撤销线路作业); what is done stays.

    A crew that is on the spot ends the part that it is at.

    Raises:
        NotVisibleError, UnableToMobiliseError: see `incident_to_dispatch`.
        InvalidInputError: there is no reason, or it was cancelled before.
    """
    incident = incident_to_dispatch(number, by=by)
    found = (
        None if "\0" in line else LineWork.objects.filter(incident=incident, number=line).first()
    )
    if found is None:
        raise NotVisibleError(Phrase("没有线路作业 %(line)s。", line=line))
    why = words(reason, field="reason", label="撤销原因", most=100, least=2)
    lines.cancel(line=found, reason=why, by=by, at=at)
    told = f"撤销线路作业 {found.number}：{why}"
    parts = lines.parts_left(found)
    open_visits = Visit.objects.filter(job__in=[row.job_id for row in parts])
    busy = set(open_visits.filter(status="ARRIVED").values_list("job_id", flat=True))
    for visit in open_visits.filter(status__in=ON_THE_WAY).select_related("job", "team"):
        visits.withdraw(visit=visit, reason=told, by=SYSTEM, at=at)
    for row in parts:
        if row.job_id not in busy:
            row.job.refresh_from_db()
            job_operations.cancel(job=row.job, reason=told, by=by, at=at)
    return found


def _reopen(line: LineWork, spans: Sequence[Span], *, by: Actor, at: datetime) -> None:
    """Open parts for what is to be done again, of the length, skill and gear of a line's parts."""
    rows = list(line.parts.select_related("job__skill", "kind").order_by("pk"))
    if not rows or not spans:
        return
    whole = line_of(line)
    jobs = [
        part_of(
            routing.Job(
                id=line.number,
                at=whole.path[0],
                duration_s=max(1, ceil((end - begin) * line.s_per_km / 1000 - 1e-6)),
                gear=_gear_for(rows, end - begin),
            ),
            whole,
            begin,
            end,
        )
        for begin, end in _pieces(rows, spans)
    ]
    gear = _gear(rows)
    drafts = [
        draft_of(line, job, area, gear=gear)
        for job, area in zip(jobs, areas_near([job.at for job in jobs]), strict=True)
    ]
    for draft in drafts:
        draft.job.skill = rows[0].job.skill
    made = tasks.open_tasks(incident=line.incident, drafts=drafts, by=by, at=at)
    _into_drafts(line, rows, made, by=by, at=at)


def _into_drafts(
    line: LineWork, before: Sequence[Task], made: Sequence[Task], *, by: Actor, at: datetime
) -> None:
    """Put parts that are open again into drafts that wait and have them as they were before."""
    waiting = [
        row.plan
        for row in Dispatch.objects.filter(
            incident=line.incident, plan__status="READY"
        ).select_related("plan")
    ]
    if not waiting:
        return
    done = {(row.from_m, row.to_m): row.job for row in before if row.job.status == "DONE"}
    for task in made:
        old = done.get((task.from_m, task.to_m))
        if old is not None:
            redoing.do_again(plans=waiting, done=old, again=task.job, by=by, at=at)


def _pieces(rows: Sequence[Task], spans: Sequence[Span]) -> Iterator[Span]:
    """Cut spans where the line's parts end, if a card can tell the pieces apart."""
    edges = sorted({edge for row in rows for edge in (row.from_m, row.to_m) if edge})
    for begin, end in spans:
        clock = begin
        for edge in edges:
            if edge - clock >= STEP_M and end - edge >= STEP_M:
                yield clock, edge
                clock = edge
        yield clock, end


def _gear(rows: Sequence[Task]) -> TaskGear | None:
    row = next((row for row in rows if row.kind), None)
    if row is None or row.kind is None:
        return None
    return TaskGear(kind=row.kind, quantity=row.quantity, least=row.least_capacity)


def _gear_for(rows: Sequence[Task], length_m: float) -> dict[str, int]:
    """Return the pieces of gear for so many metres, at the rate of all parts."""
    gear = _gear(rows)
    whole_m = sum((row.to_m or 0.0) - (row.from_m or 0.0) for row in rows)
    count = sum(row.quantity for row in rows) * length_m / whole_m
    return {gear.sort: ceil(count - 1e-6)} if gear else {}
