"""The next tea season or Spring Festival (季节预测): who will be overloaded, and from when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from dianliang.core import jobs
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.network.models import Transformer
from dianliang.domain.relief.models import Study
from dianliang.domain.relief.operations import Studied
from dianliang.domain.relief.study_queries import StudyRow
from dianliang.engines.forecasting import LEVELS
from dianliang.engines.loading import Span
from dianliang.flows.energy import seasons
from dianliang.flows.energy.seasons import HEAVY, Machines, Risk
from dianliang.flows.relief import curves
from dianliang.flows.relief.loading_page import POWER_FACTOR
from dianliang.flows.studies import keeping
from dianliang.integrations.curve_store import CurveStoreError, register
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

KIND = Study.Kind.SEASON.value
ENGINE = "forecasting-2"
MONTH_DAYS = 28
LOW, MIDDLE, HIGH = (LEVELS.index(level) for level in (0.05, 0.5, 0.95))
"""The outer pair is an interval of 90 %."""
READING, WRITING = Phrase("读各季的曲线"), Phrase("写结果")
NO_REGISTER = Phrase("还没有户变关系。请先用 dianliang energy import --meters 导入，再来预测。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: past seasons by their first days, the next one, and their length."""

    starts: tuple[date, ...]
    next_start: date
    days: int
    machines: Machines


def order(*, wanted: Wanted, title: str, by: Actor, at: datetime) -> None:
    """Ask for a season to be forecast.

    Raises:
        InvalidInputError: dates cannot be, nothing is stored of any season, or meters have no
            transformers.
        UnableToRelieveError, NotVisibleError: see `keeping.order`.
    """
    seasons.refuse_dates(wanted.starts, wanted.next_start, wanted.days)
    if register(curves.store().root) is None:
        raise InvalidInputError(NO_REGISTER, field="starts")
    spans = [Span(day, day + timedelta(days=wanted.days)) for day in wanted.starts]
    if not any(curves.store().stored(span) for span in spans):
        words = Phrase("过去各季没有一天有曲线，无从预测。请核对日期和已导入的月份。")
        raise InvalidInputError(words, field="starts")
    asked = {
        "starts": [day.isoformat() for day in wanted.starts],
        "next_start": wanted.next_start.isoformat(),
        "days": wanted.days,
        "machines": [[number, year, kw] for (number, year), kw in wanted.machines.items()],
    }
    keeping.order(KIND, asked, title=title, by=by, at=at)


def machines_of(content: bytes, *, name: str) -> Machines:
    """Return the power of machines that a table names, by transformer and year.

    Raises:
        UnreadableSheetError, InvalidInputError: it cannot be used; every row is listed.
    """
    return seasons.machines_in(content, name=name) if content else {}


def stored_months() -> tuple[str, ...]:
    """Return the months of which curves are stored; none where the store is damaged."""
    try:
        return tuple(curves.store().months())
    except CurveStoreError:
        return ()


def fullest_month() -> str:
    """Return the latest of the months of which four weeks or the most days are stored, or none.

    The month that is under way has hardly a day yet: a season that begins in it says nothing.
    """
    store = curves.store()

    def days(month: str) -> int:
        first = date.fromisoformat(f"{month}-01")
        stored = store.stored(Span(first, first + timedelta(days=MONTH_DAYS)))
        return min((stored.until_on - stored.from_on).days, MONTH_DAYS) if stored else 0

    return max(stored_months(), key=lambda month: (days(month), month), default="")


@jobs.handler(keeping.job_kind(KIND))
def in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Forecast a season and keep it."""
    return keeping.made(context, _computed)


def _computed(context: jobs.JobContext, asked: Mapping[str, Any]) -> Studied:
    context.progress(0.05, str(READING))
    wanted = Wanted(
        starts=tuple(date.fromisoformat(day) for day in asked["starts"]),
        next_start=date.fromisoformat(asked["next_start"]),
        days=asked["days"],
        machines={(number, year): kw for number, year, kw in asked["machines"]},
    )
    study = computed(wanted, title=context.payload["title"], by=keeping.actor_of(context))
    context.progress(0.95, str(WRITING))
    return study


def computed(wanted: Wanted, *, title: str, by: Actor) -> Studied:
    """Forecast the actor's transformers.

    Raises:
        InvalidInputError: nothing is stored of any season, or none of the actor's transformers
            has one.
        CurveStoreError: the store is damaged.
    """
    store = curves.store()
    network = register(store.root)
    if network is None:
        raise InvalidInputError(NO_REGISTER)
    found = seasons.outlook(
        store,
        network,
        starts=wanted.starts,
        next_start=wanted.next_start,
        days=wanted.days,
        machines=wanted.machines,
        power_factor=POWER_FACTOR,
        calendar=work_calendar(),
    )
    own = Transformer.objects.filter(area_id__in=curves.areas_of(by)).select_related("area__parent")
    known = {row.number: row for row in own}
    risks = [risk for risk in found.risks if risk.number in known]
    if not risks:
        raise InvalidInputError(Phrase("您管的变压器在这些季节里都没有曲线，无从预测。"))
    return Studied(
        kind=KIND,
        title=title,
        inputs={
            "starts": [day.isoformat() for day in wanted.starts],
            "next_start": wanted.next_start.isoformat(),
            "days": wanted.days,
            "machines": len(wanted.machines),
            "power_factor": POWER_FACTOR,
        },
        result={
            "rows": [_row(risk, known[risk.number], wanted.next_start) for risk in risks],
            "left_out": [number for number in found.left_out if number in known],
            "held_out": found.outlook.held_out,
            "growth": found.outlook.growth,
        },
        detail={"days": {risk.number: _days(risk) for risk in risks}},
        engine=ENGINE,
    )


def _row(risk: Risk, row: Transformer, start: date) -> dict[str, Any]:
    highest = risk.forecast.highest_kw
    warn_on = _first(risk.forecast.daily_kw[HIGH], HEAVY * risk.capacity_kva, start)
    return {
        "number": risk.number,
        "name": row.name,
        "village": row.area.name,
        "lat": row.lat,
        "lon": row.lon,
        "capacity_kva": risk.capacity_kva,
        "seasons": risk.seasons,
        "machines_kw": risk.machines_kw,
        "peak_kw": round(float(highest[MIDDLE]), 2),
        "low_kw": round(float(highest[LOW]), 2),
        "high_kw": round(float(highest[HIGH]), 2),
        "heavy": round(risk.heavy, 4),
        "over": round(risk.over, 4),
        "worst_on": risk.worst_on.isoformat(),
        "warn_on": warn_on.isoformat() if warn_on else "",
    }


def _first(daily_kw: np.ndarray, rated_kva: float, start: date) -> date | None:
    """Return the first day on which the upper end of the interval reaches a load in kVA."""
    reached = np.flatnonzero(daily_kw >= rated_kva * POWER_FACTOR)
    return start + timedelta(days=int(reached[0])) if reached.size else None


def _days(risk: Risk) -> dict[str, list[float]]:
    daily = risk.forecast.daily_kw
    return {
        "low_kw": [round(float(kw), 1) for kw in daily[LOW]],
        "middle_kw": [round(float(kw), 1) for kw in daily[MIDDLE]],
        "high_kw": [round(float(kw), 1) for kw in daily[HIGH]],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRow:
    """A transformer in the next season: its peak in kW with a 90 % interval, chances, days.

    `heavy` and `over` are the chances to reach 80 and 100 % of the capacity, None where the width
    is assumed. `warn_on` is the first day on which the interval's upper end reaches 80 %.
    """

    number: str
    name: str
    village: str
    lat: float | None
    lon: float | None
    capacity_kva: float
    seasons: int
    machines_kw: float
    peak_kw: float
    low_kw: float
    high_kw: float
    heavy: float | None
    over: float | None
    worst_on: date
    warn_on: date | None

    @property
    def peak_share(self) -> float:
        """Return the peak over the capacity at the power factor of the rules."""
        return self.peak_kw / (self.capacity_kva * POWER_FACTOR)

    @property
    def high_share(self) -> float:
        """Return the upper end of the peak's interval over the capacity."""
        return self.high_kw / (self.capacity_kva * POWER_FACTOR)


def rows(study: StudyRow) -> tuple[RiskRow, ...]:
    """Return the transformers of a study, likeliest overload first."""
    is_learned = study.result["held_out"] > 0
    return tuple(_risk_row(told, is_learned=is_learned) for told in study.result["rows"])


def _risk_row(told: Mapping[str, Any], *, is_learned: bool) -> RiskRow:
    fields = {
        **told,
        "worst_on": date.fromisoformat(told["worst_on"]),
        "warn_on": date.fromisoformat(told["warn_on"]) if told["warn_on"] else None,
    }
    if not is_learned:
        fields |= {"heavy": None, "over": None}
    return RiskRow(**fields)


def days_of(study: StudyRow, number: str) -> Mapping[str, Sequence[float]] | None:
    """Return the daily quantiles of one transformer, or nothing."""
    found: dict[str, Any] = keeping.detail(study)["days"]
    return found.get(number)
