"""Choose sites that bring most people within reach: charging stations, service points.

`solve` opens the sites that cover most weight under a number and a budget, with a proof, and says
for every place what covers it or what would.
"""

from dianliang.engines.covering._model import (
    Away,
    Choice,
    Finding,
    Opened,
    Outcome,
    Place,
    Problem,
    Site,
)
from dianliang.engines.covering._solve import Params, solve
from dianliang.engines.covering._validate import InvalidProblemError, validate

__all__ = [
    "Away",
    "Choice",
    "Finding",
    "InvalidProblemError",
    "Opened",
    "Outcome",
    "Params",
    "Place",
    "Problem",
    "Site",
    "solve",
    "validate",
]
