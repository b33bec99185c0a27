"""What a figure of bases is: a period, what is counted, whose base it is, what stands behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.kernel.calendar import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The half-open period that is counted, and the day on which it is asked."""

    start: datetime
    end: datetime
    on: date

    @property
    def first_on(self) -> date:
        """Return its first day in Shanghai."""
        return self.start.astimezone(SHANGHAI).date()

    @property
    def before_on(self) -> date:
        """Return the day before which it ends; days that are to come are not counted."""
        ends = (self.end - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
        return min(ends, self.on) + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record behind a figure; `need` is set where it is a need that can be opened."""

    number: str
    what: str
    at: datetime
    site_name: str
    is_good: bool
    need: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What is counted: which rows, whose base, which of them are good, what stands behind."""

    label: str
    rows: Callable[[Span], QuerySet[Any]]
    site: str
    order: str
    record: Callable[[Any, bool], Record]
    good: Q | None = None
    good_label: str = ""
    joined: tuple[str, ...] = ()
    lasts: tuple[str, str] | None = None
    minutes: str = ""

    @property
    def is_minutes(self) -> bool:
        """Tell whether time is counted, between two instants or as a field holds it."""
        return self.lasts is not None or bool(self.minutes)
