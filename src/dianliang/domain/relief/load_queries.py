"""What screenings say of the load of transformers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from dianliang.domain.relief.models import Judgement, Screening
from dianliang.domain.territory.models import Area
from dianliang.kernel.phrases import phrase_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRow:
    """A screening that counts: the newest of its month."""

    number: str
    month: date
    from_on: date
    until_on: date
    transformers: int
    strangers: tuple[str, ...]
    rules: str
    engine: str
    made_at: datetime
    made_by: str
    is_generated: bool


def screenings() -> tuple[ScreeningRow, ...]:
    """Return the screening that counts of each month, newest month first. One query."""
    newest = Screening.objects.order_by().values("month").annotate(pk_=Max("pk")).values("pk_")
    return tuple(_screening(row) for row in Screening.objects.filter(pk__in=newest))


def screening(month: date) -> ScreeningRow | None:
    """Return the screening that counts of a month, or nothing."""
    found = Screening.objects.filter(month=month).order_by("-pk").first()
    return _screening(found) if found else None


def screening_model(number: str) -> Screening:
    """Return a screening for who writes about it.

    Raises:
        Screening.DoesNotExist: there is none.
    """
    return Screening.objects.get(number=number)


def _screening(row: Screening) -> ScreeningRow:
    return ScreeningRow(
        number=row.number,
        month=row.month,
        from_on=row.from_on,
        until_on=row.until_on,
        transformers=row.transformers,
        strangers=tuple(row.strangers),
        rules=row.rules,
        engine=row.engine,
        made_at=row.made_at,
        made_by=row.made_by,
        is_generated=row.is_generated,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRow:
    """A transformer as one screening judged it."""

    number: str
    name: str
    village_code: str
    village_name: str
    town_code: str
    town_name: str
    feeder_code: str
    feeder_name: str
    station_code: str
    station_name: str
    lat: float | None
    lon: float | None
    ledger_kva: int
    capacity_kva: float
    meters: int
    known_share: float
    unbelieved_points: int
    line: str
    line_label: str
    peak_kw: float | None
    peak_share: float | None
    peak_at: datetime | None
    over_minutes: int
    heavy_minutes: int
    over_runs: int
    heavy_runs: int
    uneven_runs: int | None
    low_minutes: int | None
    high_minutes: int | None
    least_v: float | None
    most_v: float | None
    runs: tuple[dict[str, Any], ...]

    @property
    def over_hours(self) -> float:
        """Return how long it carried its rated capacity or more."""
        return self.over_minutes / 60

    @property
    def heavy_hours(self) -> float:
        """Return how long it carried 80 % of its rated capacity or more, with what was more."""
        return self.heavy_minutes / 60

    @property
    def is_misfiled(self) -> bool:
        """Tell whether the register of meters and that of transformers name other capacities."""
        return self.ledger_kva != self.capacity_kva


def judgements(
    *, screening: str, areas: Collection[int] | None, numbers: Collection[str] | None = None
) -> tuple[LoadRow, ...]:
    """Return what a screening found in areas (None: in all), most strained first. One query."""
    rows = Judgement.objects.filter(screening__number=screening).select_related(
        "transformer__area__parent__parent", "transformer__feeder__unit"
    )
    if areas is not None:
        rows = rows.filter(transformer__area_id__in=areas)
    if numbers is not None:
        rows = rows.filter(transformer__number__in=numbers)
    found = [_load(row) for row in rows]
    rank = {"over": 0, "heavy": 1, "": 2, "unknown": 3}
    found.sort(key=lambda row: (rank[row.line], -(row.peak_share or 0.0), row.number))
    return tuple(found)


def _load(row: Judgement) -> LoadRow:
    transformer = row.transformer
    area = transformer.area
    village = area.parent if area.level == Area.Level.GRID and area.parent else area
    town, station = village.parent, transformer.feeder.unit
    return LoadRow(
        number=transformer.number,
        name=transformer.name,
        village_code=village.code,
        village_name=village.name,
        town_code=town.code if town else "",
        town_name=town.name if town else "",
        feeder_code=transformer.feeder.code,
        feeder_name=transformer.feeder.name,
        station_code=station.code if station else "",
        station_name=station.name if station else "",
        lat=transformer.lat,
        lon=transformer.lon,
        ledger_kva=transformer.capacity_kva,
        capacity_kva=row.capacity_kva,
        meters=row.meters,
        known_share=row.known_share,
        unbelieved_points=row.unbelieved_points,
        line=row.line,
        line_label=row.get_line_display(),
        peak_kw=row.peak_kw,
        peak_share=row.peak_share,
        peak_at=row.peak_at,
        over_minutes=row.over_minutes,
        heavy_minutes=row.heavy_minutes,
        over_runs=row.over_runs,
        heavy_runs=row.heavy_runs,
        uneven_runs=row.uneven_runs,
        low_minutes=row.low_minutes,
        high_minutes=row.high_minutes,
        least_v=row.least_v,
        most_v=row.most_v,
        runs=tuple({**run, "words": phrase_of(run["words"])} for run in row.runs),
    )
