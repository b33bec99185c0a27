"""A crew reports how far it is on a line: those metres are done, and never planned again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from dianliang.domain.mobilisation import lines, tasks
from dianliang.domain.mobilisation.lines import Span, words_of
from dianliang.domain.mobilisation.models import LineWork, Task
from dianliang.domain.mobilisation.tasks import TaskGear
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Visit
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.work.operations import visits
from dianliang.domain.workforce import crews
from dianliang.domain.workforce.models import Team
from dianliang.engines import routing
from dianliang.flows.dispatching import terms as scene
from dianliang.flows.dispatching.lining import draft_of
from dianliang.flows.dispatching.shiftday import shift_day
from dianliang.flows.phone_operations import Outcome, PhoneOperation
from dianliang.flows.planning.lines import line_of, part_of
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

MOST_KM, NEAR_M = 1000.0, 10.0
"""An end within `NEAR_M` of a part's means the part's: cards say kilometres to ten metres."""


def advance(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    """Take a crew's report of kilometres from its phone; what is known already changes nothing."""
    span = (_metres(op, "from_km"), _metres(op, "to_km"))
    code = op.text("team", longest=24)
    told = report(
        number=op.number, team_code=code, span=span, by=by, at=at, happened_at=op.happened_at
    )
    return Outcome.APPLIED if told else Outcome.ALREADY


def after_visit(*, visit: Visit, by: Actor, at: datetime, happened_at: datetime) -> None:
    """Count a part of a line that a crew has finished as any visit as reported."""
    task = Task.objects.select_related("line").filter(job=visit.job_id).first()
    if task is not None and task.line is not None:
        span = (task.from_m or 0.0, task.to_m or 0.0)
        lines.report(
            line=task.line,
            team=visit.team,
            span=span,
            on=visit.on,
            told_at=happened_at,
            by=by,
            at=at,
        )


def _metres(op: PhoneOperation, name: str) -> float:
    value = op.body.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= float(value or 0) <= MOST_KM:
        raise InvalidInputError("里程应填公里数，例如 12.5。", field=name)
    return 1000 * float(value or 0)


@transaction.atomic
def report(
    *, number: str, team_code: str, span: Span, by: Actor, at: datetime, happened_at: datetime
) -> bool:
    """Note that a crew has done a span of a line (metres); tell whether any of it is new.

    Parts that are wholly done are completed with their visits; a part that is done at an end
    shrinks, one that is done in its middle becomes two.

    Raises:
        NotVisibleError: there is no such line, or the crew does not work for its incident.
        InvalidInputError: the span does not lie on the line.
    """
    line = LineWork.objects.select_related("incident__unit").filter(number=number).first()
    happened_at = max(happened_at, line.opened_at) if line else happened_at
    on = shift_day(by=by, at=happened_at).on
    is_own = team_code in crews.teams_of(by.person_number, on=on)
    teams = {team.code: team for team in scene.teams_for(line.incident)} if line and is_own else {}
    if line is None or team_code not in teams:
        raise NotVisibleError(Phrase("没有线路作业 %(number)s，或它不归您的队伍。", number=number))
    team = teams[team_code]
    span = _at_edges(line, span)
    made = lines.report(line=line, team=team, span=span, on=on, told_at=happened_at, by=by, at=at)
    if made is None or made.new_m < 1:
        return False
    _take_out(line, (made.from_m, made.to_m), team, by=by, at=at, happened_at=made.told_at)
    return True


def _at_edges(line: LineWork, span: Span) -> Span:
    """Return a span whose ends are those of parts where they lie that near."""
    parts = line.parts.values_list("from_m", "to_m")
    edges = {0.0, line.length_m, *(edge for part in parts for edge in part if edge is not None)}

    def moved(metre: float) -> float:
        nearest = min(edges, key=lambda edge: abs(edge - metre))
        return nearest if abs(nearest - metre) < NEAR_M else metre

    begin, end = moved(span[0]), moved(span[1])
    return (begin, end) if begin != end else span


def _take_out(
    line: LineWork, span: Span, team: Team, *, by: Actor, at: datetime, happened_at: datetime
) -> None:
    """Take what is done out of the parts that are still to be done."""
    begin, end = span
    parts = {
        row.job.number: row
        for row in lines.parts_left(line)
        if (row.from_m or 0.0) < end and (row.to_m or 0.0) > begin
    }
    if not parts:
        return
    left = _left(line, parts, span)
    names = {job.id for job in left}
    for number, row in parts.items():
        if number not in names:
            _finish(row, team, by=by, at=at, happened_at=happened_at)
    for job in left:
        row = parts.get(job.id) or parts[job.id.partition("+")[0]]
        gear = _gear(row)
        draft = draft_of(line, job, row.job.area, gear=gear)
        if job.id in parts:
            tasks.shrink(task=row, draft=draft, by=by, at=at)
        else:
            draft.job.skill = row.job.skill
            tasks.open_tasks(incident=line.incident, drafts=[draft], by=by, at=at)


def _left(line: LineWork, parts: Mapping[str, Task], span: Span) -> list[routing.Job]:
    """Return what is left of some parts, as the engine shortens and divides them."""
    whole = line_of(line, least_part_m=min((r.to_m or 0) - (r.from_m or 0) for r in parts.values()))
    jobs = tuple(
        part_of(
            routing.Job(
                id=number,
                at=GeoPoint(row.job.lat, row.job.lon),
                duration_s=row.job.duration_min * 60,
                gear={str(kind): int(n) for kind, n in row.job.gear.items()},
            ),
            whole,
            row.from_m or 0.0,
            row.to_m or 0.0,
        )
        for number, row in parts.items()
    )
    first = min(row.from_m or 0.0 for row in parts.values())
    last = max(row.to_m or 0.0 for row in parts.values())
    outside = [edge for edge in ((0.0, first), (last, line.length_m)) if edge[1] - edge[0] > 0]
    problem = routing.Problem(jobs=jobs, teams=(), lines=(whole,))
    return list(routing.mark_done(problem, {whole.id: [*outside, span]}).jobs)


def _gear(row: Task) -> TaskGear | None:
    if row.kind is None:
        return None
    return TaskGear(kind=row.kind, quantity=row.quantity, least=row.least_capacity)


def _finish(row: Task, team: Team, *, by: Actor, at: datetime, happened_at: datetime) -> None:
    """Complete a part, with the visit of the crew that reported it; take it off any other's list.

    Who is on the spot already did it, too.
    """
    told = f"{team.name}报告已完成 {words_of(row.from_m or 0.0, row.to_m or 0.0)}"
    rows = Visit.objects.select_related("job", "team").filter(job=row.job)
    visit = rows.filter(status__in=VISIT_OPEN).first()
    if visit is not None and (visit.team_id == team.pk or visit.status == "ARRIVED"):
        visits.finish_as_told(visit=visit, words=told, by=by, at=at, device_at=happened_at)
        return
    if visit is not None:
        visits.withdraw(visit=visit, reason=told, by=SYSTEM, at=at)
    row.job.refresh_from_db()
    job_operations.complete(job=row.job, words=told, by=by, at=at, done_at=happened_at)
