"""IPMVP's options A and D in brief, from a table: samples of power, or a year of bills."""

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

BEFORE, AFTER = "改造前功率（kW）", "改造后功率（kW）"
MONTH, BILLED, MODELLED = "月份", "账单电量（kWh）", "模型电量（kWh）"
WITH_MEASURE = "带措施模型电量（kWh）"
MOST = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The hours a year that option A agrees on, and how far off they may be (standard error)."""

    hours: float
    error: float


def of_samples(content: bytes, *, name: str, hours: Hours) -> OptionSavings:
    """Return the saving by option A: a row for each sample, of before, after, or both.

    Raises:
        UnreadableSheetError: the file is no table of these headings.
        InvalidRowsError: cells cannot be used; all are named.
        InvalidInputError: the figures carry no result, such as fewer than three samples a side.
    """
    rows = sheets.read(content, name=name, headings=(BEFORE, AFTER))
    checks = Checks(name)
    told = {
        heading: [
            value
            for row in rows
            if row.get(heading)
            and (value := checks.number(row, heading, least=0, most=MOST)) is not None
        ]
        for heading in (BEFORE, AFTER)
    }
    checks.raise_if_any()
    try:
        return key_parameter(
            before_kw=np.array(told[BEFORE], float),
            after_kw=np.array(told[AFTER], float),
            hours=hours.hours,
            hours_error=hours.error,
        )
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal


def of_bills(content: bytes, *, name: str) -> OptionSavings:
    """Return the saving by option D in brief: a row for each month of bills and of the model.

    Raises:
        UnreadableSheetError, InvalidRowsError, InvalidInputError: see `of_samples`.
    """
    headings = (MONTH, BILLED, MODELLED, WITH_MEASURE)
    rows = sheets.read(content, name=name, headings=headings)
    checks = Checks(name)
    checks.once(rows, MONTH)
    told: dict[str, list[float]] = {heading: [] for heading in headings[1:]}
    for row in rows:
        for heading, values in told.items():
            if not row.get(heading):
                checks.add(row, f"“{heading}”不能为空。", heading)
            value = checks.number(row, heading, least=0, most=MOST)
            values.append(0.0 if value is None else value)
    checks.raise_if_any()
    try:
        return calibrated(
            billed_kwh=np.array(told[BILLED], float),
            modelled_kwh=np.array(told[MODELLED], float),
            with_measure_kwh=np.array(told[WITH_MEASURE], float),
        )
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal
