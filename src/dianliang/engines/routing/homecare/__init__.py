"""Plan the round of vulnerable customers, by single stewards and by pairs, with soft appointments.

Some of the people on the list of special customers are visited by one steward, some by two: both at
once (one lifts, one repairs), or one a while after the other (the meter first, then the talk). An
appointment may be kept late when it must; what is avoided is travel, tardiness in all, and that one
person waits longest. The general engine has no worst tardiness, and holds linked jobs at fixed
times; here both carers of a pair move freely and the delay of one is followed into every other
round. This is the home health care problem of Mankowska, Meisel & Bierwirth (2014).

`validate` says what no plan can do, `solve_home_care` makes a plan, `check` verifies it and shares
no code with the solver.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dianliang.engines.routing.homecare._check import HomeCareViolation, check
from dianliang.engines.routing.homecare._model import (
    VERSION,
    Care,
    Carer,
    Customer,
    HomeCareCost,
    HomeCarePlan,
    HomeCareProblem,
    HomeCareWeights,
    Round,
    Visit,
)
from dianliang.engines.routing.homecare._validate import (
    HomeCareError,
    HomeCareErrorCode,
    InvalidHomeCareError,
    validate,
)

if TYPE_CHECKING:
    from dianliang.engines.routing.homecare._solve import solve_home_care
    from dianliang.engines.routing.homecare._warm import warm

__all__ = [
    "VERSION",
    "Care",
    "Carer",
    "Customer",
    "HomeCareCost",
    "HomeCareError",
    "HomeCareErrorCode",
    "HomeCarePlan",
    "HomeCareProblem",
    "HomeCareViolation",
    "HomeCareWeights",
    "InvalidHomeCareError",
    "Round",
    "Visit",
    "check",
    "solve_home_care",
    "validate",
    "warm",
]


def __getattr__(name: str) -> Any:
    """Import the solver, and with it the compiler, when it is first asked for (PEP 562)."""
    if name == "solve_home_care":
        return import_module(f"{__name__}._solve").solve_home_care
    if name == "warm":
        return import_module(f"{__name__}._warm").warm
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
