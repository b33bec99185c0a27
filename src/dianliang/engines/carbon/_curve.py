"""Emissions over months, and how they add up with what is unsure about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dianliang.engines.carbon._inventory import summed
from dianliang.engines.carbon._lines import Activity


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What was emitted in a month, and from the first month to its end; kilograms of CO2.

    `low_kg` and `high_kg` are the 95 % interval of the cumulative figure.
    """

    first_on: date
    co2_kg: float
    cumulative_kg: float
    low_kg: float
    high_kg: float


def curve(lines: Sequence[Activity]) -> tuple[Month, ...]:
    """Spread lines over the months that they touch, evenly by day; no month between is left out.

    The last cumulative figure is the sum of all lines, and its interval that of their inventory:
    a meter that errs does so alike in each of its months, and so does a factor, so that intervals
    of months do not add as if they were independent. Cost: lines × months.
    """
    if not lines:
        return ()
    month = min(line.from_on for line in lines).replace(day=1)
    last = max(line.until_on for line in lines)
    found, before = [], 0.0
    while month < last:
        until = _after(month)
        total = summed(_up_to(line, until) for line in lines if line.from_on < until)
        found.append(
            Month(
                first_on=month,
                co2_kg=total.co2_kg - before,
                cumulative_kg=total.co2_kg,
                low_kg=total.low_kg,
                high_kg=total.high_kg,
            )
        )
        before, month = total.co2_kg, until
    return tuple(found)


def _up_to(line: Activity, until: date) -> Activity:
    """Return the part of a line that lies before a day."""
    if line.until_on <= until:
        return line
    share = (until - line.from_on).days / (line.until_on - line.from_on).days
    return replace(line, until_on=until, quantity=line.quantity * share)


def _after(first_on: date) -> date:
    """Return the first day of the next month."""
    return (first_on + timedelta(days=31)).replace(day=1)
