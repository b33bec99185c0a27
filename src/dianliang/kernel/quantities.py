"""Quantities as people read them: few digits, a unit, and how sure they are."""

from dataclasses import dataclass
from math import floor, log10

CHINESE_STEPS = ((1e8, "亿"), (1e4, "万"))
CHINESE_UNITS = {"CNY": "元", "CNY/kWh": "元/kWh"}
DIGITS = 3
"""Significant digits of a figure that is not exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A value in a unit such as ``kWh``, with an interval or a range where there is one.

    `confidence` is a share such as 0.9; without it `low` and `high` are a range that was seen.
    """

    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    confidence: float | None = None

    def figure(self, *, language: str = "zh") -> str:
        """Return the value with its unit, such as ``12.3 万 kWh``."""
        step, _ = _step(self.value, language)
        return _digits(self.value / step) + self.counted_in(language=language)

    def counted_in(self, *, language: str = "zh") -> str:
        """Return what the figure counts, as it stands behind it, such as `` 万 kWh`` or ``%``."""
        _, word = _step(self.value, language)
        unit = CHINESE_UNITS.get(self.unit, self.unit) if language == "zh" else self.unit
        joined = (unit == "%" and not word) or (word and unit in CHINESE_UNITS.values())
        return f"{f' {word}' if word else ''}{'' if joined else ' '}{unit}"

    def interval(self, *, language: str = "zh") -> str:
        """Return the interval in the unit of the figure, such as ``90 % 10.1–14.4``, or nothing."""
        if self.low is None or self.high is None:
            return ""
        step, _ = _step(self.value, language)
        ends = f"{_digits(self.low / step)}–{_digits(self.high / step)}"
        return ends if self.confidence is None else f"{self.confidence * 100:.0f} % {ends}"

    def words(self, *, language: str = "zh") -> str:
        """Return both, such as ``12.3 万 kWh（90 % 10.1–14.4）``."""
        interval = self.interval(language=language)
        opened, closed = ("（", "）") if language == "zh" else (" (", ")")
        return self.figure(language=language) + (f"{opened}{interval}{closed}" if interval else "")


def _step(value: float, language: str) -> tuple[float, str]:
    """Return the step in which Chinese counts a value; English counts in ones."""
    if language == "zh":
        for step, word in CHINESE_STEPS:
            if abs(value) >= step:
                return step, word
    return 1.0, ""


def _digits(value: float) -> str:
    """Return three significant digits; whole numbers of more digits stay whole."""
    if value == 0:
        return "0"
    places = max(0, DIGITS - 1 - floor(log10(abs(value))))
    shown = f"{value:,.{places}f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return shown.replace("-", "−")
