"""The pages about the load of transformers: a month of all, and one through its points."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from dianliang.core import jobs
from dianliang.core.models import BackgroundJob
from dianliang.domain.relief import load_queries
from dianliang.domain.relief.load_queries import LoadRow, ScreeningRow
from dianliang.engines.loading import MINUTES, NO_DV, NO_W, POINTS, Carried, clock
from dianliang.flows.relief import curves
from dianliang.flows.relief.screening import SCREEN
from dianliang.integrations.curve_store import CurveStoreError, Kept
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import phrase_of

POWER_FACTOR = 0.95
"""As in the rules by which a screening judges; the rules that it kept say so too."""
HOURS = 24
Figures = tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a month is asked for; an empty part asks for all."""

    month: date | None = None
    station: str = ""
    town: str = ""
    line: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month's transformers, most strained first, and the counts of all that are the actor's."""

    screening: ScreeningRow | None
    months: tuple[date, ...]
    rows: tuple[LoadRow, ...]
    over: int
    heavy: int
    uneven: int
    low: int
    unknown: int
    stations: tuple[tuple[str, str], ...]
    towns: tuple[tuple[str, str], ...]
    stored: tuple[str, ...]
    is_going_on: bool
    failed: str


def month(asked: Asked, *, by: Actor) -> Month:
    """Return the month asked for, or the newest that was judged. Five queries."""
    known = load_queries.screenings()
    shown = next((row for row in known if row.month == asked.month), None)
    if asked.month is None and known:
        shown = known[0]
    own: tuple[LoadRow, ...] = ()
    if shown is not None:
        own = load_queries.judgements(screening=shown.number, areas=curves.areas_of(by))
    job = BackgroundJob.objects.filter(kind=SCREEN).order_by("-pk").first()
    return Month(
        screening=shown,
        months=tuple(row.month for row in known),
        rows=tuple(row for row in own if _is_asked(row, asked)),
        over=sum(row.line == "over" for row in own),
        heavy=sum(row.line == "heavy" for row in own),
        uneven=sum(bool(row.uneven_runs) for row in own),
        low=sum(bool(row.low_minutes) for row in own),
        unknown=sum(row.line == "unknown" for row in own),
        stations=_choices((row.station_code, row.station_name) for row in own),
        towns=_choices((row.town_code, row.town_name) for row in own),
        stored=tuple(_stored_months()),
        is_going_on=jobs.is_going_on(SCREEN),
        failed=_failed(job),
    )


def _stored_months() -> list[str]:
    try:
        return curves.store().months()
    except CurveStoreError:
        return []


def _failed(job: BackgroundJob | None) -> str:
    """Return why the last screening came to nothing."""
    if job is None:
        return ""
    if job.status == BackgroundJob.Status.FAILED:
        return "判定多次中断，请再试一次；仍不行请联系管理员查看后台任务。"
    return phrase_of((job.result or {}).get("error", ""))


def _is_asked(row: LoadRow, asked: Asked) -> bool:
    flags = {"uneven": bool(row.uneven_runs), "low": bool(row.low_minutes)}
    return (
        (asked.words in row.number or asked.words in row.name)
        and (not asked.station or row.station_code == asked.station)
        and (not asked.town or row.town_code == asked.town)
        and (not asked.line or flags.get(asked.line, row.line == asked.line))
    )


def _choices(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({pair for pair in pairs if pair[0]}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What a transformer carried, as charts want it: kVA and shares, None where nothing is known.

    What is fed back stands below zero. `hourly` has a row for each hour of the day, a value (share
    of the rated capacity, its greatest in size of the hour) for each day.
    `peak_day` and `phases` (thrice a phase's load) are the 96 points
    of the day of the peak.
    """

    days: tuple[date, ...]
    daily_kva: Figures
    hourly: tuple[Figures, ...]
    peak_on: date | None
    clocks: tuple[str, ...]
    peak_day_kva: Figures
    phases_kva: tuple[Figures, ...]
    least_v: Figures
    most_v: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerFile:
    """One transformer in a month: the verdict, its points, the same in other months."""

    screening: ScreeningRow
    row: LoadRow
    points: Points | None
    others: tuple[tuple[date, LoadRow], ...]


def transformer(number: str, *, month: date | None, by: Actor) -> TransformerFile:
    """Return what is known of one transformer; without its file of points, the verdict alone.

    Raises:
        NotVisibleError: it is absent, somebody else's, or was judged in no such month.
    """
    areas = curves.areas_of(by)
    found = [
        (shown, rows[0])
        for shown in load_queries.screenings()
        if (rows := load_queries.judgements(screening=shown.number, areas=areas, numbers=[number]))
    ]
    chosen = [pair for pair in found if month is None or pair[0].month == month]
    if not chosen:
        raise NotVisibleError("没有找到这台变压器的判定。")
    screening, row = chosen[0]
    try:
        kept = curves.carried(screening.number, [number]).get(number)
    except CurveStoreError:
        kept = None
    return TransformerFile(
        screening=screening,
        row=row,
        points=None if kept is None else points_of(kept, capacity_kva=row.capacity_kva),
        others=tuple((shown.month, other) for shown, other in found if shown != screening),
    )


def points_of(kept: Kept, *, capacity_kva: float) -> Points:
    """Return the points of a transformer as charts want them."""
    told = kept.carried
    days = tuple(told.span.from_on + timedelta(days=i) for i in range(told.span.days))
    kva = _kva(told.load_w).reshape(told.span.days, POINTS)
    by_hour = _largest(kva.reshape(len(days), HOURS, POINTS // HOURS))
    peaks = _largest(kva)
    peak = None if np.isnan(peaks).all() else int(np.nanargmax(np.abs(peaks)))
    clocks = tuple(clock(i * MINUTES) for i in range(POINTS))
    return Points(
        days=days,
        daily_kva=_told(peaks),
        hourly=tuple(_told(by_hour[:, hour] / capacity_kva) for hour in range(HOURS)),
        peak_on=None if peak is None else days[peak],
        clocks=clocks,
        peak_day_kva=() if peak is None else _told(kva[peak]),
        phases_kva=() if peak is None else _phases(told, peak),
        least_v=_volts(kept.least_dv),
        most_v=_volts(kept.most_dv),
    )


def _largest(kva: np.ndarray) -> np.ndarray:
    """Return the greatest in size along the last axis, with its sign: what is fed back is shown."""
    most: np.ndarray = np.fmax.reduce(kva, axis=-1)
    least: np.ndarray = np.fmin.reduce(kva, axis=-1)
    found: np.ndarray = np.where(-least > most, least, most)
    return found


def _kva(load_w: np.ndarray) -> np.ndarray:
    return np.where(load_w == NO_W, np.nan, load_w / 1000 / POWER_FACTOR)


def _phases(told: Carried, day: int) -> tuple[Figures, ...]:
    if told.thrice_w is None:
        return ()
    kva = _kva(told.thrice_w).reshape(3, told.span.days, POINTS)[:, day] / 3
    return tuple(_told(phase) for phase in kva)


def _volts(values: np.ndarray) -> Figures:
    has = (values != NO_DV) & (values != np.iinfo(np.int16).max)
    return _told(np.where(has, values / 10, np.nan))


def _told(values: np.ndarray) -> Figures:
    return tuple(None if np.isnan(value) else round(float(value), 3) for value in values)
