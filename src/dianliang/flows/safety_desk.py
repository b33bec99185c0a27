"""What the desk and the public do with hazards: deliver, press, judge, prove."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.domain.safety import access
from dianliang.domain.safety.lifecycle import HAZARD, HAZARD_LABELS, OPEN, UNDONE
from dianliang.domain.safety.models import Hazard, Notice
from dianliang.domain.safety.operations import rectifying
from dianliang.flows import safety
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

LAST_MOMENT = time(23, 59, 59)
Photo = StoredFile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a form brought along: words by field, and a photo as it was sent."""

    words: Mapping[str, str] = field(default_factory=dict)
    photo: bytes | None = None

    def kept(self, *, at: datetime) -> StoredFile | None:
        """Keep the photo, if there is one.

        Raises:
            InvalidInputError: it is no picture.
        """
        return files.keep_image(self.photo, at=at, field="photo") if self.photo else None


def perform(*, number: str, verb: str, sent: Sent, by: Actor, at: datetime) -> Hazard:
    """Do one thing with a hazard at the desk.

    Raises:
        NotVisibleError: there is no such hazard or verb for this actor.
        DomainError: what the verb itself refuses.
    """
    hazard = access.hazard_to_see(number, by=by)
    act = ACTS.get(verb)
    if act is None:
        raise NotVisibleError("没有这种操作。")
    photo = sent.kept(at=at)  # before the write, so that nobody waits for the decoding
    with transaction.atomic():
        act(hazard, sent, photo, by, at)
    return hazard


def _deliver(hazard: Hazard, sent: Sent, _photo: Photo, by: Actor, at: datetime) -> None:
    rectifying.deliver(notice=hazard.notice, how=sent.words.get("reason", ""), by=by, at=at)


def _start(hazard: Hazard, _sent: Sent, _photo: Photo, by: Actor, at: datetime) -> None:
    if hazard.party == "us":
        safety.open_repair(hazard=hazard, by=by, at=at)
    else:
        rectifying.start(hazard=hazard, by=by, at=at)


def _rectify(hazard: Hazard, sent: Sent, photo: Photo, by: Actor, at: datetime) -> None:
    words = sent.words.get("reason", "")
    safety.claim(hazard=hazard, photo=photo, words=words, by=by, at=at)


def _close(hazard: Hazard, sent: Sent, photo: Photo, by: Actor, at: datetime) -> None:
    safety.release_recheck(hazard=hazard, by=by, at=at)
    words = sent.words.get("reason", "")
    safety.judge(hazard=hazard, passed=True, photo=photo, words=words, by=by, at=at)


def _fail(hazard: Hazard, sent: Sent, _photo: Photo, by: Actor, at: datetime) -> None:
    safety.release_recheck(hazard=hazard, by=by, at=at)
    words = sent.words.get("reason", "")
    safety.judge(hazard=hazard, passed=False, photo=None, words=words, by=by, at=at)


def _extend(hazard: Hazard, sent: Sent, _photo: Photo, by: Actor, at: datetime) -> None:
    try:
        on = date.fromisoformat(sent.words.get("until", ""))
    except ValueError as error:
        raise InvalidInputError("请选择新的整改期限。", field="until") from error
    until = datetime.combine(on, LAST_MOMENT, SHANGHAI)
    last = rectifying.last_deadline(hazard)
    if on == last.astimezone(SHANGHAI).date():
        until = last
    reason = sent.words.get("reason", "")
    rectifying.extend(hazard=hazard, until=until, reason=reason, by=by, at=at)


def _escalate(hazard: Hazard, sent: Sent, _photo: Photo, by: Actor, at: datetime) -> None:
    rectifying.escalate(hazard=hazard, reason=sent.words.get("reason", ""), by=by, at=at)


def _withdraw(hazard: Hazard, sent: Sent, _photo: Photo, by: Actor, at: datetime) -> None:
    if hazard.status == "RECHECK":
        safety.release_recheck(hazard=hazard, by=by, at=at)
    rectifying.withdraw(hazard=hazard, reason=sent.words.get("reason", ""), by=by, at=at)


ACTS = {
    "notify": _deliver,
    "start": _start,
    "rectify": _rectify,
    "close": _close,
    "fail": _fail,
    "extend": _extend,
    "escalate": _escalate,
    "withdraw": _withdraw,
}
"""Each verb that the desk has for a hazard. What a lifecycle allows decides which are offered."""


def offered(status: str, *, role: Role) -> tuple[tuple[str, str], ...]:
    """Return the verbs that a role has for a hazard in a state, with their labels."""
    rows = HAZARD.verbs(status, role=role)
    return tuple((row.verb, row.label) for row in rows if row.verb in ACTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicHazard:
    """A hazard as anybody may see it who holds the notice: no name, no address, no free words."""

    number: str
    item: str
    advice: str
    due_at: datetime
    status_label: str
    is_open: bool
    may_claim: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNotice:
    """Whether a notice is genuine, and how its hazards stand."""

    number: str
    issuer: str
    issuer_phone: str
    area_name: str
    place: str
    issued_at: datetime
    hazards: tuple[PublicHazard, ...]


def public_notice(*, token: str) -> PublicNotice:
    """Return what the code of a notice shows.

    Raises:
        NotVisibleError: no such notice was ever issued.
    """
    notice = access.notice_by_token(token)
    inspection = notice.inspection
    return PublicNotice(
        number=notice.number,
        issuer=inspection.unit.name,
        issuer_phone=inspection.unit.public_phone,
        area_name=inspection.area.name,
        place=inspection.checklist.checklist.place,
        issued_at=notice.issued_at,
        hazards=tuple(
            PublicHazard(
                number=hazard.number,
                item=hazard.item,
                advice=hazard.advice,
                due_at=hazard.due_at,
                status_label=HAZARD_LABELS[hazard.status],
                is_open=hazard.status in OPEN,
                may_claim=hazard.status in UNDONE,
            )
            for hazard in notice.hazards.order_by("number")
        ),
    )


def claim_by_code(*, token: str, number: str, sent: Sent, at: datetime) -> Hazard:
    """Take the word of whoever holds a notice that a hazard of it was put right.

    Raises:
        NotVisibleError: no such notice, or no such hazard on it.
        InvalidInputError, EvidenceMissingError, IllegalTransitionError: see the operation.
    """
    notice = access.notice_by_token(token)
    hazard = _of_notice(notice, number)
    by = Actor(id=f"notice:{notice.number}", name="责任方（扫码）", role=Role.RESIDENT)
    words = sent.words.get("words", "")
    return safety.claim(hazard=hazard, photo=sent.kept(at=at), words=words, by=by, at=at)


def _of_notice(notice: Notice, number: str) -> Hazard:
    related = ("before", "area", "unit", "customer", "inspection__visit__job")
    rows = notice.hazards.select_related(*related, "inspection__visit__team")
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None:
        raise NotVisibleError("这份通知书没有这条隐患。")
    return found
