"""Regions are improved by threads, processes or somebody far away: the plan is the same."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest

from dianliang.engines.routing import (
    BadWorkError,
    Courier,
    Link,
    MaxIterations,
    NoImprovement,
    Params,
    check,
    improve_bytes,
    solve,
)
from dianliang.engines.routing._state import Laid
from dianliang.engines.routing._wire import pack_answer, pack_work, unpack_answer, unpack_work
from dianliang.engines.routing._work import Answer, improve_region
from tests.engines.routing.worlds import county_day

CUT = Params(region_jobs=30, rounds=3, chunk=50)
LONG = 2500


def busy_day():
    """A day with linked jobs, so that begins held fixed travel too."""
    problem = county_day(teams=12, jobs=110, seed=21)
    a, b, c, d, *_ = (job.id for job in problem.jobs if not job.windows)
    links = (Link(first=a, then=b, lag_to_s=7200), Link(first=c, then=d))
    return replace(problem, links=links)


def carried(works):
    return [improve_bytes(work) for work in works]


def plan(**how):
    problem = busy_day()
    made = solve(problem, stop=MaxIterations(limit=LONG), seed=7, **{"params": CUT, **how})
    assert check(problem, made) == ()
    return made


def works():
    """Return the works of a round as an executor gets them."""
    caught = []

    class Catching:
        def map(self, task, works, /):
            caught.extend(works)
            return map(task, works)

    plan(executor=Catching())
    return caught


@pytest.mark.slow
def test_threads_processes_and_bytes_give_one_plan():
    alone = plan()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        plans = [
            plan(params=replace(CUT, workers=3)),
            plan(executor=processes),
            plan(executor=Courier(carried)),
            plan(executor=Courier(partial(processes.map, improve_bytes))),
        ]

    assert alone.iterations == LONG
    assert [other == alone for other in plans] == [True, True, True, True]


def test_work_that_was_lost_and_is_done_again_gives_the_same_plan():
    def carried_again(works):
        carried(works[:1])  # done, and the answer is lost on its way
        return carried(works)

    assert plan(executor=Courier(carried_again)) == plan()


def test_a_worker_that_is_gone_ends_the_search_and_says_so():
    def gone(works):
        raise ConnectionError("worker 2 is gone")

    with pytest.raises(ConnectionError, match="worker 2"):
        plan(executor=Courier(gone))


def test_how_long_nothing_got_better_is_the_same_with_any_number_of_threads():
    problem = county_day(teams=10, jobs=80, seed=5)

    one, many = (
        solve(problem, stop=NoImprovement(patience=2000), params=replace(CUT, workers=workers))
        for workers in (1, 4)
    )

    assert one == many


@pytest.mark.parametrize("executor", [None, Courier(carried)])
def test_a_cancelled_round_gives_the_best_plan_so_far(executor):
    told = []

    def progress(now):
        told.append(now)
        return len(told) < 4

    problem = busy_day()
    made = solve(
        problem,
        stop=MaxIterations(limit=10**7),
        params=CUT,
        progress=progress,
        executor=executor,
    )

    assert len(told) == 4
    assert [now.iteration for now in told] == sorted(now.iteration for now in told)
    assert check(problem, made) == ()


def test_progress_rises_to_the_whole_within_rounds_too():
    shares = []

    plan(progress=lambda now: shares.append(now.share) or True)

    assert shares == sorted(shares)
    assert len(shares) > 20
    assert shares[-1] == 1


def test_work_and_answer_survive_the_way():
    for work in works()[:3]:
        again = unpack_work(pack_work(work))
        assert again.laid == work.laid
        assert (again.seed, again.hot, again.cold) == (work.seed, work.hot, work.cold)
        for mine, theirs in zip(again.data, work.data, strict=True):
            assert np.array_equal(mine, theirs)
        answer = improve_region(again)
        assert unpack_answer(pack_answer(answer)) == answer


@pytest.mark.parametrize(
    ("field", "spoil"),
    [
        ("near", lambda a: a + 10**6),
        ("beside", lambda a: a + 10**6),
        ("kind_routes", lambda a: a - 1),
        ("able", lambda a: a[:-1]),
        ("time", lambda a: a.astype(np.int64)),
        ("series_jobs", lambda a: np.append(a, 10**6)),
    ],
)
def test_work_that_points_outside_its_arrays_is_refused(field, spoil):
    work = works()[0]
    packed = pack_work(
        replace(work, data=work.data._replace(**{field: spoil(getattr(work.data, field))}))
    )

    with pytest.raises(BadWorkError):
        unpack_work(packed)


@pytest.mark.parametrize("column", ["place", "last", "series", "group"])
def test_a_job_that_points_outside_is_refused(column):
    work = works()[0]
    items = work.data.items.copy()
    items[column][0] = 10**6

    with pytest.raises(BadWorkError):
        unpack_work(pack_work(replace(work, data=work.data._replace(items=items))))


def test_bytes_that_are_no_work_are_refused():
    packed = pack_work(works()[0])

    for broken in (
        b"",
        b"PK",
        packed[:-100],
        pack_answer(Answer(laid=Laid({}, {}), gain=0.0, iterations=0)),
    ):
        with pytest.raises(BadWorkError):
            unpack_work(broken)


def test_an_answer_that_serves_a_job_twice_is_refused():
    twice = Answer(laid=Laid({0: [4], 1: [4]}, {}), gain=1.0, iterations=1)

    with pytest.raises(BadWorkError):
        unpack_answer(pack_answer(twice))


def test_an_answer_that_breaks_a_rule_is_refused():
    def cheat(works):
        for packed in works:
            work = unpack_work(packed)
            everything = Laid({0: list(range(len(work.data.able)))}, {})
            yield pack_answer(Answer(laid=everything, gain=1.0, iterations=1))

    with pytest.raises(ValueError, match="breaks a rule"):
        plan(executor=Courier(cheat))
