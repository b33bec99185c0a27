"""What a firm's readings say in money: how demand is paid, power factor, hours, standby, sun.

`analyse` takes a year of quarter hours and gives ranked findings, each with low and high CNY, the
code of the rule behind it, the figures it was reckoned from and quarter hours that show it. All
are engineering estimates; findings about the same kWh are counted once.
"""

from dianliang.engines.enterprise._analyse import analyse, analyse_all
from dianliang.engines.enterprise._demand import Stretch, cheapest_ways, now_cny
from dianliang.engines.enterprise._filling import filled
from dianliang.engines.enterprise._gathering import Gathering
from dianliang.engines.enterprise._model import (
    ENGINE_VERSION,
    NO_W,
    POINTS,
    STATUS,
    Analysis,
    Confidence,
    Finding,
    Firm,
    Kind,
    Market,
    Options,
    Point,
    Shape,
    Sun,
    Way,
)

__all__ = [
    "ENGINE_VERSION",
    "NO_W",
    "POINTS",
    "STATUS",
    "Analysis",
    "Confidence",
    "Finding",
    "Firm",
    "Gathering",
    "Kind",
    "Market",
    "Options",
    "Point",
    "Shape",
    "Stretch",
    "Sun",
    "Way",
    "analyse",
    "analyse_all",
    "cheapest_ways",
    "filled",
    "now_cny",
]
