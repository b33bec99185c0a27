"""Savings against meters that had no measure, from the curve store (对照户)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.loading import Span
from dianliang.engines.measurement import (
    BadFiguresError,
    Compared,
    compared,
    fit_daily,
    matched,
    savings,
)
from dianliang.flows.energy.measuring import Floats, SeenDays, seen_days
from dianliang.integrations.curve_store import CurveStore
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined

WEEK, HELD_OUT = 7, 5
"""Every fifth week of the base period tells whether both groups would have gone alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What treated meters saved beside their matches, pair by pair in the order of `treated`."""

    treated: tuple[str, ...]
    matches: tuple[str, ...]
    found: Compared


def against(
    store: CurveStore,
    *,
    meters: Sequence[str],
    pool: Sequence[str],
    span: Span,
    measure_on: date,
    temperature_c: Mapping[date, float],
    level: float = 0.9,
) -> Against:
    """Return what `meters` saved from `measure_on` on beside the meters of `pool` most like them.

    Each is matched by the shape of its months before the measure. Every fifth week of those is left
    out of one fit and asked about: groups that differ there compare badly, and get no interval.

    Raises:
        CurveStoreError: the store is damaged.
        InvalidInputError: a meter is not there or in both groups, the pool is smaller than the
            group, a group has fewer than two, or there are no days before or after.
    """
    if both := sorted(set(meters) & set(pool)):
        raise InvalidInputError(
            Phrase("%(meters)s 既是措施户又是对照户，请只留在一边。", meters=joined("、", both[:5]))
        )
    treated, pool = list(dict.fromkeys(meters)), list(dict.fromkeys(pool))
    seen = seen_days(store, meters=[*treated, *pool], span=span, temperature_c=temperature_c)
    is_after = seen.after(measure_on)
    column = {name: k for k, name in enumerate(seen.names)}
    mine, theirs = [column[name] for name in treated], [column[name] for name in pool]
    week = (seen.weather.times - seen.weather.times[0]).astype(np.int64) // WEEK
    is_asked = ~is_after & (week % HELD_OUT == HELD_OUT - 1)
    try:
        months = _months(seen, ~is_after)
        at = matched(months[mine], months[theirs])
        theirs = [theirs[k] for k in at]
        saved = _shares(seen, ~is_after, is_after)
        placebo = None
        if is_asked.any():
            shares = _shares(seen, ~is_after & ~is_asked, is_asked)
            placebo = shares[mine], shares[theirs]
        found = compared(treated=saved[mine], others=saved[theirs], placebo=placebo, level=level)
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal
    return Against(treated=tuple(treated), matches=tuple(pool[k] for k in at), found=found)


def _months(seen: SeenDays, rows: NDArray[np.bool_]) -> Floats:
    """Return the mean energy of a day by month (meters, months); a month unread is NaN."""
    month = seen.weather.times[rows].astype("datetime64[M]")
    kwh = seen.kwh[rows]
    means = []
    for each in np.unique(month):
        own = kwh[month == each]
        known = np.isfinite(own)
        count = known.sum(axis=0)
        total = np.where(known, own, 0.0).sum(axis=0)
        means.append(np.where(count > 0, total / np.maximum(count, 1), np.nan))
    return np.stack(means, axis=1)


def _shares(seen: SeenDays, base: NDArray[np.bool_], asked: NDArray[np.bool_]) -> Floats:
    """Return what each meter saved as a share of what its baseline expects."""
    fits = fit_daily(seen.weather.only(base), seen.kwh[base])
    found = savings(fits, seen.weather.only(asked), seen.kwh[asked])
    is_some = found.expected_kwh > 0
    return np.where(is_some, found.saved_kwh / np.where(is_some, found.expected_kwh, 1.0), np.nan)
