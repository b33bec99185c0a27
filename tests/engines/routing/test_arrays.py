"""What a problem looks like to the kernel: who may stand next to whom in a route."""

from dataclasses import replace

from dianliang.engines.routing import Problem
from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._kernel import NEVER
from dianliang.engines.routing._nearby import REACH, outermost
from tests.engines.routing.worlds import job, team, window


def test_who_can_follow_in_time_stands_nearer_than_who_is_next_door_at_another_hour():
    early = job("early", km_east=5, minutes=30, windows=(window(9, 9.5),))
    crowd = tuple(
        job(f"evening{i}", km_east=5.01, minutes=30, windows=(window(16, 16.5),))
        for i in range(REACH)
    )
    follows = job("follows", km_east=8, minutes=30, windows=(window(9.5, 10.5),))
    problem = Problem(jobs=(early, *crowd, follows), teams=(team("A"),))

    data = compile_problem(problem).data

    last = len(problem.jobs) - 1
    assert data.near[0, 0] != last
    assert data.beside[0, 0] == last
    assert data.beside.shape == (len(problem.jobs), REACH)


def test_a_job_without_a_usable_hour_breaks_nothing():
    impossible = job("never", windows=(window(20, 21),))

    data = compile_problem(Problem(jobs=(job("a"), impossible), teams=(team("A"),))).data

    assert data.beside.tolist() == [[1], [0]]


def test_the_outermost_hours_of_jobs_with_no_one_and_several_windows():
    never, often = (window(20, 21),), (window(9, 10), window(14, 16))
    jobs = tuple(
        job(str(i), minutes=30, windows=hours)
        for i, hours in enumerate((never, often, (), never, often[:1]))
    )
    jobs = (
        replace(jobs[0], duration_s=7200),
        *jobs[1:3],
        replace(jobs[3], duration_s=7200),
        jobs[4],
    )

    data = compile_problem(Problem(jobs=jobs, teams=(team("A"),))).data

    opens, shuts = outermost(data.items[: len(jobs)], data.windows)
    assert opens.tolist() == [NEVER, 1800, -NEVER, NEVER, 1800]
    assert shuts.tolist() == [-NEVER, 7 * 3600, NEVER, -NEVER, 3600]
