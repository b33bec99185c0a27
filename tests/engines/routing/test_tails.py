"""What comes after a job may change routes as a whole, where rules let it and that is cheaper."""

import pytest

from dianliang.engines.routing import Problem, Series, Team, Weights
from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._kernel.tails import swap_tails
from dianliang.engines.routing._state import Search
from tests.engines.routing.worlds import job, km_east, shift

WEST, EAST = ("west0", "west1", "west2"), ("east0", "east1", "east2")
CROSSED = {0: ["west0", "east1", "east2"], 1: ["east0", "west1", "west2"]}


def crossed(*, room=9, seed=1, last_day=0, team_price=None):
    """Return a search on two routes that should have kept to their own side of town.

    The second is on `last_day`. With a price of teams the first two jobs of each are a series.
    """
    jobs = tuple(
        job(name, km_east=side * (9 + i), gear={"pump": pumps})
        for side, names, pumps in ((-1, WEST, 1), (1, EAST, 0))
        for i, name in enumerate(names)
    )
    crews = tuple(
        Team(id=id_, shifts=(shift(lunch=False, day=day),), gear={"pump": pumps})
        for id_, pumps, day in (("A", room, 0), ("B", 9, last_day))
    )
    pairs = () if team_price is None else (("west0", "east1"), ("east0", "west1"))
    series = tuple(Series(id=pair[0], job_ids=pair) for pair in pairs)
    weights = Weights(series_team=team_price or 0)
    compiled = compile_problem(Problem(jobs=jobs, teams=crews, series=series, weights=weights))
    search = Search.begin(compiled.data, seed=seed)
    for route, names in CROSSED.items():
        assert search.lay(route, [compiled.numbers[name] for name in names])
    search.settle()
    return compiled, search


def after_swaps(compiled, search):
    """Try many exchanges; return the routes' jobs by name, and check that nothing else changed."""
    for _ in range(500):
        swap_tails(
            search.data, search.tour, search.scratch, search.best, search.totals, search.state, 1e-9
        )
    told = search.totals[1]
    laid = search.laid().sequences
    search.recall()
    assert kernel.retime(search.data, search.tour)
    assert kernel.total(search.data, search.tour) == pytest.approx(told)
    return {
        route: [compiled.jobs[number].id for number in numbers] for route, numbers in laid.items()
    }


def test_routes_that_cross_exchange_their_tails_and_drive_less():
    compiled, search = crossed()
    before = search.totals[1]

    found = after_swaps(compiled, search)

    assert sorted(name for names in found.values() for name in names) == sorted(WEST + EAST)
    assert search.totals[1] < 0.8 * before


def test_routes_that_cross_become_one_where_that_is_shorter():
    """One team stays at home: its tail is put behind the other's jobs."""
    compiled, search = crossed()
    for route, names in ((0, ["west0"]), (1, ["west1", "west2"])):
        assert search.lay(route, [compiled.numbers[name] for name in names])
    search.settle()

    assert [*after_swaps(compiled, search).values()] == [list(WEST)]


def test_a_team_that_lives_nearer_takes_another_s_whole_route():
    """Job by job it would not: the first would cost it a way and save the other none."""
    jobs = tuple(job(f"west{i}", km_east=-9 - i) for i in range(3))
    crews = tuple(
        Team(id=id_, shifts=(shift(lunch=False, place=km_east(km)),))
        for id_, km in (("far", 0), ("near", -14))
    )
    compiled = compile_problem(Problem(jobs=jobs, teams=crews))
    search = Search.begin(compiled.data, seed=1)
    assert search.lay(0, [0, 1, 2])
    search.settle()

    assert [*after_swaps(compiled, search)] == [1]


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_tail_stays_where_one_of_its_jobs_may_not_go(seed):
    compiled, search = crossed(seed=seed)
    search.data.able[compiled.numbers["west2"], 0] = False

    assert "west2" in after_swaps(compiled, search)[1]


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_team_gets_no_tail_that_needs_more_gear_than_it_has(seed):
    compiled, search = crossed(room=2, seed=seed)

    assert len({*after_swaps(compiled, search).get(0, ())} & {*WEST}) <= 2


@pytest.mark.parametrize("team_price", [0, 1])
def test_jobs_of_series_change_routes_with_a_tail_on_their_day(team_price):
    compiled, search = crossed(team_price=team_price)
    before = search.totals[1]

    after_swaps(compiled, search)

    assert search.totals[1] < 0.8 * before


@pytest.mark.parametrize("seed", range(1, 5))
def test_jobs_of_series_keep_their_day(seed):
    compiled, search = crossed(seed=seed, last_day=1, team_price=0)

    assert after_swaps(compiled, search) == CROSSED


@pytest.mark.parametrize("seed", range(1, 5))
def test_series_are_not_torn_where_a_second_team_is_dear(seed):
    compiled, search = crossed(seed=seed, team_price=90_000)

    found = after_swaps(compiled, search)

    route_of = {name: route for route, names in found.items() for name in names}
    assert route_of["west0"] == route_of["east1"]
    assert route_of["east0"] == route_of["west1"]
