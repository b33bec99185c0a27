"""Choose what relieves overloaded transformers: most areas for the money, with a proof.

`solve` chooses measures (customers' own transformers, load moved to neighbours, phases balanced,
batteries) under a budget; `check` verifies a plan apart from how it was found; `ranked` orders
single measures by what they take off for their price; `profiles` says what batteries and balanced
phases take off a load.
"""

from dianliang.engines.relief._check import check
from dianliang.engines.relief._explain import loads_after
from dianliang.engines.relief._judging import is_kept, strain
from dianliang.engines.relief._model import (
    HEAVY,
    OVERLOAD,
    Area,
    Finding,
    Kind,
    Measure,
    Outcome,
    Plan,
    Problem,
    Profile,
    Rule,
    Strain,
)
from dianliang.engines.relief._ranking import Rank, ranked
from dianliang.engines.relief._solve import Params, solve
from dianliang.engines.relief._validate import (
    ErrorCode,
    InvalidProblemError,
    ProblemError,
    validate,
)
from dianliang.engines.relief.profiles import balance_relief, storage_relief

__all__ = [
    "HEAVY",
    "OVERLOAD",
    "Area",
    "ErrorCode",
    "Finding",
    "InvalidProblemError",
    "Kind",
    "Measure",
    "Outcome",
    "Params",
    "Plan",
    "Problem",
    "ProblemError",
    "Profile",
    "Rank",
    "Rule",
    "Strain",
    "balance_relief",
    "check",
    "is_kept",
    "loads_after",
    "ranked",
    "solve",
    "storage_relief",
    "strain",
    "validate",
]
