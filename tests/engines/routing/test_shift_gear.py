"""What stays at a job is gone for later shifts: each sets off with gear of its own."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import MaxIterations, Problem, Team, check, solve, validate
from tests.engines.routing.worlds import job, shift

STOP = MaxIterations(limit=60)


def crew(*counts: int | None) -> Team:
    """A crew with a pump on its car and a shift a day, each with so many pumps of its own."""
    shifts = (
        replace(shift(day=day), gear=None if count is None else {"pump": count})
        for day, count in enumerate(counts)
    )
    return Team(id="A", shifts=tuple(shifts), gear={"pump": 1})


@settings(deadline=None, max_examples=25)
@given(st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=1, max_size=3), st.integers(0, 7))
def test_no_shift_sets_up_more_than_it_takes_along(counts, wanted):
    jobs = tuple(job(f"J{n}", km_east=1 + n / 9, gear={"pump": 1}) for n in range(wanted))
    problem = Problem(jobs=jobs, teams=(crew(*counts),))

    plan = solve(problem, stop=STOP, seed=1)

    assert not check(problem, plan)
    done = sum(len(route.stops) for route in plan.routes)
    assert done == min(wanted, sum(1 if count is None else count for count in counts))
    for route in plan.routes:
        room = counts[route.shift]
        assert len(route.stops) <= (1 if room is None else room)


def test_a_plan_that_sets_up_more_is_caught_and_negative_gear_refused():
    jobs = tuple(job(f"J{n}", gear={"pump": 1}) for n in range(2))
    plan = solve(Problem(jobs=jobs, teams=(crew(2),)), stop=STOP, seed=1)

    found = check(Problem(jobs=jobs, teams=(crew(1),)), plan)
    assert [one.rule for one in found] == ["gear"]
    assert validate(Problem(jobs=jobs, teams=(crew(-1),)))
