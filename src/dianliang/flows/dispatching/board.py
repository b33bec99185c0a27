"""The dispatches of an incident side by side, with its tasks, teams and gear."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum

from dianliang.domain.incidents import access
from dianliang.domain.incidents.lifecycle import OPEN
from dianliang.domain.incidents.queries.incidents import IncidentRow, reach_of, row_of
from dianliang.domain.mobilisation import tasks
from dianliang.domain.mobilisation.models import Dispatch, Task
from dianliang.domain.work.lifecycle import PLAN_LABELS
from dianliang.domain.work.models import PlannedStop, Unplanned
from dianliang.flows.dispatching import running
from dianliang.flows.dispatching import terms as scene
from dianliang.flows.dispatching.pending import Told, told_of
from dianliang.flows.dispatching.running import LineRow
from dianliang.flows.dispatching.tasking import LABELS
from dianliang.flows.key_customers.affected import in_reach
from dianliang.flows.planning.happened import happened_from
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

LABEL_OF = {**PLAN_LABELS, "READY": "待生效", "PUBLISHED": "生效中", "SUPERSEDED": "已被替代"}
MOST_DISPATCHES = 30
NO_PART = Q(job__task__line=None)
METRES = F("job__task__to_m") - F("job__task__from_m")


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRow:
    """A dispatch beside others: what it reaches and what it costs."""

    number: str
    words: str
    is_what_if: bool
    status: str
    status_label: str
    created_by: str
    created_at: datetime
    planned: int
    left: int
    km: float
    km_left: float
    musts_left: int
    late: int
    travel_s: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankRow:
    """How far the tasks of one grade are."""

    rank: str
    label: str
    total: int
    waiting: int
    scheduled: int
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The page of an incident's dispatches."""

    incident: IncidentRow
    may_lead: bool
    affected: int
    without_task: int
    ranks: tuple[RankRow, ...]
    teams: tuple[tuple[str, str, str], ...]
    gear: tuple[tuple[str, int], ...]
    lines: tuple[LineRow, ...]
    rows: tuple[DispatchRow, ...]
    live: DispatchRow | None
    cuts: str
    lost: frozenset[str]
    """Teams that were said to be missing, in force or not yet: a new draft does without them."""


def overview(*, number: str, by: Actor, at: datetime) -> Overview:
    """Return the dispatches of an incident with its tasks, teams and gear.

    Raises:
        NotVisibleError: it is absent, or the actor does not follow it.
    """
    incident = access.incident_to_follow(number, by=by)
    found = tasks.places_of(incident)
    counted = Counter(found.values_list("rank", "job__status"))
    reached = in_reach(reach_of(incident), by=by, on=at.astimezone(SHANGHAI).date())
    have = set(Task.objects.filter(incident=incident).values_list("customer_id", flat=True))
    live = tasks.in_force(incident)
    rows = rows_of(
        Dispatch.objects.filter(incident=incident)
        .exclude(plan__status="DISCARDED")
        .select_related("plan")[:MOST_DISPATCHES]
    )
    happened = happened_from(live.plan.outcome if live else None)
    waiting = told_of(live.plan) if live else Told()
    return Overview(
        incident=row_of(incident),
        may_lead=incident.status in OPEN and access.may_lead(incident, by=by),
        affected=len(reached),
        without_task=sum(row.pk not in have for row in reached),
        ranks=tuple(
            row for code, label in LABELS.items() if (row := _rank(code, label, counted)).total
        ),
        teams=tuple((t.code, t.name, t.unit.name) for t in scene.teams_for(incident)),
        gear=tuple(sorted(scene.supply_for(incident).kinds.items())),
        lines=running.lines(incident, plan=live.plan if live else None, at=at),
        rows=rows,
        live=next((row for row in rows if live and row.number == live.plan.number), None),
        cuts="\n".join(
            " ".join(f"{point.lat:.5f},{point.lon:.5f}" for point in cut.points)
            for cut in (*happened.cuts, *waiting.cuts)
            if cut.is_closed
        ),
        lost=frozenset(code for code, _ in happened.lost)
        | frozenset(one.team_code for one in waiting.lost),
    )


def _rank(code: str, label: str, counted: Mapping[tuple[str, str], int]) -> RankRow:
    waiting, scheduled, done = (
        sum(n for (rank, status), n in counted.items() if rank == code and status in states)
        for states in ({"OPEN", "HANDED_OVER"}, {"SCHEDULED"}, {"DONE"})
    )
    return RankRow(
        rank=code,
        label=label,
        total=waiting + scheduled + done,
        waiting=waiting,
        scheduled=scheduled,
        done=done,
    )


def rows_of(dispatches: Iterable[Dispatch]) -> tuple[DispatchRow, ...]:
    """Return dispatches as rows of a list, in their order; two queries beside theirs."""
    found = list(dispatches)
    plans = [row.plan_id for row in found]
    stops = {
        row["plan"]: row
        for row in PlannedStop.objects.filter(plan__in=plans)
        .values("plan")
        .order_by("plan")
        .annotate(
            n=Count("pk", filter=NO_PART),
            metres=Sum(METRES),
            late=Count("pk", filter=Q(late_s__gt=0)),
            first=Min("start_at"),
            last=Max("depart_at"),
        )
    }
    left = {
        row["plan"]: row
        for row in Unplanned.objects.filter(plan__in=plans)
        .values("plan")
        .order_by("plan")
        .annotate(
            n=Count("pk", filter=NO_PART),
            musts=Count("pk", filter=NO_PART & Q(job__priority="must")),
            metres=Sum(METRES),
        )
    }
    return tuple(
        dispatch_row(row, stops.get(row.plan_id, {}), left.get(row.plan_id, {})) for row in found
    )


def dispatch_row(found: Dispatch, stops: Mapping[str, Any], left: Mapping[str, Any]) -> DispatchRow:
    """Return a dispatch as a row of a list; what is along lines counts in kilometres."""
    plan, priced = found.plan, (found.plan.outcome or {}).get("objective", {})
    return DispatchRow(
        number=plan.number,
        words=tasks.title_of(found),
        is_what_if=found.is_what_if,
        status=plan.status,
        status_label=LABEL_OF[plan.status],
        created_by=plan.created_by,
        created_at=plan.created_at,
        planned=stops.get("n", 0),
        left=left.get("n", 0),
        km=(stops.get("metres") or 0.0) / 1000,
        km_left=(left.get("metres") or 0.0) / 1000,
        musts_left=left.get("musts", 0),
        late=stops.get("late", 0),
        travel_s=priced.get("travel_s", 0),
        first_at=stops.get("first"),
        last_at=stops.get("last"),
    )
