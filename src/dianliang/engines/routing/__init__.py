"""Plan who goes where, when, and say why.

`foresee` says what no plan can do, `solve` makes a plan, `check` verifies it independently, `bound`
proves how much better any plan could be, `insert_job`, `follow_plan` and `replan` change one that
people already know, `recommend` and `Desk` say where one more job fits, `diff` says what changed.
What needs the compiled kernel is imported when it is first asked for: its compiler takes a second,
and a web server that comes back after a fault should not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dianliang.engines.routing._cache import is_warm
from dianliang.engines.routing._check import Violation, check
from dianliang.engines.routing._line import Line, Part
from dianliang.engines.routing._model import (
    VERSION,
    Bound,
    Fix,
    FixKind,
    Job,
    Link,
    Lock,
    Lunch,
    Objective,
    Plan,
    Problem,
    Reason,
    ReasonCode,
    Route,
    Series,
    Shift,
    Stop,
    Team,
    Unassigned,
    Weights,
)
from dianliang.engines.routing._priority import Priority
from dianliang.engines.routing._validate import (
    ErrorCode,
    InvalidProblemError,
    ProblemError,
    validate,
)
from dianliang.engines.routing.lines import Cover, Gap, Stretch, covers_of, split_lines
from dianliang.engines.routing.progress import mark_done
from dianliang.engines.routing.stop import (
    FirstOf,
    MaxIterations,
    MaxSeconds,
    NoImprovement,
    StopCriterion,
)
from dianliang.engines.routing.travel import (
    IMPASSABLE_S,
    GreatCircle,
    InvalidTravelError,
    Travel,
    TravelTable,
)

if TYPE_CHECKING:
    from dianliang.engines.routing._anneal import Params, Progress
    from dianliang.engines.routing._asking import Late, Why, explain_late, why
    from dianliang.engines.routing._bound import bound, gap
    from dianliang.engines.routing._desk import Desk, Slot, recommend
    from dianliang.engines.routing._disruption import Replanned, replan
    from dianliang.engines.routing._fixing import apply_fix, promised
    from dianliang.engines.routing._replan import (
        Change,
        diff,
        follow_plan,
        foresee,
        insert_job,
    )
    from dianliang.engines.routing._solve import solve
    from dianliang.engines.routing._warm import warm
    from dianliang.engines.routing._why import Alternative
    from dianliang.engines.routing._wire import BadWorkError, Courier, improve_bytes
    from dianliang.engines.routing._work import Answer, Executor, Work
    from dianliang.engines.routing.barriers import Barrier, Blocked
    from dianliang.engines.routing.clusters import Clustered
    from dianliang.engines.routing.slowed import Slowed

_ON_DEMAND = {
    "_anneal": ("Params", "Progress"),
    "_asking": ("Late", "Why", "explain_late", "why"),
    "_bound": ("bound", "gap"),
    "_desk": ("Desk", "Slot", "recommend"),
    "_disruption": ("Replanned", "replan"),
    "_fixing": ("apply_fix", "promised"),
    "_replan": ("Change", "diff", "follow_plan", "foresee", "insert_job"),
    "_solve": ("solve",),
    "_warm": ("warm",),
    "_why": ("Alternative",),
    "_wire": ("BadWorkError", "Courier", "improve_bytes"),
    "_work": ("Answer", "Executor", "Work"),
    "barriers": ("Barrier", "Blocked"),
    "clusters": ("Clustered",),
    "slowed": ("Slowed",),
}

__all__ = [
    "IMPASSABLE_S",
    "VERSION",
    "Alternative",
    "Answer",
    "BadWorkError",
    "Barrier",
    "Blocked",
    "Bound",
    "Change",
    "Clustered",
    "Courier",
    "Cover",
    "Desk",
    "ErrorCode",
    "Executor",
    "FirstOf",
    "Fix",
    "FixKind",
    "Gap",
    "GreatCircle",
    "InvalidProblemError",
    "InvalidTravelError",
    "Job",
    "Late",
    "Line",
    "Link",
    "Lock",
    "Lunch",
    "MaxIterations",
    "MaxSeconds",
    "NoImprovement",
    "Objective",
    "Params",
    "Part",
    "Plan",
    "Priority",
    "Problem",
    "ProblemError",
    "Progress",
    "Reason",
    "ReasonCode",
    "Replanned",
    "Route",
    "Series",
    "Shift",
    "Slot",
    "Slowed",
    "Stop",
    "StopCriterion",
    "Stretch",
    "Team",
    "Travel",
    "TravelTable",
    "Unassigned",
    "Violation",
    "Weights",
    "Why",
    "Work",
    "apply_fix",
    "bound",
    "check",
    "covers_of",
    "diff",
    "explain_late",
    "follow_plan",
    "foresee",
    "gap",
    "improve_bytes",
    "insert_job",
    "is_warm",
    "mark_done",
    "promised",
    "recommend",
    "replan",
    "solve",
    "split_lines",
    "validate",
    "warm",
    "why",
]


def __getattr__(name: str) -> Any:
    """Import what needs the kernel when it is first asked for (PEP 562)."""
    for module, names in _ON_DEMAND.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
