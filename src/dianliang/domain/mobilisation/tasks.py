"""Write down what an incident asks for, and what was sent out to do it; read both back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import audit
from dianliang.domain.incidents.models import Incident
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.mobilisation.models import Dispatch, LineWork, Task
from dianliang.domain.resources.attributes import attributes_of
from dianliang.domain.resources.models import ResourceKind
from dianliang.domain.work.models import Job, Plan
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import kept, phrase_of

SHORT_MIN = 15
WORTH: Mapping[str, float] = {
    "special": 2_400_000.0,
    "first": 600_000.0,
    "second": 60_000.0,
    "temporary": 60_000.0,
    "other": 15_000.0,
}
"""What it costs to leave a task of `SHORT_MIN` minutes out, in seconds of driving.

A grade outweighs the few tasks of the next one that would fit into the detour to it: on the flood
of seed 002, 184 teams and 5922 customers, none of the graver two grades is left out that can be
done. With steps of 2.5 instead of 10 there were 53, most of them transformers, which take long.
"""
LATE_PER_S: Mapping[str, float] = {
    "special": 40.0,
    "first": 12.0,
    "second": 4.0,
    "temporary": 4.0,
    "other": 1.0,
}
"""What a second after the promise costs. In the flood exercise customers of the two graver grades
waited by hand rules hardly longer while all seconds were priced alike."""
WAIT_PER_S: Mapping[str, float] = {
    "special": 20.0,
    "first": 6.0,
    "second": 0.5,
    "temporary": 0.5,
    "other": 0.0,
}
"""What a second of waiting costs before the promise, and as a part of `LATE_PER_S` after it: days
go slower than planned, and what comes last is not reached. Without it a grave task stood anywhere
before its promise, and hand rules, which go to the gravest first, served more of that grade."""
PRIORITY: Mapping[str, str] = {
    "special": Job.Priority.MUST,
    "first": Job.Priority.MUST,
    "second": Job.Priority.SHOULD,
    "temporary": Job.Priority.SHOULD,
    "other": Job.Priority.MAY,
}


def worth_of(rank: str, *, minutes: float) -> float:
    """Return what it costs to leave a task out, in seconds of driving.

    A long one takes the time of several short ones, and is worth no less than they are.
    """
    return WORTH[rank] * max(1.0, minutes / SHORT_MIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskGear:
    """Gear that is taken to a task."""

    kind: ResourceKind
    quantity: int
    least: float | None

    @property
    def sort(self) -> str:
        """Name it as jobs and plans do: what people say on the telephone."""
        return sort_of(self.kind, self.least)


def sort_of(kind: ResourceKind, least: float | None) -> str:
    """Name gear of a kind that can do at least so much: `400 kVA 临时变压器`."""
    if least is None:
        return str(kind.name)
    known = attributes_of(kind.attributes)
    unit = next((one.unit for one in known if one.code == kind.measure), "")
    return f"{least:g} {unit} {kind.name}".replace("  ", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A task to be: its job, not stored yet, with what the incident adds."""

    job: Job
    rank: str
    customer: KeyCustomer | None = None
    gear: TaskGear | None = None
    is_urgent: bool = False
    line: LineWork | None = None
    from_m: float | None = None
    to_m: float | None = None


@transaction.atomic
def open_tasks(
    *, incident: Incident, drafts: Sequence[Draft], by: Actor, at: datetime
) -> list[Task]:
    """Open the jobs of an incident's tasks (抢险任务), all or none.

    Raises:
        InvalidInputError: one would last no time or longer than a day.
    """
    for draft in drafts:
        draft.job.priority = PRIORITY[draft.rank]
        draft.job.gear = {draft.gear.sort: draft.gear.quantity} if draft.gear else {}
    job_operations.open_jobs(drafts=[draft.job for draft in drafts], by=by, at=at)
    return Task.objects.bulk_create(
        (
            Task(
                incident=incident,
                job=draft.job,
                customer=draft.customer,
                rank=draft.rank,
                worth=worth_of(draft.rank, minutes=draft.job.duration_min),
                kind=draft.gear.kind if draft.gear else None,
                quantity=draft.gear.quantity if draft.gear else 0,
                least_capacity=draft.gear.least if draft.gear else None,
                is_urgent=draft.is_urgent,
                line=draft.line,
                from_m=draft.from_m,
                to_m=draft.to_m,
            )
            for draft in drafts
        ),
        batch_size=500,
    )


@transaction.atomic
def shrink(*, task: Task, draft: Draft, by: Actor, at: datetime) -> Task:
    """Let a part of a line be what is left of it: where, how long, with how much gear."""
    wanted, job = draft.job, task.job
    gear = {draft.gear.sort: draft.gear.quantity} if draft.gear else {}
    job_operations.shrink(job=job, to=wanted, gear=gear, by=by, at=at)
    task.from_m, task.to_m = draft.from_m, draft.to_m
    task.worth = worth_of(draft.rank, minutes=wanted.duration_min)
    task.kind, task.quantity = (draft.gear.kind, draft.gear.quantity) if draft.gear else (None, 0)
    task.save(update_fields=["from_m", "to_m", "worth", "kind", "quantity"])
    return task


@transaction.atomic
def write_down(
    *, incident: Incident, plan: Plan, words: str, is_what_if: bool, by: Actor, at: datetime
) -> Dispatch:
    """Note that a plan is the dispatch of an incident, or only asks what if."""
    made = Dispatch.objects.create(
        incident=incident,
        plan=plan,
        words=words[:200],
        told=kept(words),
        is_what_if=is_what_if,
    )
    verb = "mobilisation.dispatch.what_if" if is_what_if else "mobilisation.dispatch.draft"
    reason = f"{incident.number} {words}"
    audit.record(verb, target=plan, by=by, at=at, after=plan.status, reason=reason)
    return made


def title_of(found: Dispatch) -> str:
    """Return what a dispatch is, in words that can be said in the reader's language."""
    return phrase_of(found.told or found.words)


def tasks_of(incident: Incident) -> QuerySet[Task]:
    """Return the tasks of an incident that are not cancelled, with their jobs."""
    rows = Task.objects.filter(incident=incident).exclude(job__status="CANCELLED")
    return rows.select_related("job__area", "job__skill", "job__unit", "customer", "kind")


def places_of(incident: Incident) -> QuerySet[Task]:
    """Return the tasks of an incident that lie at one place: a line is counted in kilometres."""
    return tasks_of(incident).filter(line=None)


def in_force(incident: Incident) -> Dispatch | None:
    """Return the dispatch that the teams of an incident follow now."""
    rows = Dispatch.objects.filter(incident=incident, plan__status="PUBLISHED")
    return (
        rows.select_related("plan__unit", "incident__unit").order_by("-plan__published_at").first()
    )
