"""Who reported what, person by person: what is counted to find the matters many speak of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.db.models.functions import Left

from dianliang.domain.intake import access
from dianliang.domain.intake.lifecycle import LABELS, OPEN
from dianliang.domain.intake.models import Need, Participant
from dianliang.kernel.actor import Actor

NOT_COUNTED = ("MERGED", "CANCELLED")
"""What was merged counts where it went; what was taken back is no longer said."""
READ_CHARS = 440
JOINED = "."
FIELDS = (
    "pk",
    "is_first",
    "joined_at",
    "phone_index",
    "words",
    "need__number",
    "need__lat",
    "need__lon",
    "need__area__code",
    "need__service__code",
    "need__urgency",
    "need__is_danger",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One person's part in a need. `id` is the need's number; of those who joined, one of theirs.

    `reporter` is a stable token of the person that names nobody: the blind index of his phone, or
    his part in this need.
    """

    id: str
    text: str
    at: datetime
    area_code: str
    lat: float | None
    lon: float | None
    service_code: str
    urgency: str
    is_danger: bool
    reporter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """A need in as many words as a list shows of it, to somebody who may see it."""

    number: str
    text: str
    status: str
    status_label: str
    is_open: bool
    is_public: bool
    area_name: str
    received_at: datetime
    lat: float | None
    lon: float | None


def number_of(report_id: str) -> str:
    """Return the number of the need that a report belongs to."""
    return report_id.partition(JOINED)[0]


def reports(*, since: datetime, until: datetime, most: int) -> tuple[Report, ...]:
    """Return what was reported in a period, (since, until], newest first; one query."""
    rows = Participant.objects.filter(joined_at__gt=since, joined_at__lte=until)
    rows = rows.exclude(need__status__in=NOT_COUNTED).annotate(words=Left("need__text", READ_CHARS))
    return tuple(_report(row) for row in rows.order_by("-joined_at", "-pk").values(*FIELDS)[:most])


def _report(row: dict[str, Any]) -> Report:
    number, part = row["need__number"], f"{JOINED}{row['pk']}"
    return Report(
        id=number if row["is_first"] else number + part,
        text=row["words"],
        at=row["joined_at"],
        area_code=row["need__area__code"],
        lat=row["need__lat"],
        lon=row["need__lon"],
        service_code=row["need__service__code"] or "",
        urgency=row["need__urgency"],
        is_danger=row["need__is_danger"],
        reporter=row["phone_index"] or part,
    )


def newest_report() -> int:
    """Return a mark that grows with every report; 0 when there is none."""
    return Participant.objects.aggregate(newest=Max("pk"))["newest"] or 0


def visible_numbers(numbers: Iterable[str], *, by: Actor) -> frozenset[str]:
    """Return which of some needs an actor may see; one query."""
    found = access.visible(by).filter(number__in=set(numbers))
    return frozenset(found.values_list("number", flat=True))


def need_lines(numbers: Iterable[str], *, by: Actor) -> dict[str, NeedLine]:
    """Return those of some needs that an actor may see, by number; one query."""
    found = access.visible(by).filter(number__in=set(numbers)).select_related("area")
    return {need.number: _line(need) for need in found}


def _line(need: Need) -> NeedLine:
    return NeedLine(
        number=need.number,
        text=need.text,
        status=need.status,
        status_label=LABELS[need.status],
        is_open=need.status in OPEN,
        is_public=need.is_public,
        area_name=need.area.name,
        received_at=need.received_at,
        lat=need.area.lat if need.lat is None else need.lat,
        lon=need.area.lon if need.lat is None else need.lon,
    )
