"""What those who ask may do: post, join, add, cancel, rate, have it done again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import AuditEvent, StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import Deadlines
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake import search
from dianliang.domain.intake.lifecycle import NEED, OPEN
from dianliang.domain.intake.models import Message, Need, Participant, Rating
from dianliang.domain.intake.reporting import Reporter
from dianliang.domain.intake.tokens import hashed, phone_key
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

UNHAPPY_BELOW = 3
"""One or two stars reopen a need; three and more close it."""


class UnableToJoinError(DomainError):
    """The need cannot be joined any more."""

    code = "intake.unable-to-join"


class UnableToRateError(DomainError):
    """There is nothing to rate, or it was rated already."""

    code = "intake.unable-to-rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it is, and how that is known."""

    area: Area
    source: str
    point: GeoPoint | None = None
    address: str = ""
    site: Site | None = None


@transaction.atomic(savepoint=False)
def post(
    *,
    text: str,
    channel: str,
    place: Place,
    reporter: Reporter,
    follow_token: str,
    service: Service | None,
    venue_type: str,
    unit: Unit,
    facility_owner: str,
    urgency: str,
    is_danger: bool,
    deadlines: Deadlines,
    photos: tuple[StoredFile, ...],
    at: datetime,
) -> Need:
    """Store a new need and its first participant; `acknowledge` then gives it its number.

    What is stored in between need not wait for others who post at the same time.
    """
    need = Need.objects.create(
        is_public=service is None or not service.is_private,
        number=f"~{hashed(follow_token)[:22]}",
        channel=channel,
        text=text,
        service=service,
        venue_type=venue_type,
        area=place.area,
        site=place.site,
        address=place.address,
        lat=place.point.lat if place.point else None,
        lon=place.point.lon if place.point else None,
        place_source=place.source,
        unit=unit,
        facility_owner=facility_owner,
        urgency=urgency,
        is_danger=is_danger,
        received_at=at,
        response_due_at=deadlines.response_due_at,
        on_site_due_at=deadlines.on_site_due_at,
        due_at=deadlines.due_at,
    )
    if photos:
        need.photos.set(photos)
    search.index([need], is_new=True)
    _participate(need, reporter, follow_token, is_first=True, text="", at=at)
    return need


@transaction.atomic(savepoint=False)
def acknowledge(*, need: Need, by: Actor, at: datetime) -> Need:
    """Give a need its number, last thing in its transaction: from here on others wait for it."""
    need.number = next_number("XQ", at=at)
    Need.objects.filter(pk=need.pk).update(number=need.number)
    audit.record("intake.need.post", target=need, by=by, at=at, after=need.status)
    return need


@transaction.atomic
def wish(*, need: Need, window: TimeWindow, by: Actor, at: datetime) -> Need:
    """Note when the person who asks wants to be visited; jobs that are opened later keep to it."""
    need.wish_starts_at, need.wish_ends_at = window.start, window.end
    Need.objects.filter(pk=need.pk).update(wish_starts_at=window.start, wish_ends_at=window.end)
    starts, ends = (instant.astimezone(SHANGHAI) for instant in (window.start, window.end))
    words = f"{starts:%m-%d %H:%M}–{ends:%H:%M}"
    audit.record("intake.need.wish", target=need, by=by, at=at, after=words)
    return need


@transaction.atomic
def join(
    *, need: Need, text: str, reporter: Reporter, follow_token: str, by: Actor, at: datetime
) -> Participant:
    """Join a need that somebody else posted; each joiner is informed and rates for himself.

    Raises:
        UnableToJoinError: the need has ended.
    """
    if need.status not in OPEN:
        raise UnableToJoinError("这条需求已经办结，请另提一条。")
    joined = _participate(need, reporter, follow_token, is_first=False, text=text, at=at)
    audit.record("intake.need.join", target=need, by=by, at=at)
    return joined


def _participate(
    need: Need, reporter: Reporter, token: str, *, is_first: bool, text: str, at: datetime
) -> Participant:
    return Participant.objects.create(
        need=need,
        kind=reporter.kind,
        token_hash=hashed(token),
        name=reporter.name,
        phone=reporter.phone,
        phone_index=phone_key(reporter.phone),
        on_behalf_of=reporter.on_behalf_of,
        firm=reporter.firm,
        account_number=reporter.account_number,
        text=text,
        is_first=is_first,
        joined_at=at,
    )


@transaction.atomic
def say(
    *,
    participant: Participant,
    text: str,
    photos: tuple[StoredFile, ...],
    by: Actor,
    at: datetime,
) -> Message:
    """Add words or photos to a need; if they were asked for, the need goes on.

    Raises:
        InvalidInputError: there are neither words nor photos.
        UnableToJoinError: the need has ended.
    """
    need = participant.need
    if not text.strip() and not photos:
        raise InvalidInputError("请写几句话，或附上照片。", field="text")
    if need.status not in OPEN:
        raise UnableToJoinError("这条需求已经办结，请另提一条。")
    message = Message.objects.create(
        need=need,
        at=at,
        author="诉求人",
        participant=participant,
        from_public=True,
        text=text.strip(),
    )
    message.photos.set(photos)
    audit.record("intake.need.say", target=need, by=by, at=at)
    return message


@transaction.atomic
def cancel(*, participant: Participant, reason: str, by: Actor, at: datetime) -> Need:
    """Cancel a need; only the person who posted it may.

    Raises:
        IllegalTransitionError: somebody is already on it.
        NotYourTurnError: he only joined it.
    """
    if not participant.is_first:
        raise UnableToJoinError("只有首报人可以取消；您可以不再关注。")
    participant.need.pauses.filter(until_at=None).update(until_at=at)
    return transitions.apply(
        participant.need,
        "cancel",
        lifecycle=NEED,
        by=by,
        at=at,
        note=reason,
        changes={"clock_stopped_at": None, "closed_at": at},
    )


@transaction.atomic
def rate(
    *,
    participant: Participant,
    stars: int,
    words: str,
    team: Team | None,
    by: Actor,
    at: datetime,
) -> Rating:
    """Rate the outcome once per round; the first reporter's rating closes the need.

    Raises:
        UnableToRateError: it is not done yet, or he has rated this round.
        InvalidInputError: stars are not 1 to 5.
    """
    need = participant.need
    if not 1 <= stars <= 5:
        raise InvalidInputError("请选择 1 到 5 星。", field="stars")
    if need.status not in {"RESOLVED", "CLOSED"}:
        raise UnableToRateError("这条需求还没有办结，暂不能评价。")
    if participant.ratings.filter(round=need.reopened_count).exists():
        raise UnableToRateError("您已经评价过了。")
    rating = Rating.objects.create(
        participant=participant,
        round=need.reopened_count,
        stars=stars,
        words=words.strip()[:1000],
        rated_at=at,
        unit_code=need.unit.code,
        team_code=team.code if team else "",
    )
    audit.record("intake.need.stars", target=need, by=by, at=at, after=str(stars))
    if need.status == "RESOLVED" and participant.is_first:
        transitions.apply(need, "rate", lifecycle=NEED, by=by, at=at, changes={"closed_at": at})
    return rating


@transaction.atomic
def reopen(
    *, need: Need, deadlines: Deadlines, avoid: Team | None, reason: str, by: Actor, at: datetime
) -> Need:
    """Have a need done again under new promises, neither by `avoid` nor by who reported it done."""
    return transitions.apply(
        need,
        "reopen",
        lifecycle=NEED,
        by=by,
        at=at,
        note=reason,
        changes={
            "handler": None,
            "avoided_team": avoid,
            "avoided_actor": _who_reported_done(need),
            "reopened_count": need.reopened_count + 1,
            "resolved_at": None,
            "closed_at": None,
            "response_due_at": deadlines.response_due_at,
            "on_site_due_at": deadlines.on_site_due_at,
            "due_at": deadlines.due_at,
        },
    )


def _who_reported_done(need: Need) -> str:
    events = AuditEvent.objects.filter(
        target_type="intake.need", target_id=need.number, verb="intake.need.resolve"
    )
    last = events.order_by("-at", "-id").values_list("actor_id", flat=True).first()
    return last or ""
