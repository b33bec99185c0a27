"""The demo's drill has lights to be laid along the river's dike, and a crew that is at it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.models import LineWork, Task
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import visits as operations
from dianliang.flows.dispatching import advancing, lining
from dianliang.kernel.actor import Actor

BENDS = ((-0.024, -0.03), (-0.012, -0.012), (0.0, 0.004), (0.016, 0.014))
"""Of the dike, in degrees from the middle of what the incident reaches."""
KM, DUE_H, PEOPLE = "6", "24", "5"


def open_dike(incident: Incident, near: Job, *, by: Actor, at: datetime) -> LineWork:
    """Open lights along a dike that passes a job's place."""
    asked = lining.LineAsked(
        what="圩堤照明架设（演示）",
        path=" ".join(f"{near.lat + up:.4f},{near.lon + right:.4f}" for up, right in BENDS),
        km=KM,
        rate=lining.RATE,
        people=PEOPLE,
        rank="second",
        due_h=DUE_H,
        **dict.fromkeys(("skill", "gear", "per_km", "least"), ""),
    )
    made = lining.open_line(number=incident.number, asked=asked, by=by, at=at)
    Job.objects.filter(task__line=made).update(is_generated=True)
    return made


def parts_of(incident: Incident) -> list[Task]:
    """Return the parts of the dike in the order in which a crew walks along it."""
    rows = Task.objects.filter(incident=incident, line__isnull=False)
    return list(rows.select_related("job").order_by("from_m"))


def lay(line: LineWork, visits: Sequence[Visit], *, by: Actor, until: datetime) -> None:
    """Let a crew report the parts that it has done so far, and be at the next one."""
    done = [visit for visit in visits if visit.depart_at < until]
    here = next((one for one in visits if one.arrive_at < until <= one.depart_at), None)
    if here is not None and here.status == "SCHEDULED":
        for step in (operations.accept, operations.depart, operations.arrive):
            here = step(visit=here, by=by, at=here.arrive_at)
    if not done:
        return
    spans = [(one.job.task.from_m or 0.0, one.job.task.to_m or 0.0) for one in done]
    advancing.report(
        number=line.number,
        team_code=done[0].team.code,
        span=(min(spans)[0], max(spans)[1]),
        by=replace(by, team_codes=frozenset({done[0].team.code})),
        at=until,
        happened_at=done[-1].depart_at,
    )
