"""Every write about offers: opened, assigned, grabbed, bid for, chosen, booked, done or missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.fairness import Judged, Rules, Verdict
from dianliang.domain.programs.lifecycle import OFFER
from dianliang.domain.programs.models import Bid, Offer, ServiceWay, Session
from dianliang.domain.programs.models.offers import Way
from dianliang.domain.programs.operations.sessions import FARTHEST, LONGEST
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce import gate
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError
from dianliang.kernel.phrases import Phrase

GONE = ("CANCELLED", "WITHDRAWN", "DECLINED", "MISSED")
PLAIN = Rules()


class UnableToTakeError(DomainError):
    """This team cannot have this offer now."""

    code = "programs.unable-to-take"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An offer as it is made."""

    service: Service
    way: str
    title: str
    words: str
    unit: Unit
    area: Area
    address: str
    starts_at: datetime
    ends_at: datetime
    need_number: str = ""
    is_generated: bool = False


def rules_of(service: Service, way: str) -> Rules | None:
    """Return the rules by which a service may be got in a way; None where it may not."""
    row = ServiceWay.objects.filter(service=service, way=way, is_active=True).first()
    if row is None:
        return PLAIN if way == Way.ASSIGN else None
    return Rules(
        grace_min=row.grace_min,
        recent_days=row.recent_days,
        rest_min=row.rest_min,
        no_show_days=row.no_show_days,
        bid_hours=row.bid_hours,
        ahead_days=row.ahead_days,
    )


@transaction.atomic
def open_offer(*, opened: Opened, by: Actor, at: datetime) -> Offer:
    """Say that a piece of service wants a team.

    Raises:
        InvalidInputError: the service cannot be got in this way, or its time makes no sense.
    """
    rules = rules_of(opened.service, opened.way)
    if rules is None or opened.way == Way.SELF_BOOK:
        message = Phrase(
            "“%(name)s”没有开通这种承接方式，请先在“承接规则”里开通。", name=opened.service.name
        )
        raise InvalidInputError(message, field="way")
    _require_span(opened.starts_at, opened.ends_at, at=at)
    is_bid, is_grab = opened.way == Way.BID, opened.way == Way.GRAB
    bids_until = at + timedelta(hours=rules.bid_hours) if is_bid else None
    if bids_until is not None and bids_until >= opened.starts_at:
        message = Phrase(
            "竞单要 %(bid_hours)s 小时，服务开始前来不及，请改时间或改用抢单。",
            bid_hours=rules.bid_hours,
        )
        raise InvalidInputError(message, field="starts_at")
    offer = Offer.objects.create(
        number=next_number("GY", at=at),
        service=opened.service,
        way=opened.way,
        title=opened.title,
        words=opened.words,
        unit=opened.unit,
        area=opened.area,
        address=opened.address,
        need_number=opened.need_number,
        starts_at=opened.starts_at,
        ends_at=opened.ends_at,
        opened_at=at,
        grace_until=at + timedelta(minutes=rules.grace_min) if is_grab else None,
        bids_until=bids_until,
        opened_by=by.name,
        is_generated=opened.is_generated,
    )
    audit.record("programs.offer.open", target=offer, by=by, at=at, after=offer.way)
    return offer


def _require_span(starts_at: datetime, ends_at: datetime, *, at: datetime) -> None:
    if not starts_at < ends_at <= starts_at + LONGEST:
        message = "结束时间应晚于开始时间，且不超过 24 小时。"
        raise InvalidInputError(message, field="ends_at")
    if starts_at <= at:
        raise InvalidInputError("服务开始时间应在今后。", field="starts_at")
    if starts_at > at + FARTHEST:
        raise InvalidInputError("服务开始时间太远，请检查年份。", field="starts_at")


def hindrance(team: Team, *, service: Service, starts_at: datetime, ends_at: datetime) -> str:
    """Say why a team cannot serve in a span of time; nothing where it can."""
    if not team.is_active:
        return Phrase("%(team)s当前不在岗", team=team.name)
    on = starts_at.astimezone(SHANGHAI).date()
    lacks = gate.team_lacks(team, [service.skill.code] if service.skill else [], on)
    if lacks:
        return gate.told(lacks)
    busy = busy_spans(team, since=starts_at, until=ends_at)
    if not busy:
        return ""
    return Phrase("%(team)s这段时间已有“%(title)s”", team=team.name, title=busy[0][0])


def busy_spans(
    team: Team, *, since: datetime, until: datetime
) -> tuple[tuple[str, tuple[datetime, datetime]], ...]:
    """Return what a team has to do in a span: offers it took, sessions, visits. Three queries."""
    offers = Offer.objects.filter(
        team=team, status="TAKEN", starts_at__lt=until, ends_at__gt=since
    ).values_list("title", "starts_at", "ends_at")
    sessions = Session.objects.filter(
        team=team,
        status__in=["ANNOUNCED", "UNDER_WAY"],
        starts_at__lt=until,
        ends_at__gt=since,
    ).values_list("title", "starts_at", "ends_at")
    visits = (
        Visit.objects.filter(team=team, arrive_at__lt=until, depart_at__gt=since)
        .exclude(status__in=GONE)
        .values_list("job__title", "arrive_at", "depart_at")
    )
    return tuple((what, (a, b)) for what, a, b in (*offers, *sessions, *visits))


def held(offer: Offer, team: Team) -> tuple[Offer, Team]:
    """Lock an offer and then a team: of two that take at once the second sees the first."""
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    return offer, Team.objects.select_for_update().get(pk=team.pk)


def _take(offer: Offer, team: Team, verb: str, *, reason: str, by: Actor, at: datetime) -> Offer:
    if offer.status != "OPEN":
        whose = Phrase("，已由%(team)s承接", team=offer.team.name) if offer.team else ""
        message = Phrase(
            "这一单现为“%(labels)s”%(whose)s。",
            labels=Phrase(OFFER.labels[offer.status]),
            whose=whose,
        )
        raise StaleStateError(message)
    if at >= offer.ends_at:
        raise UnableToTakeError("服务时间已过，不能再承接。")
    why_not = hindrance(
        team, service=offer.service, starts_at=offer.starts_at, ends_at=offer.ends_at
    )
    if why_not:
        raise UnableToTakeError(
            Phrase("%(why_not)s，不能承接。", why_not=Phrase(why_not)), field="team"
        )
    changes = {"team": team, "taken_at": at, "reason": reason}
    note = f"{team.name}。{reason}" if reason else team.name
    return transitions.apply(offer, verb, lifecycle=OFFER, by=by, at=at, note=note, changes=changes)


@transaction.atomic
def assign(*, offer: Offer, team: Team, reason: str, by: Actor, at: datetime) -> Offer:
    """Give an offer to a team.

    Raises:
        UnableToTakeError: the team is busy, off duty, or lacks a certificate; or the time is over.
        InvalidInputError: no reason is given.
        StaleStateError: somebody was quicker.
    """
    offer, team = held(offer, team)
    if offer.way == Way.BID:
        raise UnableToTakeError("竞单到时按应答选定，不能直接指派。")
    if len(reason) < 2:
        raise InvalidInputError("请写明指派这支队伍的理由。", field="reason")
    return _take(offer, team, "assign", reason=reason, by=by, at=at)


@transaction.atomic
def grab(*, offer: Offer, team: Team, verdict: Verdict, by: Actor, at: datetime) -> Offer:
    """Let a team have an offer because it came first and may.

    Raises:
        UnableToTakeError: it is another team's turn, the team is busy or lacks a certificate, or
            the time is over.
        StaleStateError: another team was quicker; it is named.
    """
    offer, team = held(offer, team)
    if offer.way != Way.GRAB:
        raise UnableToTakeError("这一单不是抢单。")
    if offer.status == "OPEN" and not verdict.may:
        raise UnableToTakeError(
            Phrase("%(name)s现在不能抢：%(words)s。", name=team.name, words=Phrase(verdict.words)),
            field="team",
        )
    return _take(offer, team, "grab", reason=verdict.words, by=by, at=at)


@transaction.atomic
def bid(*, offer: Offer, team: Team, people: int, words: str, by: Actor, at: datetime) -> Bid:
    """Put in what a team would do; put in again before the time is up it replaces the first.

    Raises:
        UnableToTakeError: the time is up, or nobody bids for this offer.
        InvalidInputError: a number of people that no team has.
    """
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.way != Way.BID or offer.status != "OPEN" or offer.bids_until is None:
        raise UnableToTakeError("这一单现在不能提交竞单。")
    if at >= offer.bids_until:
        until = offer.bids_until.astimezone(SHANGHAI)
        raise UnableToTakeError(Phrase("竞单已于 %(until)s 截止。", until=f"{until:%m-%d %H:%M}"))
    if not 1 <= people <= 100:
        raise InvalidInputError("出人数应在 1 到 100 之间。", field="people")
    row, _ = Bid.objects.update_or_create(
        offer=offer,
        team=team,
        defaults={"people": people, "words": words, "at": at, "by_name": by.name},
    )
    audit.record("programs.offer.bid", target=offer, by=by, at=at, after=team.code)
    return row


@transaction.atomic
def choose(
    *,
    offer: Offer,
    team: Team,
    ranking: Sequence[Judged],
    reason: str,
    by: Actor,
    at: datetime,
) -> Offer:
    """Choose one of the bids once they are open.

    Raises:
        UnableToTakeError: the bids are still sealed, the team has not bid, or it is not the first
            and no reason is given.
        StaleStateError: somebody has chosen.
    """
    offer, team = held(offer, team)
    if offer.way != Way.BID or offer.bids_until is None:
        raise UnableToTakeError("这一单不是竞单。")
    if at < offer.bids_until:
        until = offer.bids_until.astimezone(SHANGHAI)
        raise UnableToTakeError(
            Phrase("竞单到 %(until)s 才打开，现在不能选定。", until=f"{until:%m-%d %H:%M}")
        )
    place = next((n for n, one in enumerate(ranking) if one.code == team.code), None)
    if place is None:
        raise UnableToTakeError(Phrase("%(name)s没有提交应答。", name=team.name), field="team")
    if place > 0 and len(reason) < 2:
        message = Phrase("%(name)s不是排在最前的，请写明选定的理由。", name=team.name)
        raise UnableToTakeError(message, field="reason")
    reason = reason or "排序最前：" + "，".join(ranking[place].reasons)
    return _take(offer, team, "choose", reason=reason[:200], by=by, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A time that a resident picks for himself."""

    service: Service
    team: Team
    area: Area
    address: str
    starts_at: datetime
    ends_at: datetime
    name: str
    phone: str
    phone_index: str
    token_hash: str
    words: str


@transaction.atomic
def book(*, booked: Booked, by: Actor, at: datetime) -> Offer:
    """Keep a free time of a team for a resident; a time is given once.

    Raises:
        UnableToTakeError: the team is busy meanwhile.
        InvalidInputError: the service cannot be booked, or not so far ahead.
    """
    rules = rules_of(booked.service, Way.SELF_BOOK)
    if rules is None:
        raise InvalidInputError("这项服务没有开通自约。", field="service")
    _require_span(booked.starts_at, booked.ends_at, at=at)
    if booked.starts_at > at + timedelta(days=rules.ahead_days + 1):
        message = Phrase("最多提前 %(ahead_days)s 天预约。", ahead_days=rules.ahead_days)
        raise InvalidInputError(message, field="slot")
    team = Team.objects.select_for_update().get(pk=booked.team.pk)
    why_not = hindrance(
        team, service=booked.service, starts_at=booked.starts_at, ends_at=booked.ends_at
    )
    if why_not:
        raise UnableToTakeError("这个时间刚被别人约走，请换一个时间。", field="slot")
    offer = Offer.objects.create(
        number=next_number("GY", at=at),
        service=booked.service,
        way=Way.SELF_BOOK,
        title=f"{booked.service.name}（自约）",
        words=booked.words,
        unit=team.unit,
        area=booked.area,
        address=booked.address,
        asker=booked.name,
        asker_phone=booked.phone,
        phone_index=booked.phone_index,
        token_hash=booked.token_hash,
        starts_at=booked.starts_at,
        ends_at=booked.ends_at,
        opened_at=at,
        status="TAKEN",
        team=team,
        taken_at=at,
        reason="居民自约",
        opened_by=by.name,
    )
    audit.record("programs.offer.book", target=offer, by=by, at=at, after=team.code)
    return offer


@transaction.atomic
def move(*, offer: Offer, verb: str, reason: str, by: Actor, at: datetime) -> Offer:
    """Finish an offer, note that its team did not come, give it back, or call it off.

    Raises:
        InvalidInputError: what needs a reason has none, or it is too early to say so.
    """
    if verb in {"miss", "give_back", "cancel"} and len(reason) < 2:
        raise InvalidInputError("请写明原因。", field="reason")
    if verb in {"finish", "miss"} and at < offer.starts_at:
        raise InvalidInputError("服务还没有开始，不能登记完成或爽约。", field="verb")
    changes: dict[str, object] = {"reason": reason} if reason else {}
    if verb == "give_back":
        changes |= {"team": None, "taken_at": None, "grace_until": None}
    return transitions.apply(
        offer, verb, lifecycle=OFFER, by=by, at=at, note=reason, changes=changes
    )
