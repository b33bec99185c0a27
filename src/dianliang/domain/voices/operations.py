"""Every write about appeals. The trail learns that, never what; of a mailbox, never who."""

from datetime import date, datetime, timedelta

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake.tokens import hashed, phone_key
from dianliang.domain.voices.lifecycle import VOICE
from dianliang.domain.voices.models import Desk, Handler, Said, Voice
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.calendar import SHANGHAI, TimeUnit
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

EMPLOYEE = Actor(id="employee", name="职工", role=Role.RESIDENT)
"""Who writes into the mailbox: the same for everybody, so that the trail names nobody."""
REST_DAYS = 15
"""After so many days without a word an answer counts as accepted, and nobody as satisfied."""
MOST_SAID = 60


class UnableToHearError(DomainError):
    """The appeal cannot be taken in, or led on, like this."""

    code = "voices.unable-to-hear"


@transaction.atomic
def open_desk(
    *, unit: Unit, first_working_days: int, due_working_days: int, by: Actor, at: datetime
) -> Desk:
    """Open a desk for a unit's employees, or change its clocks (设受理点).

    Raises:
        UnableToHearError: a clock makes no sense.
    """
    if not (1 <= first_working_days <= 10 and 1 <= due_working_days <= 60):
        message = "受理时限 1–10 个工作日，答复时限 1–60 个工作日。"
        raise UnableToHearError(message, field="due_working_days")
    values = {
        "first_working_days": first_working_days,
        "due_working_days": due_working_days,
    }
    desk, _ = Desk.objects.update_or_create(unit=unit, defaults=values)
    told = f"{first_working_days}/{due_working_days}"
    _record("open", "voices.desk", unit.code, by=by, at=at, after=told)
    return desk


@transaction.atomic
def name_handler(*, desk: Desk, person: Person, from_on: date, by: Actor, at: datetime) -> Handler:
    """Name somebody who reads and answers at a desk (指定专办人).

    Raises:
        UnableToHearError: the day is past, he is named already, has no account to log in, or is
            the actor: who keeps the desks would read by his own leave.
    """
    if person.number == by.person_number:
        raise UnableToHearError("不能指定自己为专办人，请由另一人指定。", field="person")
    if from_on < at.astimezone(SHANGHAI).date():
        raise UnableToHearError("起始日期不能早于今天。", field="from_on")
    if person.user_id is None:
        raise UnableToHearError(
            Phrase("%(name)s没有登录账号，不能办理。", name=person.name), field="person"
        )
    if desk.handlers.filter(person=person, until_on=None).exists():
        raise UnableToHearError(Phrase("%(name)s已是专办人。", name=person.name), field="person")
    # Named again on the day on which he was relieved, he has one naming of that day.
    made, _ = Handler.objects.update_or_create(
        desk=desk,
        person=person,
        from_on=from_on,
        defaults={"until_on": None, "named_by": by.name},
    )
    _record("name", "voices.handler", desk.unit.code, by=by, at=at, after=person.number)
    return made


@transaction.atomic
def relieve(*, handler: Handler, by: Actor, at: datetime) -> None:
    """Let a handler read no more from today on (解除专办).

    Raises:
        UnableToHearError: nobody would be left to read what comes in.
    """
    desk, today = handler.desk, at.astimezone(SHANGHAI).date()
    left = desk.handlers.filter(until_on=None, from_on__lte=today).exclude(pk=handler.pk)
    if not left.exists():
        raise UnableToHearError("受理点至少要有一名专办人，请先指定接替的人。")
    Handler.objects.filter(pk=handler.pk).update(until_on=today - timedelta(days=1))
    number = handler.person.number
    _record("relieve", "voices.handler", desk.unit.code, by=by, at=at, after=number)


@transaction.atomic
def hear(
    *,
    desk: Desk,
    channel: str,
    topic: str,
    words: str,
    name: str,
    contact: str,
    token: str,
    by: Actor,
    at: datetime,
) -> Voice:
    """Take an appeal in. An interview is taken up at once by who held it.

    Raises:
        UnableToHearError: the desk has nobody who could read.
    """
    today = at.astimezone(SHANGHAI).date()
    if not is_staffed(desk, on=today):
        raise UnableToHearError("这个受理点暂时没有专办人，请选择其他受理点。", field="desk")
    calendar = work_calendar()
    voice = Voice.objects.create(
        number=next_number("SQ", at=at),
        desk=desk,
        channel=channel,
        topic=topic,
        words=words,
        name=name,
        contact=contact,
        contact_index=phone_key(contact),
        token_hash=hashed(token) if token else "",
        received_on=today,
        first_due_at=calendar.add(at, desk.first_working_days, TimeUnit.WORKING_DAYS),
        due_at=calendar.add(at, desk.due_working_days, TimeUnit.WORKING_DAYS),
    )
    _record("hear", "voices.voice", voice.number, by=by, at=at, after=channel)
    return voice


def is_staffed(desk: Desk, *, on: date) -> bool:
    """Tell whether somebody reads at a desk on a day."""
    return any(
        row.from_on <= on and (row.until_on is None or row.until_on >= on)
        for row in desk.handlers.all()
    )


@transaction.atomic
def take(*, voice: Voice, handler: Person, by: Actor, at: datetime) -> Voice:
    """Take an appeal up (受理).

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    changes = {"handler": handler, "taken_at": at}
    return transitions.apply(voice, "take", lifecycle=VOICE, by=by, at=at, changes=changes)


@transaction.atomic
def answer(*, voice: Voice, words: str, by: Actor, at: datetime) -> Voice:
    """Answer an appeal (答复).

    Raises:
        UnableToHearError: nothing was written.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not words:
        raise UnableToHearError("请写答复。", field="words")
    _say(voice, words, is_handlers=True, at=at)
    changes = {"answered_at": at}
    return transitions.apply(voice, "answer", lifecycle=VOICE, by=by, at=at, changes=changes)


@transaction.atomic
def accept(*, voice: Voice, by: Actor, at: datetime) -> Voice:
    """Say that the answer satisfies (满意); it ends.

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    changes = {"is_satisfied": True, "closed_at": at}
    return transitions.apply(voice, "accept", lifecycle=VOICE, by=by, at=at, changes=changes)


@transaction.atomic
def again(*, voice: Voice, words: str, by: Actor, at: datetime) -> Voice:
    """Say that the answer does not satisfy, and why: it is handled again with a clock of its own.

    Raises:
        UnableToHearError: nothing was written.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not words:
        raise UnableToHearError("请写明哪里还没有解决。", field="words")
    _say(voice, words, is_handlers=by.role is not Role.RESIDENT, at=at)
    due = work_calendar().add(at, voice.desk.due_working_days, TimeUnit.WORKING_DAYS)
    changes = {"rounds": voice.rounds + 1, "is_satisfied": False, "due_at": due}
    return transitions.apply(voice, "again", lifecycle=VOICE, by=by, at=at, changes=changes)


@transaction.atomic
def withdraw(*, voice: Voice, by: Actor, at: datetime) -> Voice:
    """Take an appeal back before it was answered (撤回).

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    return transitions.apply(voice, "withdraw", lifecycle=VOICE, by=by, at=at)


@transaction.atomic
def say(*, voice: Voice, words: str, is_handlers: bool, by: Actor, at: datetime) -> Said:
    """Add a question or a piece of news while an appeal is open (补充).

    Raises:
        UnableToHearError: it is over, or too much was said.
    """
    if voice.status not in {"RECEIVED", "TAKEN", "ANSWERED"}:
        raise UnableToHearError("这条诉求已经结束，请另写一条。")
    if voice.said.count() >= MOST_SAID:
        raise UnableToHearError(Phrase("一条诉求最多 %(most)s 条往来。", most=MOST_SAID))
    made = _say(voice, words, is_handlers=is_handlers, at=at)
    _record("say", "voices.voice", voice.number, by=by, at=at)
    return made


def rest(*, at: datetime) -> int:
    """Close the answers that nobody has said anything to for a while; return how many."""
    since = at - timedelta(days=REST_DAYS)
    silent = Voice.objects.filter(status="ANSWERED", answered_at__lt=since)
    found = list(silent.exclude(said__at__gte=since))
    for voice in found:
        changes = {"closed_at": at, "is_satisfied": None}
        transitions.apply(voice, "rest", lifecycle=VOICE, by=SYSTEM, at=at, changes=changes)
    return len(found)


def _say(voice: Voice, words: str, *, is_handlers: bool, at: datetime) -> Said:
    return Said.objects.create(voice=voice, is_handlers=is_handlers, words=words, at=at)


def _record(verb: str, kind: str, number: str, *, by: Actor, at: datetime, after: str = "") -> None:
    audit.record_about(
        f"{kind}.{verb}", target_type=kind, target_id=number, by=by, at=at, after=after
    )
