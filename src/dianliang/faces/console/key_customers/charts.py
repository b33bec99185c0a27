"""The curves of supply as shapes: where bars and lines stand. The template makes SVG of them."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.key_customers.curve import STATES, Point
from dianliang.kernel.calendar import SHANGHAI

WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 44, 48, 14, 34
MOST_LABELS = 8
PARTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The customers of one state at one point."""

    state: str
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One point: its blocks from the ground up, and the moment that its page is asked for by."""

    x: float
    width: float
    middle: float
    blocks: tuple[Block, ...]
    moment: str
    at: datetime
    label: str
    point: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Bars of customers by state, and the lines of service and restoration as shares."""

    bars: tuple[Bar, ...]
    served: str
    restored: tuple[str, ...]
    ticks: tuple[tuple[float, str, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def moment(at: datetime) -> str:
    """Return a moment as addresses carry it: in Shanghai time, to the microsecond."""
    return at.astimezone(SHANGHAI).replace(tzinfo=None).isoformat()


def curves(points: tuple[Point, ...]) -> Curves:
    """Draw the points; a share of nobody leaves a gap in its line."""
    room, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = room / len(points)
    every = -(-len(points) // MOST_LABELS)
    top = max(1, points[0].total)
    bars = tuple(
        Bar(
            x=round(LEFT + place * step + step * 0.08, 1),
            width=round(step * 0.84, 1),
            middle=round(LEFT + (place + 0.5) * step, 1),
            blocks=_blocks(point, top=top, tall=tall),
            moment=moment(point.at),
            at=point.at,
            label=_clock(point.at, points[0].at) if place % every == 0 else "",
            point=point,
        )
        for place, point in enumerate(points)
    )
    return Curves(
        bars=bars,
        served=" ".join(_line(bars, [bar.point.served_share for bar in bars], tall)),
        restored=_line(bars, [bar.point.restored_share for bar in bars], tall),
        ticks=tuple(
            (round(TOP + tall * (1 - part), 1), _count(top * part), f"{part:.0%}") for part in PARTS
        ),
    )


def _count(value: float) -> str:
    """Return a number of customers; there is no half of one."""
    return str(int(value)) if value == int(value) else ""


def _blocks(point: Point, *, top: int, tall: float) -> tuple[Block, ...]:
    """Stack the states, the best at the ground."""
    blocks, below = [], 0
    for state in STATES:
        count = point.counts[state]
        below += count
        if count:
            y = round(TOP + tall * (1 - below / top), 1)
            height = round(tall * count / top, 1)
            blocks.append(Block(state=state, count=count, y=y, height=height))
    return tuple(blocks)


def _line(bars: tuple[Bar, ...], shares: list[float | None], tall: float) -> tuple[str, ...]:
    """Return the runs of neighbouring points, each as the points of a polyline."""
    runs: list[list[str]] = [[]]
    for bar, share in zip(bars, shares, strict=True):
        if share is None:
            runs.append([])
        else:
            runs[-1].append(f"{bar.middle},{round(TOP + tall * (1 - share), 1)}")
    return tuple(" ".join(run) for run in runs if len(run) > 1)


def _clock(at: datetime, first: datetime) -> str:
    local, began = at.astimezone(SHANGHAI), first.astimezone(SHANGHAI)
    is_far = (at - first).total_seconds() > 86_400 or local.date() != began.date()
    return f"{local:%m-%d %H:%M}" if is_far else f"{local:%H:%M}"
