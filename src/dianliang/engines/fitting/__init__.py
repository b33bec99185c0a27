"""Fit the last layer of a detector to labelled persons, and say whether that pays.

Features of the frozen network, labels and weights come in as arrays; a new head and a judgement
with its interval come out. No pictures, no files, no network.
"""

from dianliang.engines.fitting._alarming import (
    LEAST_DUE,
    LEAST_OCCASIONS,
    Alarms,
    Occasion,
    alarms,
)
from dianliang.engines.fitting._assigning import cells_of, centres, overlap, owners
from dianliang.engines.fitting._judging import (
    HEIGHTS_PX,
    Judgement,
    Seen,
    Verdict,
    average_precision,
    enough,
    judged,
)
from dianliang.engines.fitting._learning import View, fit
from dianliang.engines.fitting._losses import Overlap, Slope, giou, loss_of, quality_focal
from dianliang.engines.fitting._model import (
    BINS,
    OUTPUTS,
    Cells,
    FitRules,
    Fitted,
    Floats,
    Head,
    Labels,
    Layer,
    UnableToFitError,
)
from dianliang.engines.fitting._splitting import (
    LEAST_CLIPS,
    LEAST_JUDGE,
    LEAST_LEARN,
    LEAST_STOP,
    Parts,
    divided,
)

__all__ = [
    "BINS",
    "HEIGHTS_PX",
    "LEAST_CLIPS",
    "LEAST_DUE",
    "LEAST_JUDGE",
    "LEAST_LEARN",
    "LEAST_OCCASIONS",
    "LEAST_STOP",
    "OUTPUTS",
    "Alarms",
    "Cells",
    "FitRules",
    "Fitted",
    "Floats",
    "Head",
    "Judgement",
    "Labels",
    "Layer",
    "Occasion",
    "Overlap",
    "Parts",
    "Seen",
    "Slope",
    "UnableToFitError",
    "Verdict",
    "View",
    "alarms",
    "average_precision",
    "cells_of",
    "centres",
    "divided",
    "enough",
    "fit",
    "giou",
    "judged",
    "loss_of",
    "overlap",
    "owners",
    "quality_focal",
]
