"""Find everything that is wrong with a grid before it is computed, all at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from dianliang.engines.powerflow._model import (
    LOW_VOLTAGE_V,
    Grid,
    Line,
    Load,
    Node,
    Phase,
    Profiles,
    Switch,
    Transformer,
    TransformerType,
)
from dianliang.engines.powerflow._plates import ErrorCode, GridError, plates
from dianliang.engines.powerflow._topology import (
    LINE,
    SWITCH,
    TRANSFORMER,
    islands,
    loops,
    neighbours,
)
from dianliang.engines.powerflow._vector_group import has_neutral
from dianliang.kernel.phrases import Phrase

MOST_NAMED = 5
SIDE_TOLERANCE = 0.15
"""A winding for 10 kV is made for 10 or 10.5, a low one for 380 or 400: further is a mix-up."""


class InvalidGridError(ValueError):
    """A grid that cannot be computed as it is; `errors` lists everything that is wrong."""

    def __init__(self, errors: tuple[GridError, ...]) -> None:
        super().__init__("；".join(error.words for error in errors[:MOST_NAMED]))
        self.errors = errors


def validate(grid: Grid) -> tuple[GridError, ...]:
    """Return every error of a grid; an empty tuple means it can be computed."""
    found = [*_twice(grid), *plates(grid), *_references(grid)]
    if any(each.code in (ErrorCode.DUPLICATE_ID, ErrorCode.UNKNOWN_NODE) for each in found):
        return tuple(found)  # what is joined to what is not known
    return (*found, *_joined(grid))


def wrong_profiles(grid: Grid, profiles: Profiles) -> tuple[GridError, ...]:
    """Return every error of powers by step."""
    return tuple(_profiles(grid, profiles))


def _twice(grid: Grid) -> Iterator[GridError]:
    """Yield ids that stand twice; lines, transformers and switches share what switches name."""
    joining: list[Line | Transformer | Switch] = [*grid.lines, *grid.transformers, *grid.switches]
    kinds: dict[str, Iterable[str]] = {
        Phrase("节点"): (each.id for each in grid.nodes),
        Phrase("线型"): (each.id for each in grid.line_types),
        Phrase("变压器型号"): (each.id for each in grid.transformer_types),
        Phrase("线路、变压器或开关"): (each.id for each in joining),
        Phrase("负荷"): (each.id for each in grid.loads),
        Phrase("电源"): (each.id for each in grid.sources),
    }
    for label, ids in kinds.items():
        for id_, times in Counter(ids).items():
            if times > 1:
                words = Phrase(
                    "%(label)s编号 %(id)s 出现了 %(times)s 次，请只留一个或改名。",
                    label=label,
                    id=id_,
                    times=times,
                )
                yield GridError(code=ErrorCode.DUPLICATE_ID, id=id_, words=words)


def _references(grid: Grid) -> Iterator[GridError]:
    nodes = {node.id: node for node in grid.nodes}
    line_types = {each.id for each in grid.line_types}
    types = {each.id: each for each in grid.transformer_types}
    for line in grid.lines:
        yield from _line(line, nodes, line_types)
    for transformer in grid.transformers:
        yield from _transformer(transformer, nodes, types)
    for label, ends in ((Phrase("负荷"), grid.loads), (Phrase("电源"), grid.sources)):
        for end in ends:
            yield from _unknown_nodes(label, end.id, [end.node], nodes)
    others = {
        **{each.id: (each.from_node, each.to_node) for each in grid.lines},
        **{each.id: (each.high_node, each.low_node) for each in grid.transformers},
    }
    for switch in grid.switches:
        yield from _switch(switch, nodes, others)


def _unknown_nodes(
    label: str, id_: str, ends: Iterable[str], nodes: Mapping[str, Node]
) -> Iterator[GridError]:
    for end in dict.fromkeys(ends):
        if end not in nodes:
            words = Phrase(
                "%(label)s %(id)s 写的节点 %(end)s 不在节点表里，请核对编号。",
                label=label,
                id=id_,
                end=end,
            )
            yield GridError(code=ErrorCode.UNKNOWN_NODE, id=id_, words=words)


def _line(line: Line, nodes: Mapping[str, Node], types: set[str]) -> Iterator[GridError]:
    yield from _unknown_nodes(LINE, line.id, [line.from_node, line.to_node], nodes)
    if line.type not in types:
        words = Phrase(
            "线路 %(id)s 的线型 %(type)s 不认识，请在线型表里补上。", id=line.id, type=line.type
        )
        yield GridError(code=ErrorCode.UNKNOWN_TYPE, id=line.id, words=words)
    one, other = nodes.get(line.from_node), nodes.get(line.to_node)
    if line.from_node == line.to_node:
        words = Phrase(
            "线路 %(id)s 的两端是同一个节点 %(from_node)s，请核对。",
            id=line.id,
            from_node=line.from_node,
        )
        yield GridError(code=ErrorCode.LOOP, id=line.id, words=words)
    elif one and other and one.voltage_v != other.voltage_v:
        words = Phrase(
            "线路 %(id)s 的两端电压不同：%(one)s 为 %(one_v)s V，%(other)s 为 %(other_v)s V。",
            id=line.id,
            one=one.id,
            one_v=f"{one.voltage_v:g}",
            other=other.id,
            other_v=f"{other.voltage_v:g}",
        )
        yield GridError(code=ErrorCode.WRONG_SIDE, id=line.id, words=words)


def _transformer(
    each: Transformer, nodes: Mapping[str, Node], types: Mapping[str, TransformerType]
) -> Iterator[GridError]:
    yield from _unknown_nodes(TRANSFORMER, each.id, [each.high_node, each.low_node], nodes)
    type_ = types.get(each.type)
    if type_ is None:
        words = Phrase(
            "变压器 %(id)s 的型号 %(type)s 不认识，请在型号表里补上。", id=each.id, type=each.type
        )
        yield GridError(code=ErrorCode.UNKNOWN_TYPE, id=each.id, words=words)
        return
    if not type_.tap_least <= each.tap <= type_.tap_most:
        words = Phrase(
            "变压器 %(id)s 的分接 %(tap)s 不在型号的 %(tap_least)s 到 %(tap_most)s 之间。",
            id=each.id,
            tap=each.tap,
            tap_least=type_.tap_least,
            tap_most=type_.tap_most,
        )
        yield GridError(code=ErrorCode.TAP_OUT_OF_RANGE, id=each.id, words=words)
    for end, rated, side in (
        (each.high_node, type_.high_v, Phrase("高压")),
        (each.low_node, type_.low_v, Phrase("低压")),
    ):
        node = nodes.get(end)
        if node and abs(node.voltage_v - rated) > SIDE_TOLERANCE * node.voltage_v:
            words = Phrase(
                "变压器 %(id)s 的%(side)s侧接在 %(voltage_v)s V 的节点 %(end)s，"
                "型号是 %(rated)s V：请核对高、低压侧是否接反。",
                id=each.id,
                side=side,
                voltage_v=f"{node.voltage_v:g}",
                end=end,
                rated=f"{rated:g}",
            )
            yield GridError(code=ErrorCode.WRONG_SIDE, id=each.id, words=words)


def _switch(
    switch: Switch, nodes: Mapping[str, Node], others: Mapping[str, tuple[str, str]]
) -> Iterator[GridError]:
    yield from _unknown_nodes(SWITCH, switch.id, [switch.node], nodes)
    if switch.other in others:
        if switch.node not in others[switch.other]:
            words = Phrase(
                "开关 %(id)s 写在节点 %(node)s，%(other)s 不接在那里。",
                id=switch.id,
                node=switch.node,
                other=switch.other,
            )
            yield GridError(code=ErrorCode.UNKNOWN_ELEMENT, id=switch.id, words=words)
        return
    one, other = nodes.get(switch.node), nodes.get(switch.other)
    if other is None:
        words = Phrase(
            "开关 %(id)s 写的“%(other)s”不是节点、线路或变压器，请核对。",
            id=switch.id,
            other=switch.other,
        )
        yield GridError(code=ErrorCode.UNKNOWN_ELEMENT, id=switch.id, words=words)
    elif switch.node == switch.other:
        words = Phrase("开关 %(id)s 的两端是同一个节点，请核对。", id=switch.id)
        yield GridError(code=ErrorCode.LOOP, id=switch.id, words=words)
    elif one and one.voltage_v != other.voltage_v:
        words = Phrase("开关 %(id)s 的两端电压不同，请核对。", id=switch.id)
        yield GridError(code=ErrorCode.WRONG_SIDE, id=switch.id, words=words)


def _joined(grid: Grid) -> Iterator[GridError]:
    """Yield what is wrong with who is joined to whom."""
    if not grid.sources:
        words = Phrase("没有电源：请写明由哪个节点受电。")
        yield GridError(code=ErrorCode.NO_SOURCE, id=grid.name, words=words)
    else:
        for part in islands(grid):
            named = "、".join(part[:MOST_NAMED])
            more = Phrase(" 等 %(n)d 个节点", n=len(part)) if len(part) > MOST_NAMED else ""
            words = Phrase(
                "%(named)s%(more)s没有电源供电：请检查断开的开关和缺少的线路。",
                named=named,
                more=more,
            )
            yield GridError(code=ErrorCode.ISLAND, id=part[0], words=words)
    if grid.is_radial:
        for edge, way in loops(grid):
            words = Phrase(
                "%(label)s %(id)s 使 %(way)s 成环，应按辐射状断开一处。",
                label=edge.label,
                id=edge.id,
                way=_named_way(way) if way else "……",
            )
            yield GridError(code=ErrorCode.LOOP, id=edge.id, words=words)
    yield from _single_phase(grid)


def _named_way(way: list[str]) -> str:
    """Return the nodes of a way, those amid a long one left out."""
    if len(way) <= 2 * MOST_NAMED:
        return "–".join(way)
    return f"{'–'.join(way[:MOST_NAMED])}–……–{'–'.join(way[-MOST_NAMED:])}（{len(way)} 个节点）"


def _single_phase(grid: Grid) -> Iterator[GridError]:
    """Yield single-phase loads where no neutral is."""
    nodes = {node.id: node for node in grid.nodes}
    for load in grid.loads:
        if load.phase is not Phase.ALL and nodes[load.node].voltage_v >= LOW_VOLTAGE_V:
            yield _no_neutral(load, Phrase("只有低压侧才能接单相负荷"))
    types = {each.id: each for each in grid.transformer_types}
    bare = {
        each.low_node
        for each in grid.transformers
        if each.type in types and not has_neutral(types[each.type].vector_group)
    }
    if bare and any(load.phase is not Phase.ALL for load in grid.loads):
        behind = _behind(grid, bare)
        for load in grid.loads:
            if load.phase is not Phase.ALL and load.node in behind:
                yield _no_neutral(load, Phrase("上级变压器的联结组没有引出中性点"))


def _behind(grid: Grid, starts: set[str]) -> set[str]:
    """Return the nodes that are reached from some without passing a transformer."""
    near, reached, todo = neighbours(grid), set(starts), list(starts)
    transformers = {each.id for each in grid.transformers}
    while todo:
        node = todo.pop()
        for edge in near[node]:
            other = edge.to_node if edge.from_node == node else edge.from_node
            if edge.id not in transformers and other not in reached:
                reached.add(other)
                todo.append(other)
    return reached


def _no_neutral(load: Load, why: str) -> GridError:
    words = Phrase(
        "负荷 %(id)s 是单相，接在节点 %(node)s：%(why)s。", id=load.id, node=load.node, why=why
    )
    return GridError(code=ErrorCode.NO_NEUTRAL, id=load.id, words=words)


def _profiles(grid: Grid, profiles: Profiles) -> Iterator[GridError]:
    def wrong(id_: str, words: str) -> GridError:
        return GridError(code=ErrorCode.BAD_PROFILE, id=id_, words=words)

    known = {load.id for load in grid.loads}
    for id_, times in Counter(profiles.ids).items():
        if times > 1:
            yield wrong(id_, Phrase("曲线里负荷 %(id)s 出现了 %(times)s 次。", id=id_, times=times))
        if id_ not in known:
            yield wrong(id_, Phrase("曲线里的负荷 %(id)s 不在模型里，请核对编号。", id=id_))
    if not 0 < profiles.hours <= 24 or not profiles.steps:
        yield wrong("", Phrase("曲线至少要有一个时刻，每个时刻长在 0 到 24 小时之间。"))
    shape = (profiles.steps, len(profiles.ids))
    for label, values in ((Phrase("有功"), profiles.p_kw), (Phrase("无功"), profiles.q_kvar)):
        if values.shape != shape:
            yield wrong(
                "",
                Phrase(
                    "%(label)s曲线应有 %(steps)d 个时刻、%(loads)d 个负荷。",
                    label=label,
                    steps=shape[0],
                    loads=shape[1],
                ),
            )
            continue
        for place in np.flatnonzero(~np.isfinite(values).all(axis=0)):
            step = int(np.flatnonzero(~np.isfinite(values[:, place]))[0]) + 1
            id_ = profiles.ids[place]
            yield wrong(
                id_,
                Phrase(
                    "负荷 %(id)s 第 %(step)s 个时刻的%(label)s不是能用的数，请补齐。",
                    id=id_,
                    step=step,
                    label=label,
                ),
            )
