"""What is known around an hour record, gathered for the rules in a number of queries of its own."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import QuerySet

from dianliang.domain.hours.anomalies import Doubt, Facts, Other, doubts
from dianliang.domain.hours.lifecycle import COUNTS
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.workforce.models import Absence
from dianliang.kernel.calendar import SHANGHAI

AROUND = timedelta(days=31)
"""How far the rules look: copies of a month, and all of a day."""
LOOKED_AT = (*COUNTS, "PENDING")


def standing(records: QuerySet[HourRecord]) -> QuerySet[HourRecord]:
    """Leave out what was taken back, and what takes it back."""
    return records.filter(reverses=None, reversal=None)


def doubts_of(records: Sequence[HourRecord]) -> Mapping[int, tuple[Doubt, ...]]:
    """Return the doubts about each record, by its key. Takes two queries, however many."""
    if not records:
        return {}
    people = {record.person_id for record in records}
    first = min(record.started_at for record in records) - AROUND
    last = max(record.ended_at for record in records) + AROUND
    near = standing(HourRecord.objects.filter(person_id__in=people, status__in=LOOKED_AT)).filter(
        ended_at__gt=first, started_at__lt=last
    )
    by_person: dict[int, list[HourRecord]] = {}
    for other in near:
        by_person.setdefault(other.person_id, []).append(other)
    days = (first.astimezone(SHANGHAI).date(), last.astimezone(SHANGHAI).date())
    away = _away(people, *days)
    return {
        record.pk: doubts(_facts(record, by_person.get(record.person_id, ()), away))
        for record in records
    }


def _away(people: Iterable[int], first: date, last: date) -> Mapping[int, list[Absence]]:
    found: dict[int, list[Absence]] = {}
    rows = Absence.objects.filter(person_id__in=people, first_on__lte=last, last_on__gte=first)
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found


def _facts(
    record: HourRecord, near: Iterable[HourRecord], away: Mapping[int, list[Absence]]
) -> Facts:
    day = record.started_at.astimezone(SHANGHAI).date()
    others = tuple(
        Other(
            number=other.number,
            started_at=other.started_at,
            ended_at=other.ended_at,
            minutes=other.minutes,
            counts=other.status in COUNTS,
            is_declared=not other.is_verified,
            content=other.content,
        )
        for other in near
        if other.pk != record.pk and abs(other.started_at - record.started_at) <= AROUND
    )
    return Facts(
        number=record.number,
        started_at=record.started_at,
        ended_at=record.ended_at,
        minutes=record.minutes,
        entered_at=record.entered_at,
        is_declared=not record.is_verified,
        content=record.content,
        source_min=record.source_min,
        away_m=record.away_m,
        lacks_check_out=record.lacks_check_out,
        is_absent=not record.is_verified
        and any(row.first_on <= day <= row.last_on for row in away.get(record.person_id, ())),
        others=others,
    )
