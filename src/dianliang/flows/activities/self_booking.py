"""A resident picks a free time of a team for a service, and follows it by a secret link (自约)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dianliang.core import idempotency
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import active_service, work_calendar
from dianliang.domain.programs import fairness
from dianliang.domain.programs.fairness import Rules
from dianliang.domain.programs.lifecycle import OFFER_LABELS
from dianliang.domain.programs.models import Offer
from dianliang.domain.programs.models.offers import Way
from dianliang.domain.programs.operations import offers as operations
from dianliang.domain.programs.operations import volunteers
from dianliang.domain.programs.operations.offers import Booked
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import area_of
from dianliang.domain.workforce import gate, keys
from dianliang.domain.workforce.models import Team
from dianliang.flows.activities.joining import ANYONE, Joining
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.text import clean_text

STEP = timedelta(minutes=30)
LUNCH = (time(12), time(13))
NOTICE = timedelta(hours=2)
"""Nobody sets out within less."""
MOST_TEAMS = 3
MOST_SLOTS = 120
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time that is free; `code` is what a form sends back."""

    code: str
    team_name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPage:
    """A service that residents may book, with what is free."""

    service_code: str
    service_name: str
    description: str
    minutes: int
    rule: str
    slots: tuple[Slot, ...]


def booking_page(*, service_code: str, area_code: str, at: datetime) -> BookingPage:
    """Return the free times of the teams that serve an area; none before an area is chosen.

    Raises:
        NotVisibleError: the service cannot be booked.
    """
    service, rules = _bookable(service_code)
    area = area_of(area_code)
    return BookingPage(
        service_code=service.code,
        service_name=service.name,
        description=service.description,
        minutes=service.duration_min,
        rule=fairness.explained(Way.SELF_BOOK, rules),
        slots=_free(service, area, rules=rules, at=at) if area else (),
    )


def _bookable(service_code: str) -> tuple[Service, Rules]:
    service = active_service(service_code)
    rules = operations.rules_of(service, Way.SELF_BOOK) if service else None
    if service is None or rules is None:
        raise NotVisibleError("这项服务没有开通自约。")
    return service, rules


def _free(service: Service, area: Area, *, rules: Rules, at: datetime) -> tuple[Slot, ...]:
    first = at.astimezone(SHANGHAI).date()
    until = at + timedelta(days=rules.ahead_days + 1)
    days = [first + timedelta(days=n) for n in range(rules.ahead_days + 1)]
    calendar = work_calendar()
    worked = [day for day in days if calendar.is_working_day(day)]
    found: list[Slot] = []
    for team in teams_serving(area):
        busy = [span for _, span in operations.busy_spans(team, since=at, until=until)]
        skills = [service.skill.code] if service.skill else []
        for day in worked:
            if gate.team_lacks(team, skills, day):
                continue
            spans = _spans(team, day, minutes=service.duration_min)
            found += [_slot(team, span) for span in _open(spans, busy, since=at + NOTICE)]
    found.sort(key=lambda slot: (slot.starts_at, slot.code))
    return tuple(found[:MOST_SLOTS])


def teams_serving(area: Area) -> tuple[Team, ...]:
    """Return the teams that serve an area, those with the closest area first."""
    near: list[tuple[int, str, Team]] = []
    for team in Team.objects.filter(is_active=True).prefetch_related("areas"):
        depths = [len(own.path) for own in team.areas.all() if area.path.startswith(own.path)]
        if depths:
            near.append((-max(depths), team.code, team))
    near.sort(key=lambda item: item[:2])
    return tuple(team for *_, team in near[:MOST_TEAMS])


def _spans(team: Team, day: date, *, minutes: int) -> Iterator[Span]:
    """Yield the spans of a shift, one after the other, without the midday break."""
    length = timedelta(minutes=minutes)
    start = datetime.combine(day, team.shift_starts, SHANGHAI)
    closes = datetime.combine(day, team.shift_ends, SHANGHAI)
    noon, after = (datetime.combine(day, moment, SHANGHAI) for moment in LUNCH)
    pace = STEP * max(1, -(-minutes // 30))
    while start + length <= closes:
        if start < after and start + length > noon:
            start = after
            continue
        yield start, start + length
        start += pace


def _open(spans: Iterable[Span], busy: Iterable[Span], *, since: datetime) -> list[Span]:
    taken = list(busy)
    return [
        (start, end)
        for start, end in spans
        if start >= since and not any(start < b and end > a for a, b in taken)
    ]


def _slot(team: Team, span: Span) -> Slot:
    return Slot(
        code=f"{team.code}@{span[0]:%Y-%m-%dT%H:%M}",
        team_name=team.name,
        starts_at=span[0],
        ends_at=span[1],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What a resident's form says."""

    slot: str
    area_code: str
    address: str
    words: str
    who: Joining


def book(*, service_code: str, wished: Wished, key: str, token: str, at: datetime) -> str:
    """Keep a free time for a resident, once however often the form is sent; return its number.

    Raises:
        NotVisibleError: the service cannot be booked.
        InvalidInputError: a value is missing or makes no sense; the field is named.
        UnableToTakeError: somebody was quicker.
    """
    service, rules = _bookable(service_code)
    area = area_of(wished.area_code)
    if area is None:
        raise InvalidInputError("请选择所在村社区。", field="area")
    who = wished.who.checked()
    address = clean_text(wished.address, field="address", label="地址", most=120, least=2)
    words = clean_text(wished.words, field="words", label="说明", most=500)

    def act() -> dict[str, str]:
        slot = _chosen(service, area, wished.slot, rules=rules, at=at)
        booked = Booked(
            service=service,
            team=slot[0],
            area=area,
            address=address,
            starts_at=slot[1][0],
            ends_at=slot[1][1],
            name=who.name,
            phone=who.phone,
            phone_index=keys.phone_key(who.phone),
            token_hash=volunteers.hashed(token),
            words=words,
        )
        return {"number": operations.book(booked=booked, by=ANYONE, at=at).number}

    body = [service_code, wished.slot, wished.area_code, who.name, who.phone, address]
    kept = idempotency.once(scope="offer.book", key=key, body=body, at=at, act=act)
    return str(kept["number"])


def _chosen(
    service: Service, area: Area, code: str, *, rules: Rules, at: datetime
) -> tuple[Team, Span]:
    free = _free(service, area, rules=rules, at=at)
    slot = next((one for one in free if one.code == code), None)
    if slot is None:
        raise InvalidInputError("这个时间刚被约走或已过，请换一个时间。", field="slot")
    team = Team.objects.get(code=code.partition("@")[0])
    return team, (slot.starts_at, slot.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A booking as its resident sees it."""

    number: str
    title: str
    team_name: str
    unit_phone: str
    starts_at: datetime
    ends_at: datetime
    address: str
    status: str
    status_label: str
    may_cancel: bool


def followed(*, token: str, at: datetime) -> Followed:
    """Return a booking by its link.

    Raises:
        NotVisibleError: there is none.
    """
    offer = _by_token(token)
    return Followed(
        number=offer.number,
        title=offer.service.name,
        team_name=offer.team.name if offer.team else "",
        unit_phone=offer.unit.public_phone,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        address=offer.address,
        status=offer.status,
        status_label=OFFER_LABELS[offer.status],
        may_cancel=offer.status == "TAKEN" and at < offer.starts_at,
    )


def cancel(*, token: str, reason: str, at: datetime) -> None:
    """Give a booked time up; it is free again.

    Raises:
        NotVisibleError: there is none.
        InvalidInputError: it has begun.
    """
    offer = _by_token(token)
    if at >= offer.starts_at:
        raise InvalidInputError("已到服务时间，不能取消，请电话联系。", field="reason")
    said = clean_text(reason, field="reason", label="原因", most=190)
    reason = f"居民取消：{said}" if said else "居民取消"
    operations.move(offer=offer, verb="cancel", reason=reason, by=ANYONE, at=at)


def _by_token(token: str) -> Offer:
    found = Offer.objects.select_related("service", "team", "unit").filter(
        token_hash=volunteers.hashed(token)
    )
    offer = found.first() if token else None
    if offer is None:
        raise NotVisibleError("没有找到这个预约，请核对链接。")
    return offer
