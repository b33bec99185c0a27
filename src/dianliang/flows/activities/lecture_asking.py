"""Anybody asks for a lecture, and follows by a secret link what becomes of it (讲座点单)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dianliang.core import idempotency
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake.tokens import hashed
from dianliang.domain.programs.lifecycle import LECTURE_LABELS, SESSION_LABELS
from dianliang.domain.programs.models import LectureRequest, LectureTopic, Session
from dianliang.domain.programs.operations import lectures as operations
from dianliang.domain.programs.operations.lectures import Wanted
from dianliang.domain.territory.queries import area_of
from dianliang.domain.workforce import keys
from dianliang.flows.activities.joining import ANYONE, Joining
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

ASKERS = (
    ("residents", "居民（村、社区、邻里）"),
    ("firm", "企业"),
    ("school", "学校"),
    ("office", "机关单位"),
)
MOST_AUDIENCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """What one may hear about."""

    code: str
    name: str
    words: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A form of the portal: codes and text come from outside and are checked here."""

    topic_code: str
    asker_kind: str
    asked_for: str
    area_code: str
    place: str = ""
    wishes: Sequence[datetime] = ()
    audience: int = 0
    words: str = ""
    who: Joining


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A request as whoever asked sees it; `is_public` tells that its session takes sign-ups."""

    number: str
    topic_name: str
    asked_for: str
    wishes: tuple[datetime, ...]
    status: str
    status_label: str
    reason: str
    unit_name: str
    unit_phone: str
    session: Session | None
    session_label: str
    is_public: bool
    may_withdraw: bool


def catalogue() -> tuple[TopicRow, ...]:
    """Return what may be asked for: what somebody of the pool speaks about."""
    rows = LectureTopic.objects.filter(is_active=True, lecturers__is_active=True).distinct()
    return tuple(
        TopicRow(code=row.code, name=row.name, words=row.words, minutes=row.minutes)
        for row in rows.order_by("code")
    )


def ask(*, asked: Asked, key: str, token: str, at: datetime) -> str:
    """Ask for a lecture, once however often the form is sent; return the number.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
        KeyReusedError: the key came before with another body.
    """
    topic = LectureTopic.objects.filter(code=asked.topic_code, is_active=True).first()
    if topic is None:
        raise InvalidInputError("请选择宣讲主题。", field="topic")
    kinds = dict(ASKERS)
    if asked.asker_kind not in kinds:
        raise InvalidInputError("请选择为谁点讲。", field="kind")
    area = area_of(asked.area_code)
    if area is None:
        raise InvalidInputError("请选择所在村社区。", field="area")
    if not 0 <= asked.audience <= MOST_AUDIENCE:
        raise InvalidInputError(
            Phrase("听众人数应在 0 到 %(most)s 之间。", most=MOST_AUDIENCE), field="audience"
        )
    who = asked.who.checked()
    name = clean_text(asked.asked_for, field="asked_for", label="村组或单位名称", most=50, least=2)
    wanted = Wanted(
        topic=topic,
        unit=_answering(),
        asker_unit=None,
        asked_for=name,
        area=area,
        site=None,
        place=clean_text(asked.place, field="place", label="地点", most=80, least=2),
        wishes=asked.wishes,
        minutes=topic.minutes,
        audience=asked.audience,
        contact=f"{who.name} {who.phone}",
        words=_words(kinds[asked.asker_kind], asked.words),
        phone_index=keys.phone_key(who.phone),
        token_hash=hashed(token),
    )

    def act() -> dict[str, str]:
        return {"number": operations.ask(wanted=wanted, by=ANYONE, at=at).number}

    times = [wish.isoformat() for wish in asked.wishes]
    body = [
        asked.topic_code,
        asked.asker_kind,
        name,
        asked.area_code,
        wanted.place,
        *times,
        asked.audience,
        wanted.words,
        who.name,
        who.phone,
    ]
    kept = idempotency.once(scope="lecture.ask", key=key, body=body, at=at, act=act)
    return str(kept["number"])


def _answering() -> Unit:
    """Return who answers: the company, whose pool holds all lecturers."""
    found = Unit.objects.filter(kind=Unit.Kind.COMPANY).order_by("path").first()
    if found is None:
        raise InvalidInputError("还没有可以承办的单位。", field="topic")
    return found


def _words(kind: str, words: str) -> str:
    told = clean_text(words, field="words", label="要求", most=500)
    return f"{kind}点讲。{told}"


def followed(*, token: str) -> Followed:
    """Return a request by its link.

    Raises:
        NotVisibleError: there is none.
    """
    request = _by_token(token)
    session = request.session
    return Followed(
        number=request.number,
        topic_name=request.topic.name,
        asked_for=request.asked_for,
        wishes=operations.wishes_of(request),
        status=request.status,
        status_label=LECTURE_LABELS[request.status],
        reason=request.reason if request.status in {"ASKED", "DECLINED"} else "",
        unit_name=request.unit.name,
        unit_phone=request.unit.public_phone,
        session=session,
        session_label=SESSION_LABELS[session.status] if session else "",
        is_public=bool(session and session.is_public and session.status == "ANNOUNCED"),
        may_withdraw=request.status == "ASKED",
    )


def withdraw(*, token: str, reason: str, at: datetime) -> None:
    """Take a request back that nobody has answered yet.

    Raises:
        NotVisibleError: there is none.
        IllegalTransitionError: it was answered meanwhile.
    """
    reason = clean_text(reason, field="reason", label="原因", most=200) or "本人撤回"
    operations.decline(request=_by_token(token), verb="take_back", reason=reason, by=ANYONE, at=at)


def _by_token(token: str) -> LectureRequest:
    rows = LectureRequest.objects.select_related("topic", "unit", "session__site", "session__area")
    found = rows.filter(token_hash=hashed(token)).first() if token else None
    if found is None:
        raise NotVisibleError("没有找到这张点讲单，请核对链接。")
    return found
