"""Everything wrong with a grid is told at once, each with its id and words."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest
from benchmarks.energy.grids import days, feeder, village, with_group

from dianliang.engines.powerflow import (
    ErrorCode,
    InvalidGridError,
    Line,
    Load,
    Node,
    Phase,
    Source,
    Switch,
    solve,
    validate,
    vector_group,
    wrong_profiles,
)

GRID = village(seed=1, nodes=7, kva=100)
LINE, TRANSFORMER, LOAD, SOURCE = (
    GRID.lines[0],
    GRID.transformers[0],
    GRID.loads[0],
    GRID.sources[0],
)
TYPE, PLATE = GRID.line_types[0], GRID.transformer_types[0]


def changed(**parts):
    """Return the grid with the first of some kinds changed."""
    return replace(GRID, **{name: (new, *getattr(GRID, name)[1:]) for name, new in parts.items()})


CASES = [
    (ErrorCode.DUPLICATE_ID, "N1", replace(GRID, nodes=(*GRID.nodes, GRID.nodes[2]))),
    (ErrorCode.DUPLICATE_ID, "T", changed(lines=replace(LINE, id="T"))),
    (ErrorCode.UNKNOWN_NODE, "L1", changed(lines=replace(LINE, to_node="?"))),
    (ErrorCode.UNKNOWN_NODE, "D1", changed(loads=replace(LOAD, node="?"))),
    (ErrorCode.UNKNOWN_TYPE, "L1", changed(lines=replace(LINE, type="?"))),
    (ErrorCode.UNKNOWN_TYPE, "T", changed(transformers=replace(TRANSFORMER, type="?"))),
    (ErrorCode.NOT_A_NUMBER, "D1", changed(loads=replace(LOAD, p_kw=nan))),
    (ErrorCode.NOT_A_NUMBER, "LV150", changed(line_types=replace(TYPE, rated_a=inf))),
    (ErrorCode.BAD_RATING, "LV150", changed(line_types=replace(TYPE, rated_a=-200))),
    (ErrorCode.BAD_RATING, PLATE.id, changed(transformer_types=replace(PLATE, rated_kva=-100))),
    (ErrorCode.BAD_RATING, PLATE.id, changed(transformer_types=replace(PLATE, load_loss_kw=99))),
    (ErrorCode.ZERO_IMPEDANCE, "L1", changed(lines=replace(LINE, length_m=0))),
    (
        ErrorCode.ZERO_IMPEDANCE,
        "LV150",
        changed(line_types=replace(TYPE, r_ohm_per_km=0, x_ohm_per_km=0)),
    ),
    (
        ErrorCode.ZERO_IMPEDANCE,
        PLATE.id,
        changed(transformer_types=replace(PLATE, short_circuit_pct=0)),
    ),
    (
        ErrorCode.WRONG_SIDE,
        "T",
        changed(transformers=replace(TRANSFORMER, high_node="N0", low_node="MV")),
    ),
    (
        ErrorCode.WRONG_SIDE,
        PLATE.id,
        changed(transformer_types=replace(PLATE, high_v=400, low_v=10_000)),
    ),
    (ErrorCode.WRONG_SIDE, "L1", changed(lines=replace(LINE, from_node="MV"))),
    (ErrorCode.TAP_OUT_OF_RANGE, "T", changed(transformers=replace(TRANSFORMER, tap=3))),
    (
        ErrorCode.BAD_VECTOR_GROUP,
        PLATE.id,
        changed(transformer_types=replace(PLATE, vector_group="Dyn12")),
    ),
    (ErrorCode.NO_SOURCE, GRID.name, replace(GRID, sources=())),
    (ErrorCode.ISLAND, "X", replace(GRID, nodes=(*GRID.nodes, Node(id="X", voltage_v=400)))),
    (
        ErrorCode.ISLAND,
        "N0",
        replace(GRID, switches=(Switch(id="Q", node="N0", other="T", is_closed=False),)),
    ),
    (
        ErrorCode.UNKNOWN_ELEMENT,
        "Q",
        replace(GRID, switches=(Switch(id="Q", node="MV", other="L1"),)),
    ),
    (ErrorCode.NO_NEUTRAL, "D1", changed(loads=replace(LOAD, node="MV", phase=Phase.A))),
]


@pytest.mark.parametrize(("code", "id_", "grid"), CASES)
def test_what_is_wrong_is_told_with_its_id(code, id_, grid):
    found = [error for error in validate(grid) if (error.code, error.id) == (code, id_)]

    assert found
    assert id_ in found[0].words or code is ErrorCode.NO_SOURCE


def test_a_sound_grid_has_no_errors():
    assert validate(GRID) == ()
    assert validate(feeder(seed=1)) == ()
    assert validate(feeder(seed=1, is_ring=True)) == ()


def test_all_errors_are_told_at_once():
    grid = replace(
        GRID,
        lines=(replace(LINE, type="?", length_m=0), *GRID.lines[1:]),
        loads=(replace(LOAD, q_kvar=nan), *GRID.loads[1:]),
        nodes=(*GRID.nodes, Node(id="X", voltage_v=-1)),
    )

    with pytest.raises(InvalidGridError) as refused:
        solve(grid)

    assert {error.code for error in refused.value.errors} == {
        ErrorCode.UNKNOWN_TYPE,
        ErrorCode.ZERO_IMPEDANCE,
        ErrorCode.NOT_A_NUMBER,
        ErrorCode.BAD_RATING,
        ErrorCode.ISLAND,
    }


def test_a_loop_is_told_with_the_way_round_where_none_may_be():
    ring = replace(feeder(seed=1, is_ring=True), is_radial=True)

    (error,) = validate(ring)

    assert error.code is ErrorCode.LOOP
    assert "–" in error.words
    grid = feeder(seed=1)  # its last switch is open
    assert validate(grid) == ()


def test_two_lines_side_by_side_are_a_loop():
    twin = replace(LINE, id="L1b")

    (error,) = validate(replace(GRID, lines=(*GRID.lines, twin)))

    assert error.code is ErrorCode.LOOP


def test_a_line_from_a_node_to_itself_is_refused():
    bad = Line(id="L0", from_node="N1", to_node="N1", type="LV70", length_m=10)

    assert ErrorCode.LOOP in {
        each.code for each in validate(replace(GRID, lines=(*GRID.lines, bad)))
    }


def test_single_phase_loads_need_a_neutral():
    single = Load(id="A", node="N2", p_kw=1, phase=Phase.B)
    grid = with_group(replace(GRID, loads=(*GRID.loads, single)), "Dd0")

    assert [error.id for error in validate(grid)] == ["A"]
    assert solve(with_group(replace(GRID, loads=(single,)), "Yyn0")).is_solved.all()


def test_an_island_is_told_once_with_its_nodes():
    more = tuple(Node(id=f"X{k}", voltage_v=400) for k in range(8))
    lines = tuple(
        Line(id=f"LX{k}", from_node="X0", to_node=f"X{k}", type="LV70", length_m=10)
        for k in range(1, 8)
    )

    (error,) = validate(replace(GRID, nodes=(*GRID.nodes, *more), lines=(*GRID.lines, *lines)))

    assert "8 个节点" in error.words


def test_powers_by_step_are_checked_against_the_grid():
    sound = days(GRID, seed=1, steps=4)
    assert wrong_profiles(GRID, sound) == ()
    holed = replace(sound, p_kw=np.where(np.arange(4)[:, None] == 2, nan, sound.p_kw))
    assert "第 3 个时刻" in wrong_profiles(GRID, holed)[0].words
    strange = replace(sound, ids=("?", *sound.ids[1:]))
    assert wrong_profiles(GRID, strange)[0].id == "?"
    with pytest.raises(InvalidGridError):
        solve(GRID, replace(sound, q_kvar=sound.q_kvar[:2]))
    with pytest.raises(InvalidGridError):
        solve(GRID, replace(sound, ids=(sound.ids[1], *sound.ids[1:])))


def test_vector_groups_are_read_and_impossible_ones_are_not():
    assert vector_group("Dyn11").clock == 11
    assert vector_group("YNd5") is not None
    for wrong in ("Dyn0", "Yyn11", "Dyn", "dyn11", "", "Dyn13"):
        assert vector_group(wrong) is None, wrong


def test_a_source_that_is_missing_its_node_is_refused():
    lost = Source(id="S2", node="?")

    assert validate(replace(GRID, sources=(SOURCE, lost)))[0].code is ErrorCode.UNKNOWN_NODE


def test_a_plate_may_round_its_currents_but_not_mistake_its_units():
    rounded = replace(
        PLATE, no_load_current_pct=100 * 0.6 * PLATE.no_load_loss_kw / PLATE.rated_kva
    )
    mistaken = replace(PLATE, no_load_loss_kw=1000 * PLATE.no_load_loss_kw)

    assert validate(changed(transformer_types=rounded)) == ()
    flow = solve(changed(transformer_types=rounded, loads=replace(LOAD, p_kw=0.0)))
    assert flow.transformer_loss_kw[0, 0] >= 0.9 * PLATE.no_load_loss_kw
    assert ErrorCode.BAD_RATING in {
        each.code for each in validate(changed(transformer_types=mistaken))
    }
