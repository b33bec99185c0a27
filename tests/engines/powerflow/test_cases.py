"""The engine gives pandapower's answers, and its own kernel those of power-grid-model."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.energy.grids import days, feeder, village
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.powerflow import Phase, Profiles, solve
from dianliang.engines.powerflow import _solve as ways
from dianliang.integrations.grid_files import read_document

CASES = Path(__file__).parents[2] / "cases" / "powerflow"


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_voltages_loading_and_losses_are_those_of_pandapower(path):
    case = json.loads(path.read_text(encoding="utf-8"))
    grid = read_document(json.dumps(case["grid"]), name=path.name)

    flow = solve(grid)

    assert flow.is_solved.all()
    assert np.abs(flow.voltage_pu[0] - np.array(case["voltage_pu"])).max() <= case["tolerance_pu"]
    if not flow.is_by_phase:
        assert flow.line_loading[0] == pytest.approx(case["line_loading"], abs=1e-6)
        assert flow.transformer_loss_kw[0] == pytest.approx(case["transformer_loss_kw"], abs=1e-6)
        assert flow.loss_kwh == pytest.approx(case["loss_kw"], rel=1e-6)


def by_power_grid_model(grid, profiles=None):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ways, "fast", lambda *_, **__: None)
        return solve(grid, profiles)


@given(
    seed=st.integers(0, 10_000),
    nodes=st.integers(2, 25),
    is_feeder=st.booleans(),
    tap=st.integers(-2, 2),
    steps=st.integers(1, 18),
)
@settings(max_examples=25, deadline=None)
def test_the_fast_way_gives_what_power_grid_model_gives(seed, nodes, is_feeder, tap, steps):
    grid = feeder(seed=seed, nodes=nodes + 4) if is_feeder else village(seed=seed, nodes=nodes + 1)
    grid = replace(grid, transformers=tuple(replace(each, tap=tap) for each in grid.transformers))
    if is_feeder:  # a line under voltage that is open at one end is not for the fast way
        grid = replace(grid, lines=grid.lines[:-1], switches=())
    profiles = days(grid, seed=seed, steps=steps)

    ours, theirs = solve(grid, profiles), by_power_grid_model(grid, profiles)

    for name in ("voltage_pu", "line_loading", "transformer_loading"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-7), name
    assert ours.loss_kwh == pytest.approx(theirs.loss_kwh, rel=1e-6)


def test_a_source_on_the_low_side_is_swept_like_any_other():
    grid = village(seed=5, nodes=8)
    upside = replace(grid, sources=(replace(grid.sources[0], node="N3"),))

    ours, theirs = solve(upside), by_power_grid_model(upside)

    assert ours.voltage_pu == pytest.approx(theirs.voltage_pu, abs=1e-8)
    assert ours.transformer_loading == pytest.approx(theirs.transformer_loading, abs=1e-7)


@given(seed=st.integers(0, 1000))
@settings(max_examples=8, deadline=None)
def test_phases_that_carry_the_same_are_like_none_told_apart(seed):
    grid = village(seed=seed, nodes=6, kva=100, sun=0)
    thirds = tuple(
        replace(load, id=f"{load.id}{phase.name}", phase=phase, p_kw=2 * load.p_kw)
        for load in grid.loads
        for phase in (Phase.A, Phase.B, Phase.C)
    )
    whole = replace(grid, loads=tuple(replace(load, p_kw=6 * load.p_kw) for load in grid.loads))
    whole = replace(whole, loads=tuple(replace(x, q_kvar=3 * x.q_kvar) for x in whole.loads))

    by_phase, even = solve(replace(grid, loads=thirds)), solve(whole)

    assert by_phase.voltage_pu.mean(axis=2) == pytest.approx(even.voltage_pu, abs=1e-6)
    assert by_phase.unbalance.max() < 1e-6
    assert by_phase.neutral_loading.max() < 1e-6
    assert by_phase.loss_kwh == pytest.approx(even.loss_kwh, rel=1e-5)


def test_steps_are_solved_as_if_each_stood_alone():
    grid = village(seed=2, nodes=12)
    profiles = days(grid, seed=2, steps=37)

    together = solve(grid, profiles)

    for step in (0, 15, 16, 36):
        alone = solve(
            grid,
            Profiles(
                ids=profiles.ids,
                p_kw=profiles.p_kw[step : step + 1],
                q_kvar=profiles.q_kvar[step : step + 1],
            ),
        )
        assert together.voltage_pu[step] == pytest.approx(alone.voltage_pu[0], abs=1e-8)


@pytest.mark.parametrize("is_by_phase", [False, True])
def test_a_step_whose_voltage_collapses_holds_nothing_and_spoils_no_other(is_by_phase):
    grid = village(seed=2, nodes=12, kva=100)
    profiles = days(grid, seed=2, steps=3)
    profiles.p_kw[1] *= 500

    flow = solve(grid, profiles, is_by_phase=is_by_phase)

    assert flow.is_solved.tolist() == [True, False, True]
    assert np.isnan(flow.voltage_pu[1]).all()
    assert np.isfinite(flow.voltage_pu[[0, 2]]).all()
    assert np.isfinite(flow.loss_kwh)


def test_one_moment_that_collapses_is_said_not_raised():
    grid = village(seed=2, nodes=6, kva=100)
    heavy = tuple(replace(load, p_kw=5000.0) for load in grid.loads)

    for is_by_phase in (False, True):
        flow = solve(replace(grid, loads=heavy), is_by_phase=is_by_phase)

        assert not flow.is_solved.any()


@given(seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_what_is_lost_is_what_the_resistances_take(seed):
    """Losses are I²R of each line: nothing of them is lost or made up on the way."""
    grid = village(seed=seed, nodes=10)
    flow = solve(grid)
    types = {each.id: each for each in grid.line_types}
    for line, loading, loss in zip(
        grid.lines, flow.line_loading[0], flow.line_loss_kw[0], strict=True
    ):
        type_ = types[line.type]
        ohm = type_.r_ohm_per_km * line.length_m / 1e3
        assert loss * 1e3 == pytest.approx(3 * (loading * type_.rated_a) ** 2 * ohm, rel=1e-3)
