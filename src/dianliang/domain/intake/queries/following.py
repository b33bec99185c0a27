"""What the people who asked may see: plain words, nothing personal of others."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.core.models import AuditEvent
from dianliang.domain.intake.lifecycle import LABELS, OPEN
from dianliang.domain.intake.models import Need, Participant
from dianliang.domain.work.models import Visit

STEPS = ("已收到", "已受理", "办理中", "已办结", "已评价")
LIT = {
    "RECEIVED": 1,
    "HANDED_OVER": 1,
    "ACCEPTED": 2,
    "WAITING": 2,
    "PAUSED": 2,
    "IN_PROGRESS": 3,
    "RESOLVED": 4,
    "CLOSED": 5,
}
PLAIN_WORDS = {
    "intake.need.post": "我们收到了您的需求",
    "intake.need.join": "有邻居反映了同一件事",
    "intake.need.accept": "已受理，正在安排",
    "intake.need.hand_over": "转给更合适的单位，等待接收",
    "intake.need.take": "新的承办单位已接收",
    "intake.need.hand_back": "退回原单位重新安排",
    "intake.need.start": "开始办理",
    "intake.need.ask": "请您补充情况",
    "intake.need.answer": "已收到补充，继续办理",
    "intake.need.pause": "暂时挂起，时限停止计时",
    "intake.need.resume": "恢复办理",
    "intake.need.resolve": "已办结，请您评价",
    "intake.need.rate": "感谢评价",
    "intake.need.archive": "已归档",
    "intake.need.reopen": "重新办理，换人跟进",
    "intake.need.cancel": "已取消",
    "intake.need.decline": "未能受理",
    "intake.need.absorb": "与另一条相同的需求合并办理",
}
CANCELLABLE = frozenset({"RECEIVED", "HANDED_OVER", "ACCEPTED", "WAITING", "PAUSED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One lamp of the row: lit or not."""

    label: str
    is_lit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of the public timeline."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that the follower may read."""

    at: datetime
    author: str
    is_mine: bool
    text: str
    photo_tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPage:
    """All that the page of a follower shows."""

    number: str
    text: str
    status: str
    status_label: str
    steps: tuple[Step, ...]
    service_name: str
    area_name: str
    unit_name: str
    unit_phone: str
    is_danger: bool
    received_at: datetime
    response_due_at: datetime
    on_site_due_at: datetime | None
    due_at: datetime
    is_clock_stopped: bool
    moments: tuple[Moment, ...]
    messages: tuple[Said, ...]
    photo_tokens: tuple[str, ...]
    joined: int
    visit_at: datetime | None
    can_speak: bool
    can_cancel: bool
    can_rate: bool
    stars: int | None


def follow_page(participant: Participant) -> FollowPage:
    """Return what one participant may see of his need."""
    need = participant.need
    lit = LIT.get(need.status, 0)
    rating = participant.ratings.filter(round=need.reopened_count).first()
    return FollowPage(
        number=need.number,
        text=need.text,
        status=need.status,
        status_label=LABELS[need.status],
        steps=tuple(Step(label=label, is_lit=i < lit) for i, label in enumerate(STEPS)),
        service_name=need.service.name if need.service else "",
        area_name=need.area.name,
        unit_name=need.unit.name,
        unit_phone=need.unit.public_phone,
        is_danger=need.is_danger,
        received_at=need.received_at,
        response_due_at=need.response_due_at,
        on_site_due_at=need.on_site_due_at,
        due_at=need.due_at,
        is_clock_stopped=need.clock_stopped_at is not None,
        moments=_moments(need),
        messages=_messages(need),
        photo_tokens=tuple(need.photos.values_list("token", flat=True)),
        joined=need.participants.count() - 1,
        visit_at=_next_visit(need),
        can_speak=need.status in OPEN,
        can_cancel=participant.is_first and need.status in CANCELLABLE,
        can_rate=need.status in {"RESOLVED", "CLOSED"} and rating is None,
        stars=rating.stars if rating else None,
    )


def _moments(need: Need) -> tuple[Moment, ...]:
    events = AuditEvent.objects.filter(target_type="intake.need", target_id=need.number)
    return tuple(
        Moment(at=at, words=PLAIN_WORDS[verb])
        for at, verb in events.order_by("at", "id").values_list("at", "verb")
        if verb in PLAIN_WORDS
    )


def _messages(need: Need) -> tuple[Said, ...]:
    rows = need.messages.filter(is_internal=False).prefetch_related("photos")
    return tuple(
        Said(
            at=row.at,
            author=row.author if row.from_public else need.unit.name,
            is_mine=row.from_public,
            text=row.text,
            photo_tokens=tuple(photo.token for photo in row.photos.all()),
        )
        for row in rows
    )


def _next_visit(need: Need) -> datetime | None:
    visit = (
        Visit.objects.filter(
            job__need_part__need=need, status__in=["SCHEDULED", "ACCEPTED", "EN_ROUTE"]
        )
        .order_by("arrive_at")
        .first()
    )
    return visit.arrive_at if visit else None


def shows_photo(participant: Participant, token: str) -> bool:
    """Tell whether a photo belongs to the participant's need and is not internal."""
    need = participant.need
    return (
        need.photos.filter(token=token).exists()
        or need.messages.filter(is_internal=False, photos__token=token).exists()
    )
