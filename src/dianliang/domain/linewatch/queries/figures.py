"""How good a camera is, by what persons said of its events; hours watched; how soon it was."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import median

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a stretch of time came to. Shares are None where nothing was answered.

    Recall is None where nobody reported a miss: that proves nothing.
    """

    events: int
    true_count: int
    false_count: int
    unclear_count: int
    waiting_count: int
    miss_count: int
    recall: float | None
    recall_low: float | None
    recall_high: float | None
    precision: float | None
    precision_low: float | None
    precision_high: float | None
    latency_median_s: float | None
    latency_most_s: float | None
    answer_median_min: float | None
    watched_h: float

    @property
    def false_a_day(self) -> float | None:
        """Return false alarms for each day of watching."""
        return None if self.watched_h <= 0 else self.false_count / self.watched_h * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Of an event what figures need."""

    status: str
    latency_s: float | None
    answer_s: float | None


def figures(events: Iterable[Counted], *, watched_s: float, misses: int) -> Figures:
    """Count events and what people saw beside them.

    Precision is of those that a person could tell (true or false). Recall is of what persons know
    of: true events and reported misses; what nobody saw is in neither, so it is an upper bound.
    """
    rows = list(events)
    by = {status: sum(one.status == status for one in rows) for status in _STATES}
    told = by["TRUE"] + by["FALSE"]
    low, high = wilson(by["TRUE"], told) if told else (None, None)
    known = by["TRUE"] + misses
    recall_low, recall_high = wilson(by["TRUE"], known) if misses else (None, None)
    latencies = [one.latency_s for one in rows if one.latency_s is not None]
    answers = [one.answer_s / 60 for one in rows if one.answer_s is not None]
    return Figures(
        events=len(rows),
        true_count=by["TRUE"],
        false_count=by["FALSE"],
        unclear_count=by["UNCLEAR"],
        waiting_count=by["WAITING"],
        miss_count=misses,
        recall=by["TRUE"] / known if misses else None,
        recall_low=recall_low,
        recall_high=recall_high,
        precision=by["TRUE"] / told if told else None,
        precision_low=low,
        precision_high=high,
        latency_median_s=median(latencies) if latencies else None,
        latency_most_s=max(latencies, default=None),
        answer_median_min=median(answers) if answers else None,
        watched_h=watched_s / 3600,
    )


_STATES = ("TRUE", "FALSE", "UNCLEAR", "WAITING")


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927); honest for few trials."""
    share, z2 = successes / trials, Z_95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_95 * sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return max(0.0, middle - half), min(1.0, middle + half)
