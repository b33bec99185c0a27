"""The detector's own losses and their slopes, for logits of cells.

Quality focal loss for the score and distribution focal loss for the distances (Li et al. 2020,
"Generalized focal loss"); generalised intersection over union for the box (Rezatofighi et al.
2019). A cell's middle lies in its person and in the box it draws, which keeps overlaps simple:
both boxes are four distances from one point.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.fitting._model import BINS, Cells, FitRules

Doubles = NDArray[np.float64]
STEPS = np.arange(BINS, dtype=np.float64)
TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slope:
    """A loss summed over cells, and its slope by their logits (n, 45)."""

    loss: float
    by_logit: Doubles


def loss_of(logits: Doubles, cells: Cells, rules: FitRules) -> Slope:
    """Return the loss of logits (n, 45) of cells, not yet divided by the number of persons."""
    slope = np.zeros_like(logits, dtype=np.float64)
    persons = np.flatnonzero(cells.is_person)
    quality = np.zeros(len(logits))
    loss = 0.0
    sure = 1 / (1 + np.exp(-logits[:, 0]))
    if len(persons):
        raw = logits[persons, 1:].reshape(-1, 4, BINS)
        shares = _shares(raw)
        away = shares @ STEPS
        wanted = cells.away[persons].astype(np.float64)
        overlaps, box = giou(away, wanted)
        quality[persons] = overlaps
        # Boxes of cells that are believed count most, as in the detector's own training.
        weight = np.maximum(sure[persons], 0.05)[:, None]
        by_away = -rules.box_weight * box.by_away * weight
        by_raw = by_away[:, :, None] * shares * (STEPS - away[:, :, None])
        by_raw += rules.shares_weight / 4 * weight[..., None] * (shares - _wanted_shares(wanted))
        slope[persons, 1:] = by_raw.reshape(len(persons), -1)
        loss += rules.box_weight * float(((1 - box.value) * weight[:, 0]).sum())
        loss += rules.shares_weight / 4 * float((_surprise(raw, wanted) * weight).sum())
    value, by_logit = quality_focal(logits[:, 0], quality)
    slope[:, 0] = by_logit * cells.counts
    return Slope(loss=loss + float((value * cells.counts).sum()), by_logit=slope)


def quality_focal(logit: Doubles, quality: Doubles) -> tuple[Doubles, Doubles]:
    """Return the loss of each score and its slope; `quality` is the overlap that it should say."""
    sure = 1 / (1 + np.exp(-logit))
    surprise = np.logaddexp(0.0, logit) - quality * logit
    off = sure - quality
    return off**2 * surprise, 2 * off * sure * (1 - sure) * surprise + off**3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlap:
    """Generalised intersection over union (n,), and its slope by the distances (n, 4)."""

    value: Doubles
    by_away: Doubles


def giou(away: Doubles, wanted: Doubles) -> tuple[Doubles, Overlap]:
    """Return plain and generalised overlap of boxes given as distances from a common point."""
    low, high = np.minimum(away, wanted), np.maximum(away, wanted)
    sides = [one[:, :2] + one[:, 2:] for one in (away, wanted, low, high)]
    own, true, shared, around = (np.maximum(side.prod(axis=1), TINY) for side in sides)
    union = np.maximum(own + true - shared, TINY)
    # The slope of an area by a side's distance is the other side's length.
    other = [np.tile(side[:, ::-1], 2) for side in (sides[0], sides[2], sides[3])]
    by_shared = other[1] * (away < wanted)
    by_union = other[0] - by_shared
    by_around = other[2] * (away > wanted)
    plain = shared / union
    slope = (
        by_shared / union[:, None]
        - (shared / union**2)[:, None] * by_union
        + by_union / around[:, None]
        - (union / around**2)[:, None] * by_around
    )
    return plain, Overlap(value=plain - 1 + union / around, by_away=slope)


def _shares(raw: Doubles) -> Doubles:
    spread = np.exp(raw - raw.max(axis=2, keepdims=True))
    return np.asarray(spread / spread.sum(axis=2, keepdims=True), dtype=np.float64)


def _wanted_shares(wanted: Doubles) -> Doubles:
    """Return distributions (n, 4, 11) on the two bins around each distance."""
    shares = np.clip(1 - np.abs(STEPS - wanted[:, :, None]), 0, 1)
    return np.asarray(shares, dtype=np.float64)


def _surprise(raw: Doubles, wanted: Doubles) -> Doubles:
    """Return the cross entropy (n, 4) of distributions with what is wanted."""
    top = raw.max(axis=2, keepdims=True)
    log_shares = raw - top - np.log(np.exp(raw - top).sum(axis=2, keepdims=True))
    return -np.asarray((log_shares * _wanted_shares(wanted)).sum(axis=2), dtype=np.float64)
