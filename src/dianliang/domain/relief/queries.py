"""What others may know about the load of transformers and what is proposed against it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from dianliang.domain.relief.models import Decision, Judgement, Proposal, ProposedArea, Screening
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
    *, screening: str, areas: Collection[int], numbers: Collection[str] | None = None
) -> tuple[LoadRow, ...]:
    """Return what a screening found in areas, most strained first. One query."""
    rows = Judgement.objects.filter(
        screening__number=screening, transformer__area_id__in=areas
    ).select_related("transformer__area__parent__parent", "transformer__feeder__unit")
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
        runs=tuple(row.runs),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRow:
    """A proposal as lists show it, with how far people have decided."""

    number: str
    unit_path: str
    screening: str
    month: date
    budget_cny: float | None
    most_units: int | None
    prices: tuple[dict[str, Any], ...]
    areas: int
    relieved: int
    bound: int
    cost_cny: float
    units: int
    avoided_cny: float
    by_budget: tuple[dict[str, float], ...]
    left_out: tuple[str, ...]
    engine: str
    made_at: datetime
    made_by: str
    is_generated: bool

    @property
    def is_proven(self) -> bool:
        """Tell whether nothing else relieves more for the money."""
        return self.relieved >= self.bound


def proposals(*, unit_path: str) -> tuple[ProposalRow, ...]:
    """Return the proposals made within a unit, newest first. One query."""
    return tuple(_proposal(row) for row in _of_unit(unit_path).select_related("screening"))


def _of_unit(unit_path: str) -> QuerySet[Proposal]:
    if not unit_path:
        return Proposal.objects.none()
    return Proposal.objects.filter(unit_path__startswith=unit_path)


def _proposal(row: Proposal) -> ProposalRow:
    return ProposalRow(
        number=row.number,
        unit_path=row.unit_path,
        screening=row.screening.number,
        month=row.screening.month,
        budget_cny=row.budget_cny,
        most_units=row.most_units,
        prices=tuple(row.prices),
        areas=row.areas,
        relieved=row.relieved,
        bound=row.bound,
        cost_cny=row.cost_cny,
        units=row.units,
        avoided_cny=row.avoided_cny,
        by_budget=tuple(row.by_budget),
        left_out=tuple(row.left_out),
        engine=row.engine,
        made_at=row.made_at,
        made_by=row.made_by,
        is_generated=row.is_generated,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """What a proposal means for one transformer, what was decided, and what was built."""

    number: str
    name: str
    village_name: str
    capacity_kva: int
    lat: float | None
    lon: float | None
    outcome: str
    outcome_label: str
    words: str
    measures: tuple[dict[str, Any], ...]
    cheapest: tuple[dict[str, Any], ...]
    cost_cny: float
    units: int
    lacking_cny: float
    usual_cny: float | None
    before_share: float
    after_share: float
    before_kwh: float
    after_kwh: float
    verdict: str
    verdict_label: str
    reason: str
    decided_by: str
    built_on: date | None
    spent_cny: float | None

    @property
    def measures_told(self) -> str:
        """Say what is to be done."""
        return "；".join(f"{one['label']}：{one['words']}" for one in self.measures)

    @property
    def cheapest_told(self) -> str:
        """Say what would do at least cost, for one that is not chosen."""
        return "；".join(f"{one['label']}：{one['words']}" for one in self.cheapest)


def proposal(*, number: str, unit_path: str) -> tuple[ProposalRow, tuple[LineRow, ...]] | None:
    """Return a proposal made within a unit with its lines, or nothing. Two queries."""
    found = _of_unit(unit_path).filter(number=number).select_related("screening").first()
    if found is None:
        return None
    lines = ProposedArea.objects.filter(proposal=found).select_related(
        "transformer__area", "decision__completion"
    )
    return _proposal(found), tuple(_line(row) for row in lines)


def line_model(*, proposal: str, transformer: str, unit_path: str) -> ProposedArea | None:
    """Return a line for who decides about it, or nothing."""
    return (
        ProposedArea.objects.filter(
            proposal__in=_of_unit(unit_path).filter(number=proposal),
            transformer__number=transformer,
        )
        .select_related("transformer", "proposal__screening", "decision__completion")
        .first()
    )


def _measures(rows: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return measures with their words as sentences that can be translated."""
    return tuple({**one, "words": phrase_of(one["words"])} for one in rows)


def _line(row: ProposedArea) -> LineRow:
    decision: Decision | None = getattr(row, "decision", None)
    completion = getattr(decision, "completion", None) if decision else None
    return LineRow(
        number=row.transformer.number,
        name=row.transformer.name,
        village_name=row.transformer.area.name,
        capacity_kva=row.transformer.capacity_kva,
        lat=row.transformer.lat,
        lon=row.transformer.lon,
        outcome=row.outcome,
        outcome_label=row.get_outcome_display(),
        words=phrase_of(row.told) if row.told else row.words,
        measures=_measures(row.measures),
        cheapest=_measures(row.cheapest),
        cost_cny=row.cost_cny,
        units=row.units,
        lacking_cny=row.lacking_cny,
        usual_cny=row.usual_cny,
        before_share=row.before_share,
        after_share=row.after_share,
        before_kwh=row.before_kwh,
        after_kwh=row.after_kwh,
        verdict=decision.verdict if decision else "",
        verdict_label=decision.get_verdict_display() if decision else "",
        reason=decision.reason if decision else "",
        decided_by=decision.decided_by if decision else "",
        built_on=completion.built_on if completion else None,
        spent_cny=completion.spent_cny if completion else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltRow:
    """A transformer that was relieved: by which proposal, for how much, since when."""

    proposal: str
    month: date
    number: str
    name: str
    built_on: date
    spent_cny: float
    measures: tuple[dict[str, Any], ...]
    usual_cny: float | None


def built(*, areas: Collection[int]) -> tuple[BuiltRow, ...]:
    """Return what was built in areas, newest first. One query."""
    rows = (
        ProposedArea.objects.filter(
            Q(decision__completion__isnull=False), transformer__area_id__in=areas
        )
        .select_related("proposal__screening", "transformer", "decision__completion")
        .order_by("-decision__completion__built_on", "pk")
    )
    return tuple(
        BuiltRow(
            proposal=row.proposal.number,
            month=row.proposal.screening.month,
            number=row.transformer.number,
            name=row.transformer.name,
            built_on=row.decision.completion.built_on,
            spent_cny=row.decision.completion.spent_cny,
            measures=_measures(row.measures),
            usual_cny=row.usual_cny,
        )
        for row in rows
    )


def relieved_since(day: date, *, areas: Collection[int]) -> dict[str, date]:
    """Return what went into service after a day: transformers with that day. One query."""
    rows = ProposedArea.objects.filter(
        decision__completion__built_on__gt=day, transformer__area_id__in=areas
    )
    return dict(rows.values_list("transformer__number", "decision__completion__built_on"))


def storage_before(day: date, *, areas: Collection[int]) -> dict[str, str]:
    """Return the batteries that measured curves contain already, in words. One query."""
    rows = ProposedArea.objects.filter(
        decision__completion__built_on__lte=day, transformer__area_id__in=areas
    )
    return {
        number: phrase_of(one["words"])
        for number, measures in rows.order_by("pk").values_list("transformer__number", "measures")
        for one in measures
        if one["kind"] == "storage"
    }
