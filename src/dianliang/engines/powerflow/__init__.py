"""Compute what a grid carries: voltages, loading and losses at every step, and what binds.

`validate` lists everything wrong with a model; `solve` computes it, symmetric or by phase, for one
moment or for the steps of `Profiles`; `summarise` compares the flow with `Limits` and says for
each area what binds, where and when. `prepared` keeps what does not change from call to call.
Our own kernel sweeps what lies below one source; power-grid-model does the rest.
"""

from dianliang.engines.powerflow._model import (
    LV_V,
    MV_V,
    Floats,
    Flow,
    Grid,
    Line,
    LineType,
    Load,
    LoadKind,
    Node,
    Phase,
    Profiles,
    Source,
    Switch,
    TapSide,
    Transformer,
    TransformerType,
)
from dianliang.engines.powerflow._plates import ErrorCode, GridError
from dianliang.engines.powerflow._rules import (
    DEFAULT_LIMITS,
    DYN11,
    HV_VOLTAGE,
    LV_VOLTAGE,
    MV_VOLTAGE,
    YYN0,
    Limits,
    PhaseRule,
    VoltageRule,
)
from dianliang.engines.powerflow._solve import Prepared, prepared, solve
from dianliang.engines.powerflow._summary import (
    QUANTITY_LABELS,
    AreaSummary,
    Quantity,
    Summary,
    Worst,
    summarise,
)
from dianliang.engines.powerflow._validate import InvalidGridError, validate, wrong_profiles
from dianliang.engines.powerflow._vector_group import VectorGroup, has_neutral, vector_group

__all__ = [
    "DEFAULT_LIMITS",
    "DYN11",
    "HV_VOLTAGE",
    "LV_V",
    "LV_VOLTAGE",
    "MV_V",
    "MV_VOLTAGE",
    "QUANTITY_LABELS",
    "YYN0",
    "AreaSummary",
    "ErrorCode",
    "Floats",
    "Flow",
    "Grid",
    "GridError",
    "InvalidGridError",
    "Limits",
    "Line",
    "LineType",
    "Load",
    "LoadKind",
    "Node",
    "Phase",
    "PhaseRule",
    "Prepared",
    "Profiles",
    "Quantity",
    "Source",
    "Summary",
    "Switch",
    "TapSide",
    "Transformer",
    "TransformerType",
    "VectorGroup",
    "VoltageRule",
    "Worst",
    "has_neutral",
    "prepared",
    "solve",
    "summarise",
    "validate",
    "vector_group",
    "wrong_profiles",
]
