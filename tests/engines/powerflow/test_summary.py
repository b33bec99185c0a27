"""A flow is held against the limits: what binds, where, when, how often."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.energy.grids import days, feeder, village

from dianliang.engines.powerflow import (
    DEFAULT_LIMITS,
    DYN11,
    YYN0,
    Load,
    Phase,
    Profiles,
    Quantity,
    solve,
    summarise,
)


def far_end(grid):
    """Return a village whose last home draws what a roaster of tea draws, over two steps."""
    profiles = Profiles(
        ids=("roaster",), p_kw=np.array([[0.0], [150.0]]), q_kvar=np.zeros((2, 1)), hours=0.25
    )
    last = grid.nodes[-1].id
    return replace(grid, loads=(Load(id="roaster", node=last),)), profiles


def test_the_low_voltage_is_found_where_and_when_it_is():
    grid, profiles = far_end(village(seed=1, nodes=129))
    flow = solve(grid, profiles)

    (area,) = summarise(flow).areas
    low = next(each for each in area.beyond if each.quantity is Quantity.LOW_VOLTAGE)

    assert low.id == grid.nodes[-1].id
    assert (low.step, low.steps) == (1, 1)
    assert low.value == pytest.approx(flow.phase_v(low.id).min())
    assert low.limit == pytest.approx(198.0)
    assert low.words.startswith(f"{low.id} 最低 ")
    assert "GB/T 12325" in low.clause


def test_what_binds_uses_most_of_its_limit():
    grid, profiles = far_end(village(seed=1, nodes=129))

    (area,) = summarise(solve(grid, profiles)).areas

    assert area.binding is not None
    assert area.binding.used == max(each.used for each in area.worst)
    assert area.binding.is_beyond
    assert [each.used for each in area.beyond] == sorted(
        (each.used for each in area.beyond), reverse=True
    )


def test_energy_of_areas_adds_up_to_that_of_the_grid():
    grid = feeder(seed=4)
    flow = solve(grid)
    found = summarise(flow)

    assert sum(area.loss_kwh for area in found.areas) == pytest.approx(flow.loss_kwh)
    assert sum(area.drawn_kwh for area in found.areas) == pytest.approx(flow.drawn_kwh)
    assert sum(area.nodes for area in found.areas) == len(grid.nodes)
    assert all(0 <= area.loss_share < 0.1 for area in found.areas if area.drawn_kwh)


def test_medium_voltage_is_held_to_seven_per_cent():
    grid = feeder(seed=4)
    grid = replace(grid, sources=(replace(grid.sources[0], voltage_pu=1.08),))

    (feeder_area, *_) = summarise(solve(grid)).areas

    assert {each.quantity for each in feeder_area.beyond} >= {Quantity.HIGH_VOLTAGE}


def test_uneven_phases_and_the_neutral_are_told_by_the_vector_group():
    grid = village(seed=1, nodes=5, kva=100)
    loads = (
        Load(id="a", node="N1", p_kw=20, phase=Phase.A),
        Load(id="b", node="N1", p_kw=10, phase=Phase.B),
        Load(id="c", node="N1", p_kw=10, phase=Phase.C),
    )

    (area,) = summarise(solve(replace(grid, loads=loads))).areas
    told = {each.quantity: each for each in area.worst}

    assert told[Quantity.UNEVEN].limit == DYN11.unevenness
    assert told[Quantity.UNEVEN].value == pytest.approx(0.5, abs=0.01)
    assert told[Quantity.UNEVEN].phase is Phase.A
    assert told[Quantity.NEUTRAL].value == pytest.approx(10 / (100 / 3) / 1.03, abs=0.02)
    assert YYN0.unevenness < DYN11.unevenness


def test_an_idle_transformer_is_not_called_uneven():
    grid = village(seed=1, nodes=5, kva=400)
    kettle = (Load(id="a", node="N1", p_kw=2, phase=Phase.A),)

    (area,) = summarise(solve(replace(grid, loads=kettle))).areas

    assert Quantity.UNEVEN not in {each.quantity for each in area.worst}


def test_steps_without_a_solution_are_named_and_count_nowhere():
    grid = village(seed=2, nodes=8, kva=100)
    profiles = days(grid, seed=2, steps=3)
    calm = summarise(
        solve(grid, replace(profiles, p_kw=profiles.p_kw[:1], q_kvar=profiles.q_kvar[:1]))
    )
    profiles.p_kw[2] *= 900
    profiles.p_kw[1] = profiles.p_kw[0]
    profiles.q_kvar[1] = profiles.q_kvar[0]

    found = summarise(solve(grid, profiles))

    assert found.unsolved == (2,)
    assert found.areas[0].loss_kwh == pytest.approx(2 * calm.areas[0].loss_kwh, rel=1e-6)


def test_own_limits_take_the_place_of_the_standards():
    grid, profiles = far_end(village(seed=1, nodes=10))
    strict = replace(DEFAULT_LIMITS, line_loading=0.01)

    (area,) = summarise(solve(grid, profiles), limits=strict).areas

    assert Quantity.LINE in {each.quantity for each in area.beyond}
