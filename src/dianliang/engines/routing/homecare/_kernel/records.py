# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""What the home-care kernel reads and writes. m visits, C carers; node m + c is carer c's home."""

from typing import NamedTuple

import numpy as np

from dianliang.engines.routing._kernel.records import Flags, Floats, Ints, Records

INFEASIBLE = 1e15
CANDIDATES = 24
"""Places that are kept for each half of a double visit, best first."""

VISIT = np.dtype(
    [
        ("place", "i8"),
        ("customer", "i8"),
        ("mate", "i8"),  # the other half of a double visit, or -1
        ("lag", "f8"),  # least time from this begin to the mate's
        ("opens", "f8"),
        ("due", "f8"),
        ("service", "f8"),
    ],
    align=True,
)
SPOT = np.dtype(
    [
        ("who", "i8"),  # carer, or -1 while out
        ("prev", "i8"),
        ("next", "i8"),
        ("begin", "f8"),
        ("latest", "f8"),  # the begin up to which no tardiness grows
    ],
    align=True,
)
CHOICE = np.dtype(
    [
        ("price", "f8"),  # least price of the half by itself
        ("travel", "f8"),
        ("arrive", "f8"),
        ("after", "i8"),  # the node that it follows
        ("who", "i8"),  # in this carer's round
    ],
    align=True,
)


class Data(NamedTuple):
    """What does not change. Times in one unit throughout; prices are weighted."""

    time: Floats  # (L, L)
    visits: Records  # VISIT (m + C,)
    first: Ints  # (n,): first visit of each customer; its mate is the second
    able: Ints  # (m, C): carers who could, in any order
    able_count: Ints  # (m,)
    near: Ints  # (n, k): neighbouring customers, nearest first
    key_due: Floats  # (n,)
    key_far: Floats  # (n,): time from the nearest home
    prices: Floats  # (3,): of travel, of total and of worst tardiness


class Tour(NamedTuple):
    """Rounds as rings of nodes through each carer's home; `figures` belong to the nodes."""

    spots: Records  # SPOT (m + C,)
    figures: Floats  # (3,): travel, total and worst tardiness


class Scratch(NamedTuple):
    """Room to work in, so that the inner loops allocate nothing."""

    queue: Ints  # ring of visits whose begin has moved
    queued: Flags  # (m + C,)
    log_visit: Ints
    log_begin: Floats
    removed: Ints  # (n,): customers who are out
    keys: Floats  # (n,)
    is_out: Flags  # (n,)
    is_cut: Flags  # (C,): a string was taken out of this round
    ring: Ints  # (m + C,): one round in order
    halves: Records  # CHOICE (2, CANDIDATES + 1)
