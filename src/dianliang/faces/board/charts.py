"""Drawings of figures: where each bar, line and circle stands. The template makes SVG of them.

Drawn by the server, so that they print, need no script, and hold for every browser.
"""

from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import cos, radians, sqrt

from dianliang.domain.insight.queries import Bucket, County, Township

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 44, 44, 16, 34
MOST_LABELS = 7
STEPS = (1, 2, 5)
MAP_SIDE, MAP_EDGE = 480.0, 44.0
LARGEST_RADIUS, SMALLEST_RADIUS = 34.0, 7.0
LABEL_BELOW, GAP, ROUNDS = 13.0, 18.0, 40
GOOD_FROM, FAIR_FROM = 0.9, 0.75
"""Shares on time from which a township is drawn as good, and as fair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bucket of the trend: its bar, its point on the line, and the days it stands for."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    point_y: float | None
    label: str
    bucket: Bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Bars of what was received, and a line of the share done on time."""

    bars: tuple[Bar, ...]
    lines: tuple[str, ...]
    ticks: tuple[tuple[float, int, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A township: as large as what was received, in the tone of the share on time."""

    x: float
    y: float
    radius: float
    label_y: float
    tone: str
    town: Township


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyMap:
    """Circles of townships over the dots of the villages."""

    circles: tuple[Circle, ...]
    dots: tuple[tuple[float, float], ...]
    width: float
    height: float


def trend(buckets: tuple[Bucket, ...]) -> Trend:
    """Draw the trend; buckets without anything due leave a gap in the line."""
    top = _round_up(max((bucket.received for bucket in buckets), default=0))
    room, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = room / max(1, len(buckets))
    every = -(-len(buckets) // MOST_LABELS) or 1
    bars = tuple(
        Bar(
            x=round(LEFT + i * step + step * 0.15, 1),
            y=round(TOP + tall * (1 - bucket.received / top), 1),
            width=round(step * 0.7, 1),
            height=round(tall * bucket.received / top, 1),
            middle=round(LEFT + (i + 0.5) * step, 1),
            point_y=None
            if bucket.on_time_share is None
            else round(TOP + tall * (1 - bucket.on_time_share), 1),
            label=_day(bucket.first) if i % every == 0 else "",
            bucket=bucket,
        )
        for i, bucket in enumerate(buckets)
    )
    ticks = tuple(
        (round(TOP + tall * (1 - part), 1), round(top * part), f"{part:.0%}")
        for part in (0.0, 0.5, 1.0)
    )
    return Trend(bars=bars, lines=_lines(bars), ticks=ticks)


def _lines(bars: tuple[Bar, ...]) -> tuple[str, ...]:
    """Return the runs of neighbouring points, each as the points of a polyline."""
    runs: list[list[str]] = [[]]
    for bar in bars:
        if bar.point_y is None:
            runs.append([])
        else:
            runs[-1].append(f"{bar.middle},{bar.point_y}")
    return tuple(" ".join(run) for run in runs if len(run) > 1)


def _day(on: date) -> str:
    return f"{on.month}-{on.day}"


def _round_up(most: int) -> int:
    """Return the next even and round number, for an axis with a middle."""
    scale = 2
    while True:
        for step in STEPS:
            if step * scale >= most:
                return step * scale
        scale *= 10


def county_map(county: County) -> CountyMap:
    """Draw a county in its own proportions; a degree of longitude shrinks with the latitude."""
    places = [(town.lat, town.lon) for town in county.townships] + list(county.villages)
    if not places:
        return CountyMap(circles=(), dots=(), width=MAP_SIDE, height=MAP_SIDE)
    south, north = min(lat for lat, _ in places), max(lat for lat, _ in places)
    west, east = min(lon for _, lon in places), max(lon for _, lon in places)
    narrow = cos(radians((south + north) / 2))
    span = max(north - south, (east - west) * narrow, 1e-6)
    scale = (MAP_SIDE - 2 * MAP_EDGE) / span

    def drawn(lat: float, lon: float) -> tuple[float, float]:
        x, y = (lon - west) * narrow * scale + MAP_EDGE, (north - lat) * scale + MAP_EDGE
        return round(x, 1), round(y, 1)

    most = max((town.received for town in county.townships), default=0) or 1
    towns = sorted(county.townships, key=lambda town: -town.received)
    radii = [max(SMALLEST_RADIUS, LARGEST_RADIUS * sqrt(t.received / most)) for t in towns]
    at = apart([drawn(town.lat, town.lon) for town in towns], radii)
    circles = []
    for town, (x, y), radius in zip(towns, at, radii, strict=True):
        circles.append(
            Circle(
                x=x,
                y=y,
                radius=round(radius, 1),
                label_y=round(y + radius + LABEL_BELOW, 1),
                tone=tone(town),
                town=town,
            )
        )
    corner = drawn(south, east)
    right = max([corner[0] + MAP_EDGE, *(c.x + c.radius for c in circles)])
    bottom = max([corner[1] + MAP_EDGE, *(c.label_y for c in circles)])
    return CountyMap(
        circles=tuple(circles),
        dots=tuple(drawn(lat, lon) for lat, lon in county.villages),
        width=round(right, 1),
        height=round(bottom, 1),
    )


def apart(places: list[tuple[float, float]], radii: list[float]) -> list[tuple[float, float]]:
    """Push circles that overlap away from each other, each half of the way (Dorling 1996)."""
    at = [complex(*place) for place in places]
    for _ in range(ROUNDS):
        for i, j in combinations(range(len(at)), 2):
            between = at[j] - at[i] or complex(0.01 * (i + 1), 0.01)
            lacking = radii[i] + radii[j] + GAP - abs(between)
            if lacking > 0:
                push = between / abs(between) * lacking / 2
                at[i], at[j] = at[i] - push, at[j] + push
    return [
        (
            round(min(max(place.real, radius), MAP_SIDE - radius), 1),
            round(min(max(place.imag, radius), MAP_SIDE - radius - LABEL_BELOW), 1),
        )
        for place, radius in zip(at, radii, strict=True)
    ]


def tone(town: Township) -> str:
    """Return how a township is doing: good, fair, poor, or nothing due yet."""
    share = town.on_time_share
    if share is None:
        return "idle"
    return "good" if share >= GOOD_FROM else "fair" if share >= FAIR_FROM else "poor"
