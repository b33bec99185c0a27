"""Daily baselines of a whole population at once: every meter of a place over every shape.

For each calendar the energy of all meters is freed from the calendar's levels; what is left is
held against the slopes of every pair of balance points through their Gram matrices, so that a
meter costs products of tiny matrices and never a search of its own. Shapes are averaged by their
Bayesian weights, which predicts better than the best alone and has no jumps. Days far off the
fit are pulled in to a bound (Huber's modified residuals), missing days filled by the fit itself
(EM); both twice.

Sources: ASHRAE Guideline 14-2014, annex D (change-point models); Schwarz, Ann. Stat. 6 (1978) 461
(BIC); Buckland, Burnham and Augustin, Biometrics 53 (1997) 603 (weights); Huber and Dutter, 1974
(modified residuals); Healy and Westmacott, Appl. Stat. 5 (1956) 203 (missing values).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from dianliang.engines.measurement._candidates import Family, Shape, independent
from dianliang.engines.measurement._checks import BadFiguresError, figures
from dianliang.engines.measurement._days import Flags, Floats, Weather, one_each
from dianliang.kernel.phrases import Phrase

CHUNK = 512
"""Meters at a time: what lies between two products then stays small."""
PULLED_AT = 4.0
"""Robust standard deviations from which a day counts as out of the ordinary."""
PASSES = 3
KEPT = 5
"""Shapes that are kept with their weights, to explain and to reckon errors of parameters."""
MOST_FILLED = 0.1
"""Meters that miss more are fitted on the days they have: filling in would converge too slowly."""
CALENDARS_AND_SEASONS = 6
JITTER, TOLERANCE = 1e-8, 1e-9
MAD = 1.4826


@dataclass(frozen=True, kw_only=True, eq=False)
class DailyBaselines:
    """Fitted baselines of M meters over n days: all that predicting and explaining needs.

    `coefficients` (columns of the dictionary, M); `residuals` (n, M), NaN on missing days;
    `is_pulled` (n, M) marks days out of the ordinary; `shapes` and `weights` (KEPT, M) are the
    numbers of the likeliest shapes and their share; `parameters` (M,) is how many numbers the
    average shape took from the data, balance points included.
    """

    family: Family
    days: Weather
    coefficients: Floats
    residuals: Floats
    is_pulled: Flags
    shapes: NDArray[np.int64]
    weights: Floats
    parameters: Floats

    def predict(self, days: Weather) -> Floats:
        """Return what the baseline expects: (days, M)."""
        return self.family.columns(days) @ self.coefficients

    def shape(self, meter: int, rank: int = 0) -> Shape:
        """Describe a meter's likeliest shape, or one further down."""
        block, pair = divmod(int(self.shapes[rank, meter]), len(self.family.pairs))
        return self.family.shape(block, pair)

    @cached_property
    def n(self) -> NDArray[np.int64]:
        """Days that each meter has: (M,)."""
        return np.asarray(np.isfinite(self.residuals).sum(axis=0))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Group:
    """Candidates of one calendar with equally many slopes p: K of them.

    `at` (K, p) columns among the slopes; `inverse` (K, p, p) inverse of the Gram's Cholesky factor,
    `rough` the same in single precision; `spread` turns what it gives into coefficients.
    """

    at: NDArray[np.int64]
    pairs: NDArray[np.int64]
    inverse: Floats
    rough: NDArray[np.float32]
    spread: csr_matrix


@dataclass(frozen=True, kw_only=True, eq=False)
class _Block:
    """A calendar: its levels' orthonormal basis, what turns it into coefficients, its slopes."""

    levels: NDArray[np.int64]
    basis: Floats
    back: Floats
    crossed: Floats
    slopes: Floats
    groups: tuple[_Group, ...]
    penalty: Floats


def fit_daily(days: Weather, kwh: Floats) -> DailyBaselines:
    """Fit every column of `kwh` (n, M), NaN where a reading is missing, to the days' weather.

    Cost: about 0.3 ms of one core per meter for a year. Meters that miss the same many days are
    fitted together on the days they have. A meter without any reading gets zeros; its `n` is 0.

    Raises:
        BadFiguresError: `kwh` has another number of rows than there are days, no days or no meters,
            an infinite or impossible reading (row and column are named), or two rows of one day.
    """
    kwh = readings(kwh, days, "day")
    one_each(days, "D")
    family = Family.of(days)
    columns = family.columns(days)
    missing = ~np.isfinite(kwh)
    many = missing.mean(axis=0) > MOST_FILLED
    fits = _empty(len(days), columns.shape[1], kwh.shape[1])
    with threadpool_limits(limits=1, user_api="blas"):
        blocks = [_block(family, columns, number) for number in range(CALENDARS_AND_SEASONS)]
        few = np.flatnonzero(~many)
        for start in range(0, len(few), CHUNK):
            chosen = few[start : start + CHUNK]
            fits.put(
                chosen, np.ones(len(days), bool), _fit(family, blocks, columns, kwh[:, chosen])
            )
        for known, chosen in _alike(~missing, np.flatnonzero(many)):
            own = columns[known]
            blocks = [_block(family, own, number) for number in range(CALENDARS_AND_SEASONS)]
            fits.put(chosen, known, _fit(family, blocks, own, kwh[np.ix_(known, chosen)]))
    return DailyBaselines(
        family=family,
        days=days,
        coefficients=fits.coefficients,
        residuals=fits.residuals,
        is_pulled=fits.pulled,
        shapes=fits.shapes,
        weights=fits.weights,
        parameters=fits.parameters,
    )


def readings(kwh: Floats, times: Weather, unit: str) -> Floats:
    """Return energy (n, M), one row per `unit` (in English) of `times`; NaN is missing.

    Raises:
        BadFiguresError: another number of rows, no rows or columns, or an impossible reading.
    """
    kwh = figures(kwh, ("电量", "energy"), may_miss=True)
    if kwh.ndim != 2 or len(kwh) != len(times) or not kwh.size:
        word = "小时" if unit == "hour" else "天"
        raise BadFiguresError(
            Phrase("电量须每%(word)s一行、每块表一列。", word=Phrase(word)),
            f"energy must have one row per {unit} and one column per meter",
        )
    return kwh


def reported(kwh: Floats, times: Weather, meters: int, unit: str) -> Floats:
    """Return energy (n, meters) of a reporting period, one row per `unit`, as `readings` does.

    Raises:
        BadFiguresError: see `readings`; two rows share a day or hour; or another number of meters.
    """
    kwh = readings(kwh, times, unit)
    one_each(times, "h" if unit == "hour" else "D")
    if kwh.shape[1] != meters:
        raise BadFiguresError(
            Phrase(
                "基准有 %(meters)s 块表，报告期电量有 %(columns)s 列。",
                meters=meters,
                columns=kwh.shape[1],
            ),
            f"the baseline has {meters} meters, the reporting period {kwh.shape[1]} columns",
        )
    return kwh


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fits:
    """What was found so far: see `DailyBaselines`."""

    coefficients: Floats
    residuals: Floats
    pulled: Flags
    shapes: NDArray[np.int64]
    weights: Floats
    parameters: Floats

    def put(self, meters: NDArray[np.int64], days: Flags, part: "_Fits") -> None:
        """Put some meters' fits, made on some of the days, where they belong."""
        at, kept = np.ix_(days, meters), len(part.shapes)
        self.coefficients[:, meters], self.parameters[meters] = part.coefficients, part.parameters
        self.residuals[at], self.pulled[at] = part.residuals, part.pulled
        self.shapes[:kept, meters], self.weights[:kept, meters] = part.shapes, part.weights


def _empty(days: int, width: int, meters: int) -> _Fits:
    return _Fits(
        coefficients=np.zeros((width, meters)),
        residuals=np.full((days, meters), np.nan),
        pulled=np.zeros((days, meters), bool),
        shapes=np.zeros((KEPT, meters), np.int64),
        weights=np.zeros((KEPT, meters)) + np.eye(KEPT)[:, :1],
        parameters=np.ones(meters),
    )


def _alike(known: Flags, meters: NDArray[np.int64]) -> Iterator[tuple[Flags, NDArray[np.int64]]]:
    """Yield meters that have readings on the same days, with those days; none for no readings."""
    groups: dict[bytes, list[int]] = {}
    for meter in meters:
        groups.setdefault(np.packbits(known[:, meter]).tobytes(), []).append(int(meter))
    for alike in groups.values():
        days = known[:, alike[0]]
        if days.any():
            yield days, np.array(alike)


def _block(family: Family, columns: Floats, number: int) -> _Block:
    """Prepare a calendar once for all meters."""
    levels = np.array(family.levels(number))
    levels = levels[independent(columns[:, levels])]
    basis, upper = np.linalg.qr(columns[:, levels])
    raw = columns[:, family.first_slope :]
    crossed = basis.T @ raw
    slopes = raw - basis @ crossed
    gram = slopes.T @ slopes
    gram[np.diag_indices_from(gram)] += JITTER * (raw**2).sum(axis=0) + 1e-12
    members: dict[int, list[tuple[int, list[int]]]] = {}
    for pair in range(len(family.pairs)):
        own = [column - family.first_slope for column in family.slopes(number, pair)]
        members.setdefault(len(own), []).append((pair, own))
    groups, penalty = [], np.zeros(len(family.pairs))
    for size, found in members.items():
        pairs = np.array([pair for pair, _ in found])
        at = np.array([columns_ for _, columns_ in found], np.int64)
        points = np.array([sum(p is not None for p in family.pairs[pair]) for pair, _ in found])
        penalty[pairs] = len(levels) + size + points
        if size:
            lower = np.linalg.cholesky(gram[at[:, :, None], at[:, None, :]])
            inverse = np.asarray(np.linalg.inv(lower), dtype=np.float64)
            rows, each = np.repeat(at, size), np.arange(at.size).reshape(-1, 1, size)
            cols = np.broadcast_to(each, (len(at), size, size)).ravel()
            spread = csr_matrix(
                (inverse.transpose(0, 2, 1).ravel(), (rows, cols)), (raw.shape[1], at.size)
            )
            rough = inverse.astype(np.float32)
            groups.append(_Group(at=at, pairs=pairs, inverse=inverse, rough=rough, spread=spread))
    return _Block(
        levels=levels,
        basis=basis,
        back=np.linalg.inv(upper),
        crossed=crossed,
        slopes=slopes,
        groups=tuple(groups),
        penalty=penalty,
    )


def _fit(family: Family, blocks: list[_Block], columns: Floats, kwh: Floats) -> _Fits:
    """Fit a chunk of meters."""
    known = np.isfinite(kwh)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, kwh, 0.0).sum(axis=0) / count
    off = np.where(known, kwh - centre, 0.0)
    scale = np.sqrt((off**2).sum(axis=0) / count)
    # A meter that never changes leaves rounding errors: nothing there is worth a shape.
    scale = np.where(scale > TOLERANCE * np.abs(centre), scale, 1.0)
    off = asked = off / scale
    effective = count.astype(float)
    step = 0
    while True:
        step += 1
        # Single precision is enough to see which days stand out; the last pass is exact.
        criteria, kept = _weigh(blocks, asked, effective, is_exact=step == PASSES)
        weights = np.exp(-0.5 * (criteria - criteria.min(axis=0)))
        weights /= weights.sum(axis=0)
        coefficients = _averaged(family, blocks, kept, weights, columns.shape[1])
        fit = columns @ coefficients
        left = np.where(known, off - fit, 0.0)
        size = np.where(known, np.abs(left), np.nan)
        middle = np.median(np.abs(left), axis=0) if known.all() else np.nanmedian(size, axis=0)
        bound = PULLED_AT * np.maximum(MAD * middle, TOLERANCE)
        if step == PASSES:
            break
        asked = np.where(known, fit + np.clip(left, -bound, bound), fit)
        rho = _rho(left)
        effective = count * (1 - rho) / (1 + rho)
    best = np.argpartition(-weights, min(KEPT, len(weights) - 1), axis=0)[:KEPT]
    order = np.argsort(-np.take_along_axis(weights, best, axis=0), axis=0)
    best = np.take_along_axis(best, order, axis=0)
    # What was pulled in must not bias the total: the base period's sum is met (Guideline 14).
    missed = left.sum(axis=0) / count
    coefficients = coefficients * scale
    coefficients[0] += centre + missed * scale
    return _Fits(
        coefficients=coefficients,
        residuals=np.where(known, (left - missed) * scale, np.nan),
        pulled=np.abs(left) > bound,
        shapes=best,
        weights=np.take_along_axis(weights, best, axis=0),
        parameters=np.concatenate([block.penalty for block in blocks]) @ weights,
    )


def _rho(left: Floats) -> Floats:
    power = np.maximum((left**2).sum(axis=0), 1e-30)
    return np.asarray(np.clip((left[1:] * left[:-1]).sum(axis=0) / power, 0.0, 0.95))


def _weigh(
    blocks: list[_Block], asked: Floats, effective: Floats, *, is_exact: bool = True
) -> tuple[Floats, list[tuple[Floats, list[Floats]]]]:
    """Return every shape's criterion (shapes, M), and what its coefficients are made from."""
    power = (asked**2).sum(axis=0)
    criteria, kept = [], []
    n = len(asked)
    for block in blocks:
        along = block.basis.T @ asked
        free = power - (along**2).sum(axis=0)
        moments = block.slopes.T @ asked
        moments = moments if is_exact else moments.astype(np.float32)
        gain = np.zeros((len(block.penalty), asked.shape[1]))
        steps = []
        for group in block.groups:
            z = (group.inverse if is_exact else group.rough) @ moments[group.at]
            gain[group.pairs] = np.einsum("kpm,kpm->km", z, z)
            steps.append(z)
        rss = np.maximum(free - gain, 1e-12 * power + 1e-30)
        criteria.append(
            effective * np.log(rss / n) + block.penalty[:, None] * np.log(np.maximum(effective, 2))
        )
        kept.append((along, steps))
    return np.concatenate(criteria), kept


def _averaged(
    family: Family,
    blocks: list[_Block],
    kept: list[tuple[Floats, list[Floats]]],
    weights: Floats,
    width: int,
) -> Floats:
    """Return the weighted mean of all shapes' coefficients: (width, M)."""
    total = np.zeros((width, weights.shape[1]))
    count = len(family.pairs)
    for number, (block, (along, steps)) in enumerate(zip(blocks, kept, strict=True)):
        share = weights[number * count : (number + 1) * count]
        slopes = np.zeros((width - family.first_slope, weights.shape[1]))
        for group, z in zip(block.groups, steps, strict=True):
            weighted = z * share[group.pairs][:, None, :]
            slopes += group.spread @ weighted.reshape(-1, weights.shape[1])
        total[family.first_slope :] += slopes
        level = along * share.sum(axis=0) - block.crossed @ slopes
        total[block.levels] += block.back @ level
    return total
