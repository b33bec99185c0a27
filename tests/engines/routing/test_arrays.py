"""What a problem looks like to the kernel: who may stand next to whom in a route."""

from dianliang.engines.routing import Problem
from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._nearby import REACH
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
