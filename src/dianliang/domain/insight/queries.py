"""Figures of the loop: each computed from records, with its sample, each drillable to them.

Source of the idea: seed rows 003-18 (satisfaction with method and sample size) and 000-17 (time
to first response per channel).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import median

from dianliang.domain.intake import access
from dianliang.domain.intake.lifecycle import LABELS
from dianliang.domain.intake.models import Need, Rating
from dianliang.kernel.actor import Actor

Z_90 = 1.645
"""Normal quantile of a two-sided 90 % interval."""
DIMENSIONS = {
    "unit": "单位",
    "area": "乡镇",
    "service": "服务事项",
    "channel": "渠道",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one group of needs. Shares are of the number beside them."""

    key: str
    name: str
    received: int
    resolved: int
    on_time: int
    on_time_share: float | None
    response_median_min: float | None
    rated: int
    satisfied: int
    satisfied_share: float | None
    satisfied_low: float | None
    satisfied_high: float | None
    stars_mean: float | None
    reopened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The whole and its parts along one dimension."""

    whole: Figures
    parts: tuple[Figures, ...]
    dimension: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One need behind a figure."""

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
    stars: int | None


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 90 % Wilson score interval of a share (Wilson 1927); honest for small samples."""
    share, z2 = successes / trials, Z_90**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_90 * sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def overview(*, by: Actor, dimension: str, start: datetime, end: datetime) -> Overview:
    """Return the figures of needs received in [start, end), as a whole and by a dimension."""
    needs = _needs(by=by, start=start, end=end)
    stars = _stars(needs)
    key = _keys(dimension)
    groups: dict[tuple[str, str], list[Need]] = defaultdict(list)
    for need in needs:
        groups[key(need)].append(need)
    parts = sorted(
        (_figures(code, name, rows, stars) for (code, name), rows in groups.items()),
        key=lambda figures: (-figures.received, figures.name),
    )
    whole = _figures("", "合计", needs, stars)
    return Overview(whole=whole, parts=tuple(parts), dimension=dimension, start=start, end=end)


def records(
    *, by: Actor, dimension: str, key: str, start: datetime, end: datetime
) -> tuple[Record, ...]:
    """Return the needs behind one row of an overview, newest first."""
    needs = _needs(by=by, start=start, end=end)
    of = _keys(dimension)
    chosen = [need for need in needs if not key or of(need)[0] == key]
    stars = _stars(chosen)
    return tuple(
        Record(
            number=need.number,
            service_name=need.service.name if need.service else "未分类",
            area_name=need.area.name,
            unit_name=need.unit.name,
            channel_label=need.get_channel_display(),
            status_label=LABELS[need.status],
            received_at=need.received_at,
            first_response_at=need.first_response_at,
            due_at=need.due_at,
            resolved_at=need.resolved_at,
            is_on_time=_is_on_time(need),
            stars=min(stars.get(need.pk, ()), default=None),
        )
        for need in chosen
    )


def _needs(*, by: Actor, start: datetime, end: datetime) -> list[Need]:
    rows = access.visible(by).filter(received_at__gte=start, received_at__lt=end)
    rows = rows.exclude(status__in=["MERGED", "CANCELLED"])
    related = ("service", "area", "area__parent", "unit")
    return list(rows.select_related(*related).order_by("-received_at", "-pk"))


def _keys(dimension: str) -> Callable[[Need], tuple[str, str]]:
    def of_area(need: Need) -> tuple[str, str]:
        town = need.area.parent if need.area.level == "village" and need.area.parent else need.area
        return town.code, town.name

    def of_service(need: Need) -> tuple[str, str]:
        return (need.service.code, need.service.name) if need.service else ("-", "未分类")

    return {
        "unit": lambda need: (need.unit.code, need.unit.name),
        "area": of_area,
        "service": of_service,
        "channel": lambda need: (need.channel, need.get_channel_display()),
    }[dimension if dimension in DIMENSIONS else "unit"]


def _stars(needs: Iterable[Need]) -> dict[int, list[int]]:
    stars: dict[int, list[int]] = defaultdict(list)
    rows = Rating.objects.filter(participant__need__in=[need.pk for need in needs])
    for need_id, value in rows.values_list("participant__need_id", "stars"):
        stars[need_id].append(value)
    return stars


def _is_on_time(need: Need) -> bool | None:
    return None if need.resolved_at is None else need.resolved_at <= need.due_at


def _figures(key: str, name: str, needs: list[Need], stars: dict[int, list[int]]) -> Figures:
    resolved = [need for need in needs if need.resolved_at is not None]
    on_time = sum(bool(_is_on_time(need)) for need in resolved)
    waits = [
        (need.first_response_at - need.received_at).total_seconds() / 60
        for need in needs
        if need.first_response_at is not None
    ]
    given = [value for need in needs for value in stars.get(need.pk, ())]
    satisfied = sum(value >= 4 for value in given)
    low, high = wilson(satisfied, len(given)) if given else (None, None)
    return Figures(
        key=key,
        name=name,
        received=len(needs),
        resolved=len(resolved),
        on_time=on_time,
        on_time_share=on_time / len(resolved) if resolved else None,
        response_median_min=round(median(waits), 1) if waits else None,
        rated=len(given),
        satisfied=satisfied,
        satisfied_share=satisfied / len(given) if given else None,
        satisfied_low=low,
        satisfied_high=high,
        stars_mean=round(sum(given) / len(given), 2) if given else None,
        reopened=sum(need.reopened_count for need in needs),
    )
