"""Savings told for a year: by samples and agreed hours, or by a model held against bills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dianliang.engines.measurement import OptionSavings
from dianliang.flows.energy import options
from dianliang.kernel.phrases import Phrase

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Yearly:
    """A saving of a year, what was used without the measure in kWh, and the method in words."""

    found: OptionSavings
    used_kwh: float
    method: str


def of_samples(rows: Rows, agreed: Mapping[str, float]) -> Yearly:
    """Return the saving by option A of IPMVP: rows of ``before`` or ``after`` in kW.

    Raises:
        InvalidInputError: the figures carry no result.
    """
    before, after = ([row[side] for row in rows if side in row] for side in ("before", "after"))
    hours = options.Hours(hours=agreed["hours"], error=agreed["hours_error"])
    words = (
        "IPMVP A，样本功率改造前 %(before)d 个、改造后 %(after)d 个，"
        "约定每年 %(hours)s 小时（标准误差 %(error)s）"
    )
    return Yearly(
        found=options.by_samples(before, after, hours=hours),
        used_kwh=float(np.mean(before)) * hours.hours,
        method=Phrase(
            words,
            before=len(before),
            after=len(after),
            hours=f"{hours.hours:g}",
            error=f"{hours.error:g}",
        ),
    )


def of_bills(rows: Rows) -> Yearly:
    """Return the saving by option D of IPMVP in brief: rows of a month's kWh.

    Raises:
        InvalidInputError: the figures carry no result.
    """
    months = [(row["billed"], row["modelled"], row["with_measure"]) for row in rows]
    words = "IPMVP D（简），用 %(n)d 个月的账单校准模型，再算带措施的一年"
    return Yearly(
        found=options.by_bills(months),
        used_kwh=sum(month[0] for month in months),
        method=Phrase(words, n=len(months)),
    )
