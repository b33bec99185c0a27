"""Tables as simbench lays a grid out: one CSV file for each kind of thing."""

import math
from collections.abc import Callable
from pathlib import Path

from dianliang.engines.powerflow import (
    Grid,
    Line,
    LineType,
    Load,
    LoadKind,
    Node,
    Source,
    Switch,
    TapSide,
    Transformer,
    TransformerType,
)
from dianliang.integrations.grid_files._cells import Row, csv_rows
from dianliang.integrations.grid_files._errors import Problem, refuse, refused_tables
from dianliang.kernel.phrases import Phrase

FILES = ("Node.csv", "Line.csv", "ExternalNet.csv")
"""Without these a folder holds no such grid."""
UNKNOWN = {
    "Transformer3W": Phrase("三绕组变压器"),
    "DCLine": Phrase("直流线路"),
    "Shunt": Phrase("并联电容、电抗器"),
}
"""Tables whose things a grid of ours has no word for; passing over them would be another grid."""
SIDES = {"HV": TapSide.HIGH, "LV": TapSide.LOW}
HZ = 50.0
HOUR_DEGREES = 30.0


def read_simbench(folder: Path) -> Grid:
    """Read a folder of such tables. Power plants count as generators; buses are joined by switches.

    Raises:
        UnreadableGridError: a table or cell cannot be read; every place is listed.
    """
    problems: list[Problem] = []

    def rows(name: str, *needed: str) -> list[Row]:
        path = folder / f"{name}.csv"
        return list(csv_rows(path, problems=problems, needed=needed)) if path.exists() else []

    problems += refused_tables({name: (rows(name), words) for name, words in UNKNOWN.items()})
    nodes = rows("Node", "id", "vmR")
    kinds: tuple[tuple[str, str, str, LoadKind], ...] = (
        ("Load", "pLoad", "qLoad", LoadKind.LOAD),
        ("RES", "pRES", "qRES", LoadKind.GENERATOR),
        ("PowerPlant", "pPP", "qPP", LoadKind.GENERATOR),
        ("Storage", "pStor", "qStor", LoadKind.STORAGE),
    )
    loads = [
        _load(row, p, q, kind)
        for name, p, q, kind in kinds
        for row in rows(name, "id", "node", p, q)
    ]
    setpoints = {row.told("id"): row.told("vmSetp") for row in nodes}
    made = Grid(
        name=folder.name,
        nodes=tuple(map(_node, nodes)),
        lines=tuple(map(_line, rows("Line", "id", "nodeA", "nodeB", "type", "length"))),
        line_types=tuple(map(_line_type, rows("LineType", "id", "r", "x", "b", "iMax"))),
        transformers=tuple(map(_transformer, rows("Transformer", "id", "nodeHV", "nodeLV"))),
        transformer_types=tuple(map(_transformer_type, rows("TransformerType", "id", "sR"))),
        loads=tuple(loads),
        sources=tuple(map(_source(setpoints), rows("ExternalNet", "id", "node"))),
        switches=tuple(map(_switch, rows("Switch", "id", "nodeA", "nodeB", "cond"))),
    )
    refuse(folder.name, problems)
    return made


def _node(row: Row) -> Node:
    return Node(
        id=row.text("id"), voltage_v=row.number_of("vmR", scale=1e3), area=row.told("subnet")
    )


def _line(row: Row) -> Line:
    return Line(
        id=row.text("id"),
        from_node=row.text("nodeA"),
        to_node=row.text("nodeB"),
        type=row.text("type"),
        length_m=row.number_of("length", scale=1e3),
    )


def _line_type(row: Row) -> LineType:
    return LineType(
        id=row.text("id"),
        r_ohm_per_km=row.number_of("r"),
        x_ohm_per_km=row.number_of("x"),
        c_nf_per_km=row.number_of("b", 0.0, scale=1e3 / (2 * math.pi * HZ)),  # from µS
        rated_a=row.number_of("iMax"),
    )


def _transformer(row: Row) -> Transformer:
    return Transformer(
        id=row.text("id"),
        high_node=row.text("nodeHV"),
        low_node=row.text("nodeLV"),
        type=row.text("type"),
        tap=row.whole("tappos", 0),
    )


def _transformer_type(row: Row) -> TransformerType:
    return TransformerType(
        id=row.text("id"),
        rated_kva=row.number_of("sR", scale=1e3),
        high_v=row.number_of("vmHV", scale=1e3),
        low_v=row.number_of("vmLV", scale=1e3),
        short_circuit_pct=row.number_of("vmImp"),
        load_loss_kw=row.number_of("pCu"),
        no_load_loss_kw=row.number_of("pFe", 0.0),
        no_load_current_pct=row.number_of("iNoLoad", 0.0),
        vector_group=group_of(row.number_of("va0", 0.0)),
        tap_side=row.choice("tapside", SIDES, TapSide.HIGH),
        tap_step_pct=row.number_of("dVm", 0.0),
        tap_least=row.whole("tapMin", 0),
        tap_most=row.whole("tapMax", 0),
        tap_neutral=row.whole("tapNeutr", 0),
    )


def group_of(shift_degrees: float) -> str:
    """Return the usual vector group that turns by so much."""
    clock = round(shift_degrees / HOUR_DEGREES) % 12
    return f"Dyn{clock}" if clock % 2 else f"YNyn{clock}"


def _load(row: Row, p: str, q: str, kind: LoadKind) -> Load:
    return Load(
        id=row.text("id"),
        node=row.text("node"),
        p_kw=row.number_of(p, 0.0, scale=1e3),
        q_kvar=row.number_of(q, 0.0, scale=1e3),
        kind=kind,
    )


def _source(setpoints: dict[str, str]) -> Callable[[Row], Source]:
    def made(row: Row) -> Source:
        node = row.text("node")
        told = setpoints.get(node, "")
        try:
            voltage_pu = float(told) if told else 1.0
        except ValueError:
            row.wrong(
                "node",
                Phrase("节点 %(node)s 的 vmSetp“%(told)s”不是能用的数字。", node=node, told=told),
            )
            voltage_pu = 1.0
        return Source(id=row.text("id"), node=node, voltage_pu=voltage_pu)

    return made


def _switch(row: Row) -> Switch:
    return Switch(
        id=row.text("id"),
        node=row.text("nodeA"),
        other=row.text("nodeB"),
        is_closed=row.truth("cond"),
    )
