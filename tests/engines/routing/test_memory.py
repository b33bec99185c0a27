"""The flood day of seed 002 is made ready and first planned within a gigabyte."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from benchmarks.routing.cases import flood

from dianliang.engines.routing._solve import compiled_or_refused, opening

MOST_MB = 1000


def most_memory_mb() -> float:
    """Draw the day, make every table of it and the first plan; return what that took at most.

    Each process has a mark of its own; `ru_maxrss` would begin at that of the one that started it.
    """
    compiled = compiled_or_refused(flood())
    assert compiled is not None
    assert opening(compiled, seed=1, start=None).unassigned() < 5922
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the mark is Linux's")
def test_the_flood_day_fits_into_a_gigabyte():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        assert alone.submit(most_memory_mb).result() < MOST_MB
