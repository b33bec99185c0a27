"""Hours at the desk: declare, review, announce, hear objections, correct."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import audit, files
from dianliang.core.papers import keep_paper
from dianliang.core.rows import first_of
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.hours import access, desk
from dianliang.domain.hours.doubting import doubts_of
from dianliang.domain.hours.models import Appeal, HourNotice, HourRecord
from dianliang.domain.hours.operations import (
    appealing,
    correcting,
    publishing,
    reviewing,
    taking_in,
)
from dianliang.domain.hours.operations.taking_in import Giving
from dianliang.domain.programs.operations.volunteers import link_of
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows.giving_hours import SERVING
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_APPROVED = 500
"""Records approved by one press: more than a station collects in a month."""
MOST_CHOICES = 2000
SECONDS_A_MINUTE = 60
ROLES = tuple(SERVING.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A day with two times, as forms send them."""

    on: date
    starts: str
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is filled in for hours that no check-in knows of."""

    person: str
    team: str
    span: Span
    role: str
    content: str
    words: str
    evidence: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the form of a declaration offers; who is not listed can be typed by his number."""

    people: tuple[tuple[str, str], ...]
    more_people: int
    teams: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]


def choices(*, by: Actor) -> Choices:
    """Return the people and teams of the actor's units."""
    rows = _people(by).values_list("number", "name", "unit__name")
    people, more = first_of(rows, MOST_CHOICES)
    teams = Team.objects.filter(is_active=True, unit__path__startswith=by.unit_path or "-")
    return Choices(
        people=tuple((number, f"{name}（{number}，{unit}）") for number, name, unit in people),
        more_people=more,
        teams=tuple(teams.values_list("code", "name")),
        roles=ROLES,
    )


def _people(by: Actor) -> QuerySet[Person]:
    return Person.objects.filter(unit__path__startswith=by.unit_path or "-").order_by("number")


def declare(*, asked: Declared, by: Actor, at: datetime) -> HourRecord:
    """Write hours down by hand, with words and evidence.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
        UnableToTakeInError: the time cannot have been given.
    """
    person = person_of(asked.person, by=by)
    team = Team.objects.filter(code=asked.team, unit__path__startswith=by.unit_path or "-").first()
    if asked.team and team is None:
        raise InvalidInputError("没有这支队伍，请重新选择。", field="team")
    if asked.role not in ROLES:
        raise InvalidInputError("请选择身份。", field="role")
    content = clean_text(asked.content, field="content", label="服务内容", most=120, least=2)
    words = clean_text(asked.words, field="words", label="申报说明", most=1000, least=4)
    start, end = span_of(asked.span)
    if not asked.evidence:
        message = "请上传佐证：签到表、现场照片或证明材料的照片或 PDF。"
        raise InvalidInputError(message, field="evidence")
    giving = Giving(
        person=person,
        source=(HourRecord.Source.DECLARED, "人工申报"),
        unit=person.unit,
        team=team,
        started_at=start,
        ended_at=end,
        minutes=_minutes(start, end),
        is_verified=False,
        role=asked.role,
        content=content,
    )
    taking_in.require_possible(giving, at=at)
    evidence = keep_paper(asked.evidence, at=at, field="evidence")
    return taking_in.declare(giving=giving, words=words, evidence=evidence, by=by, at=at)


def person_of(number: str, *, by: Actor) -> Person:
    """Return a person of the actor's units.

    Raises:
        InvalidInputError: there is none; the field is named.
    """
    found: Person | None = _people(by).select_related("unit").filter(number=number).first()
    if found is None:
        raise InvalidInputError("本单位没有这个人员编号，请从列表中选择。", field="person")
    return found


def span_of(span: Span) -> tuple[datetime, datetime]:
    """Return the instants of a span within one day.

    Raises:
        InvalidInputError: a time is none, or the end is not later; the field is named.
    """
    start, end = _instants(span)
    if end <= start:
        message = "结束时间应晚于开始时间；跨过零点的请分两天申报。"
        raise InvalidInputError(message, field="ends")
    return start, end


def _instants(span: Span) -> tuple[datetime, datetime]:
    start = datetime.combine(span.on, _time(span.starts, "starts", "开始时间"), SHANGHAI)
    end = datetime.combine(span.on, _time(span.ends, "ends", "结束时间"), SHANGHAI)
    return start, end


def _time(text: str, field: str, label: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            Phrase("%(label)s应为“时:分”。", label=Phrase(label)), field=field
        ) from error


def _minutes(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds() // SECONDS_A_MINUTE)


def approve(
    *, number: str, words: str, span: Span | None = None, by: Actor, at: datetime
) -> HourRecord:
    """Let a record count, or only a part of it.

    Raises:
        NotVisibleError: absent, or another unit's.
        InvalidInputError, UnableToReviewError, IllegalTransitionError: see the operation.
    """
    record = access.record_to_see(number, by=by)
    start, end = _cut(record, span) if span else (None, None)
    return reviewing.approve(
        record=record,
        words=_opinion(words),
        started_at=start,
        ended_at=end,
        by=by,
        at=at,
    )


def _cut(record: HourRecord, span: Span) -> tuple[datetime, datetime]:
    """Return a cut as it was meant: forms know no seconds, so an end that shows the same is it.

    Of a record over midnight an end that is not later than the start is the next day's.
    """
    first, last = (at.astimezone(SHANGHAI).date() for at in (record.started_at, record.ended_at))
    start, end = _instants(span) if first < last else span_of(span)
    if end <= start:
        end += timedelta(days=1)
    starts_same = start == record.started_at.replace(second=0, microsecond=0)
    ends_same = end == record.ended_at.replace(second=0, microsecond=0)
    return (
        record.started_at if starts_same else start,
        record.ended_at if ends_same else end,
    )


def reject(*, number: str, words: str, by: Actor, at: datetime) -> HourRecord:
    """Refuse a record.

    Raises:
        NotVisibleError: absent, or another unit's.
        InvalidInputError, UnableToReviewError, IllegalTransitionError: see the operation.
    """
    record = access.record_to_see(number, by=by)
    return reviewing.reject(record=record, words=_opinion(words), by=by, at=at)


def _opinion(words: str) -> str:
    return clean_text(words, field="words", label="审核意见", most=200)


@transaction.atomic
def approve_clean(*, by: Actor, at: datetime) -> int:
    """Approve everything that raises no doubt and that the actor may decide about.

    Returns how many. What he gains by, or declared himself, is left for somebody else.
    """
    pending = access.visible(by).filter(status="PENDING").select_related("person", "reverses")
    rows = list(pending.order_by("started_at", "pk")[: desk.MOST_LOOKED_AT])
    found = doubts_of(rows)
    approved = 0
    for record in [row for row in rows if not found[row.pk]][:MOST_APPROVED]:
        with suppress(DomainError):  # his own, or somebody was quicker
            reviewing.approve(record=record, by=by, at=at)
            approved += 1
    return approved


@transaction.atomic
def announce(*, working_days: int, by: Actor, at: datetime) -> HourNotice:
    """Show everything that was approved and waits, in one notice.

    Raises:
        UnableToAnnounceError: nothing waits, or the notice is too short or too long.
    """
    waiting = access.visible(by).filter(status="APPROVED").select_related("person", "unit")
    records = list(waiting.order_by("person__number", "started_at", "pk"))
    unit = Unit.objects.filter(path__startswith=by.unit_path or "-").order_by("path").first()
    if unit is None:
        raise NotVisibleError("没有找到您的单位。")
    return publishing.announce(
        unit=unit,
        records=records,
        working_days=working_days,
        calendar=work_calendar(),
        by=by,
        at=at,
    )


def decide(*, number: str, verb: str, decision: str, by: Actor, at: datetime) -> Appeal:
    """Decide about an appeal.

    Raises:
        NotVisibleError: absent, or another unit's.
        InvalidInputError, UnableToAppealError, IllegalTransitionError: see the operation.
    """
    appeal = access.appeal_to_decide(number, by=by)
    words = clean_text(decision, field="decision", label="处理决定", most=300, least=2)
    step = appealing.uphold if verb == "uphold" else appealing.dismiss
    return step(appeal=appeal, decision=words, by=by, at=at)


def appeal(*, number: str, words: str, name: str, contact: str, by: Actor, at: datetime) -> Appeal:
    """Write down an appeal that somebody brings to the desk.

    Raises:
        NotVisibleError: absent, or another unit's.
        InvalidInputError, UnableToAppealError: a field is wrong, or the record in no state for it.
    """
    record = access.record_to_see(number, by=by)
    side = Appeal.Side.FOR if record.status == "REJECTED" else Appeal.Side.AGAINST
    return _appeal(record, side, words=words, name=name, contact=contact, by=by, at=at)


def appeal_in_public(
    *, notice: str, number: str, words: str, name: str, contact: str, at: datetime
) -> Appeal:
    """Take an objection to a record on an open notice, from anybody.

    Raises:
        NotVisibleError: the notice is not open, or the record is not on it.
        InvalidInputError, UnableToAppealError: a field is wrong, or there are too many.
    """
    record = HourRecord.objects.filter(
        number=number, notice__number=notice, notice__status="OPEN"
    ).first()
    if record is None:
        raise NotVisibleError("没有找到这条公示。")
    side = Appeal.Side.AGAINST
    return _appeal(record, side, words=words, name=name, contact=contact, by=None, at=at)


def claim(*, token: str, number: str, words: str, at: datetime) -> Appeal:
    """Take a volunteer's objection to the refusal of his own hours, by his personal link.

    Raises:
        NotVisibleError: no such link, one that is not confirmed, or a record that is not his.
        InvalidInputError, UnableToAppealError: no reason, or the record was not refused.
    """
    link = link_of(token)
    records = HourRecord.objects.filter(number=number, person=link.person)
    record = records.first() if link.is_confirmed else None
    if record is None:
        raise NotVisibleError("没有找到这条时长。")
    person, side = link.person, Appeal.Side.FOR
    contact = person.phone or "个人页"
    return _appeal(record, side, words=words, name=person.name, contact=contact, by=None, at=at)


def _appeal(
    record: HourRecord,
    side: str,
    *,
    words: str,
    name: str,
    contact: str,
    by: Actor | None,
    at: datetime,
) -> Appeal:
    return appealing.appeal(
        record=record,
        side=side,
        words=clean_text(words, field="words", label="异议理由", most=500, least=4),
        name=clean_text(name, field="name", label="姓名", most=40, least=2),
        contact=clean_text(contact, field="contact", label="联系方式", most=40, least=3),
        by=by,
        at=at,
    )


def correct(*, number: str, span: Span | None, because: str, by: Actor, at: datetime) -> HourRecord:
    """Take a published record back, and tell it anew with another span if one is given.

    Raises:
        NotVisibleError: absent, or another unit's.
        InvalidInputError, UnableToCorrectError, UnableToReviewError: see the operation.
    """
    record = access.record_to_see(number, by=by)
    because = clean_text(because, field="because", label="更正原因", most=200, least=4)
    if span is None:
        return correcting.take_back(record=record, because=because, by=by, at=at)
    start, end = _cut(record, span)
    return correcting.tell_anew(
        record=record,
        started_at=start,
        ended_at=end,
        minutes=_minutes(start, end),
        because=because,
        by=by,
        at=at,
    )


def evidence(*, number: str, by: Actor, at: datetime) -> tuple[bytes, str]:
    """Return the evidence of a record with its media type; reading it is on record.

    Raises:
        NotVisibleError: absent, another unit's, or without evidence.
    """
    record = access.record_to_see(number, by=by)
    if record.evidence is None:
        raise NotVisibleError("这条时长没有佐证。")
    audit.record("hours.hourrecord.read_evidence", target=record, by=by, at=at)
    return files.read(record.evidence), record.evidence.media_type


def open_notice(number: str) -> tuple[desk.NoticeRow, tuple[desk.ShownRow, ...]]:
    """Return an open notice with what everybody may see of it.

    Raises:
        NotVisibleError: it is absent, or over: names are not shown longer than they must be.
    """
    found = HourNotice.objects.filter(number=number, status="OPEN")
    rows = desk.notice_rows(found)
    if not rows:
        raise NotVisibleError("没有这次公示，或公示已经结束。")
    return rows[0], desk.shown(found.get())
