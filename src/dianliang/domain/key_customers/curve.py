"""How key customers were supplied over time: restoration and service, from what was reported.

Pure: what is known comes in, what it means comes out. A report holds from its moment on, until the
next one of the same customer; before its first every customer is supplied by the grid. A point
tells what holds at its moment, so that it stands for the half-open step which begins there.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

NORMAL, LOST, OWN, TIED = "normal", "lost", "own", "tied"
STATES = (NORMAL, TIED, OWN, LOST)
"""From the best to the worst."""
STEPS = (
    *(timedelta(minutes=n) for n in (5, 10, 15, 30)),
    *(timedelta(hours=n) for n in (1, 2, 3, 6, 12, 24)),
)
MOST_POINTS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """From a moment on a customer was in a state. Of two at one moment the higher serial holds."""

    customer: int
    state: str
    at: datetime
    serial: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """How many customers were in each state at a moment.

    `hit` have been without the grid by then, `restored` of them are on it again.
    """

    at: datetime
    counts: Mapping[str, int]
    hit: int
    restored: int

    @property
    def total(self) -> int:
        """Return how many customers are followed."""
        return sum(self.counts.values())

    @property
    def served(self) -> int:
        """Return how many have power, from wherever."""
        return self.total - self.counts[LOST]

    @property
    def served_share(self) -> float | None:
        """Return the share of those who have power (service curve)."""
        return self.served / self.total if self.total else None

    @property
    def restored_share(self) -> float | None:
        """Return the share of those hit who are on the grid again (restoration curve)."""
        return self.restored / self.hit if self.hit else None


def curve(
    reports: Iterable[Report],
    *,
    customers: Collection[int],
    start: datetime,
    end: datetime,
    step: timedelta,
) -> tuple[Point, ...]:
    """Return the points of [start, end), one each `step`, and a last one at `end`.

    What was told of before the start counts, too; a report about nobody who is followed is passed
    over. Cost: one sort of the reports, then linear in reports, customers and points.

    Raises:
        ValueError: the end lies before the start, or the step leads nowhere.
    """
    if end < start or step <= timedelta(0):
        raise ValueError("a curve needs a start before its end, and a step above nought")
    followed = set(customers)
    waiting = iter(_in_order(report for report in reports if report.customer in followed))
    ahead = next(waiting, None)
    states = dict.fromkeys(followed, NORMAL)
    counts = Counter({NORMAL: len(followed)})
    hit: set[int] = set()
    still_off = 0
    points = []
    for at in _moments(start, end, step):
        while ahead is not None and ahead.at <= at:
            before = states[ahead.customer]
            counts[before] -= 1
            counts[ahead.state] += 1
            states[ahead.customer] = ahead.state
            still_off += (ahead.state != NORMAL) - (before != NORMAL)
            if ahead.state != NORMAL:
                hit.add(ahead.customer)
            ahead = next(waiting, None)
        now = {state: counts[state] for state in STATES}
        points.append(Point(at=at, counts=now, hit=len(hit), restored=len(hit) - still_off))
    return tuple(points)


def standing(
    reports: Iterable[Report], *, customers: Collection[int], at: datetime
) -> Mapping[int, Report | None]:
    """Return by customer the report that holds at a moment; None where nothing was told yet."""
    found: dict[int, Report | None] = dict.fromkeys(customers)
    for report in _in_order(reports):
        if report.at <= at and report.customer in found:
            found[report.customer] = report
    return found


def hours_lost(
    reports: Iterable[Report], *, customers: Collection[int], start: datetime, end: datetime
) -> float:
    """Return the customer-hours without any power in [start, end)."""
    followed = set(customers)
    by_customer: dict[int, list[Report]] = {}
    for report in _in_order(reports):
        if report.customer in followed:
            by_customer.setdefault(report.customer, []).append(report)
    lost = timedelta(0)
    for own in by_customer.values():
        until = [*(later.at for _, later in pairwise(own)), end]
        for report, ends_at in zip(own, until, strict=True):
            if report.state == LOST:
                lost += max(timedelta(0), min(ends_at, end) - max(report.at, start))
    return lost / timedelta(hours=1)


def step_for(start: datetime, end: datetime) -> timedelta:
    """Return the finest usual step that draws a period with a readable number of points."""
    fits = (step for step in STEPS if (end - start) / step <= MOST_POINTS)
    return next(fits, (end - start) / MOST_POINTS)


def _in_order(reports: Iterable[Report]) -> Sequence[Report]:
    return sorted(reports, key=lambda report: (report.at, report.serial))


def _moments(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    at = start
    while at < end:
        yield at
        at += step
    yield end
