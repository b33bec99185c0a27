"""Say what binds: the worst of every area, where and when, and every line that was crossed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dianliang.engines.powerflow._model import Floats, Flow, Line, Phase, Transformer
from dianliang.engines.powerflow._rules import DEFAULT_LIMITS, Limits, PhaseRule
from dianliang.engines.powerflow._vector_group import vector_group
from dianliang.kernel.phrases import Phrase

PHASE_LETTERS = "ABC"
DELTA = 2


class Quantity(StrEnum):
    """What is compared with a limit."""

    LOW_VOLTAGE = "low_voltage"
    HIGH_VOLTAGE = "high_voltage"
    LINE = "line"
    TRANSFORMER = "transformer"
    UNBALANCE = "unbalance"
    UNEVEN = "uneven"
    NEUTRAL = "neutral"


QUANTITY_LABELS = {
    Quantity.LOW_VOLTAGE: "低电压",
    Quantity.HIGH_VOLTAGE: "高电压",
    Quantity.LINE: "线路过载",
    Quantity.TRANSFORMER: "变压器过载",
    Quantity.UNBALANCE: "电压不平衡",
    Quantity.UNEVEN: "三相负荷不平衡",
    Quantity.NEUTRAL: "零线电流",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The worst moment of one thing by one quantity.

    `value` and `limit` are volts (phase to neutral) for voltages, else shares. `used` is how much
    of the room the limit leaves is used up: 1 is at the limit. `steps` counts those beyond it,
    `step` is the worst, counted from 0.
    """

    quantity: Quantity
    id: str
    value: float
    limit: float
    used: float
    step: int
    steps: int
    phase: Phase
    clause: str
    words: str

    @property
    def is_beyond(self) -> bool:
        """Tell whether the limit is crossed at any step."""
        return self.steps > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSummary:
    """What a flow says of one area.

    `worst` holds the worst thing by each quantity; `beyond` every thing beyond a limit, what uses
    most of it first. `binding` is what limits the area: it is the first that would be crossed, or
    is crossed most.
    """

    area: str
    nodes: int
    drawn_kwh: float
    loss_kwh: float
    worst: tuple[Worst, ...]
    beyond: tuple[Worst, ...]

    @property
    def binding(self) -> Worst | None:
        """Return what uses most of its limit."""
        return max(self.worst, key=lambda each: each.used, default=None)

    @property
    def loss_share(self) -> float:
        """Return losses over what was taken in: drawn plus lost."""
        taken = self.drawn_kwh + self.loss_kwh
        return self.loss_kwh / taken if taken > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a flow says, area by area; `unsolved` are steps that have no solution."""

    areas: tuple[AreaSummary, ...]
    steps: int
    unsolved: tuple[int, ...]
    drawn_kwh: float
    loss_kwh: float


def summarise(flow: Flow, *, limits: Limits = DEFAULT_LIMITS) -> Summary:
    """Compare every step with the limits; things belong to the area of the node they feed.

    Only what is worst is kept of each thing, so that a county's areas fit in memory together.
    """
    every = list(_every(flow, limits)) if flow.is_solved.any() else []
    area_of = _areas(flow)
    losses, drawn = _energy(flow, area_of)
    nodes = Counter(node.area for node in flow.grid.nodes)
    of_area: dict[str, list[Worst]] = {area: [] for area in nodes}
    for each in every:
        of_area[area_of[_kind(each), each.id]].append(each)
    return Summary(
        areas=tuple(
            _area(
                area,
                of_area[area],
                nodes=count,
                drawn_kwh=drawn.get(area, 0.0),
                loss_kwh=losses.get(area, 0.0),
            )
            for area, count in nodes.items()
        ),
        steps=flow.steps,
        unsolved=tuple(int(step) for step in np.flatnonzero(~flow.is_solved)),
        drawn_kwh=flow.drawn_kwh,
        loss_kwh=flow.loss_kwh,
    )


def _area(
    area: str, every: Sequence[Worst], *, nodes: int, drawn_kwh: float, loss_kwh: float
) -> AreaSummary:
    worst: dict[Quantity, Worst] = {}
    for each in every:
        if each.quantity not in worst or each.used > worst[each.quantity].used:
            worst[each.quantity] = each
    return AreaSummary(
        area=area,
        nodes=nodes,
        drawn_kwh=drawn_kwh,
        loss_kwh=loss_kwh,
        worst=tuple(worst.values()),
        beyond=tuple(sorted((each for each in every if each.is_beyond), key=lambda e: -e.used)),
    )


def _kind(each: Worst) -> str:
    if each.quantity is Quantity.LINE:
        return "line"
    is_node = each.quantity in (Quantity.LOW_VOLTAGE, Quantity.HIGH_VOLTAGE, Quantity.UNBALANCE)
    return "node" if is_node else "transformer"


def _areas(flow: Flow) -> dict[tuple[str, str], str]:
    """Return the area of every node, line and transformer: of the end that is fed."""
    grid = flow.grid
    of = {node.id: node.area for node in grid.nodes}
    return {
        **{("node", node.id): node.area for node in grid.nodes},
        **{("line", line.id): of[line.to_node] for line in grid.lines},
        **{("transformer", each.id): of[each.low_node] for each in grid.transformers},
    }


def _energy(
    flow: Flow, area_of: dict[tuple[str, str], str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return what each area lost and drew, in kWh."""
    losses: dict[str, float] = {}
    parts: tuple[tuple[str, Sequence[Line | Transformer], Floats], ...] = (
        ("line", flow.grid.lines, flow.line_loss_kw),
        ("transformer", flow.grid.transformers, flow.transformer_loss_kw),
    )
    for kind, things, lost in parts:
        for thing, kwh in zip(things, np.nansum(lost, axis=0) * flow.hours, strict=True):
            area = area_of[kind, thing.id]
            losses[area] = losses.get(area, 0.0) + float(kwh)
    of = {node.id: node.area for node in flow.grid.nodes}
    drawn: dict[str, float] = {}
    solved_kwh = np.nansum(flow.load_kw[flow.is_solved], axis=0) * flow.hours
    for load, kwh in zip(flow.grid.loads, solved_kwh, strict=True):
        drawn[of[load.node]] = drawn.get(of[load.node], 0.0) + float(kwh)
    return losses, drawn


def _every(flow: Flow, limits: Limits) -> Iterator[Worst]:
    yield from _voltages(flow, limits)
    for line, values in zip(flow.grid.lines, flow.line_loading.T, strict=True):
        yield _share(Quantity.LINE, line.id, values, limits.line_loading, clause="")
    for each, values in zip(flow.grid.transformers, flow.transformer_loading.T, strict=True):
        limit = limits.transformer_loading
        yield _share(Quantity.TRANSFORMER, each.id, values, limit, clause="")
    if flow.unbalance is not None:
        for node, values in zip(flow.grid.nodes, flow.unbalance.T, strict=True):
            clause = limits.unbalance_clause
            yield _share(Quantity.UNBALANCE, node.id, values, limits.unbalance, clause=clause)
    yield from _phases(flow, limits)


def _voltages(flow: Flow, limits: Limits) -> Iterator[Worst]:
    """Yield the lowest and the highest voltage of each node, of its worst phase."""
    for place, node in enumerate(flow.grid.nodes):
        rule = limits.voltage_rule(node.voltage_v)
        rated = node.voltage_v / np.sqrt(3.0)
        nominal = rule.nominal_v or rated
        volts = flow.voltage_pu[:, place] * rated
        if volts.ndim == 1:
            volts = volts[:, None]
        for quantity, bound in (
            (Quantity.LOW_VOLTAGE, rule.low * nominal),
            (Quantity.HIGH_VOLTAGE, rule.high * nominal),
        ):
            is_low = quantity is Quantity.LOW_VOLTAGE
            used = (volts - nominal) / (bound - nominal)
            step, phase = np.unravel_index(np.nanargmax(used), used.shape)
            beyond = volts < bound - 1e-9 if is_low else volts > bound + 1e-9
            told_phase = Phase(int(phase)) if flow.is_by_phase else Phase.ALL
            value = float(volts[step, phase])
            steps = int(beyond.any(axis=1).sum())
            yield Worst(
                quantity=quantity,
                id=node.id,
                value=value,
                limit=float(bound),
                used=float(used[step, phase]),
                step=int(step),
                steps=steps,
                phase=told_phase,
                clause=rule.clause,
                words=_voltage_words(
                    node.id, told_phase, value, float(bound), steps, is_low=is_low
                ),
            )


def _voltage_words(
    id_: str, phase: Phase, value: float, bound: float, steps: int, *, is_low: bool
) -> str:
    where = id_ if phase is Phase.ALL else f"{id_}（{PHASE_LETTERS[phase]} 相）"
    told = {"where": where, "value": value, "bound": bound, "steps": steps}
    if is_low:
        return Phrase(
            "%(where)s 最低 %(value).1f V，下限 %(bound).1f V，低于下限 %(steps)d 个时刻", **told
        )
    return Phrase(
        "%(where)s 最高 %(value).1f V，上限 %(bound).1f V，高于上限 %(steps)d 个时刻", **told
    )


def _share(
    quantity: Quantity,
    id_: str,
    values: Floats,
    limit: float,
    *,
    clause: str,
    phase: Phase = Phase.ALL,
) -> Worst:
    """Return the worst moment of a share that has a limit."""
    step = int(np.nanargmax(values))
    value, steps = float(values[step]), int((values > limit + 1e-9).sum())
    return Worst(
        quantity=quantity,
        id=id_,
        value=value,
        limit=limit,
        used=value / limit,
        step=step,
        steps=steps,
        phase=phase,
        clause=clause,
        words=Phrase(
            "%(id)s 最高 %(value).1f%%，限值 %(limit).1f%%，超过 %(steps)d 个时刻",
            id=id_,
            value=100 * value,
            limit=100 * limit,
            steps=steps,
        ),
    )


def _phases(flow: Flow, limits: Limits) -> Iterator[Worst]:
    """Yield how uneven transformers are while they carry something to speak of."""
    if flow.phase_kw is None or flow.neutral_loading is None:
        return
    for place, each in enumerate(flow.grid.transformers):
        is_asked = flow.transformer_loading[:, place] >= limits.least_loading
        if not is_asked.any():
            continue
        rule = _phase_rule(flow, each, limits)
        phases = flow.phase_kw[:, place]
        greatest = np.maximum(phases.max(axis=1), 1e-9)
        uneven = np.where(is_asked, (greatest - phases.min(axis=1)) / greatest, 0.0)
        phase = Phase(int(phases[int(np.nanargmax(uneven))].argmax()))
        limit, clause = rule.unevenness, rule.clause
        yield _share(Quantity.UNEVEN, each.id, uneven, limit, clause=clause, phase=phase)
        neutral = np.where(is_asked, flow.neutral_loading[:, place], 0.0)
        yield _share(Quantity.NEUTRAL, each.id, neutral, rule.neutral, clause=clause)


def _phase_rule(flow: Flow, each: Transformer, limits: Limits) -> PhaseRule:
    types = {type_.id: type_ for type_ in flow.grid.transformer_types}
    group = vector_group(types[each.type].vector_group)
    return limits.delta if group is not None and group.high == DELTA else limits.star
