"""Emissions over months, and how they add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dianliang.engines.carbon._lines import Activity


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What was emitted in a month, and from the first month to its end; kilograms of CO2."""

    first_on: date
    co2_kg: float
    cumulative_kg: float


def curve(lines: Sequence[Activity]) -> tuple[Month, ...]:
    """Spread lines over the months that they touch, evenly by day; no month between is left out.

    The last cumulative figure is the sum of all lines. Cost: lines × months.
    """
    if not lines:
        return ()
    amounts: dict[date, float] = {}
    month = min(line.from_on for line in lines).replace(day=1)
    last = max(line.until_on for line in lines)
    while month < last:
        amounts[month] = 0.0
        month = _after(month)
    for line in lines:
        a_day = line.co2_kg / (line.until_on - line.from_on).days
        at = line.from_on
        while at < line.until_on:
            until = min(_after(at.replace(day=1)), line.until_on)
            amounts[at.replace(day=1)] += a_day * (until - at).days
            at = until
    found, total = [], 0.0
    for first_on, amount in amounts.items():
        total += amount
        found.append(Month(first_on=first_on, co2_kg=amount, cumulative_kg=total))
    return tuple(found)


def _after(first_on: date) -> date:
    """Return the first day of the next month."""
    return (first_on + timedelta(days=31)).replace(day=1)
