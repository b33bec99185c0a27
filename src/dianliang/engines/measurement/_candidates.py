"""Every shape that a daily baseline may have: calendars, and balance points on a grid.

A shape is a calendar (nothing, days of rest, days of the week; with or without seasons) and none,
one or two balance temperatures, below which heating and above which cooling grows in a straight
line. All shapes are columns of one dictionary, so that they can be averaged. Source of the family:
the change-point models of ASHRAE Guideline 14 (three, four and five parameters).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dianliang.engines.measurement._days import HOLIDAY, SUNDAY, Floats, Weather, season, weekday

STEP_C = 1.0
"""Distance of balance points on the grid: closer ones cannot be told apart by a year of days."""
FEWEST_DAYS = 10
"""A slope needs this many days on its side of the balance point."""
WIDEST_GAP_C = 12.0
"""Between heating and cooling lie no more degrees than this: neither is used at 12 to 24 °C."""
CALENDARS = ("flat", "rest", "week")
TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One candidate: calendar, seasons or not, balance temperatures in °C where it has them."""

    calendar: str
    has_seasons: bool
    heating_c: float | None
    cooling_c: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Family:
    """All candidates that the days of a base period can tell apart.

    `heating` and `cooling` are grids of balance points in °C; `kinds` are the special kinds of
    days that the base period knows.
    """

    heating: Floats
    cooling: Floats
    kinds: tuple[int, ...]

    @classmethod
    def of(cls, base: Weather) -> "Family":
        """Lay the grid over the temperatures of a base period."""
        warm = base.temperature_c
        low, high = np.percentile(warm, [3, 97]) if len(warm) else (0.0, 0.0)
        grid = np.arange(np.floor(low), np.ceil(high) + STEP_C / 2, STEP_C)
        below = np.array([(warm < point).sum() >= FEWEST_DAYS for point in grid], bool)
        above = np.array([(warm > point).sum() >= FEWEST_DAYS for point in grid], bool)
        known = [int(kind) for kind in np.unique(base.kinds) if kind >= HOLIDAY]
        return cls(heating=grid[below], cooling=grid[above], kinds=tuple(known))

    @cached_property
    def pairs(self) -> tuple[tuple[int | None, int | None], ...]:
        """Places on the two grids that go together: none, one of them, both."""
        heats, cools = range(len(self.heating)), range(len(self.cooling))
        both = [
            (h, c)
            for h in heats
            for c in cools
            if 0 <= self.cooling[c] - self.heating[h] <= WIDEST_GAP_C
        ]
        return ((None, None), *((h, None) for h in heats), *((None, c) for c in cools), *both)

    def shape(self, block: int, pair: int) -> Shape:
        """Describe a candidate by its calendar's number and its pair's."""
        heat, cool = self.pairs[pair]
        return Shape(
            calendar=CALENDARS[block % 3],
            has_seasons=block >= 3,
            heating_c=None if heat is None else float(self.heating[heat]),
            cooling_c=None if cool is None else float(self.cooling[cool]),
        )

    def columns(self, days: Weather) -> Floats:
        """Return the dictionary on some days: shape (n, 11 + kinds + 2 (heating + cooling))."""
        rest = (days.kinds > 0).astype(float)
        of_week = weekday(days.times)
        plain = days.kinds < HOLIDAY
        level = [np.ones(len(days)), rest * plain]
        level += [(days.kinds == kind).astype(float) for kind in self.kinds]
        level += [((of_week == number) & plain).astype(float) for number in range(1, SUNDAY + 1)]
        level += [(season(days.times) == number).astype(float) for number in (1, 2)]
        warm = days.temperature_c[:, None]
        heat, cool = np.maximum(self.heating - warm, 0), np.maximum(warm - self.cooling, 0)
        slopes = [heat, cool, heat * rest[:, None], cool * rest[:, None]]
        return np.concatenate([np.stack(level, axis=1), *slopes], axis=1)

    @property
    def first_slope(self) -> int:
        """The dictionary's first column of a slope."""
        return 2 + len(self.kinds) + SUNDAY + 2

    def levels(self, block: int) -> list[int]:
        """Return the level columns of a calendar (0 to 2 without, 3 to 5 with seasons)."""
        special = [2 + number for number in range(len(self.kinds))]
        week = [2 + len(self.kinds) + number for number in range(SUNDAY)]
        chosen = [0, *special, *([[], [1], week][block % 3])]
        if block >= 3:
            chosen += [self.first_slope - 2, self.first_slope - 1]
        return chosen

    def slopes(self, block: int, pair: int) -> list[int]:
        """Return the slope columns of a pair under a calendar, own slopes on days of rest too."""
        heat, cool = self.pairs[pair]
        width = len(self.heating) + len(self.cooling)
        chosen = [] if heat is None else [self.first_slope + heat]
        chosen += [] if cool is None else [self.first_slope + len(self.heating) + cool]
        return chosen + [column + width for column in chosen if block % 3]


def independent(columns: Floats) -> list[int]:
    """Return which columns add something to those before them."""
    kept: list[int] = []
    basis = np.empty((len(columns), 0))
    for number in range(columns.shape[1]):
        column = columns[:, number]
        left = column - basis @ (basis.T @ column)
        left = left - basis @ (basis.T @ left)
        size = float(np.linalg.norm(left))
        if size > TOLERANCE * max(float(np.linalg.norm(column)), 1.0):
            kept.append(number)
            basis = np.column_stack([basis, left / size])
    return kept
