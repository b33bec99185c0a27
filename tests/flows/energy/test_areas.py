"""Curves of meters run through the model of their area: what they lose, where, on which phase."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from benchmarks.energy.grids import village

from dianliang.engines.loading import NO_W, POINTS, Meter, Network, Span, Transformer, batch_of
from dianliang.engines.powerflow import Load, Phase, solve
from dianliang.engines.relief import Area, Outcome, Problem
from dianliang.engines.relief import solve as relieve
from dianliang.flows.energy import areas
from dianliang.integrations.curve_store import CurveStore, keep_register, register

AT = datetime(2026, 4, 20, tzinfo=UTC)
FIRST_ON = date(2026, 4, 1)
SPAN = Span(FIRST_ON, date(2026, 4, 4))
DAYS = 3
HOMES = 9


def stored(tmp_path, power_w, volts_dv, names):
    """Keep curves by meter, (meters, days, points)."""
    meters, days, _ = power_w.shape
    first = FIRST_ON.toordinal() - date(1970, 1, 1).toordinal()
    batch = batch_of(
        numbers=pa.array(names),
        meter=np.repeat(np.arange(meters), days).astype(np.int32),
        day=np.tile(first + np.arange(days), meters).astype(np.int32),
        power=power_w.reshape(-1, POINTS).astype(np.int32),
        voltage=volts_dv.reshape(-1, POINTS).astype(np.int16),
    )
    store = CurveStore(tmp_path)
    store.add(batch, source="a.csv", at=AT)
    return store


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Return a village whose homes hang on phase A, with three days of curves and a main meter."""
    rng = np.random.default_rng(4)
    grid = village(seed=4, nodes=HOMES + 3, kva=100)
    names = [f"M{k}" for k in range(HOMES)]
    loads = tuple(
        Load(id=name, node=f"N{k + 1}", phase=Phase.A if k < 7 else Phase.B)
        for k, name in enumerate(names)
    )
    grid = replace(grid, loads=loads)
    power_w = rng.integers(1000, 6000, (HOMES, DAYS, POINTS))
    profiles_kw = power_w.reshape(HOMES, -1).T / 1e3
    flow = solve(
        grid, areas.Profiles(ids=tuple(names), p_kw=profiles_kw, q_kvar=0.3287 * profiles_kw)
    )
    volts = np.stack([flow.phase_v(load.node)[:, load.phase] for load in loads])
    lost_w = (flow.line_loss_kw.sum(axis=1) * 1e3).reshape(1, DAYS, POINTS)
    main_w = power_w.sum(axis=0, keepdims=True) + lost_w
    power_w[3, 1, 40:44] = NO_W
    store = stored(
        tmp_path_factory.mktemp("curves"),
        np.concatenate([power_w, main_w]),
        np.concatenate([volts.reshape(HOMES, DAYS, POINTS), np.full((1, DAYS, POINTS), 230)]) * 10,
        [*names, "MAIN"],
    )
    meters = [Meter(number=name, transformer="T1") for name in [*names, "M99"]]
    network = Network.of(
        [*meters, Meter(number="MAIN", transformer="T1", is_main=True)],
        [Transformer(number="T1", capacity_kva=100.0)],
    )
    keep_register(store.root, network)
    return store, register(store.root), grid


def test_losses_of_the_model_are_those_that_the_main_meter_reads(world):
    store, network, grid = world

    found = areas.month(store, network, grid, SPAN)

    lines_kwh = found.flow.line_loss_kw.sum() / 4
    assert found.measured_loss_kwh == pytest.approx(lines_kwh, rel=0.05)
    assert found.loss_kwh > found.measured_loss_kwh
    assert found.not_in_model == ("M99",)
    assert found.without_curve == ()
    assert found.filled_points == 4
    assert 0.5 < found.coincidence < 1


def test_voltages_of_meters_stand_beside_those_of_the_model(world):
    store, network, grid = world

    found = areas.month(store, network, grid, SPAN)

    lowest = found.voltages[0]
    assert lowest.lowest_v == min(each.lowest_v for each in found.voltages)
    assert abs(lowest.mean_gap_v) < 0.3
    assert found.moment(97) == "2026-04-02 00:15"


def test_moves_between_phases_relieve_a_transformer_that_its_fullest_phase_fills(world):
    store, network, grid = world
    found = areas.month(store, network, grid, SPAN)

    plan = areas.phase_moves(found)
    measure = areas.as_measure(plan, area_id="T1")

    assert plan.peak_kw < 0.6 * plan.peak_before_kw
    assert measure is not None
    capacity = float(areas.full_load(plan).max() / 1.2 / 0.95)
    area = Area(id="T1", capacity_kva=capacity, loads_kw=areas.full_load(plan))
    outcome = relieve(Problem(areas=(area,), measures=(measure,)))
    assert outcome.by_area["T1"].outcome in (Outcome.RELIEVED, Outcome.FINE)
    assert areas.phase_moves(found, most_moves=1).moves != plan.moves
    assert areas.as_measure(areas.phase_moves(found, most_moves=0), area_id="T1") is None


def test_a_model_whose_loads_are_no_meters_is_refused(world):
    store, network, grid = world
    strange = replace(grid, loads=(Load(id="?", node="N1"),))

    with pytest.raises(areas.UnableToComputeAreaError, match="没有一只表有曲线"):
        areas.month(store, network, strange, SPAN)
    unsound = replace(grid, sources=())
    with pytest.raises(areas.UnableToComputeAreaError, match="没有电源"):
        areas.month(store, network, unsound, SPAN)


def test_three_phase_loads_alone_leave_nothing_to_move(world):
    store, network, grid = world
    whole = replace(grid, loads=tuple(replace(load, phase=Phase.ALL) for load in grid.loads))

    with pytest.raises(areas.UnableToComputeAreaError, match="单相"):
        areas.phase_moves(areas.month(store, network, whole, SPAN))
