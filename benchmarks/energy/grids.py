"""Grids that look like a county's: villages on one transformer, feeders of 10 kV, loads by day.

Generated from a seed; sizes follow what county utilities plan by: homes 25–60 m apart, conductors
of 35–150 mm², transformers of 100–400 kVA, feeders of 5–15 km.
"""

from dataclasses import replace

import numpy as np

from dianliang.engines.powerflow import (
    LV_V,
    MV_V,
    Floats,
    Grid,
    Line,
    LineType,
    Load,
    LoadKind,
    Node,
    Phase,
    Profiles,
    Source,
    Switch,
    Transformer,
    TransformerType,
)

POINTS_A_DAY = 96
LOW_TYPES = (
    LineType(id="LV150", r_ohm_per_km=0.206, x_ohm_per_km=0.07, rated_a=257, c_nf_per_km=260),
    LineType(id="LV70", r_ohm_per_km=0.443, x_ohm_per_km=0.31, rated_a=210, c_nf_per_km=10),
    LineType(id="LV35", r_ohm_per_km=0.868, x_ohm_per_km=0.33, rated_a=138, c_nf_per_km=10),
)
HIGH_TYPES = (
    LineType(id="MV240", r_ohm_per_km=0.125, x_ohm_per_km=0.10, rated_a=480, c_nf_per_km=340),
    LineType(id="MV120", r_ohm_per_km=0.253, x_ohm_per_km=0.34, rated_a=285, c_nf_per_km=11),
)
PLATES = {100: (0.15, 1.58, 1.1), 200: (0.24, 2.73, 1.0), 400: (0.41, 4.52, 0.8)}


def plate(kva: int, group: str = "Dyn11") -> TransformerType:
    """Return a transformer of series S13."""
    no_load, load, current = PLATES[kva]
    return TransformerType(
        id=f"S13-{kva}-{group}",
        rated_kva=kva,
        high_v=MV_V,
        low_v=LV_V,
        short_circuit_pct=4.0,
        load_loss_kw=load,
        no_load_loss_kw=no_load,
        no_load_current_pct=current,
        vector_group=group,
    )


def village(
    *, seed: int, nodes: int = 129, kva: int = 400, is_by_phase: bool = False, sun: float = 0.15
) -> Grid:
    """Return a transformer's area without loops; `nodes` counts both sides of the transformer."""
    rng = np.random.default_rng(seed)
    count = nodes - 1
    names = [f"N{k}" for k in range(count)]
    behind = [max(0, k - 1 - int(rng.integers(0, max(6, count // 6)))) for k in range(count)]
    phases = [Phase(int(p)) if is_by_phase else Phase.ALL for p in rng.integers(0, 3, count)]
    loads = [
        Load(id=f"D{k}", node=names[k], p_kw=1.2, q_kvar=0.3, phase=phases[k])
        for k in range(1, count)
    ]
    roofs = np.flatnonzero(rng.random(count) < sun)
    loads += [
        Load(id=f"G{k}", node=names[k], p_kw=2.0, phase=phases[k], kind=LoadKind.GENERATOR)
        for k in roofs
        if k
    ]
    return Grid(
        name=f"village-{seed}",
        is_radial=True,
        nodes=(
            Node(id="MV", voltage_v=MV_V, area=f"village-{seed}"),
            *(Node(id=name, voltage_v=LV_V, area=f"village-{seed}") for name in names),
        ),
        lines=tuple(
            Line(
                id=f"L{k}",
                from_node=names[behind[k]],
                to_node=names[k],
                type=LOW_TYPES[0 if k < count / 4 else int(rng.integers(1, 3))].id,
                length_m=round(float(rng.uniform(15, 40)), 1),
            )
            for k in range(1, count)
        ),
        transformers=(
            Transformer(id="T", high_node="MV", low_node="N0", type=plate(kva).id, tap=-1),
        ),
        loads=tuple(loads),
        sources=(Source(id="S", node="MV", voltage_pu=1.01, short_circuit_mva=120.0),),
        line_types=LOW_TYPES,
        transformer_types=(plate(kva),),
    )


def feeder(*, seed: int, nodes: int = 30, is_ring: bool = False) -> Grid:
    """Return a feeder of 10 kV with transformers along it; a ring is closed by its last switch."""
    rng = np.random.default_rng(seed)
    names = [f"M{k}" for k in range(nodes)]
    lines = [
        Line(
            id=f"L{k}",
            from_node=names[max(0, k - 1 - int(rng.integers(0, 3)))],
            to_node=names[k],
            type=HIGH_TYPES[0 if k < nodes / 3 else 1].id,
            length_m=round(float(rng.uniform(150, 700)), 1),
        )
        for k in range(1, nodes)
    ]
    lines.append(
        Line(id="tie", from_node=names[nodes // 2], to_node=names[-1], type="MV120", length_m=900.0)
    )
    served = names[2 :: max(2, nodes // 8)]
    sizes = [int(kva) for kva in rng.choice([100, 200, 400], len(served))]
    loads = [
        Load(
            id=f"D{k}",
            node=f"B{k}",
            p_kw=round(float(rng.uniform(0.2, 0.8) * sizes[k]), 1),
            q_kvar=round(float(rng.uniform(0.02, 0.2) * sizes[k]), 1),
        )
        for k in range(len(served))
    ]
    return Grid(
        name=f"feeder-{seed}{'-ring' if is_ring else ''}",
        is_radial=not is_ring,
        nodes=(
            *(Node(id=name, voltage_v=MV_V, area="feeder") for name in names),
            *(Node(id=f"B{k}", voltage_v=LV_V, area=f"area {k}") for k in range(len(served))),
        ),
        lines=tuple(lines),
        switches=(Switch(id="Q", node=names[-1], other="tie", is_closed=is_ring),),
        transformers=tuple(
            Transformer(
                id=f"T{k}",
                high_node=node,
                low_node=f"B{k}",
                type=plate(sizes[k]).id,
                tap=int(rng.integers(-2, 3)),
            )
            for k, node in enumerate(served)
        ),
        loads=tuple(loads),
        sources=(Source(id="S", node="M0", voltage_pu=1.03, short_circuit_mva=250.0),),
        line_types=HIGH_TYPES,
        transformer_types=tuple(plate(kva) for kva in PLATES),
    )


def days(grid: Grid, *, seed: int, steps: int, peak_kw: float = 0.8) -> Profiles:
    """Return quarter-hourly powers of homes with an evening peak, and of roofs by day."""
    rng = np.random.default_rng(seed)
    hours = np.arange(steps) % POINTS_A_DAY / 4
    home = 0.35 + 0.65 * np.exp(-(((hours - 19) / 2.5) ** 2))
    home += 0.3 * np.exp(-(((hours - 12) / 1.5) ** 2))
    roof = np.clip(np.sin((hours - 6) / 12 * np.pi), 0, None)
    is_roof = np.array([load.kind is LoadKind.GENERATOR for load in grid.loads])
    shape = np.where(is_roof, 2.5 * roof[:, None], peak_kw * home[:, None])
    p: Floats = shape * rng.lognormal(-0.3, 0.6, (steps, len(grid.loads)))
    q = np.where(is_roof, 0.0, 0.25) * p
    return Profiles(ids=tuple(load.id for load in grid.loads), p_kw=p, q_kvar=q)


def with_group(grid: Grid, group: str) -> Grid:
    """Return a grid whose transformers have another vector group."""
    kva = {each.id: int(each.rated_kva) for each in grid.transformer_types}
    return replace(
        grid,
        transformer_types=tuple(plate(size, group) for size in kva.values()),
        transformers=tuple(
            replace(each, type=plate(kva[each.type], group).id) for each in grid.transformers
        ),
    )
