"""Where teams are unlike or jobs choose their days, a search is kicked out of its valley."""

from dataclasses import replace

import numpy as np

from dianliang.engines.routing import NoImprovement, Problem, Series, Team, check, solve
from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._kicks import has_valleys, kick, kick_share, main_share
from dianliang.engines.routing._state import Search
from tests.engines.routing.worlds import SKILLS, job, km_east, shift, team

SEARCHED = 400
COLD = 0.1


def crew(name, km, *skills):
    return Team(id=name, shifts=(shift(lunch=False, place=km_east(km)),), skills=frozenset(skills))


def valley():
    """Five teams each drive to a far village for one of its jobs; a sixth, at home, has all skills.

    Its way is longer than any three of theirs, as many as a ruin takes, and shorter than four.
    """
    jobs = tuple(
        job(skill, km_east=15 + i / 10, skills=frozenset({skill})) for i, skill in enumerate(SKILLS)
    )
    crews = (*(crew(f"one{i}", i / 10, skill) for i, skill in enumerate(SKILLS)),)
    problem = Problem(jobs=jobs, teams=(*crews, crew("all", -38, *SKILLS)))
    search = Search.begin(compile_problem(problem).data, seed=1)
    for route in range(len(SKILLS)):
        assert search.lay(route, [route])
    search.settle()
    return search


def searching(search):
    def run(part):
        for i in range(SEARCHED // 10):
            share = part.share + (part.until - part.share) * i * 10 / SEARCHED
            search.run(temperature=part.heat(share), iterations=10)
        return part.until

    return run


def test_a_kick_finds_the_team_that_serves_a_far_village_alone():
    search = valley()
    for _ in range(SEARCHED):
        search.run(temperature=COLD, iterations=10)
    assert len(search.laid().sequences) == len(SKILLS)
    rng = np.random.default_rng(1)

    for _ in range(10):
        kick(search, rng, leg=2000.0, share=0.5, width=0.1, run=searching(search))

    assert [*search.laid().sequences] == [len(SKILLS)]


def test_a_kick_that_finds_nothing_better_leaves_plan_and_prices_as_they_were():
    search = valley()
    data, laid, before = search.data, search.laid(), search.totals.tolist()

    kick(search, np.random.default_rng(1), leg=1.0, share=0.5, width=0.1, run=lambda part: 0.6)

    assert search.data is data
    assert search.laid() == laid
    assert search.totals.tolist() == before


def test_alike_teams_and_short_searches_are_not_kicked():
    search = valley()
    alike = Problem(jobs=(job("a"), job("b")), teams=(team("A", days=2), team("B", days=2)))
    repeated = replace(alike, series=(Series(id="S", job_ids=("a", "b")),))

    assert has_valleys(search)
    assert not has_valleys(Search.begin(compile_problem(alike).data, seed=1))
    assert has_valleys(Search.begin(compile_problem(repeated).data, seed=1))
    assert main_share(search, 5000) == 1
    assert main_share(search, 6000) < 1
    assert kick_share(search, 10_000) == 0.1


def test_a_kicked_plan_keeps_every_rule_and_is_the_same_for_a_seed():
    kinds = [("repair",), ("care",), ("repair", "care")]
    jobs = tuple(
        job(f"j{i}", km_east=(i * 7) % 23, skills=frozenset(kinds[i % 2])) for i in range(8)
    )
    crews = tuple(crew(f"t{i}", 5 * i, *kinds[i % 3]) for i in range(5))
    problem = Problem(jobs=jobs, teams=crews)

    plans = [solve(problem, stop=NoImprovement(patience=9600), seed=3) for _ in range(2)]

    assert plans[0] == plans[1]
    assert plans[0].iterations > 9600
    assert check(problem, plans[0]) == ()
