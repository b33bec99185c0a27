"""Say which customers of a transformer should move to which phase, and what that reaches.

`balance` finds the lowest peak of the fullest phase, proves how far below it nothing can go, and
reaches it with the fewest moves. `Plan.relief_kw` is what the relief engine takes as a measure.
"""

from dianliang.engines.phasing._model import LETTERS, Customer, Move, Plan, Problem
from dianliang.engines.phasing._solve import InvalidProblemError, Params, balance, problems

__all__ = [
    "LETTERS",
    "Customer",
    "InvalidProblemError",
    "Move",
    "Params",
    "Plan",
    "Problem",
    "balance",
    "problems",
]
