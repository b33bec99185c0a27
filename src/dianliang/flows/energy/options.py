"""IPMVP's options A and D in brief, from a table: samples of power, or a year of bills."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dianliang.core import sheets
from dianliang.core.checks import Checks
from dianliang.engines.measurement import (
    BadFiguresError,
    OptionSavings,
    calibrated,
    key_parameter,
)
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

BEFORE, AFTER = "改造前功率（kW）", "改造后功率（kW）"
MONTH, BILLED, MODELLED = "月份", "账单电量（kWh）", "模型电量（kWh）"
WITH_MEASURE = "带措施模型电量（kWh）"
MOST = 1e9
Month = tuple[float, float, float]
"""kWh of a month: billed, of the model, of the model with the measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The hours a year that option A agrees on, and how far off they may be (standard error)."""

    hours: float
    error: float


def of_samples(content: bytes, *, name: str, hours: Hours) -> OptionSavings:
    """Return the saving by option A: a row for each sample, of before, after, or both.

    Raises:
        UnreadableSheetError, InvalidRowsError, InvalidInputError: see `samples`, `by_samples`.
    """
    return by_samples(*samples(content, name=name), hours=hours)


def samples(content: bytes, *, name: str) -> tuple[list[float], list[float]]:
    """Read samples of power in kW, those of before and those of after.

    Raises:
        UnreadableSheetError: the file is no table of these headings.
        InvalidRowsError: cells cannot be used; all are named.
    """
    rows = sheets.read(content, name=name, headings=(BEFORE, AFTER))
    checks = Checks(name)
    before, after = (
        [
            value
            for row in rows
            if row.get(heading)
            and (value := checks.number(row, heading, least=0, most=MOST)) is not None
        ]
        for heading in (BEFORE, AFTER)
    )
    checks.raise_if_any()
    return before, after


def by_samples(
    before_kw: Sequence[float], after_kw: Sequence[float], *, hours: Hours
) -> OptionSavings:
    """Return the saving of a year by option A.

    Raises:
        InvalidInputError: the figures carry no result, such as fewer than three samples a side.
    """
    try:
        return key_parameter(
            before_kw=np.array(before_kw, float),
            after_kw=np.array(after_kw, float),
            hours=hours.hours,
            hours_error=hours.error,
        )
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal


def of_bills(content: bytes, *, name: str) -> OptionSavings:
    """Return the saving by option D in brief: a row for each month of bills and of the model.

    Raises:
        UnreadableSheetError, InvalidRowsError, InvalidInputError: see `bills`, `by_bills`.
    """
    return by_bills(bills(content, name=name))


def bills(content: bytes, *, name: str) -> list[Month]:
    """Read months of bills, of the model, and of the model with the measure, in kWh.

    Raises:
        UnreadableSheetError, InvalidRowsError: see `samples`.
    """
    headings = (BILLED, MODELLED, WITH_MEASURE)
    rows = sheets.read(content, name=name, headings=(MONTH, *headings))
    checks = Checks(name)
    checks.once(rows, MONTH)
    found: list[Month] = []
    for row in rows:
        told: list[float] = []
        for heading in headings:
            if not row.get(heading):
                checks.add(row, Phrase("“%(heading)s”不能为空。", heading=heading), heading)
            value = checks.number(row, heading, least=0, most=MOST)
            told.append(0.0 if value is None else value)
        found.append((told[0], told[1], told[2]))
    checks.raise_if_any()
    return found


def by_bills(months: Sequence[Month]) -> OptionSavings:
    """Return the saving by option D in brief.

    Raises:
        InvalidInputError: the figures carry no result, such as fewer than twelve months.
    """
    billed, modelled, with_measure = np.array(months, float).reshape(-1, 3).T
    try:
        return calibrated(billed_kwh=billed, modelled_kwh=modelled, with_measure_kwh=with_measure)
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal
