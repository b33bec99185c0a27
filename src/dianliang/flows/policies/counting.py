"""What the records of the system show of a duty: counted since the list was issued, never typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet

from dianliang.domain.intake.models import Need
from dianliang.domain.outreach.lifecycle import DELIVERED
from dianliang.domain.outreach.models import Recipient
from dianliang.domain.policies.models import Measure, PolicyDuty
from dianliang.domain.policies.operations.duties import Counted
from dianliang.domain.work.models import Visit
from dianliang.kernel.calendar import SHANGHAI

MOST_KEPT = 500
"""Records written down with a report; what is counted are all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """A kind of record: which rows count for a unit since a moment, and how one is named.

    `once` is what is counted once, in however many rows it stands.
    """

    kind: str
    rows: Callable[[str, datetime, str], QuerySet[Any]]
    number: str
    title: str
    at: str
    once: str = "pk"


def _needs(path: str, since: datetime, narrows: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = Need.objects.filter(
        unit__path__startswith=path, status__in=["RESOLVED", "CLOSED"], resolved_at__gte=since
    )
    return rows.filter(service__code=narrows) if narrows else rows


def _visits(path: str, since: datetime, _narrows: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = Visit.objects.filter(
        job__unit__path__startswith=path, status="DONE", ended_at__gte=since
    )
    return rows


def _reached(path: str, since: datetime, narrows: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = Recipient.objects.filter(
        unit__path__startswith=path, stage__gte=DELIVERED, outreach__created_at__gte=since
    )
    return rows.filter(outreach__number=narrows) if narrows else rows


COUNTINGS: Mapping[str, Counting] = {
    "needs": Counting(
        kind="need", rows=_needs, number="number", title="service__name", at="resolved_at"
    ),
    "visits": Counting(
        kind="visit", rows=_visits, number="number", title="job__title", at="ended_at"
    ),
    "reached": Counting(
        kind="outreach",
        rows=_reached,
        number="outreach__number",
        title="key",
        at="outreach__created_at",
        once="key",
    ),
}


def counted(duty: PolicyDuty) -> Counted | None:
    """Return what the records show of a duty now; None where a person says so himself."""
    measure: Measure = duty.measure
    counting = COUNTINGS.get(measure.counts)
    if counting is None:
        return None
    since = _start(duty.policy.issued_on)
    rows = counting.rows(duty.unit.path, since, measure.narrows)
    found = rows.order_by(counting.at, "pk").values_list(
        counting.number, counting.title, counting.at
    )
    return Counted(
        quantity=rows.values(counting.once).distinct().count(),
        records=[
            [counting.kind, number, str(title)[:60], f"{at.astimezone(SHANGHAI):%Y-%m-%d}"]
            for number, title, at in found[:MOST_KEPT]
        ],
    )


def _start(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=SHANGHAI)
