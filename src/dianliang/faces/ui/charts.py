"""Describe a chart once: the page draws it, and prints its figures as a table beside it.

The table is the truth, for whoever cannot see a picture and for whoever doubts it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from math import isfinite
from typing import Any

from dianliang.faces.ui.wording import gettext as _

MOST_ROWS = 1500
"""Rows of the table beside a chart; what has more is thinned by whoever asks for the chart."""
SHADES = 5
"""Colours of a heat chart, from pale to deep (`--heat-0` … in `ui/tokens.css`)."""

Figures = tuple[float | None, ...]


class Shape(StrEnum):
    """How the figures of a series are drawn."""

    LINE = "line"
    STEP = "step"
    BAR = "bar"
    POINTS = "points"


class Tone(StrEnum):
    """What a colour says; `PLAIN` takes the next colour of the palette."""

    PLAIN = ""
    DANGER = "danger"
    WARN = "warn"
    SOFT = "soft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One figure along the x axis, perhaps with the interval that it lies in.

    `values`, `low` and `high` are in the unit of their axis and as long as the chart's `x`; a
    missing figure is `None`. Bars of one `stack` stand upon each other. `is_right` hangs the
    series on the second axis.
    """

    name: str
    values: Figures
    low: Figures = ()
    high: Figures = ()
    shape: Shape = Shape.LINE
    tone: Tone = Tone.PLAIN
    stack: str = ""
    is_right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A level across the whole chart, in the unit of the left axis: a rating, a voltage limit."""

    name: str
    value: float
    tone: Tone = Tone.DANGER


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Lines, bars and points over a common x axis.

    `key` names the chart on its page. `x` are labels in order, or numbers (then the axis is to
    scale); `x_name`, `y_name` and `right_name` carry the unit: "负载（kVA）". `digits` are the
    decimals shown. `is_zoomed` adds a slider for long series.

    Raises:
        ValueError: a series is not as long as `x`, or a figure is not finite.
    """

    key: str
    title: str
    x_name: str
    y_name: str
    x: tuple[str, ...] | tuple[float, ...]
    series: tuple[Series, ...]
    limits: tuple[Limit, ...] = ()
    right_name: str = ""
    digits: int = 1
    is_zoomed: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        for one in self.series:
            for figures in (one.values, one.low or one.values, one.high or one.values):
                _insist(figures, len(self.x), one.name)
        _insist(tuple(limit.value for limit in self.limits), len(self.limits), self.title)

    @property
    def payload(self) -> dict[str, Any]:
        """Return what `ui/chart.js` draws."""
        return {
            "kind": "lines",
            "xName": self.x_name,
            "x": self.x,
            "isNumber": bool(self.x) and not isinstance(self.x[0], str),
            "names": [self.y_name, *([self.right_name] if self.right_name else [])],
            "digits": self.digits,
            "isZoomed": self.is_zoomed,
            "series": [
                {
                    "name": one.name,
                    "values": one.values,
                    "low": one.low,
                    "high": one.high,
                    "shape": one.shape,
                    "tone": one.tone,
                    "stack": one.stack,
                    "axis": int(one.is_right),
                }
                for one in self.series
            ],
            "limits": [
                {"name": one.name, "value": one.value, "tone": one.tone} for one in self.limits
            ],
        }

    @property
    def head(self) -> tuple[str, ...]:
        """Return the heads of the table's columns."""
        names = [self.x_name]
        for one in self.series:
            names.append(one.name)
            if one.low:
                names.append(_("%(name)s：区间") % {"name": one.name})
        return tuple(names)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Return the table's rows: the x of each, then its figures."""
        return tuple(self._row(i) for i in range(len(self.x)))

    def _row(self, i: int) -> tuple[str, ...]:
        x = self.x[i]
        cells = [x if isinstance(x, str) else f"{x:,.10g}"]
        for one in self.series:
            cells.append(figure(one.values[i], self.digits))
            if one.low:
                low, high = figure(one.low[i], self.digits), figure(one.high[i], self.digits)
                cells.append(low if low == high else f"{low} ~ {high}")
        return tuple(cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """A figure over two axes of labels, told by colour: days along, hours down.

    `values` has one row for each of `y`, each as long as `x`. `edges` are the four levels, in the
    unit of the figure, at which the colour deepens.

    Raises:
        ValueError: rows and labels do not match, or the edges do not rise.
    """

    key: str
    title: str
    x_name: str
    y_name: str
    x: tuple[str, ...]
    y: tuple[str, ...]
    values: tuple[Figures, ...]
    edges: tuple[float, ...]
    unit: str = ""
    digits: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if len(self.values) != len(self.y):
            raise ValueError(f"{self.title}: {len(self.values)} rows for {len(self.y)} labels")
        for label, row in zip(self.y, self.values, strict=True):
            _insist(row, len(self.x), label)
        if len(self.edges) != SHADES - 1 or any(a >= b for a, b in pairwise(self.edges)):
            raise ValueError(f"{self.title}: the edges must be {SHADES - 1} and rise")

    @property
    def payload(self) -> dict[str, Any]:
        """Return what `ui/chart.js` draws."""
        return {
            "kind": "heat",
            "x": self.x,
            "y": self.y,
            "values": self.values,
            "edges": self.edges,
            "unit": self.unit,
            "digits": self.digits,
        }

    @property
    def legend(self) -> tuple[tuple[int, str], ...]:
        """Return each shade with the figures it stands for."""
        shown = [f"{edge:,.{self.digits}f}" for edge in self.edges]
        words = [f"< {shown[0]}", *(f"{a} ~ {b}" for a, b in pairwise(shown)), f"≥ {shown[-1]}"]
        return tuple(enumerate(f"{word} {self.unit}".strip() for word in words))

    @property
    def head(self) -> tuple[str, ...]:
        """Return the heads of the table's columns."""
        return (f"{self.y_name} \\ {self.x_name}", *self.x)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Return the table's rows: the label of each, then its figures."""
        return tuple(
            (label, *(figure(value, self.digits) for value in row))
            for label, row in zip(self.y, self.values, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Something that lasts from `first` to `last`; `mark` is the day on which it was to end."""

    name: str
    first: date
    last: date
    mark: date | None = None
    tone: Tone = Tone.PLAIN
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Bars over days, one below the other, with a line at today: a Gantt chart.

    Raises:
        ValueError: a bar ends before it begins.
    """

    key: str
    title: str
    name: str
    mark_name: str
    today: date
    today_name: str
    bars: tuple[Bar, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        for one in self.bars:
            if one.last < one.first:
                raise ValueError(f"{one.name}: ends before it begins")

    @property
    def payload(self) -> dict[str, Any]:
        """Return what `ui/chart.js` draws."""
        return {
            "kind": "spans",
            "names": [one.name for one in self.bars],
            "first": [one.first.isoformat() for one in self.bars],
            "last": [one.last.isoformat() for one in self.bars],
            "marks": [one.mark.isoformat() if one.mark else None for one in self.bars],
            "tones": [one.tone for one in self.bars],
            "words": [one.words for one in self.bars],
            "markName": self.mark_name,
            "today": self.today.isoformat(),
            "todayName": self.today_name,
        }

    @property
    def head(self) -> tuple[str, ...]:
        """Return the heads of the table's columns."""
        return (self.name, _("开始"), _("结束"), self.mark_name, _("状态"))

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Return the table's rows: a bar each."""
        return tuple(
            (one.name, f"{one.first}", f"{one.last}", f"{one.mark or '—'}", one.words)
            for one in self.bars
        )


def figure(value: float | None, digits: int) -> str:
    """Write a figure for a table; a missing one is a dash."""
    return "—" if value is None else f"{value:,.{digits}f}"


def _insist(figures: Figures, length: int, name: str) -> None:
    if len(figures) != length:
        raise ValueError(f"{name}: {len(figures)} figures for {length} labels")
    if length > MOST_ROWS:
        raise ValueError(f"{name}: more than {MOST_ROWS} figures")
    if not all(value is None or isfinite(value) for value in figures):
        raise ValueError(f"{name}: a figure is not finite")
