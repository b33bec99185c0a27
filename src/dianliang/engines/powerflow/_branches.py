"""What joins nodes, in per unit: lines, transformers, switches, and what lies behind a source."""

from dataclasses import dataclass

import numpy as np

from dianliang.engines.powerflow._model import Grid, Source, TapSide, Transformer, TransformerType
from dianliang.engines.powerflow._vector_group import vector_group

BASE_VA = 1e5
HZ = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """An edge in per unit, as power-grid-model has it: a pi with a turns ratio at its from end.

    `ratio` is from over to beside that of the rated voltages, `series` an impedance at the to end
    and `shunt` an admittance of which half hangs at either end; `clock` is how far it turns.
    """

    series: complex
    shunt: complex = 0j
    ratio: float = 1.0
    rating: float = np.inf
    clock: int = 0


def branches(grid: Grid) -> dict[str, Branch]:
    """Return every line, transformer and switch in per unit of `BASE_VA`."""
    volts = {node.id: node.voltage_v for node in grid.nodes}
    types = {each.id: each for each in grid.line_types}
    made: dict[str, Branch] = {switch.id: Branch(series=0j) for switch in grid.switches}
    for line in grid.lines:
        type_, km = types[line.type], line.length_m / 1000.0
        rated = volts[line.from_node]
        ohm = rated**2 / BASE_VA
        made[line.id] = Branch(
            series=complex(type_.r_ohm_per_km, type_.x_ohm_per_km) * km / line.parallel / ohm,
            shunt=2j * np.pi * HZ * type_.c_nf_per_km * 1e-9 * km * line.parallel * ohm,
            rating=type_.rated_a * line.parallel / (BASE_VA / np.sqrt(3.0) / rated),
        )
    plates = {each.id: each for each in grid.transformer_types}
    for each in grid.transformers:
        made[each.id] = _transformer(each, plates[each.type], volts)
    return made


def _transformer(each: Transformer, type_: TransformerType, volts: dict[str, float]) -> Branch:
    step = (each.tap - type_.tap_neutral) * type_.tap_step_pct / 100
    is_high = type_.tap_side is TapSide.HIGH
    high_v = type_.high_v * (1 + step if is_high else 1)
    low_v = type_.low_v * (1 if is_high else 1 + step)
    rated_va, base_v = type_.rated_kva * 1e3, volts[each.low_node]
    ohm = low_v**2 / rated_va / (base_v**2 / BASE_VA)
    r = type_.load_loss_kw / type_.rated_kva
    x = np.sqrt((type_.short_circuit_pct / 100) ** 2 - r**2)
    g = type_.no_load_loss_kw / type_.rated_kva
    i0 = max(type_.no_load_current_pct / 100, g)
    group = vector_group(type_.vector_group)
    assert group is not None  # noqa: S101 (the grid is valid)
    return Branch(
        series=complex(r, x) * ohm,
        shunt=complex(g, -np.sqrt(i0**2 - g**2)) / ohm,
        ratio=(high_v / low_v) / (volts[each.high_node] / base_v),
        rating=rated_va / BASE_VA,
        clock=group.clock,
    )


def impedance(source: Source) -> complex:
    """Return what lies behind a source in per unit; one that never gives way has nothing."""
    if source.short_circuit_mva is None:
        return 0j
    whole = BASE_VA / (source.short_circuit_mva * 1e6)
    x = whole / np.sqrt(1 + source.rx_ratio**2)
    return complex(source.rx_ratio * x, x)
