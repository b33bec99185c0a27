"""Travel by road: a table between villages and bases, renewed in the background, used by plans.

Requests and computations never ask the road server; they use the table that is stored, so that a
plan and a change to it a minute later measure with the same measure. Without a table, or without a
server, travel is estimated, and every plan says which it was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Protocol

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string

from dianliang.core import jobs as background
from dianliang.core import reference
from dianliang.domain.territory.operations import keep_road_table, note_road_failure
from dianliang.domain.territory.queries import RoadTableRow, road_table, village_points
from dianliang.domain.workforce.models import Team
from dianliang.engines import routing
from dianliang.engines.routing.gaps import Whole
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.geo import GeoPoint

REFRESH = "planning.roads"
GOOD_FOR = timedelta(days=7)
ESTIMATED = "路程按直线距离 ×1.35、时速 32 公里估算"


class RoadSource(Protocol):
    """A road server as planning needs it."""

    @property
    def name(self) -> str:
        """Name it for people."""
        ...

    def table(self, points: tuple[GeoPoint, ...]) -> Whole:
        """Return the travel times between points.

        Raises:
            DomainError: it cannot; the message says why.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ways:
    """Travel to plan with, and where it comes from."""

    travel: routing.Travel
    words: str


def source_in_use() -> RoadSource | None:
    """Return the road server that this installation is set up with, if any.

    Raises:
        DomainError: its address is none.
    """
    if not settings.ROADS_URL:
        return None
    made: RoadSource = import_string(settings.ROADS_ADAPTER)(url=settings.ROADS_URL)
    return made


def ways() -> Ways:
    """Return the travel to plan with now, without asking anybody."""
    if not settings.ROADS_URL:
        return Ways(routing.GreatCircle(), ESTIMATED)
    return _kept_ways()


@reference.Kept
def _kept_ways() -> Ways:
    row = road_table()
    if row is None or row.made_at is None:
        why = row.failure if row else "还没有取得道路表。"
        return Ways(routing.GreatCircle(), f"{ESTIMATED}：{why}")
    words = (
        f"路程按 {row.source} {row.made_at.astimezone(SHANGHAI):%Y-%m-%d} 的道路表，村内按直线估算"
    )
    old = f"；此后更新失败：{row.failure}" if row.failure else ""
    return Ways(routing.Clustered(roads=unpacked(row.body)), f"{words}{row.notes}{old}")


def centres() -> tuple[GeoPoint, ...]:
    """Return the points that roads are asked for: villages, and bases of teams; no customers."""
    bases = Team.objects.filter(is_active=True).order_by("code").values_list("base_lat", "base_lon")
    points = (*village_points(), *(GeoPoint(lat, lon) for lat, lon in bases))
    return tuple(dict.fromkeys(points))


def refresh(*, source: RoadSource, by: Actor, at: datetime) -> str:
    """Ask for a table and store it; return what is worth knowing about it.

    Raises:
        DomainError: the server gave none, or there is nothing to ask for; the old table stays.
    """
    points = centres()
    try:
        if not points:
            raise DomainError("还没有带坐标的村，也没有队伍驻地，道路表无从谈起。")
        whole = source.table(points)
    except DomainError as refusal:
        note_road_failure(source=source.name, failure=refusal.message, at=at)
        raise
    notes = _notes(whole)
    keep_road_table(source=source.name, body=packed(whole.table), notes=notes, by=by, at=at)
    return f"已取得 {len(points)} 个村和驻地之间的道路表{notes}。"


def _notes(whole: Whole) -> str:
    told = ""
    if whole.estimated:
        told += f"；{len(whole.estimated)} 处附近没有道路，按直线估算"
    if whole.bridged:
        told += f"；{whole.bridged} 段经别的村绕行"
    if whole.shut:
        told += f"；{whole.shut} 段无路可通"
    return told


def order_if_due(*, at: datetime) -> None:
    """Queue a renewal if the table is a week old, does not fit the villages, or is not there.

    A server that fails is asked again the next day.
    """
    if settings.ROADS_URL and is_due(road_table(), at=at):
        key = f"{REFRESH}:{at.astimezone(SHANGHAI).date()}"
        background.enqueue(REFRESH, {}, by=SYSTEM, at=at, key=key, max_attempts=2)


def is_due(row: RoadTableRow | None, *, at: datetime) -> bool:
    """Tell whether the stored table should be made anew."""
    if row is None or row.made_at is None or at - row.made_at > GOOD_FOR:
        return True
    return set(unpacked(row.body).points) != set(centres())


@background.handler(REFRESH)
def refresh_in_background(context: background.JobContext) -> dict[str, Any]:
    """Renew the table of roads; a failure is stored with the old table and shown with plans."""
    try:
        source = source_in_use()
        if source is None:
            return {"skipped": "no road server"}
        return {"words": refresh(source=source, by=SYSTEM, at=context.clock())}
    except DomainError as refusal:
        return {"error": refusal.message}


def packed(table: routing.TravelTable) -> bytes:
    """Write a table as bytes, to the tenth of a second and the metre."""
    box = BytesIO()
    points = np.array([(point.lat, point.lon) for point in table.points])
    np.savez_compressed(
        box,
        allow_pickle=False,
        points=points.reshape(-1, 2),
        tenths=np.rint(table.seconds * 10).astype(np.int32),
        metres=np.rint(table.metres).astype(np.int32),
    )
    return box.getvalue()


def unpacked(body: bytes) -> routing.TravelTable:
    """Read a stored table."""
    with np.load(BytesIO(body), allow_pickle=False) as box:
        return routing.TravelTable(
            points=tuple(GeoPoint(lat, lon) for lat, lon in box["points"].tolist()),
            seconds=box["tenths"] / 10,
            metres=box["metres"].astype(np.float64),
        )
