"""One place where figures from outside are held against what a figure may be.

`NaN <= x` is false, so a check that asks for what is wrong lets NaN pass: every check here asks for
what is right.
"""

from collections.abc import Sequence
from contextlib import suppress
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dianliang.kernel.phrases import Phrase, in_a_row

Words = tuple[str, str]
"""The same in Chinese and in English."""
SMALLEST, LARGEST = 1e-9, 1e15
"""What must be more than zero, and what anything may be: beyond, quotients and squares run over.

The world uses about 3e13 kWh of electricity a year.
"""


class BadFiguresError(ValueError):
    """Figures that nothing can be measured with, said in Chinese (`words`) and in `english`."""

    def __init__(self, words: str, english: str) -> None:
        super().__init__(english)
        self.words = words
        self.english = english


def confidence(level: float) -> None:
    """Refuse a level of confidence that is not between 0 and 1.

    Raises:
        BadFiguresError: 90 for 0.9, 0, 1 (nothing finite holds everything), or not a number.
    """
    if not (0 < level < 1 and 0.5 + level / 2 < 1):
        raise BadFiguresError(
            Phrase("置信水平是 %(level)s，应大于 0 且小于 1，例如 0.9。", level=level),
            f"a level of confidence lies between 0 and 1, such as 0.9; this is {level}",
        )


def within(value: float, name: Words, *, low: float = SMALLEST, high: float = LARGEST) -> None:
    """Refuse a number that does not lie from `low` to `high`; left out: more than zero.

    Raises:
        BadFiguresError: it lies outside, or is not a number.
    """
    if not low <= value <= high:
        least = Phrase("大于 0") if low == SMALLEST else Phrase("不小于 %(low)s", low=f"{low:g}")
        floor = "more than zero" if low == SMALLEST else f"at least {low:g}"
        raise BadFiguresError(
            Phrase(
                "%(name)s是 %(value)s，应%(least)s且不大于 %(high)s。",
                name=Phrase(name[0]),
                value=value,
                least=least,
                high=f"{high:g}",
            ),
            f"{name[1]} must be {floor} and at most {high:g}; this is {value}",
        )


def count(value: float, name: Words, *, low: int, high: int) -> None:
    """Refuse what is not a whole number from `low` to `high`.

    Raises:
        BadFiguresError: it is not whole, or lies outside.
    """
    within(value, name, low=low, high=high)
    if not isinstance(value, Integral):
        raise BadFiguresError(
            Phrase("%(name)s是 %(value)s，应为整数。", name=Phrase(name[0]), value=value),
            f"{name[1]} must be a whole number; this is {value}",
        )


def figures(
    values: ArrayLike, name: Words, *, low: float = -LARGEST, may_miss: bool = False
) -> NDArray[np.float64]:
    """Return figures of any shape as they are, all of them from `low` to the largest.

    `may_miss`: NaN is a figure that is missing. An infinite one never is: it comes from a division
    or a broken file, and dropping it would hide that.

    Raises:
        BadFiguresError: one is not a number or lies outside; the first is named by row and column.
    """
    held = np.asarray(values, dtype=np.float64)
    bad = (held < low) | (held > LARGEST)
    if not may_miss:
        bad |= np.isnan(held)
    if bad.any():
        at = tuple(int(place) for place in np.argwhere(bad)[0])
        words = ("第 %(n)d 行", "第 %(n)d 列")
        row = in_a_row(Phrase(told, n=place + 1) for place, told in zip(at, words, strict=False))
        english = ", ".join(
            f"{word} {place + 1}" for place, word in zip(at, ("row", "column"), strict=False)
        )
        value = float(held[at])
        gap = Phrase("；缺数请留空") if may_miss else ""
        hint = "; leave a missing one empty" if may_miss else ""
        raise BadFiguresError(
            Phrase(
                "%(name)s%(row)s是 %(value)s，应为 %(low)s 到 %(largest)s 之间的数%(gap)s。",
                name=Phrase(name[0]),
                row=row,
                value=value,
                low=f"{low:g}",
                largest=f"{LARGEST:g}",
                gap=gap,
            ),
            f"{name[1]}: {english} is {value}, not a number from {low:g} to {LARGEST:g}{hint}",
        )
    return held


def series(
    values: ArrayLike,
    name: Words,
    *,
    fewest: int = 1,
    low: float = -LARGEST,
    may_miss: bool = False,
) -> NDArray[np.float64]:
    """Return one row of figures, `fewest` at least (see `figures`).

    Raises:
        BadFiguresError: there are fewer, they are a table, or one of them is not a figure.
    """
    held = figures(values, name, low=low, may_miss=may_miss)
    if held.ndim != 1 or len(held) < fewest:
        raise BadFiguresError(
            Phrase("%(name)s应是一列数，至少 %(fewest)s 个。", name=Phrase(name[0]), fewest=fewest),
            f"{name[1]} must be one row of figures, at least {fewest}",
        )
    return held


def day(text: str, name: Words) -> np.datetime64:
    """Return a day written as ISO.

    Raises:
        BadFiguresError: it is none, or empty.
    """
    found: np.datetime64 = np.datetime64("NaT")
    with suppress(ValueError):
        found = np.datetime64(text, "D")
    if np.isnat(found):
        raise BadFiguresError(
            Phrase(
                "%(name)s“%(text)s”不是日期，请写成 2026-03-01。", name=Phrase(name[0]), text=text
            ),
            f"{name[1]} '{text}' is no day: write 2026-03-01",
        )
    return found


def distinct(names: Sequence[str], words: Words) -> None:
    """Refuse names of which one comes twice: what is kept by name would be mixed up.

    Raises:
        BadFiguresError: one comes twice.
    """
    twice = next((name for name in names if list(names).count(name) > 1), None)
    if twice is not None:
        raise BadFiguresError(
            Phrase("%(words)s“%(twice)s”出现了两次，请区分。", words=Phrase(words[0]), twice=twice),
            f"{words[1]} '{twice}' comes twice",
        )
