"""What a named handler does with the appeals of his desk, and an interview that he holds."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.voices import access, operations, queries
from dianliang.domain.voices.models import Desk, Said, Voice
from dianliang.domain.voices.operations import UnableToHearError
from dianliang.domain.voices.queries import VoiceFile
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.text import clean_text

TOPICS = {str(code): str(label) for code, label in Voice.Topic.choices}
LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a handler writes down of an interview."""

    desk: str
    topic: str
    words: str
    name: str
    contact: str


def desk_choices(*, by: Actor, at: datetime) -> tuple[tuple[str, str], ...]:
    """Return code and name of the desks for which the actor is named."""
    rows = access.desks_of(by, on=at.astimezone(SHANGHAI).date()).select_related("unit")
    return tuple((row.unit.code, row.unit.name) for row in rows)


@transaction.atomic
def interview(*, heard: Heard, by: Actor, at: datetime) -> Voice:
    """Write an interview down; it is the actor's from the start.

    Raises:
        NotVisibleError: the actor is no handler of the desk.
        InvalidInputError, UnableToHearError: a field makes no sense; it is named.
    """
    rows = access.desks_of(by, on=at.astimezone(SHANGHAI).date()).select_related("unit")
    desk = None if "\0" in heard.desk else rows.filter(unit__code=heard.desk).first()
    if desk is None:
        raise NotVisibleError("没有找到这个受理点。")
    voice = operations.hear(
        desk=desk,
        channel=Voice.Channel.INTERVIEW,
        topic=topic_of(heard.topic),
        words=words_of(heard.words),
        name=clean_text(heard.name, field="name", label="姓名", most=40),
        contact=clean_text(heard.contact, field="contact", label="联系方式", most=40),
        token="",
        by=by,
        at=at,
    )
    return operations.take(voice=voice, handler=_self(by), by=by, at=at)


def topic_of(code: str) -> str:
    """Return a topic that was chosen.

    Raises:
        InvalidInputError: none was.
    """
    if code not in TOPICS:
        raise InvalidInputError("请选择类别。", field="topic")
    return code


def words_of(text: str, *, label: str = "内容") -> str:
    """Return what was written.

    Raises:
        InvalidInputError: nothing, too much, or not storable.
    """
    return clean_text(text, field="words", label=label, most=LONGEST, least=2)


def open_file(number: str, *, by: Actor, at: datetime) -> VoiceFile:
    """Return an appeal to its handler; that he has read it is on record.

    Raises:
        NotVisibleError: it is absent or another desk's.
    """
    file = queries.for_handler(number, by=by, on=at.astimezone(SHANGHAI).date(), at=at)
    audit.record_about(
        "voices.voice.read", target_type="voices.voice", target_id=number, by=by, at=at
    )
    return file


def take(*, number: str, by: Actor, at: datetime) -> Voice:
    """Take an appeal up; see the operation.

    Raises:
        NotVisibleError, IllegalTransitionError, StaleStateError: see the operation.
    """
    return operations.take(voice=_voice(number, by, at), handler=_self(by), by=by, at=at)


def answer(*, number: str, words: str, by: Actor, at: datetime) -> Voice:
    """Answer an appeal; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    voice = _voice(number, by, at)
    return operations.answer(voice=voice, words=words_of(words, label="答复"), by=by, at=at)


def say(*, number: str, words: str, by: Actor, at: datetime) -> Said:
    """Ask who appealed, or tell him something; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToHearError: see the operation.
    """
    voice = _voice(number, by, at)
    return operations.say(voice=voice, words=words_of(words), is_handlers=True, by=by, at=at)


def accept(*, number: str, by: Actor, at: datetime) -> Voice:
    """Write down that who was interviewed is satisfied.

    Raises:
        NotVisibleError, UnableToHearError: who wrote into the mailbox says so himself.
    """
    return operations.accept(voice=_interview(number, by, at), by=by, at=at)


def again(*, number: str, words: str, by: Actor, at: datetime) -> Voice:
    """Write down what does not satisfy who was interviewed; see `accept`."""
    told = words_of(words)
    return operations.again(voice=_interview(number, by, at), words=told, by=by, at=at)


def _interview(number: str, by: Actor, at: datetime) -> Voice:
    voice = _voice(number, by, at)
    if voice.channel != Voice.Channel.INTERVIEW:
        raise UnableToHearError("信箱来的诉求由本人凭链接评价，专办人不能代评。")
    return voice


def _voice(number: str, by: Actor, at: datetime) -> Voice:
    return access.voice_to_handle(number, by=by, on=at.astimezone(SHANGHAI).date())


def _self(by: Actor) -> Person:
    return Person.objects.get(number=by.person_number)


def desk_named(code: str) -> Desk:
    """Return a desk.

    Raises:
        InvalidInputError: there is none.
    """
    found = None if "\0" in code else Desk.objects.filter(unit__code=code).first()
    if found is None:
        raise InvalidInputError("请选择受理点。", field="desk")
    return found
