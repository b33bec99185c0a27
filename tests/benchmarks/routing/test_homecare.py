"""A published home-care instance is read as its authors mean it."""

import json

import pytest
from benchmarks.routing.homecare import DATA, best_known, chosen, numbers_in, published

from dianliang.engines.routing.homecare import Care, validate


def test_an_instance_becomes_customers_carers_and_travel(tmp_path):
    told = {
        "services": [{"id": "s1", "default_duration": 7}, {"id": "s2"}],
        "patients": [
            {
                "id": "p1",
                "time_window": [10, 130],
                "required_caregivers": [{"service": "s1"}, {"service": "s2", "duration": 9}],
                "synchronization": {"type": "sequential", "distance": [5, 10]},
            },
            {
                "id": "p2",
                "time_window": [0, 120],
                "required_caregivers": [{"service": "s1"}, {"service": "s2", "duration": 9}],
                "synchronization": {"type": "simultaneous"},
            },
        ],
        "caregivers": [{"id": "c1", "abilities": ["s1"]}, {"id": "c2", "abilities": ["s2"]}],
        "distances": [[0, 1, 2], [1, 0, 3], [2, 3, 0]],
    }
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(told))

    problem = published(path)
    one, two = problem.customers

    assert validate(problem) == ()
    assert (one.place, one.opens_at, one.due_at) == (1, 10, 130)
    assert one.cares == (Care(skill="s1", duration=7), Care(skill="s2", duration=9))
    assert (one.lag_from, one.lag_to) == (5, 10)
    assert (two.lag_from, two.lag_to) == (0, 0)
    assert [carer.skills for carer in problem.carers] == [{"s1"}, {"s2"}]
    assert problem.travel[1, 2] == 3


@pytest.mark.skipif(not DATA.is_dir(), reason="the published instances are not here")
def test_every_instance_that_is_here_can_be_solved_and_has_a_best_known_value():
    known, found = best_known(), list(chosen([10, 25, 50, 75, 100, 200, 300], None))

    assert found
    for size, number, path in found:
        problem = published(path)
        assert (size, number) == numbers_in(path.stem)
        assert validate(problem) == ()
        assert len(problem.customers) == size
        assert known[path.stem] > 0
