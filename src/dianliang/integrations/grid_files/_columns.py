"""Our own workbook: which sheets there are, and which column holds which field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dianliang.engines.powerflow import (
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its heading, the field it fills, what to write there, and what words stand for."""

    heading: str
    field: str
    help: str = ""
    options: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet: the things it holds, and their columns; required ones have no default."""

    title: str
    attribute: str
    kind: type[Any]
    columns: tuple[Column, ...]


PHASES = {"三相": Phase.ALL, "A": Phase.A, "B": Phase.B, "C": Phase.C}
KINDS = {"负荷": LoadKind.LOAD, "发电": LoadKind.GENERATOR, "储能": LoadKind.STORAGE}
SIDES = {"高压": TapSide.HIGH, "低压": TapSide.LOW}
CLOSED = {"合": True, "分": False}


def _column(heading: str, field: str, help_: str = "", options: Any = None) -> Column:
    return Column(heading=heading, field=field, help=help_, options=options)


SHEETS = (
    Sheet(
        title="节点",
        attribute="nodes",
        kind=Node,
        columns=(
            _column("节点编号", "id", "杆号、分支箱、表箱、母线，不能重复"),
            _column("额定电压(V)", "voltage_v", "线电压：低压 400，中压 10000"),
            _column("台区或馈线", "area", "按它分别汇总，可不填"),
            _column("纬度", "lat", "WGS 84，只用来画图，可不填"),
            _column("经度", "lon", "WGS 84，只用来画图，可不填"),
        ),
    ),
    Sheet(
        title="线路",
        attribute="lines",
        kind=Line,
        columns=(
            _column("线路编号", "id", "与变压器、开关的编号不能重复"),
            _column("起点", "from_node", "节点编号"),
            _column("终点", "to_node", "节点编号"),
            _column("线型", "type", "“线型”表里的名称"),
            _column("长度(m)", "length_m"),
            _column("并列回路数", "parallel", "不填为 1"),
        ),
    ),
    Sheet(
        title="变压器",
        attribute="transformers",
        kind=Transformer,
        columns=(
            _column("变压器编号", "id"),
            _column("高压侧节点", "high_node"),
            _column("低压侧节点", "low_node"),
            _column("型号", "type", "“变压器型号”表里的名称"),
            _column("分接", "tap", "级数，不填为 0"),
        ),
    ),
    Sheet(
        title="负荷",
        attribute="loads",
        kind=Load,
        columns=(
            _column("负荷编号", "id", "用户表号；曲线按它对上"),
            _column("节点", "node"),
            _column("有功(kW)", "p_kw", "没有曲线时用"),
            _column("无功(kvar)", "q_kvar", "没有曲线时用"),
            _column("相别", "phase", "三相、A、B 或 C，不填为三相", PHASES),
            _column("类别", "kind", "负荷、发电或储能（充电为正），不填为负荷", KINDS),
        ),
    ),
    Sheet(
        title="电源",
        attribute="sources",
        kind=Source,
        columns=(
            _column("电源编号", "id"),
            _column("节点", "node", "由上级电网受电的节点"),
            _column("电压(标幺)", "voltage_pu", "对额定电压的比，不填为 1"),
            _column("短路容量(MVA)", "short_circuit_mva", "不填按电压不变"),
            _column("R/X", "rx_ratio", "不填为 0.1"),
        ),
    ),
    Sheet(
        title="开关",
        attribute="switches",
        kind=Switch,
        columns=(
            _column("开关编号", "id"),
            _column("节点", "node"),
            _column("对端", "other", "另一个节点，或接在这个节点上的线路、变压器的编号"),
            _column("状态", "is_closed", "合或分，不填为合", CLOSED),
        ),
    ),
    Sheet(
        title="线型",
        attribute="line_types",
        kind=LineType,
        columns=(
            _column("线型", "id"),
            _column("电阻(Ω/km)", "r_ohm_per_km"),
            _column("电抗(Ω/km)", "x_ohm_per_km"),
            _column("载流量(A)", "rated_a"),
            _column("电容(nF/km)", "c_nf_per_km", "低压可不填"),
            _column("零序电阻(Ω/km)", "r0_ohm_per_km", "不填按零线与相线同截面"),
            _column("零序电抗(Ω/km)", "x0_ohm_per_km", "不填按零线与相线同截面"),
        ),
    ),
    Sheet(
        title="变压器型号",
        attribute="transformer_types",
        kind=TransformerType,
        columns=(
            _column("型号", "id"),
            _column("额定容量(kVA)", "rated_kva"),
            _column("高压侧电压(V)", "high_v"),
            _column("低压侧电压(V)", "low_v"),
            _column("短路阻抗(%)", "short_circuit_pct"),
            _column("负载损耗(kW)", "load_loss_kw"),
            _column("空载损耗(kW)", "no_load_loss_kw"),
            _column("空载电流(%)", "no_load_current_pct"),
            _column("联结组", "vector_group", "如 Dyn11、Yyn0，不填为 Dyn11"),
            _column("分接侧", "tap_side", "高压或低压，不填为高压", SIDES),
            _column("分接级差(%)", "tap_step_pct", "不填为 2.5"),
            _column("最低分接", "tap_least", "不填为 -2"),
            _column("最高分接", "tap_most", "不填为 2"),
            _column("额定分接", "tap_neutral", "不填为 0"),
            _column("零序阻抗(%)", "zero_sequence_pct", "只有 Yyn0 用到，不填为 50"),
        ),
    ),
)
