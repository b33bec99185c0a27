"""The employees' mailbox: write with or without a name, follow by a link, accept or ask again."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from dianliang.core import idempotency
from dianliang.core.fields import blind_index
from dianliang.domain.intake.tokens import hashed
from dianliang.domain.voices import access, operations
from dianliang.domain.voices.models import Said, Voice
from dianliang.domain.voices.operations import EMPLOYEE
from dianliang.flows.voices.handling import desk_named, topic_of, words_of
from dianliang.kernel.text import clean_text

SCOPE = "voices.mailbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an employee writes; name and contact may stay empty."""

    desk: str
    topic: str
    words: str
    name: str = ""
    contact: str = ""


def write(
    *, written: Written, key: str, token: str, admit: Callable[[], None], at: datetime
) -> Voice:
    """Take a letter in, once for a key; `admit` counts it against the limit when it is stored.

    What is kept of the key holds of the letter a keyed fingerprint only, which nobody can guess at
    without the keys.

    Raises:
        InvalidInputError, UnableToHearError: a field makes no sense; it is named.
        KeyReusedError: the key came before with another letter.
        TooManyError: see `admit`.
    """

    def act() -> dict[str, str]:
        admit()
        made = operations.hear(
            desk=desk_named(written.desk),
            channel=Voice.Channel.MAILBOX,
            topic=topic_of(written.topic),
            words=words_of(written.words),
            name=clean_text(written.name, field="name", label="姓名", most=40),
            contact=clean_text(written.contact, field="contact", label="联系方式", most=40),
            token=token,
            by=EMPLOYEE,
            at=at,
        )
        return {"number": made.number}

    told = json.dumps(asdict(written), sort_keys=True, ensure_ascii=True)
    body = [hashed(token), blind_index(told, context=SCOPE)]
    idempotency.once(scope=SCOPE, key=key, body=body, at=at, act=act)
    return access.voice_of(token)


def say(*, token: str, words: str, at: datetime) -> Said:
    """Add something; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToHearError: see the operation.
    """
    told = words_of(words)
    voice = access.voice_of(token)
    return operations.say(voice=voice, words=told, is_handlers=False, by=EMPLOYEE, at=at)


def accept(*, token: str, at: datetime) -> Voice:
    """Be satisfied; see the operation.

    Raises:
        NotVisibleError, IllegalTransitionError, StaleStateError: see the operation.
    """
    return operations.accept(voice=access.voice_of(token), by=EMPLOYEE, at=at)


def again(*, token: str, words: str, at: datetime) -> Voice:
    """Ask for it to be handled again; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    told = words_of(words)
    return operations.again(voice=access.voice_of(token), words=told, by=EMPLOYEE, at=at)


def withdraw(*, token: str, at: datetime) -> Voice:
    """Take a letter back; see the operation.

    Raises:
        NotVisibleError, IllegalTransitionError, StaleStateError: see the operation.
    """
    return operations.withdraw(voice=access.voice_of(token), by=EMPLOYEE, at=at)


def rest(*, at: datetime) -> int:
    """Close the answers that nobody has said anything to for a while; return how many."""
    return operations.rest(at=at)
