"""The period that a page of figures is about, and the ones that people ask for most."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dianliang.faces.ui.requests import today
from dianliang.kernel.calendar import SHANGHAI

LONGEST_DAYS = 400


class Preset(NamedTuple):
    """A period with a name of its own."""

    label: str
    first: date
    last: date
    is_chosen: bool

    @property
    def query(self) -> str:
        """Return the part of an address that asks for it."""
        return f"first={self.first}&last={self.last}"


class Period(NamedTuple):
    """First and last day, and the instants [start, end) they stand for."""

    first: date
    last: date
    start: datetime
    end: datetime
    presets: tuple[Preset, ...] = ()

    @property
    def query(self) -> str:
        """Return the part of an address that asks for it."""
        return f"first={self.first}&last={self.last}"

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    @property
    def is_preset(self) -> bool:
        """Tell whether it has a name of its own."""
        return any(preset.is_chosen for preset in self.presets)


def period_of(request: HttpRequest, *, days: int) -> Period:
    """Read the period asked for; what makes no sense falls back to the last `days`."""
    on = today()
    last = _day(request.GET.get("last", "")) or on
    first = _day(request.GET.get("first", "")) or last - timedelta(days=days - 1)
    first = max(min(first, last), last - timedelta(days=LONGEST_DAYS))
    return Period(
        first,
        last,
        datetime.combine(first, time(), SHANGHAI),
        datetime.combine(last, time(), SHANGHAI) + timedelta(days=1),
        presets(on, chosen=(first, last)),
    )


def presets(on: date, *, chosen: tuple[date, date]) -> tuple[Preset, ...]:
    """Return the named periods that end on a day; none longer than a year."""
    quarter = on.replace(month=on.month - (on.month - 1) % 3, day=1)
    named = (
        (_("今天"), on),
        (_("本周"), on - timedelta(days=on.weekday())),
        (_("本月"), on.replace(day=1)),
        (_("近30天"), on - timedelta(days=29)),
        (_("本季"), quarter),
        (_("本年"), on.replace(month=1, day=1)),
        (_("近一年"), on - timedelta(days=364)),
    )
    found = next((i for i, (_label, first) in enumerate(named) if (first, on) == chosen), None)
    return tuple(Preset(str(name), first, on, i == found) for i, (name, first) in enumerate(named))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2100, 1, 1) else None
