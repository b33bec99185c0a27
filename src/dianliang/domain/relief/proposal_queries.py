"""What is proposed against overload, line by line, and what was decided of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from dianliang.domain.relief.models import Decision, Proposal, ProposedArea
from dianliang.kernel.phrases import phrase_of


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
        measures=measures_of(row.measures),
        cheapest=measures_of(row.cheapest),
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


def measures_of(rows: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return measures with their words as sentences that can be translated."""
    return tuple({**one, "words": phrase_of(one["words"])} for one in rows)
