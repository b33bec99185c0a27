"""The inner loops of home care, compiled: begins across rounds, insertions, ruin and recreate.

Method: slack induction by string removals (Christiaens & Vanden Berghe 2020) under simulated
annealing, on rounds that are tied to each other by double visits. Machine code is kept on disk, as
for the general kernel: see `engines.routing._cache`.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from numba import config

from dianliang.engines.routing._cache import KERNEL, cache_folder

_settings: Any = config
_kept = _settings.CACHE_DIR
_settings.CACHE_DIR = str(cache_folder(Path(__file__).resolve().parent, KERNEL))
for _name in ("timing", "placing", "search"):
    import_module(f"{__name__}.{_name}")
_settings.CACHE_DIR = _kept

from dianliang.engines.routing.homecare._kernel.records import (  # noqa: E402
    CANDIDATES,
    CHOICE,
    INFEASIBLE,
    SPOT,
    VISIT,
    Data,
    Scratch,
    Tour,
)
from dianliang.engines.routing.homecare._kernel.search import (  # noqa: E402
    build,
    copy,
    improve,
    worth,
)
from dianliang.engines.routing.homecare._kernel.timing import (  # noqa: E402
    MOST_MOVES,
    retime,
)

__all__ = [
    "CANDIDATES",
    "CHOICE",
    "INFEASIBLE",
    "MOST_MOVES",
    "SPOT",
    "VISIT",
    "Data",
    "Scratch",
    "Tour",
    "build",
    "copy",
    "improve",
    "retime",
    "worth",
]
