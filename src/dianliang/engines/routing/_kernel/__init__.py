"""The inner loops, compiled: schedule a route, price an insertion, ruin and recreate.

Method: slack induction by string removals (Christiaens & Vanden Berghe 2020): strings of
neighbouring jobs are taken out of neighbouring routes and put back greedily with blinks, under
simulated annealing. Most insertions are judged in constant time; only those that make somebody
later are followed along the route. Between ruins tails of two routes change places (2-opt*): a
string is too short for what is wrong with a long route. A break is an item of its route that
happens wherever the team is. Jobs of a series are taken out and put back together on the best
pattern of days, or one by one where a ruin keeps to one day; linked jobs together, at begins that
are then held fixed ("anchored"), so that routes stay independent and nobody waits in a circle.

Machine code is kept on disk: see `_cache`.
"""

from importlib import import_module
from typing import Any

from numba import config

from dianliang.engines.routing._cache import cache_folder

_settings: Any = config
_kept = _settings.CACHE_DIR
_settings.CACHE_DIR = str(cache_folder())
for _name in (
    *("records", "stowing", "timing", "mates", "placing"),
    *("groups", "ties", "judging", "tails", "search", "crossing"),
):
    import_module(f"{__name__}.{_name}")
_settings.CACHE_DIR = _kept

# Named only now: numba reads where it keeps its code when a function is first seen, above.
from dianliang.engines.routing._kernel.crossing import (  # noqa: E402
    mark_crossed,
)
from dianliang.engines.routing._kernel.judging import (  # noqa: E402
    keep_best,
)
from dianliang.engines.routing._kernel.mates import (  # noqa: E402
    loyalty,
)
from dianliang.engines.routing._kernel.placing import (  # noqa: E402
    best_anywhere,
    best_in_route,
    best_instead,
    drop,
    place_rest,
    put,
    put_as_turned,
)
from dianliang.engines.routing._kernel.records import (  # noqa: E402
    BACK,
    CHOICE,
    EITHER,
    FORTH,
    GROUP,
    INFEASIBLE,
    ITEM,
    LOAD,
    NEVER,
    PAIR_CANDIDATES,
    ROUTE,
    RUN,
    SERIES,
    SPOT,
    STOP,
    TEAM,
    WINDOW,
    Data,
    Flags,
    Floats,
    Ints,
    Records,
    Scratch,
    Tour,
)
from dianliang.engines.routing._kernel.search import (  # noqa: E402
    build,
    improve,
)
from dianliang.engines.routing._kernel.timing import (  # noqa: E402
    measure,
    retime,
    schedule,
    total,
)

__all__ = [
    "BACK",
    "CHOICE",
    "EITHER",
    "FORTH",
    "GROUP",
    "INFEASIBLE",
    "ITEM",
    "LOAD",
    "NEVER",
    "PAIR_CANDIDATES",
    "ROUTE",
    "RUN",
    "SERIES",
    "SPOT",
    "STOP",
    "TEAM",
    "WINDOW",
    "Data",
    "Flags",
    "Floats",
    "Ints",
    "Records",
    "Scratch",
    "Tour",
    "best_anywhere",
    "best_in_route",
    "best_instead",
    "build",
    "drop",
    "improve",
    "keep_best",
    "loyalty",
    "mark_crossed",
    "measure",
    "place_rest",
    "put",
    "put_as_turned",
    "retime",
    "schedule",
    "total",
]
