"""Work along lines on the live board: how far it is, until when, and who is on it now."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation import tasks
from dianliang.domain.mobilisation.models import LineWork
from dianliang.domain.work.models import Visit
from dianliang.flows.dispatching import running
from dianliang.flows.dispatching.running import LineRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCard:
    """A line as it stands, with the crews that are on it or on the way to it, by name."""

    row: LineRow
    crews: tuple[str, ...]
    coming: tuple[str, ...]


def line_cards(incident: Incident, *, at: datetime) -> tuple[LineCard, ...]:
    """Return the lines of an incident that were not given up; one query where it has none."""
    if not LineWork.objects.filter(incident=incident, cancelled_at=None).exists():
        return ()
    live = tasks.in_force(incident)
    rows = running.lines(incident, plan=live.plan if live else None, at=at)
    visits = Visit.objects.filter(
        job__task__line__incident=incident, status__in=["EN_ROUTE", "ARRIVED"]
    )
    columns = ("job__task__line__number", "status", "team__name")
    out = visits.order_by("team__code").values_list(*columns).distinct()
    found: dict[tuple[str, str], list[str]] = {}
    for number, status, name in out:
        found.setdefault((number, status), []).append(name)
    return tuple(
        LineCard(
            row=row,
            crews=tuple(found.get((row.number, "ARRIVED"), ())),
            coming=tuple(found.get((row.number, "EN_ROUTE"), ())),
        )
        for row in rows
        if row.cancelled_at is None
    )
