"""A transformer's area with its meters' curves: voltages, losses, phases of real days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from dianliang.engines import phasing, relief
from dianliang.engines.loading import NO_DV, NO_W, POINTS, Network, Span, rows_of
from dianliang.engines.powerflow import (
    DEFAULT_LIMITS,
    Floats,
    Flow,
    Grid,
    InvalidGridError,
    Limits,
    LoadKind,
    Phase,
    Profiles,
    Summary,
    solve,
    summarise,
)
from dianliang.integrations.curve_store import CurveStore, batches
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

EPOCH_DAYS = 719_163
"""The ordinal of 1970-01-01, from which the store counts days."""
QUARTER_H = 0.25
WORST_METERS = 20


class UnableToComputeAreaError(InvalidInputError):
    """The model and the meters of an area do not go together; the message says what to do."""

    code = "energy.unable-to-compute-area"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curves:
    """Readings by meter over some days, (points) each in kW and volts; NaN where not read."""

    span: Span
    power_kw: Mapping[str, Floats]
    voltage_v: Mapping[str, Floats]

    @property
    def points(self) -> int:
        """Return the number of quarter hours."""
        return (self.span.until_on - self.span.from_on).days * POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterVoltage:
    """What a meter's voltage was beside what the model says, in volts."""

    meter: str
    lowest_v: float
    model_lowest_v: float
    mean_gap_v: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AreaMonth:
    """What some days of an area come to.

    `coincidence` is the greatest load of all meters together over the sum of each one's greatest.
    `measured_loss_kwh` is what the main meter read more than the others, None without a main meter
    or where a point of either is missing too often. `without_curve` are loads of the model without
    readings (they keep the power of the model), `not_in_model` meters of the transformer that the
    model lacks, `filled_points` readings that were missing and taken from other days.
    """

    flow: Flow
    summary: Summary
    span: Span
    coincidence: float
    loss_kwh: float
    measured_loss_kwh: float | None
    without_curve: tuple[str, ...]
    not_in_model: tuple[str, ...]
    filled_points: int
    voltages: tuple[MeterVoltage, ...]

    def moment(self, step: int) -> str:
        """Say when a step begins: ``2026-07-03 18:15``."""
        day = self.span.from_on + timedelta(days=step // POINTS)
        minutes = step % POINTS * 15
        return f"{day} {minutes // 60:02d}:{minutes % 60:02d}"


def curves(store: CurveStore, span: Span, meters: Sequence[str]) -> Curves:
    """Return the readings of some meters; one pass over the days.

    Raises:
        CurveStoreError: the store is damaged.
    """
    wanted, days = set(meters), (span.until_on - span.from_on).days
    first = span.from_on.toordinal() - EPOCH_DAYS
    power: dict[str, Floats] = {}
    voltage: dict[str, Floats] = {}
    for part in store.slices(span):
        for batch in batches(part):
            rows = rows_of(batch)
            place = {i: name for i, name in enumerate(rows.numbers) if name in wanted}
            for row in np.flatnonzero(np.isin(rows.meter, [*place])):
                name, day = place[int(rows.meter[row])], int(rows.day[row]) - first
                if not 0 <= day < days:
                    continue
                if name not in power:
                    power[name] = np.full(days * POINTS, np.nan)
                    voltage[name] = np.full(days * POINTS, np.nan)
                at = slice(day * POINTS, (day + 1) * POINTS)
                watts, tenths = rows.power[row], rows.voltage[row]
                power[name][at] = np.where(watts == NO_W, np.nan, watts / 1e3)
                voltage[name][at] = np.where(tenths == NO_DV, np.nan, tenths / 10)
    return Curves(span=span, power_kw=power, voltage_v=voltage)


def month(
    store: CurveStore,
    network: Network,
    grid: Grid,
    span: Span,
    *,
    power_factor: float = 0.95,
    limits: Limits = DEFAULT_LIMITS,
) -> AreaMonth:
    """Compute an area at every quarter hour that its meters read.

    Loads of the model are meters by their id; those of a generator count what they feed in.

    Raises:
        UnableToComputeAreaError: no load of the model has readings, or the model is not sound.
        CurveStoreError: the store is damaged.
    """
    known = {load.id for load in grid.loads}
    owners = {m.transformer for name, m in network.meters.items() if name in known}
    of_area = {name: m for name, m in network.meters.items() if m.transformer in owners}
    mains = [name for name, meter in of_area.items() if meter.is_main]
    read = curves(store, span, [*known, *of_area])
    with_curve = [load for load in grid.loads if load.id in read.power_kw]
    if not with_curve:
        raise UnableToComputeAreaError(_unread(grid, span))
    filled = {load.id: _filled(read.power_kw[load.id]) for load in with_curve}
    p = np.stack([filled[load.id][0] for load in with_curve], axis=1)
    for place, load in enumerate(with_curve):
        if load.kind is LoadKind.GENERATOR:
            p[:, place] *= -1  # a meter reads what is drawn
    tangent = float(np.sqrt(1 / power_factor**2 - 1))
    is_drawn = np.array([load.kind is LoadKind.LOAD for load in with_curve])
    profiles = Profiles(
        ids=tuple(load.id for load in with_curve),
        p_kw=p,
        q_kvar=np.where(is_drawn, tangent, 0.0) * p,
        hours=QUARTER_H,
    )
    try:
        flow = solve(grid, profiles)
    except InvalidGridError as error:
        words = "\n".join(each.words for each in error.errors)
        raise UnableToComputeAreaError(words) from error
    sums = p.sum(axis=1)
    return AreaMonth(
        flow=flow,
        summary=summarise(flow, limits=limits),
        span=span,
        coincidence=float(sums.max() / max(p.max(axis=0).sum(), 1e-9)),
        loss_kwh=flow.loss_kwh,
        measured_loss_kwh=_measured_loss(read, mains, [load.id for load in with_curve]),
        without_curve=tuple(load.id for load in grid.loads if load.id not in read.power_kw),
        not_in_model=tuple(sorted(name for name in of_area if name not in {*known, *mains})),
        filled_points=sum(count for _, count in filled.values()),
        voltages=_voltages(flow, grid, read),
    )


def _unread(grid: Grid, span: Span) -> Phrase:
    return Phrase(
        "%(grid)s 的负荷编号在 %(first)s 至 %(last)s 没有一只表有曲线，"
        "请核对负荷编号是否就是表号。",
        grid=grid.name,
        first=f"{span.from_on}",
        last=f"{span.until_on}",
    )


def _filled(power_kw: Floats) -> tuple[Floats, int]:
    """Return a curve with missing points as the mean of other days at that time, else of all."""
    by_day = power_kw.reshape(-1, POINTS)
    is_read = np.isfinite(by_day)
    if is_read.all():
        return power_kw, 0
    count = is_read.sum(axis=0)
    usual = np.where(is_read, by_day, 0.0).sum(axis=0) / np.maximum(count, 1)
    mean = float(by_day[is_read].mean()) if is_read.any() else 0.0
    usual = np.where(count > 0, usual, mean)
    return np.where(is_read, by_day, usual).ravel(), int((~is_read).sum())


def _measured_loss(read: Curves, mains: Sequence[str], meters: Sequence[str]) -> float | None:
    """Return what main meters read more than the others, in kWh, over points that all tell."""
    if not mains or any(name not in read.power_kw for name in mains):
        return None
    into = np.sum([read.power_kw[name] for name in mains], axis=0)
    out = np.sum([read.power_kw[name] for name in meters], axis=0)
    is_told = np.isfinite(into) & np.isfinite(out)
    if 2 * is_told.sum() < read.points:
        return None
    return float((into - out)[is_told].sum() * QUARTER_H)


def _voltages(flow: Flow, grid: Grid, read: Curves) -> tuple[MeterVoltage, ...]:
    """Return the meters with the lowest voltages read, beside those of the model."""
    found: list[MeterVoltage] = []
    for load in grid.loads:
        volts = read.voltage_v.get(load.id)
        if volts is None or not np.isfinite(volts).any():
            continue
        model = flow.phase_v(load.node)
        if model.ndim > 1:
            model = model.mean(axis=1) if load.phase is Phase.ALL else model[:, load.phase]
        both = np.isfinite(volts) & np.isfinite(model)
        found.append(
            MeterVoltage(
                meter=load.id,
                lowest_v=float(np.nanmin(volts)),
                model_lowest_v=float(np.nanmin(model)),
                mean_gap_v=float((model - volts)[both].mean()) if both.any() else float("nan"),
            )
        )
    return tuple(sorted(found, key=lambda each: each.lowest_v)[:WORST_METERS])


def phase_moves(
    area: AreaMonth, *, most_moves: int | None = None, fixed: Sequence[str] = ()
) -> phasing.Plan:
    """Say which single-phase customers of an area should move to which phase.

    Raises:
        UnableToComputeAreaError: the model has no single-phase loads.
    """
    flow = area.flow
    customers = tuple(
        phasing.Customer(
            id=load.id,
            phase=int(load.phase),
            loads_kw=flow.load_kw[:, place],
            is_fixed=load.id in fixed,
        )
        for place, load in enumerate(flow.grid.loads)
        if load.phase is not Phase.ALL
    )
    if not customers:
        raise UnableToComputeAreaError("模型里没有写明相别的单相负荷，无从调整相别。")
    whole = [i for i, load in enumerate(flow.grid.loads) if load.phase is Phase.ALL]
    third = flow.load_kw[:, whole].sum(axis=1) / 3
    problem = phasing.Problem(
        customers=customers, others_kw=np.tile(third, (3, 1)), most_moves=most_moves
    )
    return phasing.balance(problem)


def as_measure(
    plan: phasing.Plan, *, area_id: str, cny_per_move: float = 150.0
) -> relief.Measure | None:
    """Return moves between phases as a measure of the relief engine; None where none are due.

    The load that this is taken off is three times the fullest phase (`full_load`): a transformer
    is full when one of its phases is.
    """
    if not plan.moves:
        return None
    return relief.Measure(
        id=f"{area_id}/balance",
        area_id=area_id,
        kind=relief.Kind.BALANCE,
        relief_kw=plan.relief_kw,
        cost_cny=cny_per_move * len(plan.moves),
    )


def full_load(plan: phasing.Plan) -> Floats:
    """Return the load of a transformer as its fullest phase makes it count, in kW."""
    return np.asarray(3 * plan.before_kw.max(axis=0), np.float64)
