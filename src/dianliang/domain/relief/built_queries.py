"""What was built against overload: since when, for how much, and what it is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from dianliang.domain.relief.models import ProposedArea
from dianliang.domain.relief.proposal_queries import measures_of
from dianliang.kernel.phrases import phrase_of


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
            measures=measures_of(row.measures),
            usual_cny=row.usual_cny,
        )
        for row in rows
    )


def built_days(numbers: Collection[str]) -> dict[str, tuple[date, ...]]:
    """Return when transformers were relieved, by any proposal, oldest first. One query."""
    rows = ProposedArea.objects.filter(
        decision__completion__isnull=False, transformer__number__in=numbers
    ).order_by("decision__completion__built_on")
    found: dict[str, tuple[date, ...]] = {}
    for number, day in rows.values_list("transformer__number", "decision__completion__built_on"):
        found[number] = (*found.get(number, ()), day)
    return found


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
