"""Studies of the demo county: a village's grid, the next tea season, a zone. All generated."""

from datetime import date, datetime

import numpy as np

from dianliang.domain.network.models import Transformer as Register
from dianliang.engines.powerflow import (
    LV_V,
    MV_V,
    Grid,
    Line,
    Load,
    Node,
    Phase,
    Source,
    Transformer,
)
from dianliang.flows.studies import grid, keeping, season, zone, zone_papers
from dianliang.integrations.grid_files import LINE_TYPES, TRANSFORMER_TYPES
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError

POLES, APART_M, TEA_KW = 14, 45.0, 28.0
PHASES = (Phase.A, Phase.B, Phase.C)
DEGREES_A_POLE = 0.0004
QUARTERS = 96
SEASON_DAYS = 30


def draw_studies(*, starts: tuple[date, ...], by: Actor, at: datetime) -> None:
    """Compute one study of each kind, for the pages to show."""
    site = Register.objects.filter(is_generated=True, lat__isnull=False).order_by("number").first()
    made = village_grid(site.lat if site else None, site.lon if site else None)
    computed = grid.computed(
        made, title="茶山台区一天（演示）", name="演示台区.json", curves=day_of(made)
    )
    keeping.keep(computed, by=by, at=at, is_generated=True)
    last = max(starts)
    wanted = season.Wanted(
        starts=starts,
        next_start=last.replace(year=last.year + 1),
        days=SEASON_DAYS,
        machines={},
    )
    forecast = season.computed(wanted, title="明年茶季（演示）", by=by)
    keeping.keep(forecast, by=by, at=at, is_generated=True)
    _zone(at.astimezone(SHANGHAI).year, by=by, at=at)


def _zone(year: int, *, by: Actor, at: datetime) -> None:
    """Compute a zone in the last year of which the holidays are known."""
    tariffs = zone.offered()
    if not tariffs:
        return
    for known in (year, year - 1):
        wanted = zone.Wanted(plan=zone.defaults(), tariff=tariffs[0].name, day=date(known, 7, 16))
        try:
            made = zone.computed(wanted, title="供电所园区（演示）")
        except InvalidInputError:
            continue
        kept = keeping.keep(made, by=by, at=at, is_generated=True)
        zone_papers.state(keeping.study(zone.KIND, kept.number, by=by), by=by, at=at)
        return


def village_grid(lat: float | None, lon: float | None) -> Grid:
    """Return a village on one long line: homes at every pole, tea makers at its end."""

    def place(step: int) -> tuple[float | None, float | None]:
        if lat is None or lon is None:
            return None, None
        return lat + step * DEGREES_A_POLE, lon + (step % 3) * DEGREES_A_POLE / 2

    names = [f"{i}号杆" for i in range(1, POLES + 1)]
    top, bottom = place(-1), place(0)
    nodes = [
        Node(id="10kV母线", voltage_v=MV_V, area="茶山台区", lat=top[0], lon=top[1]),
        Node(id="低压母线", voltage_v=LV_V, area="茶山台区", lat=bottom[0], lon=bottom[1]),
    ]
    lines, before = [], "低压母线"
    for step, name in enumerate(names, start=1):
        at = place(step)
        nodes.append(Node(id=name, voltage_v=LV_V, area="茶山台区", lat=at[0], lon=at[1]))
        kind = "YJLV-4×150" if step <= POLES // 2 else "JKLYJ-1-70"
        lines.append(
            Line(id=f"L{step}", from_node=before, to_node=name, type=kind, length_m=APART_M)
        )
        before = name
    homes = [
        Load(id=f"{name}{side}户", node=name, p_kw=3.0, q_kvar=0.6, phase=PHASES[i % 3])
        for i, name in enumerate(names)
        for side in ("东", "西")
    ]
    tea = [
        Load(id=f"{name}炒茶", node=name, p_kw=TEA_KW, q_kvar=6.0)
        for name in (names[-4], names[-1])
    ]
    return Grid(
        name="茶山台区",
        is_radial=True,
        nodes=tuple(nodes),
        lines=tuple(lines),
        transformers=(
            Transformer(id="T1", high_node="10kV母线", low_node="低压母线", type="S13-M-200"),
        ),
        loads=(*homes, *tea),
        sources=(Source(id="S1", node="10kV母线", voltage_pu=1.02, short_circuit_mva=100),),
        line_types=LINE_TYPES,
        transformer_types=TRANSFORMER_TYPES,
    )


def day_of(grid_: Grid) -> bytes:
    """Return a day of curves as CSV: homes in the evening, tea from six at night till three."""
    hour = np.arange(QUARTERS) / 4
    home = 0.2 + 0.8 * np.exp(-(((hour - 19.5) / 2.2) ** 2))
    tea = ((hour >= 18) | (hour < 3)).astype(float)
    rows = [",".join(["时刻", *(load.id for load in grid_.loads)])]
    for point in range(QUARTERS):
        clock = f"{point // 4:02d}:{point % 4 * 15:02d}"
        shares = [
            load.p_kw * (tea[point] if load.phase is Phase.ALL else home[point])
            for load in grid_.loads
        ]
        rows.append(",".join([clock, *(f"{kw:.3f}" for kw in shares)]))
    return "\n".join(rows).encode()
