"""Times of bookings as pages write them."""

from collections.abc import Sequence
from datetime import date

from django import template

from dianliang.domain.venues.opening import WEEKDAYS
from dianliang.faces.ui.wording import gettext as _
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

register = template.Library()


@register.filter
def weekday(day: date) -> str:
    """Return the name of a day of the week."""
    return WEEKDAYS[day.weekday()]


@register.filter
def by_weekday(hours: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pair seven texts with the names of the days of the week."""
    return tuple(zip(WEEKDAYS, hours, strict=False))


@register.filter
def lasting(minutes: int) -> str:
    """Return a length of time: ``30 分钟``, ``1.5 小时``, ``2 天``."""
    if minutes >= 1440 and minutes % 1440 == 0:
        return _("%(n)d 天") % {"n": minutes // 1440}
    if minutes >= 60:
        return _("%(n)s 小时") % {"n": f"{minutes / 60:g}"}
    return _("%(n)d 分钟") % {"n": minutes}


@register.filter
def clocks(window: TimeWindow) -> str:
    """Return from when to when within a day: ``09:00–10:00``; the end of a later day with it."""
    start, end = window.start.astimezone(SHANGHAI), window.end.astimezone(SHANGHAI)
    if end.date() == start.date():
        return f"{start:%H:%M}–{end:%H:%M}"
    return f"{start:%H:%M}–{end:%m-%d %H:%M}"


@register.filter
def spoken(window: TimeWindow) -> str:
    """Return the day and from when to when: ``11-25 09:00–10:00``."""
    return f"{window.start.astimezone(SHANGHAI):%m-%d} {clocks(window)}"


@register.filter
def starting(window: TimeWindow) -> str:
    """Return the beginning as forms send it: ``2026-11-25T09:00``."""
    return f"{window.start.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


@register.filter
def dated(window: TimeWindow) -> str:
    """Return year, day and time: ``2026-11-25 09:00–10:00``."""
    return f"{window.start.astimezone(SHANGHAI):%Y-%m-%d} {clocks(window)}"


@register.filter
def ending(window: TimeWindow) -> str:
    """Return the end as forms send it: ``2026-11-25T10:00``."""
    return f"{window.end.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


@register.filter
def opening_clock(window: TimeWindow) -> str:
    """Return the time of the beginning: ``09:00``."""
    return f"{window.start.astimezone(SHANGHAI):%H:%M}"


@register.filter
def hours_of(minutes: int) -> str:
    """Show minutes as hours with one decimal."""
    return f"{minutes / 60:.1f}"


@register.filter
def unlocalized(share: float) -> str:
    """Show a share as an attribute takes it, whatever the language."""
    return f"{share:.4f}"
