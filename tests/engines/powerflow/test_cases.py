"""The engine gives pandapower's answers, and its own kernel those of power-grid-model."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.energy.grids import days, feeder, village
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.powerflow import (
    Grid,
    InvalidGridError,
    Phase,
    Profiles,
    Switch,
    prepared,
    solve,
)
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
    profiles = days(grid, seed=seed, steps=steps)

    ours, theirs = solve(grid, profiles), by_power_grid_model(grid, profiles)

    for name in ("voltage_pu", "line_loading", "transformer_loading"):
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-7), name
    assert ours.loss_kwh == pytest.approx(theirs.loss_kwh, rel=1e-6)


def side_by_side(*grids):
    """Return several grids as one model with a source each; ids get the number of their grid."""

    def renamed(things, *names):
        return tuple(
            replace(each, **{name: f"{getattr(each, name)}@{k}" for name in names})
            for k, grid in enumerate(grids)
            for each in getattr(grid, things)
        )

    return Grid(
        nodes=renamed("nodes", "id"),
        lines=renamed("lines", "id", "from_node", "to_node", "type"),
        transformers=renamed("transformers", "id", "high_node", "low_node", "type"),
        loads=renamed("loads", "id", "node"),
        sources=renamed("sources", "id", "node"),
        switches=renamed("switches", "id", "node", "other"),
        line_types=renamed("line_types", "id"),
        transformer_types=renamed("transformer_types", "id"),
    )


def shuffled(grid, *, seed):
    rng = np.random.default_rng(seed)
    kinds = ("nodes", "lines", "transformers", "loads", "sources")
    return replace(
        grid,
        **{
            k: tuple(getattr(grid, k)[i] for i in rng.permutation(len(getattr(grid, k))))
            for k in kinds
        },
    )


def parts(draw_seed, ring):
    """Return a village, a feeder with a line open at one end, and one that may be a ring."""
    return (
        village(seed=draw_seed, nodes=3 + draw_seed % 9),
        feeder(seed=draw_seed + 1, nodes=8),
        feeder(seed=draw_seed + 2, nodes=9, is_ring=ring),
    )


ALL = ("voltage_pu", "line_loading", "transformer_loading", "line_loss_kw", "transformer_loss_kw")


@given(seed=st.integers(0, 10_000), ring=st.booleans(), steps=st.integers(1, 18))
@settings(max_examples=20, deadline=None)
def test_a_forest_is_what_its_trees_are_alone_in_whatever_order_they_stand(seed, ring, steps):
    """Each part has a source, and one may be a ring."""
    grids = parts(seed, ring)
    whole = shuffled(side_by_side(*grids), seed=seed)
    profiles = days(whole, seed=seed, steps=steps)
    column = {id_: i for i, id_ in enumerate(profiles.ids)}

    together = solve(whole, profiles)

    for k, grid in enumerate(grids):
        at = [column[f"{load.id}@{k}"] for load in grid.loads]
        own = Profiles(
            ids=tuple(load.id for load in grid.loads),
            p_kw=profiles.p_kw[:, at],
            q_kvar=profiles.q_kvar[:, at],
        )
        alone = solve(grid, own)
        for name in ALL:
            kind = name.split("_")[0].replace("voltage", "node") + "s"
            place = {each.id: i for i, each in enumerate(getattr(whole, kind))}
            mine = [place[f"{each.id}@{k}"] for each in getattr(grid, kind)]
            assert getattr(together, name)[:, mine] == pytest.approx(
                getattr(alone, name), abs=1e-9
            ), name


@given(seed=st.integers(0, 10_000), ring=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_forest_is_what_power_grid_model_makes_of_it(seed, ring):
    whole = shuffled(side_by_side(*parts(seed, ring)), seed=seed)
    profiles = days(whole, seed=seed, steps=3)

    ours, theirs = solve(whole, profiles), by_power_grid_model(whole, profiles)

    assert np.abs(ours.voltage_pu - theirs.voltage_pu).max() <= 1e-9
    assert ours.line_loading == pytest.approx(theirs.line_loading, abs=1e-7)
    assert ours.transformer_loading == pytest.approx(theirs.transformer_loading, abs=1e-7)
    assert ours.loss_kwh == pytest.approx(theirs.loss_kwh, rel=1e-6)


def by_own_kernel(grid, profiles=None):
    """Compute without power-grid-model, which is not asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ways, "_by_library", None)
        return solve(grid, profiles)


def meshed(grid, *, seed, ties):
    """Return a grid with further lines between nodes that it has: some loops, one in another."""
    rng = np.random.default_rng(seed)
    ends = {line.from_node for line in grid.lines} | {line.to_node for line in grid.lines}
    one = min(grid.nodes[-1].voltage_v, grid.nodes[1].voltage_v)
    ids = [node.id for node in grid.nodes if node.id in ends and node.voltage_v == one]
    more = [
        replace(grid.lines[0], id=f"tie{k}", from_node=ids[a], to_node=ids[b], length_m=80.0)
        for k, (a, b) in enumerate(rng.choice(len(ids), 2, replace=False) for _ in range(ties))
    ]
    return replace(grid, lines=(*grid.lines, *more), is_radial=False)


@given(seed=st.integers(0, 10_000), ties=st.integers(1, 4), steps=st.integers(1, 18))
@settings(max_examples=15, deadline=None)
def test_loops_are_closed_over_their_cuts(seed, ties, steps):
    grid = meshed(village(seed=seed, nodes=6 + seed % 9), seed=seed, ties=ties)
    profiles = days(grid, seed=seed, steps=steps)

    ours, theirs = by_own_kernel(grid, profiles), by_power_grid_model(grid, profiles)

    assert np.abs(ours.voltage_pu - theirs.voltage_pu).max() <= 1e-9
    assert ours.line_loading == pytest.approx(theirs.line_loading, abs=1e-7)
    assert ours.transformer_loading == pytest.approx(theirs.transformer_loading, abs=1e-7)
    assert ours.loss_kwh == pytest.approx(theirs.loss_kwh, rel=1e-6)


def beside(grid, **changes):
    """Return a grid with a second transformer beside its first."""
    first = grid.transformers[0]
    both = (first, replace(first, id="beside", **changes))
    return replace(grid, transformers=both, is_radial=False)


@pytest.mark.parametrize("tap", [0, 2])
def test_transformers_side_by_side_share_what_they_carry(tap):
    """With unlike taps a current flows round both, whatever is drawn."""
    grid = beside(village(seed=4, nodes=8), tap=tap)

    ours, theirs = by_own_kernel(grid), by_power_grid_model(grid)

    assert np.abs(ours.voltage_pu - theirs.voltage_pu).max() <= 1e-9
    assert ours.transformer_loading == pytest.approx(theirs.transformer_loading, abs=1e-7)


def test_what_a_cut_cannot_close_is_left_to_power_grid_model():
    """Transformers of unlike clocks drive a current that no load asks for; switches have none."""
    grid = village(seed=4, nodes=8)
    type_ = grid.transformer_types[0]
    turned = replace(type_, id="turned", vector_group="Dyn1")
    unlike = replace(beside(grid, type="turned"), transformer_types=(type_, turned))
    low = grid.transformers[0].low_node
    other = next(line.to_node for line in grid.lines if line.from_node == low)
    twice = tuple(Switch(id=f"S{k}", node=low, other=other) for k in range(2))

    for each in (unlike, replace(grid, switches=twice, is_radial=False)):
        assert prepared(each).forest is None
        ours, theirs = solve(each), by_power_grid_model(each)
        assert np.array_equal(ours.voltage_pu, theirs.voltage_pu, equal_nan=True)


def test_a_grid_is_checked_and_laid_out_once():
    grid = village(seed=4, nodes=8)
    model = prepared(grid)
    profiles = days(grid, seed=4, steps=5)

    first, again, anew = solve(model, profiles), solve(model, profiles), solve(grid, profiles)

    assert (first.voltage_pu == again.voltage_pu).all()
    assert (first.voltage_pu == anew.voltage_pu).all()
    with pytest.raises(InvalidGridError):
        prepared(replace(grid, sources=()))
    with pytest.raises(InvalidGridError):
        solve(model, replace(profiles, p_kw=profiles.p_kw * np.nan))


def test_trees_that_are_joined_are_no_forest():
    """Two sources that feed one part share its load: none of them sweeps it alone."""
    grid = side_by_side(village(seed=1, nodes=6), village(seed=2, nodes=6))
    tie = Switch(id="tie", node="N4@0", other="N4@1")
    joined, apart = (
        replace(grid, switches=(replace(tie, is_closed=is_closed),)) for is_closed in (True, False)
    )

    ours, theirs = solve(joined), by_power_grid_model(joined)

    assert (ours.voltage_pu == theirs.voltage_pu).all()
    assert np.abs(ours.voltage_pu - solve(apart).voltage_pu).max() > 1e-4
    twice = replace(grid, sources=(*grid.sources, replace(grid.sources[0], id="again")))
    ours, theirs = solve(twice), by_power_grid_model(twice)
    assert np.abs(ours.voltage_pu - theirs.voltage_pu).max() <= 1e-9


def test_a_tree_beside_two_that_are_joined_is_swept_and_they_are_not():
    """Both ways fill one answer; a step that has none in the joined part has none anywhere."""
    grid = side_by_side(*(village(seed=k, nodes=6) for k in range(3)))
    joined = shuffled(
        replace(grid, switches=(Switch(id="tie", node="N4@0", other="N4@1"),)), seed=2
    )
    profiles = days(joined, seed=3, steps=20)
    heavy = [i for i, id_ in enumerate(profiles.ids) if id_.endswith("@1")]
    profiles.p_kw[np.ix_([7], heavy)] *= 5000

    laid = prepared(joined).forest
    ours, theirs = solve(joined, profiles), by_power_grid_model(joined, profiles)

    assert laid.apart == {node.id for node in grid.nodes if not node.id.endswith("@2")}
    assert np.flatnonzero(~ours.is_solved).tolist() == [7]
    calm = np.arange(20) != 7
    for name in ALL:
        assert np.isnan(getattr(ours, name)[7]).all(), name
        off = np.abs(getattr(ours, name) - getattr(theirs, name))[calm]
        assert off.max() <= (1e-9 if name == "voltage_pu" else 1e-6), name


@pytest.mark.parametrize("heavy", [0, 2])
def test_a_step_in_which_one_part_collapses_holds_nothing_of_any(heavy):
    """The first part is a tree, the last a ring: it does not matter which way found no answer."""
    whole = side_by_side(*parts(3, True))
    profiles = days(whole, seed=3, steps=20)
    columns = [i for i, id_ in enumerate(profiles.ids) if id_.endswith(f"@{heavy}")]
    profiles.p_kw[5, columns] *= 5000

    flow = solve(whole, profiles)

    assert np.flatnonzero(~flow.is_solved).tolist() == [5]
    for name in ALL:
        assert np.isnan(getattr(flow, name)[5]).all(), name
        assert np.isfinite(np.delete(getattr(flow, name), 5, axis=0)).all(), name


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
