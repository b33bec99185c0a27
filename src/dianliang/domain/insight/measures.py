"""What the figures of the loop count: each is a condition, so its records can be shown.

Sources: seed rows 003-18 (satisfaction with method and sample size) and 000-17 (time to first
response per channel).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from statistics import median
from typing import Any

from django.db.models import F, FloatField, Func, Q

from dianliang.domain.intake.lifecycle import OPEN

Z_90 = 1.645
"""Normal quantile of a two-sided 90 % interval."""
SATISFIED_FROM = 4
NEED_FIGURES = {
    "received": "收到",
    "resolved": "已办结",
    "due": "应办结",
    "on_time": "按时办结",
    "late": "超时办结",
    "overdue": "超期未办",
    "responded": "已首次响应",
    "reopened": "重办",
}
COUNTED = ("received", "resolved", "on_time", "overdue", "responded", "reopened")
"""What the database counts; due is resolved and overdue, late is resolved but not on time."""
RATING_FIGURES = {"rated": "评价", "satisfied": "满意评价"}
FIGURES = {**NEED_FIGURES, **RATING_FIGURES}
METHOD = (
    "收到：期内收到且未合并、未取消的需求；其余数字都在这些需求中计。",
    "按时率：按时办结 ÷ 应办结；挂起与等待补充期间不计时。",
    "应办结：已办结的，加上已过承诺时限还没办结的，所以拖着不办也会拉低按时率。",
    "首次响应：从收到到受理或询问的中位数（分钟），样本为已首次响应的需求。",
    "满意率：评价中四星和五星的比例；区间为 90% 威尔逊区间；样本为评价条数。",
    "重办：至少重办过一次的需求。",
    "比较：与紧接在前、同样天数的一段时间相比。",
)


class Minutes(Func):
    """The minutes between two instants, computed by the database itself."""

    output_field = FloatField()
    template = "EXTRACT(EPOCH FROM (%(expressions)s)) / 60.0"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """Subtract day numbers: SQLite keeps instants as text."""
        return super().as_sql(
            compiler,
            connection,
            template="(julianday(%(expressions)s)) * 1440.0",
            arg_joiner=") - julianday(",
            **context,
        )


WAIT = Minutes(F("first_response_at"), F("received_at"))
"""From receiving a need to accepting it or asking back."""


def condition(figure: str, *, at: datetime) -> Q:
    """Return which needs a figure counts, among those received."""
    resolved = Q(resolved_at__isnull=False)
    overdue = Q(resolved_at=None, status__in=OPEN, clock_stopped_at=None, due_at__lt=at)
    return {
        "received": Q(),
        "resolved": resolved,
        "due": resolved | overdue,
        "on_time": Q(resolved_at__lte=F("due_at")),
        "late": Q(resolved_at__gt=F("due_at")),
        "overdue": overdue,
        "responded": Q(first_response_at__isnull=False),
        "reopened": Q(reopened_count__gt=0),
    }[figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one group of needs. Shares are of the number beside them."""

    key: str
    name: str
    received: int
    resolved: int
    due: int
    on_time: int
    late: int
    overdue: int
    on_time_share: float | None
    responded: int
    response_median_min: float | None
    rated: int
    satisfied: int
    satisfied_share: float | None
    satisfied_low: float | None
    satisfied_high: float | None
    stars_mean: float | None
    reopened: int


@dataclass(slots=True)
class Tally:
    """Counts of one group while they are added up."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))
    stars: int = 0
    waits: list[float] = field(default_factory=list)

    def add(self, counts: Iterable[tuple[str, int]]) -> None:
        """Add the counts of a part."""
        for figure, count in counts:
            self.counts[figure] += count

    def add_counted(self, row: Mapping[str, Any]) -> None:
        """Add a row of the counts that the database made, and what follows from them."""
        self.add((figure, row[figure]) for figure in COUNTED if figure in row)
        late = row["resolved"] - row["on_time"]
        self.add((("late", late), ("due", row["resolved"] + row["overdue"])))

    def figures(self, key: str, name: str) -> Figures:
        """Return the figures that these counts make."""
        counts = self.counts
        rated, due = counts["rated"], counts["due"]
        low, high = wilson(counts["satisfied"], rated) if rated else (None, None)
        return Figures(
            key=key,
            name=name,
            **counts,
            on_time_share=counts["on_time"] / due if due else None,
            response_median_min=round(median(self.waits), 1) if self.waits else None,
            satisfied_share=counts["satisfied"] / rated if rated else None,
            satisfied_low=low,
            satisfied_high=high,
            stars_mean=round(self.stars / rated, 2) if rated else None,
        )


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 90 % Wilson score interval of a share (Wilson 1927); honest for small samples."""
    share, z2 = successes / trials, Z_90**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_90 * sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return max(0.0, middle - half), min(1.0, middle + half)
