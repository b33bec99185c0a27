"""Time comes in: from the records of what was done, or declared by hand with evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import audit
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number, next_numbers
from dianliang.domain.directory.models import Unit
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.workforce.models import Person, Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

LONGEST = timedelta(hours=24)
Source = tuple[str, str]
"""Kind and number of the record that the time comes from."""


class UnableToTakeInError(DomainError):
    """This cannot be anybody's hours."""

    code = "hours.unable-to-take-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """Time that somebody gave, as its source tells it.

    `minutes` may be less than lies between the two instants: breaks do not count.
    """

    person: Person
    source: Source
    unit: Unit
    team: Team | None
    started_at: datetime
    ended_at: datetime
    minutes: int
    is_verified: bool
    role: str
    content: str = ""
    source_min: int | None = None
    away_m: int | None = None
    lacks_check_out: bool = False
    words: str = ""


def take_in(
    *,
    person: Person,
    source: Source,
    unit: Unit,
    team: Team | None = None,
    started_at: datetime,
    ended_at: datetime,
    minutes: int,
    is_verified: bool,
    role: str,
    content: str = "",
    source_min: int | None = None,
    away_m: int | None = None,
    lacks_check_out: bool = False,
    words: str = "",
    by: Actor,
    at: datetime,
) -> HourRecord:
    """Take in one record of time. The same person and source a second time changes nothing.

    Raises:
        UnableToTakeInError: see `take_in_all`.
    """
    giving = Giving(
        person=person,
        source=source,
        unit=unit,
        team=team,
        started_at=started_at,
        ended_at=ended_at,
        minutes=minutes,
        is_verified=is_verified,
        role=role,
        content=content,
        source_min=source_min,
        away_m=away_m,
        lacks_check_out=lacks_check_out,
        words=words,
    )
    take_in_all(givings=[giving], by=by, at=at)
    kind, number = source
    known = HourRecord.objects.filter(person=person, source_kind=kind, source_number=number)
    return known.get(version=1, reverses=None)


@transaction.atomic
def take_in_all(*, givings: Sequence[Giving], by: Actor, at: datetime) -> int:
    """Take in many; return how many were new. All of them or none.

    Raises:
        UnableToTakeInError: a source is unknown, or the time is none, in the future, longer than
            a day, or longer than lies between its two instants; person and source are named.
    """
    for giving in givings:
        require_possible(giving, at=at)
    # Two that take in the same at once wait here for each other.
    people = sorted({giving.person.pk for giving in givings})
    list(Person.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
    numbers = {giving.source[1] for giving in givings}
    known = set(
        HourRecord.objects.filter(
            person_id__in=people, source_number__in=numbers, reverses=None
        ).values_list("person_id", "source_kind", "source_number")
    )
    new: list[Giving] = []
    for giving in givings:
        key = (giving.person.pk, *giving.source)
        if key not in known:
            known.add(key)
            new.append(giving)
    if not new:
        return 0
    places = next_numbers("SC", count=len(new), at=at)
    fresh = [_row(giving, n, by=by, at=at) for giving, n in zip(new, places, strict=True)]
    HourRecord.objects.bulk_create(fresh)
    told = ((record, _told(record)) for record in fresh)
    audit.record_each("hours.hourrecord.take_in", targets=told, by=by, at=at)
    return len(fresh)


@transaction.atomic
def declare(
    *, giving: Giving, words: str, evidence: StoredFile, by: Actor, at: datetime
) -> HourRecord:
    """Write down by hand time that no check-in knows of; `giving.source` is left out of account.

    Raises:
        UnableToTakeInError: see `take_in_all`; or there are no words.
    """
    require_possible(giving, at=at)
    if not words:
        raise UnableToTakeInError("请写明做了什么、谁可以证明。", field="words")
    record = _row(giving, next_number("SC", at=at), by=by, at=at)
    record.source_kind, record.source_number = HourRecord.Source.DECLARED, record.number
    record.is_verified, record.words, record.evidence = False, words, evidence
    record.save()
    audit.record("hours.hourrecord.declare", target=record, by=by, at=at, after=_told(record))
    return record


def require_possible(giving: Giving, *, at: datetime) -> None:
    """Refuse time that cannot have been given.

    Raises:
        UnableToTakeInError: see `take_in_all`.
    """
    kind, number = giving.source
    name = f"{giving.person.name}（{giving.person.number}，{number}）"
    if kind not in HourRecord.Source.values:
        raise UnableToTakeInError(
            Phrase("%(name)s：来源“%(kind)s”认不出。", name=name, kind=kind), field="source"
        )
    if not giving.started_at < giving.ended_at <= giving.started_at + LONGEST:
        message = Phrase("%(name)s：结束应晚于开始，一条时长不超过 24 小时。", name=name)
        raise UnableToTakeInError(message, field="ended_at")
    if giving.ended_at > at:
        raise UnableToTakeInError(
            Phrase("%(name)s：还没有结束，请在结束后登记。", name=name), field="ended_at"
        )
    between = int((giving.ended_at - giving.started_at).total_seconds() // 60)
    if not 0 < giving.minutes <= max(between, 1):
        message = Phrase(
            "%(name)s：起止之间只有 %(between)s 分钟，时长不能为 %(minutes)s 分钟。",
            name=name,
            between=between,
            minutes=giving.minutes,
        )
        raise UnableToTakeInError(message, field="minutes")


def _row(giving: Giving, name: str, *, by: Actor, at: datetime) -> HourRecord:
    kind, number = giving.source
    return HourRecord(
        number=name,
        person=giving.person,
        unit=giving.unit,
        team=giving.team,
        is_verified=giving.is_verified,
        source_kind=kind,
        source_number=number,
        role=giving.role,
        content=giving.content,
        started_at=giving.started_at,
        ended_at=giving.ended_at,
        minutes=giving.minutes,
        source_min=giving.source_min,
        away_m=giving.away_m,
        lacks_check_out=giving.lacks_check_out,
        words=giving.words,
        entered_by=by.id,
        entered_by_name=by.name,
        entered_at=at,
    )


def _told(record: HourRecord) -> str:
    return f"{record.person.number} {record.minutes} 分钟"
