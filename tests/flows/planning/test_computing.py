"""A large plan is computed where the installation says, a small one here."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dianliang.engines.routing import MaxIterations, Params, Plan, check
from dianliang.flows.planning.computing import NoExecutorError, compute
from tests.engines.routing.worlds import county_day

SENT: list[int] = []
CLOSED: list[bool] = []


class Counting(ThreadPoolExecutor):
    """Threads that note what they are sent, and that they were closed."""

    def map(self, task, works, /):
        SENT.append(len(works))
        return super().map(task, works)

    def shutdown(self, *args, **kwargs):
        CLOSED.append(True)
        super().shutdown(*args, **kwargs)


class Plain:
    """An executor that has nothing to close."""

    def map(self, task, works, /):
        SENT.append(len(works))
        return [task(work) for work in works]


@pytest.fixture(autouse=True)
def nothing_sent():
    SENT.clear()
    CLOSED.clear()


@pytest.fixture(scope="module")
def large():
    """Well above the least that is cut, and most of it served, however a region is measured."""
    return county_day(teams=100, jobs=2 * Params().region_jobs + 100, seed=2)


def planned(problem, *, iterations=400) -> Plan:
    return compute(problem, stop=MaxIterations(limit=iterations), seed=1, start=None, progress=None)


@pytest.mark.parametrize("name", ["Counting", "Plain"])
def test_regions_of_a_large_plan_go_to_the_executor_and_come_back_as_the_same_plan(
    settings, large, name
):
    here = planned(large)
    assert not SENT

    settings.PLANNING_EXECUTOR = f"{__name__}.{name}"
    there = planned(large)

    assert SENT
    assert min(SENT) >= 2
    assert [True] * (name == "Counting") == CLOSED
    assert check(large, there) == ()
    assert there.routes == here.routes


def test_a_small_plan_never_leaves_the_process(settings):
    settings.PLANNING_EXECUTOR = f"{__name__}.Missing"

    assert planned(county_day(teams=3, jobs=20, seed=2), iterations=50).routes


@pytest.mark.parametrize("name", ["tests.flows.planning.test_computing.Missing", "nowhere.at.all"])
def test_an_executor_that_cannot_be_loaded_is_named_with_what_to_do(settings, large, name):
    settings.PLANNING_EXECUTOR = name

    with pytest.raises(NoExecutorError, match="DIANLIANG_PLANNING_EXECUTOR") as refusal:
        planned(large)

    assert name in refusal.value.message
