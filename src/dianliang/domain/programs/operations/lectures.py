"""Every write about lectures: who is in the pool, a lecture asked for, arranged, or declined."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.lecturing import Ranked
from dianliang.domain.programs.lifecycle import LECTURE
from dianliang.domain.programs.models import Lecturer, LectureRequest, LectureTopic, Session
from dianliang.domain.programs.operations import sessions, signing
from dianliang.domain.programs.operations.sessions import Planned
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person, Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase, joined, kept

MOST_WISHES = 3
LONGEST_MIN = 480


class UnableToArrangeError(DomainError):
    """This lecturer cannot give this lecture then, or nobody has said why it is he."""

    code = "programs.unable-to-arrange"


@transaction.atomic
def enter_lecturer(
    *,
    person: Person,
    topics: Collection[LectureTopic],
    most_a_month: int,
    words: str,
    is_active: bool,
    by: Actor,
    at: datetime,
) -> Lecturer:
    """Put somebody into the pool, or change what he speaks on.

    Raises:
        InvalidInputError: no topic, or a number of lectures a month that nobody can give.
    """
    if not topics:
        raise InvalidInputError("请至少勾选一个主题。", field="topics")
    if not 1 <= most_a_month <= 31:
        raise InvalidInputError("每月最多场数应在 1 到 31 之间。", field="most_a_month")
    lecturer, _ = Lecturer.objects.update_or_create(
        person=person,
        defaults={"most_a_month": most_a_month, "words": words, "is_active": is_active},
    )
    lecturer.topics.set(topics)
    after = "、".join(topic.name for topic in topics) if is_active else "出库"
    audit.record("programs.lecturer.enter", target=lecturer, by=by, at=at, after=after)
    return lecturer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A lecture as it is asked for."""

    topic: LectureTopic
    unit: Unit
    asker_unit: Unit | None
    asked_for: str
    area: Area
    site: Site | None
    place: str
    wishes: Sequence[datetime]
    minutes: int
    audience: int
    contact: str
    words: str
    phone_index: str = ""
    token_hash: str | None = None


@transaction.atomic
def ask(*, wanted: Wanted, by: Actor, at: datetime) -> LectureRequest:
    """Write down that somebody wants a lecture; of his times the first is the dearest to him.

    Raises:
        InvalidInputError: no time, too many, or one that is past; or a length nobody listens for.
    """
    wishes = _checked(wanted.wishes, at=at)
    if not 10 <= wanted.minutes <= LONGEST_MIN:
        message = Phrase("时长应在 10 到 %(most)s 分钟之间。", most=LONGEST_MIN)
        raise InvalidInputError(message, field="minutes")
    request = LectureRequest.objects.create(
        number=next_number("DJ", at=at),
        topic=wanted.topic,
        unit=wanted.unit,
        asker_unit=wanted.asker_unit,
        asked_for=wanted.asked_for,
        area=wanted.area,
        site=wanted.site,
        place=wanted.place,
        wishes=[wish.isoformat() for wish in wishes],
        minutes=wanted.minutes,
        audience=wanted.audience,
        contact=wanted.contact,
        words=wanted.words,
        phone_index=wanted.phone_index,
        token_hash=wanted.token_hash,
        asked_by=by.name,
        asked_at=at,
    )
    audit.record(
        "programs.lecturerequest.ask", target=request, by=by, at=at, after=wanted.topic.name
    )
    return request


def _checked(wanted: Sequence[datetime], *, at: datetime) -> list[datetime]:
    wishes = list(dict.fromkeys(wanted))
    if not 1 <= len(wishes) <= MOST_WISHES:
        message = Phrase("请填写 1 到 %(most)s 个希望的时间。", most=MOST_WISHES)
        raise InvalidInputError(message, field="wishes")
    if min(wishes) <= at:
        raise InvalidInputError("希望的时间应在今后。", field="wishes")
    if max(wishes) > at + sessions.FARTHEST:
        raise InvalidInputError("希望的时间太远，请检查年份。", field="wishes")
    return wishes


@transaction.atomic
def set_wishes(
    *, request: LectureRequest, wishes: Sequence[datetime], by: Actor, at: datetime
) -> LectureRequest:
    """Write down other times that suit who asked, as agreed with him (改希望的时间).

    Raises:
        UnableToArrangeError: the lecture is arranged, or the request has ended.
        InvalidInputError: no time, too many, or one that is past or too far ahead.
    """
    request = LectureRequest.objects.select_for_update().get(pk=request.pk)
    if request.status != "ASKED":
        raise UnableToArrangeError("只有待安排的点讲单可以改时间。", field="wishes")
    before, chosen = request.wishes, _checked(wishes, at=at)
    request.wishes = [wish.isoformat() for wish in chosen]
    request.save(update_fields=["wishes"])
    audit.record(
        "programs.lecturerequest.set_wishes",
        target=request,
        by=by,
        at=at,
        before="、".join(before),
        after="、".join(request.wishes),
    )
    return request


def wishes_of(request: LectureRequest) -> tuple[datetime, ...]:
    """Return the times that were asked for."""
    return tuple(datetime.fromisoformat(text) for text in request.wishes)


@transaction.atomic
def arrange(
    *,
    request: LectureRequest,
    lecturer: Lecturer,
    wish: int,
    ranking: Sequence[Ranked],
    reason: str,
    team: Team | None,
    by: Actor,
    at: datetime,
) -> Session:
    """Have a lecturer give it at the first time he can; the ranking then is kept beside it.

    Raises:
        UnableToArrangeError: he cannot come then, or he is not the first and no reason is given.
        UnableToSignUpError: he has signed up for something else at that time meanwhile.
    """
    place = next((n for n, one in enumerate(ranking) if one.number == lecturer.number), None)
    if place is None or not ranking[place].can:
        why = joined("；", ranking[place].reasons) if place is not None else Phrase("不讲这个主题")
        words = Phrase("%(who)s不能讲这一场：%(why)s。", who=lecturer.person.name, why=why)
        raise UnableToArrangeError(words, field="lecturer")
    if place > 0 and len(reason) < 2:
        message = Phrase(
            "%(name)s不是排在最前的讲师，请写明选他的理由。", name=lecturer.person.name
        )
        raise UnableToArrangeError(message, field="reason")
    if wish != ranking[place].wish:
        message = Phrase(
            "%(name)s能来的时间刚有变化，请看新的排序再安排。", name=lecturer.person.name
        )
        raise UnableToArrangeError(message, field="wish")
    planned = _planned(request, starts_at=wishes_of(request)[wish], team=team)
    session = sessions.plan(planned=planned, by=by, at=at)
    sessions.announce(session=session, by=by, at=at)
    signing.sign_up(
        session=session,
        person=lecturer.person,
        role="lecturer",
        channel="console",
        by=by,
        at=at,
    )
    shown = [[one.number, one.name, one.wish, list(map(kept, one.reasons))] for one in ranking]
    changes = {
        "session": session,
        "lecturer": lecturer,
        "wish": wish,
        "ranking": shown,
        "reason": reason,
    }
    note = f"{lecturer.person.name}，排第 {place + 1}。{reason}"
    transitions.apply(
        request, "arrange", lifecycle=LECTURE, by=by, at=at, note=note, changes=changes
    )
    return session


def _planned(request: LectureRequest, *, starts_at: datetime, team: Team | None) -> Planned:
    return Planned(
        title=f"{request.topic.name}（{request.asked_for}）"[:60],
        kind="lecture",
        role="guest",
        unit=request.unit,
        team=team,
        area=request.area,
        site=request.site,
        place=request.place,
        words=request.words,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=request.minutes),
        is_generated=request.is_generated,
    )


@transaction.atomic
def decline(*, request: LectureRequest, verb: str, reason: str, by: Actor, at: datetime) -> None:
    """Say that nobody can come, or take the request back.

    Raises:
        InvalidInputError: no reason is given.
    """
    if len(reason) < 2:
        raise InvalidInputError("请写明原因。", field="reason")
    transitions.apply(
        request, verb, lifecycle=LECTURE, by=by, at=at, note=reason, changes={"reason": reason}
    )
