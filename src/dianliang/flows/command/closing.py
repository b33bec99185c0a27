"""What a crew tells of an incident's task: how its key customer is supplied now that it is done."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dianliang.domain.key_customers.curve import TIED
from dianliang.domain.key_customers.models import Watched
from dianliang.domain.key_customers.operations import watching
from dianliang.domain.key_customers.told import ToldReport
from dianliang.domain.mobilisation.lifecycle import RANKS
from dianliang.domain.mobilisation.models import Task
from dianliang.domain.work.models import Visit
from dianliang.flows.dispatching.entering import entry, turned
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint

RANK_LABELS = dict(RANKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskNote:
    """What a crew is told of a task: which incident, how grave, whether supply is followed."""

    incident: str
    rank: str
    rank_label: str
    is_urgent: bool
    is_followed: bool
    line: "LinePart | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePart:
    """Which metres of which line a task is: the crew reports by them, beyond its own as well.

    `m_per_h` is how far a crew gets by the plan: the phone asks again where a report goes further.
    It begins at `starts_at`: at `to_m` if its plan has it done that way (`is_turned`).
    """

    number: str
    title: str
    length_m: float
    from_m: float
    to_m: float
    m_per_h: float
    is_turned: bool
    starts_at: GeoPoint


def _part(task: Task, *, is_turned: bool) -> LinePart | None:
    line, start = task.line, entry(task, is_turned=is_turned)
    if line is None or start is None:
        return None
    return LinePart(
        number=line.number,
        title=line.title,
        length_m=line.length_m,
        from_m=task.from_m or 0.0,
        to_m=task.to_m or 0.0,
        m_per_h=3.6e6 / line.s_per_km,
        is_turned=is_turned,
        starts_at=start,
    )


def notes(visits: Collection[Visit]) -> Mapping[int, TaskNote]:
    """Return the tasks among the jobs of visits, by the jobs' keys. One query, or three."""
    jobs = [visit.job_id for visit in visits]
    found = list(Task.objects.filter(job__in=jobs).select_related("incident", "line"))
    if not found:
        return {}
    backwards = turned(visits) if any(task.line_id for task in found) else frozenset()
    followed = set(
        _followed()
        .filter(customer__in=[t.customer_id for t in found if t.customer_id])
        .values_list("watch__occasion_number", "customer_id")
    )
    return {
        task.job_id: TaskNote(
            incident=task.incident.title,
            rank=task.rank,
            rank_label=RANK_LABELS[task.rank],
            is_urgent=task.is_urgent,
            is_followed=(task.incident.number, task.customer_id) in followed,
            line=_part(task, is_turned=task.job_id in backwards),
        )
        for task in found
    }


def after_visit(
    *, visit: Visit, state: str, generator: str, happened_at: datetime, by: Actor, at: datetime
) -> int:
    """Write down how the key customer of a finished task is supplied, where that is followed.

    Nothing is made up: without a state told nothing is written. Returns how many watches know.

    Raises:
        UnableToFollowError, InvalidInputError: what was told cannot be.
    """
    if not state:
        return 0
    task = Task.objects.filter(job=visit.job_id, customer__isnull=False).first()
    if task is None:
        return 0
    if state == TIED and not generator:
        raise InvalidInputError("接入应急电源时要写明是哪一台。", field="generator")
    rows = _followed().filter(
        watch__occasion_number=task.incident.number, customer=task.customer_id
    )
    for watched in rows.select_related("watch", "customer"):
        told = ToldReport(
            state=state,
            happened_at=max(happened_at, watched.watch.starts_at),
            generator=generator if state == TIED else "",
            reporter=by.name,
            words=f"上门单 {visit.number} 完成时登记",
        )
        watching.report(watch=watched.watch, watched=[watched], told=told, by=by, at=at)
    return len(rows)


def _followed() -> QuerySet[Watched]:
    return Watched.objects.filter(watch__status="OPEN", watch__occasion_kind="incident")
