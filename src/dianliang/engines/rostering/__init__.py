"""Put people on duty without gap, overlap or unlawful hours, evenly, and say what is missing.

`cut` makes duties of a period; `solve` mans them; `check` verifies a roster apart from how it was
found; `objections` and `candidates` serve whoever changes one by hand.
"""

from dianliang.engines.rostering._check import check
from dianliang.engines.rostering._explain import apply_fix
from dianliang.engines.rostering._missing import missing_in
from dianliang.engines.rostering._model import (
    HARD,
    Breach,
    Duty,
    Fix,
    FixKind,
    Load,
    Person,
    Problem,
    Roster,
    Rule,
    Rules,
    Short,
    Stage,
    Turn,
)
from dianliang.engines.rostering._solve import Params, loads_of, solve
from dianliang.engines.rostering._spans import cut, day_of, gaps, is_night, overlaps, week_of
from dianliang.engines.rostering._swap import Candidate, candidates, objections
from dianliang.engines.rostering._validate import (
    ErrorCode,
    InvalidProblemError,
    ProblemError,
    validate,
)

__all__ = [
    "HARD",
    "Breach",
    "Candidate",
    "Duty",
    "ErrorCode",
    "Fix",
    "FixKind",
    "InvalidProblemError",
    "Load",
    "Params",
    "Person",
    "Problem",
    "ProblemError",
    "Roster",
    "Rule",
    "Rules",
    "Short",
    "Stage",
    "Turn",
    "apply_fix",
    "candidates",
    "check",
    "cut",
    "day_of",
    "gaps",
    "is_night",
    "loads_of",
    "missing_in",
    "objections",
    "overlaps",
    "solve",
    "validate",
    "week_of",
]
