"""Check what things are rated: numbers that are none, negative ratings, impedances of nothing."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from dianliang.engines.powerflow._model import (
    Grid,
    Line,
    LineType,
    Load,
    Node,
    Source,
    TransformerType,
)
from dianliang.engines.powerflow._vector_group import vector_group
from dianliang.kernel.phrases import Phrase


class ErrorCode(StrEnum):
    """What is wrong with an input."""

    DUPLICATE_ID = "duplicate_id"
    UNKNOWN_NODE = "unknown_node"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_ELEMENT = "unknown_element"
    NOT_A_NUMBER = "not_a_number"
    BAD_RATING = "bad_rating"
    ZERO_IMPEDANCE = "zero_impedance"
    WRONG_SIDE = "wrong_side"
    TAP_OUT_OF_RANGE = "tap_out_of_range"
    BAD_VECTOR_GROUP = "bad_vector_group"
    NO_NEUTRAL = "no_neutral"
    NO_SOURCE = "no_source"
    ISLAND = "island"
    LOOP = "loop"
    BAD_PROFILE = "bad_profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridError:
    """One thing that is wrong: its kind, the id it is about, and words."""

    code: ErrorCode
    id: str
    words: str


MOST_OF_CURRENT = 2.0
"""How many times i0 allows for p0 may be: catalogues round i0 or tell it of an older core (1.8
times among pandapower's types), and the greater of both then counts; a wrong unit is a thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Where a number must lie, and what it is called; `is_open` leaves the least out."""

    label: str
    least: float = 0.0
    most: float = math.inf
    is_open: bool = False

    def refuses(self, value: float) -> bool:
        """Tell whether a number lies outside."""
        is_below = value <= self.least if self.is_open else value < self.least
        return is_below or value > self.most


MOST_V, MOST_KW, MOST_A = 1e6, 1e7, 1e5
PLATES: Mapping[type, tuple[str, Mapping[str, Range]]] = {
    Node: ("节点", {"voltage_v": Range(label="额定电压(V)", most=MOST_V, is_open=True)}),
    LineType: (
        "线型",
        {
            "r_ohm_per_km": Range(label="电阻(Ω/km)", most=1e4),
            "x_ohm_per_km": Range(label="电抗(Ω/km)", most=1e4),
            "rated_a": Range(label="载流量(A)", most=MOST_A, is_open=True),
            "c_nf_per_km": Range(label="电容(nF/km)", most=1e5),
            "r0_ohm_per_km": Range(label="零序电阻(Ω/km)", most=1e4),
            "x0_ohm_per_km": Range(label="零序电抗(Ω/km)", most=1e4),
        },
    ),
    Line: (
        "线路",
        {
            "length_m": Range(label="长度(m)", most=1e6),
            "parallel": Range(label="并列回路数", least=1, most=20),
        },
    ),
    TransformerType: (
        "变压器型号",
        {
            "rated_kva": Range(label="额定容量(kVA)", most=1e6, is_open=True),
            "high_v": Range(label="高压侧电压(V)", most=MOST_V, is_open=True),
            "low_v": Range(label="低压侧电压(V)", most=MOST_V, is_open=True),
            "short_circuit_pct": Range(label="短路阻抗(%)", most=99.0),
            "load_loss_kw": Range(label="负载损耗(kW)", most=1e5),
            "no_load_loss_kw": Range(label="空载损耗(kW)", most=1e5),
            "no_load_current_pct": Range(label="空载电流(%)", most=99.0),
            "zero_sequence_pct": Range(label="零序阻抗(%)", most=1e4, is_open=True),
            "tap_step_pct": Range(label="分接级差(%)", most=20.0),
        },
    ),
    Load: (
        "负荷",
        {
            "p_kw": Range(label="有功(kW)", least=-MOST_KW, most=MOST_KW),
            "q_kvar": Range(label="无功(kvar)", least=-MOST_KW, most=MOST_KW),
        },
    ),
    Source: (
        "电源",
        {
            "voltage_pu": Range(label="电压(标幺)", least=0.5, most=1.5),
            "short_circuit_mva": Range(label="短路容量(MVA)", most=1e7, is_open=True),
            "rx_ratio": Range(label="R/X", most=100.0),
        },
    ),
}
"""What is checked of each kind: its name, and its fields with their range."""


def plates(grid: Grid) -> Iterator[GridError]:
    """Yield what is wrong with what things are rated, without looking at what joins them."""
    kinds: tuple[Sequence[Any], ...] = (
        grid.nodes,
        grid.line_types,
        grid.lines,
        grid.transformer_types,
        grid.loads,
        grid.sources,
    )
    for every in kinds:
        if not _are_fine(every):
            for each in every:
                yield from _ranges(each)
    for type_ in grid.line_types:
        if type_.r_ohm_per_km == 0 and type_.x_ohm_per_km == 0:
            words = Phrase(
                "线型 %(id)s 的电阻和电抗都是 0：请填写每公里的值，短接请用开关。", id=type_.id
            )
            yield GridError(code=ErrorCode.ZERO_IMPEDANCE, id=type_.id, words=words)
    for line in grid.lines:
        if line.length_m == 0:
            words = Phrase("线路 %(id)s 长度为 0，没有阻抗：请填写长度，短接请用开关。", id=line.id)
            yield GridError(code=ErrorCode.ZERO_IMPEDANCE, id=line.id, words=words)
    for plate in grid.transformer_types:
        yield from _transformer_type(plate)


def _are_fine(every: Sequence[Any]) -> bool:
    """Tell whether all numbers of things of one kind may be as they are: most of thousands are."""
    if not every:
        return True
    for name, range_ in PLATES[type(every[0])][1].items():
        told = [value for each in every if (value := getattr(each, name)) is not None]
        values = np.array(told, np.float64)
        if not np.isfinite(values).all():
            return False
        if len(values) and (range_.refuses(values.min()) or range_.refuses(values.max())):
            return False
    return True


def _ranges(each: Any) -> Iterator[GridError]:
    label, ranges = PLATES[type(each)]
    for name, range_ in ranges.items():
        value = getattr(each, name)
        if value is None:
            continue
        named = {"label": Phrase(label), "id": each.id, "field": Phrase(range_.label)}
        if not math.isfinite(value):
            words = Phrase("%(label)s %(id)s 的%(field)s不是能用的数，请更正。", **named)
            yield GridError(code=ErrorCode.NOT_A_NUMBER, id=each.id, words=words)
        elif range_.refuses(value):
            words = Phrase(
                "%(label)s %(id)s 的%(field)s是 %(value)s，应%(above)s %(least)s、"
                "不大于 %(most)s。",
                **named,
                value=f"{value:g}",
                above=Phrase("大于") if range_.is_open else Phrase("不小于"),
                least=f"{range_.least:g}",
                most=f"{range_.most:g}",
            )
            yield GridError(code=ErrorCode.BAD_RATING, id=each.id, words=words)


def _transformer_type(type_: TransformerType) -> Iterator[GridError]:
    def wrong(code: ErrorCode, words: str) -> GridError:
        return GridError(code=code, id=type_.id, words=words)

    if type_.short_circuit_pct == 0:
        yield wrong(
            ErrorCode.ZERO_IMPEDANCE,
            Phrase("变压器型号 %(id)s 的短路阻抗是 0，请按铭牌填写。", id=type_.id),
        )
    elif type_.load_loss_kw > type_.rated_kva * type_.short_circuit_pct / 100 > 0:
        yield wrong(
            ErrorCode.BAD_RATING,
            Phrase(
                "变压器型号 %(id)s 的负载损耗大于短路阻抗允许的值，请核对单位（kW）。", id=type_.id
            ),
        )
    current_kva = type_.rated_kva * type_.no_load_current_pct / 100
    if type_.no_load_loss_kw > MOST_OF_CURRENT * current_kva > 0:
        yield wrong(
            ErrorCode.BAD_RATING,
            Phrase(
                "变压器型号 %(id)s 的空载损耗大于空载电流允许的值，请核对单位（kW）。", id=type_.id
            ),
        )
    if type_.high_v <= type_.low_v:
        yield wrong(
            ErrorCode.WRONG_SIDE,
            Phrase("变压器型号 %(id)s 的高压侧电压不高于低压侧，是否填反？", id=type_.id),
        )
    if vector_group(type_.vector_group) is None:
        yield wrong(
            ErrorCode.BAD_VECTOR_GROUP,
            Phrase(
                "变压器型号 %(id)s 的联结组“%(group)s”不认识，应如 Dyn11、Yyn0、YNd11。",
                id=type_.id,
                group=type_.vector_group,
            ),
        )
    if not type_.tap_least <= type_.tap_neutral <= type_.tap_most:
        yield wrong(
            ErrorCode.TAP_OUT_OF_RANGE,
            Phrase("变压器型号 %(id)s 的额定分接不在最低、最高分接之间。", id=type_.id),
        )
