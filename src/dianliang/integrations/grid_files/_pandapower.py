"""Tables as pandapower holds a grid, written to CSV: bus, line, trafo, load, sgen, ext_grid."""

from collections.abc import Iterable
from pathlib import Path

from dianliang.engines.powerflow import (
    Grid,
    Line,
    LineType,
    Load,
    LoadKind,
    Node,
    Phase,
    Source,
    Switch,
    TapSide,
    Transformer,
    TransformerType,
)
from dianliang.integrations.grid_files._cells import Row, csv_rows
from dianliang.integrations.grid_files._errors import Problem, refuse, refused_tables
from dianliang.integrations.grid_files._simbench import group_of
from dianliang.kernel.phrases import Phrase

FILES = ("bus.csv", "ext_grid.csv")
"""Without these a folder holds no such grid."""
SIDES = {"HV": TapSide.HIGH, "LV": TapSide.LOW}
SWITCHED = {"L": "line", "T": "trafo", "B": "bus"}
LOADS = (("load", LoadKind.LOAD), ("sgen", LoadKind.GENERATOR), ("storage", LoadKind.STORAGE))
BY_PHASE = (("asymmetric_load", LoadKind.LOAD), ("asymmetric_sgen", LoadKind.GENERATOR))
UNKNOWN = {
    "gen": Phrase("调压发电机"),
    "shunt": Phrase("并联电容、电抗器"),
    "ward": Phrase("等值负荷"),
    "xward": Phrase("等值负荷"),
    "impedance": Phrase("阻抗支路"),
    "trafo3w": Phrase("三绕组变压器"),
    "motor": Phrase("电动机"),
    "dcline": Phrase("直流线路"),
}
"""Tables whose things a grid of ours has no word for; passing over them would be another grid."""
OF_VOLTAGE = tuple(f"const_{kind}{of}_percent" for kind in "zi" for of in ("", "_p", "_q"))
"""Shares of a load that change with the voltage."""
RATIO = ("", "Ratio")


def read_pandapower(folder: Path) -> Grid:
    """Read such tables; things are named by table and index (``line 3``), as names may repeat.

    The index is the first column, whatever its heading. What is not in service is left out.

    Raises:
        UnreadableGridError: a table or cell cannot be read, or says what a grid of ours cannot;
            every place is listed.
    """
    problems: list[Problem] = []

    def rows(name: str, *needed: str) -> list[Row]:
        path = folder / f"{name}.csv"
        if not path.exists():
            return []
        found = csv_rows(path, problems=problems, needed=needed)
        return [row for row in found if row.truth("in_service")]

    problems += refused_tables({name: (rows(name), words) for name, words in UNKNOWN.items()})
    lines = rows("line", "from_bus", "to_bus", "length_km", "r_ohm_per_km", "x_ohm_per_km")
    transformers = rows("trafo", "hv_bus", "lv_bus", "sn_mva", "vk_percent", "vkr_percent")
    made = Grid(
        name=folder.name,
        nodes=tuple(map(_node, rows("bus", "vn_kv"))),
        lines=tuple(map(_line, lines)),
        line_types=tuple(map(_line_type, lines)),
        transformers=tuple(each for row in transformers for each in _transformers(row)),
        transformer_types=tuple(map(_transformer_type, transformers)),
        loads=(
            *(_load(row, name, kind) for name, kind in LOADS for row in rows(name, "bus", "p_mw")),
            *(
                each
                for name, kind in BY_PHASE
                for row in rows(name, "bus")
                for each in _phases(row, name, kind)
            ),
        ),
        sources=tuple(map(_source, rows("ext_grid", "bus"))),
        switches=tuple(each for row in rows("switch", "bus", "et") for each in _switches(row)),
    )
    refuse(folder.name, problems)
    return made


def _id(row: Row, table: str) -> str:
    index = next(iter(row.cells.values()), "").strip()
    return f"{table} {_plain(index)}"


def _bus(row: Row, column: str) -> str:
    return f"bus {_plain(row.text(column))}"


def _plain(index: str) -> str:
    return index.removesuffix(".0")


def _node(row: Row) -> Node:
    return Node(
        id=_id(row, "bus"), voltage_v=row.number_of("vn_kv", scale=1e3), area=row.told("zone")
    )


def _line(row: Row) -> Line:
    row.must_be("g_us_per_km", 0.0)
    return Line(
        id=_id(row, "line"),
        from_node=_bus(row, "from_bus"),
        to_node=_bus(row, "to_bus"),
        type=_id(row, "line"),
        length_m=row.number_of("length_km", scale=1e3),
        parallel=row.whole("parallel", 1),
    )


def _line_type(row: Row) -> LineType:
    return LineType(
        id=_id(row, "line"),
        r_ohm_per_km=row.number_of("r_ohm_per_km"),
        x_ohm_per_km=row.number_of("x_ohm_per_km"),
        c_nf_per_km=row.number_of("c_nf_per_km", 0.0),
        rated_a=row.number_of("max_i_ka", 1.0, scale=1e3) * row.number_of("df", 1.0),
        r0_ohm_per_km=row.maybe("r0_ohm_per_km"),
        x0_ohm_per_km=row.maybe("x0_ohm_per_km"),
    )


def _transformers(row: Row) -> Iterable[Transformer]:
    """Yield a transformer, or as many as stand beside each other."""
    count, id_ = row.whole("parallel", 1), _id(row, "trafo")
    for k in range(count):
        yield Transformer(
            id=id_ if count == 1 else f"{id_}/{k + 1}",
            high_node=_bus(row, "hv_bus"),
            low_node=_bus(row, "lv_bus"),
            type=id_,
            tap=row.whole("tap_pos", 0),
        )


def _transformer_type(row: Row) -> TransformerType:
    row.must_be("df", 1.0)
    row.must_be("tap_step_degree", 0.0)
    kva = row.number_of("sn_mva", scale=1e3)
    return TransformerType(
        id=_id(row, "trafo"),
        rated_kva=kva,
        high_v=row.number_of("vn_hv_kv", scale=1e3),
        low_v=row.number_of("vn_lv_kv", scale=1e3),
        short_circuit_pct=row.number_of("vk_percent"),
        load_loss_kw=row.number_of("vkr_percent", scale=kva / 100),
        no_load_loss_kw=row.number_of("pfe_kw", 0.0),
        no_load_current_pct=row.number_of("i0_percent", 0.0),
        vector_group=_group(row),
        tap_side=row.choice("tap_side", SIDES, TapSide.HIGH),
        tap_step_pct=_step_pct(row),
        tap_least=row.whole("tap_min", 0),
        tap_most=row.whole("tap_max", 0),
        tap_neutral=row.whole("tap_neutral", 0),
    )


def _step_pct(row: Row) -> float:
    """Return the step of the taps; from version 3 on there are none where no changer is told."""
    kind = row.told("tap_changer_type")
    if kind not in RATIO:
        row.wrong(
            "tap_changer_type", Phrase("“%(kind)s”型分接开关算不了，只认识 Ratio。", kind=kind)
        )
    has_none = "tap_changer_type" in row.cells and not kind
    return 0.0 if has_none else row.number_of("tap_step_percent", 0.0)


def _group(row: Row) -> str:
    """Return the vector group; where only letters are told, the shift says the clock."""
    shift = row.number_of("shift_degree", 0.0)
    told = row.told("vector_group")
    if told and not told[-1].isdigit():
        return f"{told}{round(shift / 30) % 12}"
    return told or group_of(shift)


def _load(row: Row, table: str, kind: LoadKind) -> Load:
    for column in OF_VOLTAGE:
        row.must_be(column, 0.0)
    scale = 1e3 * row.number_of("scaling", 1.0)
    return Load(
        id=_id(row, table),
        node=_bus(row, "bus"),
        p_kw=row.number_of("p_mw", scale=scale),
        q_kvar=row.number_of("q_mvar", 0.0, scale=scale),
        kind=kind,
    )


def _phases(row: Row, table: str, kind: LoadKind) -> Iterable[Load]:
    """Yield what hangs on each phase, from phase to neutral."""
    if row.told("type") == "delta":
        row.wrong("type", Phrase("接在两相之间的负荷算不了，请改为相对中性线（wye）。"))
    scale = 1e3 * row.number_of("scaling", 1.0)
    for phase in (Phase.A, Phase.B, Phase.C):
        letter = phase.name.lower()
        p_kw = row.number_of(f"p_{letter}_mw", 0.0, scale=scale)
        q_kvar = row.number_of(f"q_{letter}_mvar", 0.0, scale=scale)
        if p_kw or q_kvar:
            yield Load(
                id=f"{_id(row, table)}/{phase.name}",
                node=_bus(row, "bus"),
                p_kw=p_kw,
                q_kvar=q_kvar,
                phase=phase,
                kind=kind,
            )


def _source(row: Row) -> Source:
    return Source(
        id=_id(row, "ext_grid"), node=_bus(row, "bus"), voltage_pu=row.number_of("vm_pu", 1.0)
    )


def _switches(row: Row) -> Iterable[Switch]:
    row.must_be("z_ohm", 0.0)
    kind = row.choice("et", SWITCHED, "bus")
    yield Switch(
        id=_id(row, "switch"),
        node=_bus(row, "bus"),
        other=f"{kind} {_plain(row.text('element'))}",
        is_closed=row.truth("closed"),
    )
