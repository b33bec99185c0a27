"""Tell from quarter-hourly readings what meters do and which transformers carry too much.

`features` sums up a day of a meter; `Loads` adds meters up to transformers, in pieces that others
may have done; `judge` finds runs beyond the lines of `Rules`; `examine` and `conclude` tell which
readings to doubt. All from record batches of `SCHEMA`, and sums in whole numbers: any order, any
number of machines give the same.
"""

from dianliang.engines.loading._carried import Carried, carried
from dianliang.engines.loading._curves import (
    DAY,
    METER,
    MINUTES,
    NO_DV,
    NO_W,
    POINTS,
    POWER,
    SCHEMA,
    VOLTAGE,
    Rows,
    batch_of,
    rows_of,
)
from dianliang.engines.loading._features import FEATURES, features
from dianliang.engines.loading._loading import Run, TransformerLoad, clock, judge
from dianliang.engines.loading._loads import Loads, Span
from dianliang.engines.loading._network import Meter, Network, Phase, Transformer
from dianliang.engines.loading._quality import (
    DOUBT_LABELS,
    Doubt,
    MeterQuality,
    QualityRules,
    conclude,
    examine,
)
from dianliang.engines.loading._rules import (
    DEFAULT_RULES,
    HEAVY,
    LINE_LABELS,
    OVER,
    Line,
    LoadRule,
    PhaseRule,
    Rules,
    VoltageRule,
)

__all__ = [
    "DAY",
    "DEFAULT_RULES",
    "DOUBT_LABELS",
    "FEATURES",
    "HEAVY",
    "LINE_LABELS",
    "METER",
    "MINUTES",
    "NO_DV",
    "NO_W",
    "OVER",
    "POINTS",
    "POWER",
    "SCHEMA",
    "VOLTAGE",
    "Carried",
    "Doubt",
    "Line",
    "LoadRule",
    "Loads",
    "Meter",
    "MeterQuality",
    "Network",
    "Phase",
    "PhaseRule",
    "QualityRules",
    "Rows",
    "Rules",
    "Run",
    "Span",
    "Transformer",
    "TransformerLoad",
    "VoltageRule",
    "batch_of",
    "carried",
    "clock",
    "conclude",
    "examine",
    "features",
    "judge",
    "rows_of",
]
