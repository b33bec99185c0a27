"""What the pages about offers show: the list, one offer with how teams stand, the rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from dianliang.core import audit
from dianliang.core.rows import Rows, first_of
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.programs import fairness
from dianliang.domain.programs import session_access as access
from dianliang.domain.programs.fairness import Judged, Rules, Standing, Verdict
from dianliang.domain.programs.lifecycle import OFFER_LABELS
from dianliang.domain.programs.models import Bid, Offer, ServiceWay
from dianliang.domain.programs.models.offers import Way
from dianliang.domain.programs.operations.offers import PLAIN
from dianliang.domain.workforce.models import Team
from dianliang.flows.activities.offering import (
    judged,
    offer_for,
    own_teams,
    rivals,
    rules_of,
    standings,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotYourTurnError
from dianliang.kernel.masking import mask_name, mask_phone
from dianliang.kernel.phrases import Phrase

WAYS = tuple((str(value), str(label)) for value, label in Way.choices)
MOST_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRow:
    """A way in which a service may be got, in words."""

    service_code: str
    service_name: str
    way: str
    way_label: str
    words: str
    rules: Rules
    is_active: bool


def ways() -> tuple[WayRow, ...]:
    """Return every way that is set, service by service."""
    rows = ServiceWay.objects.select_related("service").order_by("service__position", "way")
    return tuple(
        WayRow(
            service_code=row.service.code,
            service_name=row.service.name,
            way=row.way,
            way_label=row.get_way_display(),
            words=fairness.explained(row.way, _rules(row)),
            rules=_rules(row),
            is_active=row.is_active,
        )
        for row in rows
    )


def _rules(row: ServiceWay) -> Rules:
    return Rules(
        grace_min=row.grace_min,
        recent_days=row.recent_days,
        rest_min=row.rest_min,
        no_show_days=row.no_show_days,
        bid_hours=row.bid_hours,
        ahead_days=row.ahead_days,
    )


BOUNDS: Mapping[str, tuple[int, int]] = {
    "grace_min": (0, 1440),
    "recent_days": (1, 365),
    "rest_min": (0, 10080),
    "no_show_days": (0, 365),
    "bid_hours": (1, 240),
    "ahead_days": (1, 90),
}
LABELS: Mapping[str, str] = {
    "grace_min": "公平期（分钟）",
    "recent_days": "近期（天）",
    "rest_min": "抢后冷却（分钟）",
    "no_show_days": "爽约停抢（天）",
    "bid_hours": "竞单时长（小时）",
    "ahead_days": "可提前几天自约",
}


def may_set(by: Actor) -> bool:
    """Tell whether the actor may say by which rules services find a team: they bind all units."""
    return by.role in access.LEADERS and by.is_top


@transaction.atomic
def set_way(
    *,
    service_code: str,
    way: str,
    values: Mapping[str, int],
    is_active: bool,
    by: Actor,
    at: datetime,
) -> None:
    """Let a service be got in a way, by rules, or no longer.

    Raises:
        NotYourTurnError: the actor does not speak for all units.
        InvalidInputError: no such service or way, or a figure makes no sense; it is named.
    """
    if not may_set(by):
        raise NotYourTurnError("承接规则对所有单位生效，请由总部修改。")
    service = active_service(service_code)
    if service is None:
        raise InvalidInputError("请选择服务事项。", field="service")
    if way not in Way.values:
        raise InvalidInputError("请选择承接方式。", field="way")
    for name, (least, most) in BOUNDS.items():
        if not least <= values.get(name, least) <= most:
            message = Phrase(
                "%(labels)s应在 %(least)s 到 %(most)s 之间。",
                labels=Phrase(LABELS[name]),
                least=least,
                most=most,
            )
            raise InvalidInputError(message, field=name)
    row, _ = ServiceWay.objects.update_or_create(
        service=service, way=way, defaults={**values, "is_active": is_active}
    )
    words = fairness.explained(way, _rules(row)) if is_active else "停用"
    audit.record_about(
        "programs.serviceway.set",
        target_type=row._meta.label_lower,
        target_id=f"{service.code}/{way}",
        by=by,
        at=at,
        after=words[:120],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """An offer as lists show it."""

    number: str
    title: str
    service_name: str
    way: str
    way_label: str
    status: str
    status_label: str
    area_name: str
    unit_name: str
    team_name: str
    starts_at: datetime
    ends_at: datetime
    grace_until: datetime | None
    bids_until: datetime | None
    bids: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team before an offer: how it stands, and whether it may."""

    code: str
    name: str
    recent: int
    may: bool
    words: str
    is_mine: bool
    has_bid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewOffer:
    """An offer as a crew sees it: how its own teams stand, or whom they serve, masked."""

    row: OfferRow
    words: str
    address: str
    rule: str
    teams: tuple[TeamLine, ...]
    asker: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPage:
    """An offer with the teams, the rules, and the bids once they are open."""

    row: OfferRow
    words: str
    address: str
    need_number: str
    asker: str
    phone: str
    reason: str
    rule: str
    teams: tuple[TeamLine, ...]
    ranking: tuple[Judged, ...]
    bid_words: tuple[tuple[str, int, str], ...]
    is_sealed: bool
    may_lead: bool


def offer_list(*, by: Actor, status: str = "") -> Sequence[OfferRow]:
    """Return the offers of the actor's units, open ones first. One query."""
    found = Offer.objects.filter(access.within(by))
    if status:
        found = found.filter(status=status)
    waits_first = found.annotate(waits=Q(status="OPEN")).order_by("-waits", "-opened_at", "-pk")
    return Rows(
        _listed(waits_first),
        lambda some: tuple(_row(offer, bids=vars(offer)["n"]) for offer in some),
    )


def _listed(found: QuerySet[Offer]) -> QuerySet[Offer]:
    return found.select_related("service", "unit", "area", "team").annotate(n=Count("bids"))


def open_for_crew(
    *, by: Actor, at: datetime, is_whole: bool = False
) -> tuple[tuple[CrewOffer, ...], int]:
    """Return what a crew's teams may grab or bid for, with how they stand, the soonest first.

    With them goes how many more there are, which come where it is asked for whole.

    How many queries it takes depends on how many units offer, and on how many offers are so young
    that others may go first; not on how many offers there are.
    """
    teams = Team.objects.filter(code__in=by.team_codes, is_active=True)
    paths = list(teams.values_list("unit__path", flat=True))
    above = {path[: n + 1] for path in paths for n, sign in enumerate(path) if sign == "/"}
    found = Offer.objects.filter(
        Q(way=Way.GRAB) | Q(way=Way.BID, bids_until__gt=at),
        status="OPEN",
        starts_at__gt=at,
        unit__path__in=above,
    )
    ways = {(row.service_id, row.way): _rules(row) for row in ServiceWay.objects.all()}
    own_bids = Bid.objects.filter(offer__in=found, team__code__in=by.team_codes)
    bidders = set(own_bids.values_list("offer_id", "team__code"))
    known: dict[tuple[int, int], dict[str, Standing]] = {}
    cards = []
    in_order = _listed(found.order_by("starts_at", "pk"))
    offers, more = first_of(in_order, MOST_ROWS, is_whole=is_whole)
    for offer in offers:
        rules = ways.get((offer.service_id, offer.way), PLAIN)
        key = (offer.unit_id, rules.recent_days)
        if key not in known:
            known[key] = standings(offer, rules=rules, at=at)
        has_bid = {code for pk, code in bidders if pk == offer.pk}
        mine = by.team_codes & known[key].keys()
        lines = _lines(offer, known[key], rules=rules, mine=mine, bidders=has_bid, at=at)
        cards.append(_card(offer, rule=fairness.explained(offer.way, rules), teams=lines))
    return tuple(cards), more


def taken_by_crew(*, by: Actor) -> tuple[CrewOffer, ...]:
    """Return what a crew's teams have taken and not yet done, the soonest first. One query."""
    found = Offer.objects.filter(team__code__in=by.team_codes, status="TAKEN")
    return tuple(_card(offer) for offer in _listed(found.order_by("starts_at", "pk")))


def _card(offer: Offer, *, rule: str = "", teams: tuple[TeamLine, ...] = ()) -> CrewOffer:
    return CrewOffer(
        row=_row(offer, bids=vars(offer)["n"]),
        words=offer.words,
        address=offer.address,
        rule=rule,
        teams=tuple(line for line in teams if line.is_mine),
        asker=mask_name(offer.asker),
        phone=mask_phone(offer.asker_phone),
    )


def _row(offer: Offer, *, bids: int) -> OfferRow:
    return OfferRow(
        number=offer.number,
        title=offer.title,
        service_name=offer.service.name,
        way=offer.way,
        way_label=offer.get_way_display(),
        status=offer.status,
        status_label=OFFER_LABELS[offer.status],
        area_name=offer.area.name,
        unit_name=offer.unit.name,
        team_name=offer.team.name if offer.team else "",
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        grace_until=offer.grace_until,
        bids_until=offer.bids_until,
        bids=bids,
    )


def offer_page(*, number: str, by: Actor, at: datetime) -> OfferPage:
    """Return an offer with how each team stands before it.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    offer = offer_for(number, by=by)
    rules = rules_of(offer)
    known = standings(offer, rules=rules, at=at)
    mine = set(own_teams(offer, by))
    bidders = set(offer.bids.values_list("team__code", flat=True))
    is_sealed = offer.bids_until is not None and at < offer.bids_until
    may_lead = by.role in access.LEADERS and by.reaches_unit(offer.unit.path)
    opened = [] if is_sealed else list(offer.bids.select_related("team").order_by("at"))
    return OfferPage(
        row=_row(offer, bids=len(bidders)),
        words=offer.words,
        address=offer.address,
        need_number=offer.need_number,
        asker=mask_name(offer.asker),
        phone=mask_phone(offer.asker_phone),
        reason=offer.reason,
        rule=fairness.explained(offer.way, rules),
        teams=_lines(offer, known, rules=rules, mine=mine, bidders=bidders, at=at),
        ranking=judged(offer, at=at),
        bid_words=tuple((row.team.name, row.people, row.words) for row in opened),
        is_sealed=is_sealed,
        may_lead=may_lead,
    )


def _lines(
    offer: Offer,
    known: Mapping[str, Standing],
    *,
    rules: Rules,
    mine: Collection[str],
    bidders: Collection[str],
    at: datetime,
) -> tuple[TeamLine, ...]:
    is_grab = offer.way == Way.GRAB and offer.status == "OPEN"
    others = rivals(offer, known, at=at) if is_grab else ()
    lines = []
    for one in known.values():
        verdict = Verdict(may=True, words="")
        if is_grab:
            verdict = fairness.may_grab(
                one, others, grace_until=offer.grace_until, rules=rules, at=at
            )
        lines.append(
            TeamLine(
                code=one.code,
                name=one.name,
                recent=one.recent,
                may=verdict.may,
                words=verdict.words,
                is_mine=one.code in mine,
                has_bid=one.code in bidders and one.code in mine,
            )
        )
    return tuple(lines)


def bookable() -> tuple[Service, ...]:
    """Return the services that residents may book for themselves."""
    rows = ServiceWay.objects.filter(way=Way.SELF_BOOK, is_active=True, service__is_active=True)
    return tuple(
        row.service for row in rows.select_related("service").order_by("service__position")
    )
