"""What the people who asked may see: plain words, nothing personal of others."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from dianliang.core.models import AuditEvent
from dianliang.domain.intake.lifecycle import LABELS, OPEN
from dianliang.domain.intake.models import Message, Need, Participant
from dianliang.domain.intake.tokens import hashed
from dianliang.domain.work.models import Visit
from dianliang.kernel.masking import mask_numbers

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
TOLD = "intake.need.tell"
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
    """All that the page of a follower shows. Who joined reads his own words, not the other's."""

    number: str
    is_first: bool
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
    visit_team: str
    can_speak: bool
    can_cancel: bool
    can_rate: bool
    stars: int | None

    def version(self) -> str:
        """Return a short name of what the page says, which changes when it does."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedNeed:
    """A line of the list that a person keeps on his own phone."""

    token: str
    number: str
    title: str
    area_name: str
    status: str
    status_label: str
    moved_at: datetime
    can_rate: bool


def follow_page(participant: Participant) -> FollowPage:
    """Return what one participant may see of his need."""
    need = participant.need
    lit = LIT.get(need.status, 0)
    rating = participant.ratings.filter(round=need.reopened_count).first()
    visit = _next_visit(need)
    own_photos = need.photos.values_list("token", flat=True) if participant.is_first else ()
    return FollowPage(
        number=need.number,
        is_first=participant.is_first,
        text=need.text if participant.is_first else participant.text,
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
        messages=_messages(participant),
        photo_tokens=tuple(own_photos),
        joined=need.participants.count() - 1,
        visit_at=visit.arrive_at if visit else None,
        visit_team=visit.team.name if visit else "",
        can_speak=need.status in OPEN,
        can_cancel=participant.is_first and need.status in CANCELLABLE,
        can_rate=need.status in {"RESOLVED", "CLOSED"} and rating is None,
        stars=rating.stars if rating else None,
    )


def followed(tokens: Collection[str]) -> tuple[FollowedNeed, ...]:
    """Return the needs behind some follow tokens, what moved last first; unknown ones absent."""
    by_hash = {hashed(token): token for token in tokens}
    rows = (
        Participant.objects.filter(token_hash__in=by_hash)
        .select_related("need", "need__service", "need__area")
        .prefetch_related("ratings")
    )
    moved = _moved([row.need.number for row in rows])
    lines = [
        FollowedNeed(
            token=by_hash[row.token_hash],
            number=row.need.number,
            title=row.need.service.name if row.need.service else row.need.text[:20],
            area_name=row.need.area.name,
            status=row.need.status,
            status_label=LABELS[row.need.status],
            moved_at=moved.get(row.need.number, row.need.received_at),
            can_rate=row.need.status == "RESOLVED"
            and all(rating.round != row.need.reopened_count for rating in row.ratings.all()),
        )
        for row in rows
    ]
    return tuple(sorted(lines, key=lambda line: (line.moved_at, line.number), reverse=True))


def _moved(numbers: Collection[str]) -> dict[str, datetime]:
    events = AuditEvent.objects.filter(
        target_type="intake.need", target_id__in=numbers, verb__in=[*PLAIN_WORDS, TOLD]
    )
    return dict(events.values_list("target_id").annotate(Max("at")))


def _moments(need: Need) -> tuple[Moment, ...]:
    events = AuditEvent.objects.filter(target_type="intake.need", target_id=need.number)
    return tuple(
        Moment(at=at, words=PLAIN_WORDS[verb])
        for at, verb in events.order_by("at", "id").values_list("at", "verb")
        if verb in PLAIN_WORDS
    )


def _readable(participant: Participant) -> QuerySet[Message]:
    """Return what the handlers wrote for those who asked, and what he wrote himself."""
    own = Q(participant=participant)
    if participant.is_first:
        own |= Q(participant=None)
    return participant.need.messages.filter(is_internal=False).filter(Q(from_public=False) | own)


def _messages(participant: Participant) -> tuple[Said, ...]:
    rows = _readable(participant).prefetch_related("photos")
    return tuple(
        Said(
            at=row.at,
            author=row.author if row.from_public else participant.need.unit.name,
            is_mine=row.from_public,
            text=row.text if participant.is_first or row.from_public else mask_numbers(row.text),
            photo_tokens=tuple(photo.token for photo in row.photos.all()),
        )
        for row in rows
    )


def _next_visit(need: Need) -> Visit | None:
    visits = Visit.objects.filter(
        job__need_part__need=need, status__in=["SCHEDULED", "ACCEPTED", "EN_ROUTE"]
    )
    return visits.select_related("team").order_by("arrive_at").first()


def shows_photo(participant: Participant, token: str) -> bool:
    """Tell whether a photo is the participant's own, or was sent to those who asked."""
    own = participant.is_first and participant.need.photos.filter(token=token).exists()
    return own or _readable(participant).filter(photos__token=token).exists()
