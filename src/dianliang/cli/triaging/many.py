"""Answer many needs on all cores, in the order in which they came.

What triage has learnt is shared by forking, not sent. A few needs are answered at once: to start
processes takes longer.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

FEW = 200
AT_ONCE = 32
"""Needs that a process takes at a time."""
Asked = TypeVar("Asked")
Told = TypeVar("Told")
_held: list[Callable[[Any], Any]] = []


def in_order(tell: Callable[[Asked], Told], asked: Iterable[Asked]) -> Iterator[Told]:
    """Yield what `tell` says of each; what it says must be picklable."""
    waiting = iter(asked)
    first = list(islice(waiting, FEW))
    yield from map(tell, first)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if len(first) < FEW or cores == 1:
        yield from map(tell, waiting)
        return
    with multiprocessing.get_context("fork").Pool(cores, _hold, (tell,)) as pool:
        yield from pool.imap(_tell, waiting, chunksize=AT_ONCE)


def _hold(tell: Callable[[Any], Any]) -> None:
    _held[:] = [tell]


def _tell(asked: Any) -> Any:
    return _held[0](asked)
