"""Figures of the loop, as a whole, by one dimension, over time and on the map."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from dianliang.domain.insight.dimensions import COLUMNS, DIMENSIONS, Named, counted, names
from dianliang.domain.insight.measures import (
    COUNTED,
    METHOD,
    SATISFIED_FROM,
    WAIT,
    Figures,
    Tally,
    condition,
    wilson,
)
from dianliang.domain.intake.models import Need, Rating
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

__all__ = ["DIMENSIONS", "METHOD", "Figures", "Overview", "overview", "townships", "wilson"]
BEFORE = -1
"""The bucket of everything in the period before."""
DAILY_UP_TO, WEEKLY_UP_TO = 14, 190
Tallies = dict[tuple[str, str], Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A day, a week or a month of the period, cut off at its ends."""

    first: date
    last: date
    received: int
    due: int
    on_time: int
    on_time_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The whole and its parts along one dimension, the period before, and the trend."""

    whole: Figures
    before: Figures
    parts: tuple[Figures, ...]
    trend: tuple[Bucket, ...]
    dimension: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Township:
    """The figures of a township, and where it lies."""

    code: str
    name: str
    lat: float
    lon: float
    received: int
    due: int
    on_time: int
    on_time_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """Townships to be drawn over the dots of their villages."""

    townships: tuple[Township, ...]
    villages: tuple[tuple[float, float], ...]


def overview(
    *, by: Actor, dimension: str, start: datetime, end: datetime, at: datetime
) -> Overview:
    """Return the figures of needs received in [start, end) as they stand at an instant.

    Takes four queries, however many needs there are.
    """
    dimension = dimension if dimension in DIMENSIONS else "unit"
    needs = counted(by=by, start=start - (end - start), end=end)
    name = names(dimension)
    buckets = bucket_days(start=start, end=end)
    groups: Tallies = defaultdict(Tally)
    whole, before = Tally(), Tally()
    trend = [Tally() for _ in buckets]
    for row in _counts(needs, dimension, buckets, start=start, at=at):
        if row["bucket"] == BEFORE:
            before.add_counted(row)
            continue
        for tally in (whole, groups[name(row[COLUMNS[dimension]])], trend[row["bucket"]]):
            tally.add_counted(row)
    _add_waits(needs, dimension, start, name, groups=groups, whole=whole, before=before)
    _add_ratings(needs, dimension, start, name, groups=groups, whole=whole, before=before)
    parts = (tally.figures(key, label) for (key, label), tally in groups.items())
    return Overview(
        whole=whole.figures("", "合计"),
        before=before.figures("", "前一期"),
        parts=tuple(sorted(parts, key=lambda part: (-part.received, part.name))),
        trend=tuple(_bucket(days, tally) for days, tally in zip(buckets, trend, strict=True)),
        dimension=dimension,
        start=start,
        end=end,
    )


def bucket_days(*, start: datetime, end: datetime) -> list[tuple[date, date]]:
    """Cut a period into days, weeks from Monday, or months, whichever suits its length."""
    first = start.astimezone(SHANGHAI).date()
    last = (end - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    days = (last - first).days + 1
    buckets = []
    while first <= last:
        if days <= DAILY_UP_TO:
            following = first + timedelta(days=1)
        elif days <= WEEKLY_UP_TO:
            following = first + timedelta(days=7 - first.weekday())
        else:
            following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        buckets.append((first, min(following - timedelta(days=1), last)))
        first = following
    return buckets


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def _counts(
    needs: QuerySet[Need],
    dimension: str,
    buckets: list[tuple[date, date]],
    *,
    start: datetime,
    at: datetime,
) -> Iterable[Mapping[str, Any]]:
    """Count each figure by group and bucket."""
    bucket = Case(
        *(
            When(received_at__gte=max(midnight(first), start), then=Value(i))
            for i, (first, _) in reversed([*enumerate(buckets)])
        ),
        default=Value(BEFORE),
        output_field=IntegerField(),
    )
    counts = {figure: Count("pk", filter=condition(figure, at=at) or None) for figure in COUNTED}
    rows = needs.annotate(bucket=bucket).order_by().values(COLUMNS[dimension], "bucket")
    found: Iterable[Mapping[str, Any]] = rows.annotate(**counts)
    return found


def _add_waits(
    needs: QuerySet[Need],
    dimension: str,
    start: datetime,
    name: Named,
    *,
    groups: Tallies,
    whole: Tally,
    before: Tally,
) -> None:
    rows = needs.filter(first_response_at__isnull=False).order_by()
    is_now = Case(When(received_at__gte=start, then=Value(1)), default=Value(0))
    found = rows.annotate(wait=WAIT, is_now=is_now)
    waits: dict[object, list[float]] = defaultdict(list)
    for group, now, wait in found.values_list(COLUMNS[dimension], "is_now", "wait"):
        if now:
            waits[group].append(wait)
        else:
            before.waits.append(wait)
    for group, those in waits.items():
        groups[name(group)].waits += those
        whole.waits += those


def _add_ratings(
    needs: QuerySet[Need],
    dimension: str,
    start: datetime,
    name: Named,
    *,
    groups: Tallies,
    whole: Tally,
    before: Tally,
) -> None:
    group = f"participant__need__{COLUMNS[dimension]}"
    received_at = "participant__need__received_at__gte"
    is_now = Case(When(**{received_at: start}, then=Value(1)), default=Value(0))
    rows = Rating.objects.filter(participant__need__in=needs.order_by()).annotate(is_now=is_now)
    found = rows.values_list(group, "is_now").annotate(
        rated=Count("pk"),
        satisfied=Count("pk", filter=Q(stars__gte=SATISFIED_FROM)),
        stars_sum=Sum("stars"),
    )
    for value, now, rated, satisfied, stars in found:
        for tally in (whole, groups[name(value)]) if now else (before,):
            tally.add((("rated", rated), ("satisfied", satisfied)))
            tally.stars += stars


def _bucket(days: tuple[date, date], tally: Tally) -> Bucket:
    figures = tally.figures("", "")
    return Bucket(
        first=days[0],
        last=days[1],
        received=figures.received,
        due=figures.due,
        on_time=figures.on_time,
        on_time_share=figures.on_time_share,
    )


def townships(*, by: Actor, start: datetime, end: datetime, at: datetime) -> County:
    """Return the townships with their figures, for a map: two queries."""
    needs = counted(by=by, start=start, end=end)
    counts = {
        figure: Count("pk", filter=condition(figure, at=at) or None)
        for figure in ("received", "resolved", "overdue", "on_time")
    }
    found: Iterable[Mapping[str, Any]] = needs.order_by().values("area_id").annotate(**counts)
    areas = {area.pk: area for area in Area.objects.exclude(lat=None).exclude(lon=None)}
    tallies: dict[int, Tally] = defaultdict(Tally)
    for row in found:
        area = areas.get(row["area_id"])
        if area is None:
            continue
        is_village = area.level == Area.Level.VILLAGE and area.parent_id in areas
        town = area.parent_id if is_village and area.parent_id else area.pk
        tallies[town].add_counted(row)
    return County(
        townships=tuple(
            _township(area, tallies[area.pk])
            for area in areas.values()
            if area.level == Area.Level.TOWNSHIP
        ),
        villages=tuple(
            (area.lat, area.lon)
            for area in areas.values()
            if area.level == Area.Level.VILLAGE and area.lat is not None and area.lon is not None
        ),
    )


def _township(area: Area, tally: Tally) -> Township:
    figures = tally.figures(area.code, area.name)
    return Township(
        code=area.code,
        name=area.name,
        lat=area.lat or 0.0,
        lon=area.lon or 0.0,
        received=figures.received,
        due=figures.due,
        on_time=figures.on_time,
        on_time_share=figures.on_time_share,
    )
