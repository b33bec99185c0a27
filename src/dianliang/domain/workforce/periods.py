"""Periods in whole days, first and last included, made one where they overlap."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From a day to a day, or for good; `leads` tells whether as captain."""

    first: date
    last: date | None
    leads: bool = False

    @property
    def over_on(self) -> date:
        """Return the first day that no longer belongs to it."""
        return date.max if self.last is None else self.last + DAY


def folded(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans without overlap that cover the same days, leading where any of them leads.

    Neighbours of one kind become one span.
    """
    given = list(spans)
    edges = sorted({span.first for span in given} | {span.over_on for span in given})
    found: list[Span] = []
    for begins, over in pairwise(edges):
        covering = [span for span in given if span.first <= begins and over <= span.over_on]
        if not covering:
            continue
        leads = any(span.leads for span in covering)
        last = None if over == date.max else over - DAY
        goes_on = bool(found) and found[-1].leads == leads and found[-1].over_on == begins
        first = found.pop().first if goes_on else begins
        found.append(Span(first=first, last=last, leads=leads))
    return tuple(found)
