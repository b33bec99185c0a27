"""The county of the benchmark, small: a MILP of the whole proves the same optimum."""

import pytest
from benchmarks.energy.relief import as_one_milp, by_thumb, county, ours, relieved


@pytest.mark.parametrize("seed", [1, 3])
def test_ours_relieves_what_one_program_of_the_whole_proves(seed):
    problem = county(30, 9, seed=seed)
    planned, said = ours(problem)
    oracle, proof = as_one_milp(problem)

    assert said == proof == "proven"
    assert relieved(problem, planned) == relieved(problem, oracle) > 0
    assert relieved(problem, by_thumb(problem)[0]) <= relieved(problem, planned)
