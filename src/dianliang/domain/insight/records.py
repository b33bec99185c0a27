"""The records behind each figure: as many as the figure says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dianliang.domain.insight.dimensions import UNSORTED, counted, within
from dianliang.domain.insight.measures import (
    NEED_FIGURES,
    RATING_FIGURES,
    SATISFIED_FROM,
    condition,
)
from dianliang.domain.intake.lifecycle import LABELS
from dianliang.domain.intake.models import Need, Rating
from dianliang.kernel.actor import Actor

PER_PAGE = 100
AT_ONCE = 2000
RELATED = ("service", "area", "unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One need behind a figure, or one rating of it."""

    number: str
    service_name: str
    area_name: str
    unit_name: str
    channel_label: str
    status_label: str
    received_at: datetime
    first_response_at: datetime | None
    due_at: datetime
    resolved_at: datetime | None
    is_on_time: bool | None
    reopened_count: int
    stars: int | None
    rated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """A page of the records behind a figure, and how many there are."""

    figure: str
    total: int
    page: int
    pages: int
    rows: tuple[Record, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Which figure is asked about: of which group, in which period, as it stands when."""

    figure: str = "received"
    dimension: str = "unit"
    key: str = ""
    start: datetime
    end: datetime
    at: datetime


def record_page(asked: Behind, *, by: Actor, page: int = 1) -> RecordPage:
    """Return a page of the records behind a figure, newest first. Takes three queries."""
    rows = _ratings(asked, by=by) if asked.figure in RATING_FIGURES else _needs(asked, by=by)
    total = rows.count()
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    return RecordPage(
        figure=asked.figure,
        total=total,
        page=page,
        pages=pages,
        rows=tuple(_records(shown)),
    )


def every_record(asked: Behind, *, by: Actor) -> Iterator[Record]:
    """Yield all records behind a figure, newest first, without holding them all."""
    rows = _ratings(asked, by=by) if asked.figure in RATING_FIGURES else _needs(asked, by=by)
    total = rows.count()
    for first in range(0, total, AT_ONCE):
        yield from _records(rows[first : first + AT_ONCE])


def _needs(asked: Behind, *, by: Actor) -> QuerySet[Need]:
    figure = asked.figure if asked.figure in NEED_FIGURES else "received"
    rows = counted(by=by, start=asked.start, end=asked.end)
    rows = rows.filter(condition(figure, at=asked.at), within(asked.dimension, asked.key))
    return rows.select_related(*RELATED).order_by("-received_at", "-pk")


def _ratings(asked: Behind, *, by: Actor) -> QuerySet[Rating]:
    needs = counted(by=by, start=asked.start, end=asked.end)
    needs = needs.filter(within(asked.dimension, asked.key))
    rows = Rating.objects.filter(participant__need__in=needs)
    if asked.figure == "satisfied":
        rows = rows.filter(stars__gte=SATISFIED_FROM)
    related = (f"participant__need__{name}" for name in RELATED)
    return rows.select_related(*related).order_by("-rated_at", "-pk")


def _records(rows: Iterable[Need | Rating]) -> Iterator[Record]:
    found = list(rows)
    stars = _lowest_stars([row for row in found if isinstance(row, Need)])
    for row in found:
        if isinstance(row, Need):
            yield _record(row, stars=stars.get(row.pk), rated_at=None)
        else:
            yield _record(row.participant.need, stars=row.stars, rated_at=row.rated_at)


def _record(need: Need, *, stars: int | None, rated_at: datetime | None) -> Record:
    return Record(
        number=need.number,
        service_name=need.service.name if need.service else UNSORTED[1],
        area_name=need.area.name,
        unit_name=need.unit.name,
        channel_label=need.get_channel_display(),
        status_label=LABELS[need.status],
        received_at=need.received_at,
        first_response_at=need.first_response_at,
        due_at=need.due_at,
        resolved_at=need.resolved_at,
        is_on_time=None if need.resolved_at is None else need.resolved_at <= need.due_at,
        reopened_count=need.reopened_count,
        stars=stars,
        rated_at=rated_at,
    )


def _lowest_stars(needs: list[Need]) -> dict[int, int]:
    if not needs:
        return {}
    given: dict[int, list[int]] = defaultdict(list)
    rows = Rating.objects.filter(participant__need__in=[need.pk for need in needs])
    for need_id, value in rows.values_list("participant__need_id", "stars"):
        given[need_id].append(value)
    return {need_id: min(values) for need_id, values in given.items()}
