# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""What the kernel reads and writes: record arrays whose fields only numba knows."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
State = NDArray[np.uint64]
F = TypeVar("F", bound=Callable[..., Any])

INFEASIBLE = 1e15
NEVER = 1 << 40
PAIR_CANDIDATES = 12
FORTH, BACK, EITHER = 0, 1, 2


ITEM = np.dtype(
    [
        ("place", "i8"),  # where its work begins
        ("exit", "i8"),  # where it ends
        ("ways", "i8"),  # how the work goes: FORTH to the exit, BACK from it, or EITHER way
        ("service", "i8"),
        ("first", "i8"),  # its windows: from this one
        ("last", "i8"),  # to before this one
        ("due", "i8"),
        ("late_free", "i8"),  # seconds late before anybody could begin: not priced
        ("late_price", "f8"),  # per second, up to late_most in all
        ("late_most", "f8"),
        ("late_rest", "f8"),  # per second without end
        ("wait_price", "f8"),  # per second from the first opening, up to wait_most in all
        ("wait_most", "f8"),
        ("penalty", "f8"),  # price of leaving out
        ("lure", "f8"),  # what going there may be worth beyond it: others there, its line
        ("far", "f8"),  # seconds from the nearest depot
        ("width", "f8"),  # seconds within windows
        ("bulk", "f8"),  # gear it takes, of the most that a team carries; a series as a whole
        ("series", "i8"),  # or -1
        ("group", "i8"),  # of linked jobs, or -1
        ("held", "i8"),  # never taken out
    ],
    align=True,
)
WINDOW = np.dtype([("opens", "i8"), ("shuts", "i8")], align=True)
ROUTE = np.dtype(
    [
        ("start", "i8"),
        ("end", "i8"),
        ("opens", "i8"),
        ("closes", "i8"),  # after this it is overtime
        ("shuts", "i8"),  # and later than this, impossible
        ("over_price", "f8"),  # per second
        ("fixed", "f8"),  # price of using the route at all
        ("longest", "i8"),  # most seconds from leaving to coming home
        ("rest", "i8"),  # its break item, or -1
        ("team", "i8"),
        ("day", "i8"),
    ],
    align=True,
)
TEAM = np.dtype([("budget", "i8"), ("available", "i8")], align=True)
SERIES = np.dtype(
    [
        ("first", "i8"),
        ("last", "i8"),
        ("first_pattern", "i8"),
        ("last_pattern", "i8"),
        ("alike", "i8"),  # what may be said of its first job may be said of all
    ],
    align=True,
)
GROUP = np.dtype(
    [
        ("first", "i8"),  # its linked jobs: from this one
        ("last", "i8"),  # to before this one
        ("lags", "i8"),  # its first lag: a row for each job, with the least seconds to each other
    ],
    align=True,
)
STOP = np.dtype(
    [
        ("item", "i8"),
        ("begin", "i8"),
        ("leave", "i8"),  # when the team could go on to another job
        ("spot", "i8"),  # where the team is after the item
        ("way", "i8"),  # seconds to the item
        ("ahead", "i8"),  # where the next real stop from here on begins
        ("latest", "i8"),  # latest arrival that breaks nothing
        ("calm", "i8"),  # latest arrival that costs nothing
        ("cost", "f8"),  # price of the route up to the end of the item
        ("work", "i8"),  # seconds of travel and service up to there
        ("head_s", "i8"),  # from leaving to the end of the item: least seconds,
        ("head_early", "i8"),  # first and last moment of leaving that need no more
        ("head_late", "i8"),
        ("tail_s", "i8"),  # from the beginning of the item to coming home, likewise
        ("tail_early", "i8"),
        ("tail_late", "i8"),
    ],
    align=True,
)
LOAD = np.dtype(
    [
        ("least", "i8"),  # gear that can be aboard after the head of a route: from so much
        ("most", "i8"),  # to so much
        ("needed", "i8"),  # gear that the tail can go on with: from so much
        ("borne", "i8"),  # to so much; where the spans meet some load at the start will do
    ],
    align=True,
)
RUN = np.dtype(
    [
        ("length", "i8"),
        ("home", "i8"),
        ("work", "i8"),  # seconds of travel and service
        ("cost", "f8"),
        ("broken", "i4"),  # it breaks a rule; small, as is the next: a record fills one line
        ("changed", "i4"),  # since the best plan was kept
        ("saved", "i8"),
        ("old_length", "i8"),
        ("old_cost", "f8"),
    ],
    align=True,
)
SPOT = np.dtype(
    [
        ("where", "i8"),  # route, or -1
        ("position", "i8"),
        ("anchor", "i8"),  # begin that is held fixed, or -1
        ("old_anchor", "i8"),
        ("turned", "i8"),  # the work goes from its exit to its place
        ("old_turned", "i4"),  # small, and so is the next: a record fills one line of the cache
        ("stiff", "i4"),  # it stays turned as it is
        ("tried", "i8"),  # iteration that listed the job; negative: and tried to place it
        ("was_out", "i8"),
    ],
    align=True,
)
CHOICE = np.dtype([("price", "f8"), ("route", "i8"), ("index", "i8"), ("begin", "i8")], align=True)
Records = Any  # record arrays: only numba knows their fields
i64 = cast("Callable[[int], int]", np.int64)  # a literal would be compiled as a type of its own


class Data(NamedTuple):
    """What does not change. n jobs, V routes, items = jobs then breaks, L places, g kinds of gear.

    Times are seconds; windows and `due` are about the beginning of the work.
    """

    time: Small  # (L, L): seconds between places
    items: Records  # ITEM
    windows: Records  # WINDOW
    routes: Records  # ROUTE
    teams: Records  # TEAM
    able: Flags  # (n, V)
    extra: NDArray[np.float32]  # (n, V): price of this route for this job
    out: Ints  # (n, g): gear that is set up at the job and stays there
    back: Ints  # (n, g): gear that is collected there, after that
    stock: Ints  # (V, g): most gear to set off with
    room: Ints  # (V, g): most gear aboard, no less than the stock
    near: Ints  # (n, k): neighbouring jobs, nearest first
    beside: Ints  # (n, k): jobs that may stand next to it in a route, best first
    near_kinds: Ints  # (n, r): kinds of route, nearest first
    kind_start: Ints  # (kinds + 1,)
    kind_routes: Ints  # (V,): routes by kind
    series: Records  # SERIES
    series_jobs: Ints
    pattern_days: Ints  # (patterns, most members)
    groups: Records  # GROUP
    linked: Ints  # jobs by group; nobody waits for one that comes later
    lags: Ints  # least seconds from begin to begin, group by group; -NEVER: none
    travel_price: float
    balance_price: float
    loyal_price: float


class Tour(NamedTuple):
    """A plan being changed. W = longest sequence; row W of a route's stops is its way home."""

    stops: Records  # STOP (V, W + 1)
    runs: Records  # RUN (V,)
    spots: Records  # SPOT (items,)
    aboard: Records  # LOAD (V, W + 1, g): gear aboard before each position
    spare: Ints  # (V, g, 2): most that one more job may set up, and collect, anywhere in the route
    worked: Ints  # (teams,)
    loyal: Floats  # (series,): price of the teams beyond the first


class Scratch(NamedTuple):
    """Room to work in, so that the inner loops allocate nothing."""

    removed: Ints  # (n + 1,)
    keys: Floats
    touched: Ints  # (V,)
    old_sequence: Ints  # (V, W)
    old_worked: Ints  # (teams,)
    old_loyal: Floats  # (series,)
    resting: Ints  # (V,): routes whose break is out
    stamp: Ints  # (V, W + 1)
    fitting: Ints  # (V,): token of the last job that was asked about; negative: it does not fit
    places: Records  # CHOICE: positions worth pricing
    days: Records  # CHOICE (members, days)
    teams: Records  # CHOICE (members, days, teams)
    pairs: Records  # CHOICE (2, candidates)
    chain: Records  # CHOICE (2, most members of a group): the trial, the best, turn by turn
    order: Ints  # likewise: which job of the group has its turn
    chain_turned: Ints  # likewise: how the work goes there; -1: as is cheapest
    counters: Ints  # token of the iteration, of the stamp; day of a ruin, or -1; many are out there


jit: Any = njit  # without `_nrt` each look at a field counts references: sixty times slower


def entry(function: F) -> F:
    """Compile what Python calls, without its lock, and keep the machine code beside the module."""
    return cast("F", jit(cache=True, nogil=True, _nrt=False, no_cfunc_wrapper=True)(function))


# To take a plan's records apart for a call from Python is half of the work of compiling.
INSIDE: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def compiled(function: F) -> F:
    """Compile what only other compiled functions call; Python must not: its process would end."""
    return cast("F", jit(cache=True, nogil=True, _nrt=False, **INSIDE)(function))


def inlined(function: F) -> F:
    """Compile into every caller; Python must not call it either."""
    return cast("F", jit(nogil=True, forceinline=True, _nrt=False, **INSIDE)(function))


@compiled
def uniform(state: State) -> float:
    """Return the next random float in [0, 1) (xorshift64*)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0
