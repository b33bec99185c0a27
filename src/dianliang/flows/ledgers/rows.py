"""Settlements, points and appeals as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum

from dianliang.domain.ledger.lifecycle import APPEAL, SETTLEMENT_LABELS
from dianliang.domain.ledger.models import Appeal, Award, Settlement
from dianliang.domain.ledger.wording import SOURCES

SHOWN = ("NOTICE", "POSTED")
"""States in which everybody may read a settlement, and appeal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementRow:
    """A settlement in a list."""

    number: str
    book: str
    unit: str
    since: date
    until: date
    status: str
    status_label: str
    people: int
    awards: int
    points: int
    waiting: int
    notice_until: datetime | None
    open_appeals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRow:
    """An appeal, and what came of it."""

    number: str
    award: int
    settlement: str
    person: str
    rule: str
    source: str
    points: int
    wanted: int
    words: str
    status: str
    status_label: str
    made_name: str
    made_at: datetime
    decided_name: str
    because: str
    granted: int | None
    counter_entry: str
    new_entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardRow:
    """Points of one record."""

    id: int
    person: str
    name: str
    rule: str
    edition: int
    on: date
    source_kind: str
    source_label: str
    source_number: str
    points: int
    capped: int
    decided_name: str
    refused_because: str
    entry: str
    can_appeal: bool
    settlement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """What a settlement gives one person."""

    number: str
    name: str
    team: str
    records: int
    points: int


def settlement_rows(found: QuerySet[Settlement]) -> tuple[SettlementRow, ...]:
    """Return settlements with their figures."""
    listed = list(found.select_related("book", "unit"))
    figures = _figures(listed)
    appeals = dict(
        Appeal.objects.filter(award__settlement__in=listed, status="OPEN")
        .values_list("award__settlement")
        .annotate(n=Count("pk"))
    )
    return tuple(_settlement_row(one, figures[one.pk], appeals.get(one.pk, 0)) for one in listed)


def _figures(listed: Iterable[Settlement]) -> dict[int, tuple[int, int, int, int]]:
    """Return people, records, points and what waits, by settlement."""
    counts = {one.pk: (0, 0, 0, 0) for one in listed}
    given = Q(refused_because="")
    rows = (
        Award.objects.filter(settlement__in=counts)
        .values_list("settlement")
        .annotate(
            people=Count("person", distinct=True),
            awards=Count("pk"),
            points=Sum("points", filter=given),
            waiting=Count("pk", filter=Q(decided_by="")),
        )
    )
    for key, people, awards, points, waiting in rows:
        counts[key] = (people, awards, points or 0, waiting)
    return counts


def _settlement_row(
    one: Settlement, figures: tuple[int, int, int, int], appeals: int
) -> SettlementRow:
    people, awards, points, waiting = figures
    return SettlementRow(
        number=one.number,
        book=one.book.name,
        unit=one.unit.name,
        since=one.since,
        until=one.until,
        status=one.status,
        status_label=SETTLEMENT_LABELS[one.status],
        people=people,
        awards=awards,
        points=points,
        waiting=waiting,
        notice_until=one.notice_until,
        open_appeals=appeals,
    )


def people_of(one: Settlement) -> tuple[PersonRow, ...]:
    """Return what a settlement gives each person, most first."""
    sums = (
        one.awards.filter(refused_because="")
        .order_by()
        .values_list("person__number", "person__name")
        .annotate(records=Count("pk"), points=Sum("points"))
    )
    teams = dict(one.awards.order_by("on").values_list("person__number", "team__name"))
    rows = [
        PersonRow(
            number=number, name=name, team=teams.get(number) or "", records=records, points=points
        )
        for number, name, records, points in sums
    ]
    return tuple(sorted(rows, key=lambda row: (-row.points, row.number)))


def award_rows(awards: QuerySet[Award]) -> tuple[AwardRow, ...]:
    """Return points record by record."""
    found = awards.select_related("person", "rule", "version", "entry", "settlement")
    disputed = set(
        Appeal.objects.filter(status="OPEN", award__in=awards).values_list("award_id", flat=True)
    )
    return tuple(_award_row(award, is_disputed=award.pk in disputed) for award in found)


def _award_row(award: Award, *, is_disputed: bool) -> AwardRow:
    return AwardRow(
        id=award.pk,
        person=award.person.number,
        name=award.person.name,
        rule=award.rule.name,
        edition=award.version.edition,
        on=award.on,
        source_kind=award.source_kind,
        source_label=SOURCES.get(award.source_kind, award.source_kind),
        source_number=award.source_number,
        points=award.points,
        capped=award.capped,
        decided_name=award.decided_name,
        refused_because=award.refused_because,
        entry=award.entry.number if award.entry else "",
        can_appeal=award.settlement.status in SHOWN and not is_disputed,
        settlement=award.settlement.number,
    )


def appeal_rows(found: QuerySet[Appeal]) -> tuple[AppealRow, ...]:
    """Return appeals as they are shown."""
    joined = found.select_related(
        "award__person", "award__rule", "award__settlement", "counter_entry", "new_entry"
    )
    return tuple(_appeal_row(one) for one in joined)


def _appeal_row(one: Appeal) -> AppealRow:
    award = one.award
    return AppealRow(
        number=one.number,
        award=award.pk,
        settlement=award.settlement.number,
        person=award.person.name,
        rule=award.rule.name,
        source=f"{SOURCES.get(award.source_kind, award.source_kind)} {award.source_number}",
        points=award.points,
        wanted=one.wanted,
        words=one.words,
        status=one.status,
        status_label=APPEAL.labels[one.status],
        made_name=one.made_name,
        made_at=one.made_at,
        decided_name=one.decided_name,
        because=one.because,
        granted=one.granted,
        counter_entry=one.counter_entry.number if one.counter_entry else "",
        new_entry=one.new_entry.number if one.new_entry else "",
    )
