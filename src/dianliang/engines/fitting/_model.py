"""What is learnt, and from what: the last layer of a detector and the cells that it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dianliang.kernel.errors import DomainError

BINS = 11
"""A distance to a side is a distribution over 0 to 10 strides (Li et al. 2020)."""
OUTPUTS = 1 + 4 * BINS
"""The logit of a person, then the distributions of left, top, right and bottom."""
Floats = NDArray[np.float32]


class UnableToFitError(DomainError):
    """There is too little to learn from; the message says how much is needed and why."""

    code = "fitting.unable"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """The last convolution (1 × 1) over the grid of one stride: weights (45, c) and bias (45,)."""

    weights: Floats
    bias: Floats


Head = Mapping[int, Layer]
"""Layers by stride in pixels of what the network is fed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """Persons in one view: `boxes` (n, 4), and `unsure` (m, 4) that are neither person nor none.

    Left, top, right, bottom in pixels of what the network is fed.
    """

    boxes: Floats
    unsure: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Cells of one stride that are learnt from, of one view or of many.

    `features` (n, c) go into the layer. `away` (n, 4) are the distances to the sides of the person
    in strides, of no meaning where `is_person` (n,) is false. `counts` (n,) is for how many cells
    each stands.
    """

    features: Floats
    away: Floats
    is_person: NDArray[np.bool_]
    counts: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRules:
    """How a layer is learnt. Weights of the losses are those of NanoDet's own training."""

    steps: int = 400
    views_a_step: int = 16
    rate: float = 1e-3
    keep: float = 0.02
    """Pull back to the weights it began with (L2-SP, Li et al. 2018): few pictures, much to forget.

    Per unit of squared distance, beside a loss that is a mean over persons."""
    look_every: int = 20
    patience: int = 5
    """Stop after so many looks at the validation part without a better one."""
    seed: int = 1
    box_weight: float = 2.0
    shares_weight: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """What was learnt: the best head by validation loss, and the losses on the way."""

    head: Head
    steps: int
    before: float
    after: float
    losses: tuple[float, ...] = field(default=())
