"""Four ways to a team (指派, 抢单, 竞单, 自约): open an offer, take it, choose, end it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q

from dianliang.core import audit
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs import fairness
from dianliang.domain.programs import session_access as access
from dianliang.domain.programs.fairness import Judged, Rules, Standing, Tender
from dianliang.domain.programs.models import Bid, Offer
from dianliang.domain.programs.models.offers import Way
from dianliang.domain.programs.operations import offers as operations
from dianliang.domain.programs.operations.offers import PLAIN, Opened
from dianliang.domain.territory.queries import area_of
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.text import clean_text

CREW = frozenset({Role.STEWARD, Role.CAPTAIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An offer as a form makes it."""

    service_code: str
    way: str
    title: str
    unit_code: str
    area_code: str
    address: str = ""
    words: str = ""
    need_number: str = ""
    starts_at: datetime
    ends_at: datetime


def open_offer(*, asked: Asked, by: Actor, at: datetime) -> Offer:
    """Make an offer.

    Raises:
        InvalidInputError: a code is unknown or a value makes no sense; the field is named.
    """
    service = active_service(asked.service_code)
    if service is None:
        raise InvalidInputError("请选择服务事项。", field="service")
    unit = Unit.objects.filter(code=asked.unit_code, path__startswith=by.unit_path or "-").first()
    if unit is None:
        raise InvalidInputError("请选择本单位范围内的单位。", field="unit")
    area = area_of(asked.area_code)
    if area is None:
        raise InvalidInputError("请选择所在村社区。", field="area")
    opened = Opened(
        service=service,
        way=asked.way,
        title=clean_text(asked.title, field="title", label="名称", most=80, least=2),
        words=clean_text(asked.words, field="words", label="说明", most=1000),
        unit=unit,
        area=area,
        address=clean_text(asked.address, field="address", label="地址", most=120),
        need_number=clean_text(asked.need_number, field="need_number", label="需求编号", most=24),
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
    )
    return operations.open_offer(opened=opened, by=by, at=at)


def standings(offer: Offer, *, rules: Rules, at: datetime) -> dict[str, Standing]:
    """Return how each active team below an offer's unit stands, by code. One query."""
    teams = Team.objects.filter(is_active=True, unit__path__startswith=offer.unit.path)
    since = at - timedelta(days=rules.recent_days)
    taken = Q(offers__taken_at__gte=since, offers__status__in=["TAKEN", "DONE", "MISSED"])
    last = Q(offers__way=Way.GRAB, offers__status__in=["TAKEN", "DONE", "MISSED"])
    counted = teams.annotate(
        recent=Count("offers", filter=taken, distinct=True),
        last_taken=Max("offers__taken_at", filter=last),
        last_missed=Max("offers__ends_at", filter=Q(offers__status="MISSED")),
    )
    return {
        team.code: Standing(
            code=team.code,
            name=team.name,
            recent=vars(team)["recent"],
            taken_at=vars(team)["last_taken"],
            missed_at=vars(team)["last_missed"],
        )
        for team in counted.order_by("code")
    }


def rules_of(offer: Offer) -> Rules:
    """Return the rules of an offer's way as they stand now."""
    return operations.rules_of(offer.service, offer.way) or PLAIN


def own_teams(offer: Offer, by: Actor) -> tuple[str, ...]:
    """Return for which teams an actor may act: a crew for its own, a desk for its unit's."""
    teams = Team.objects.filter(is_active=True, unit__path__startswith=offer.unit.path)
    if by.role in CREW:
        teams = teams.filter(code__in=by.team_codes)
    elif by.role in access.LEADERS and by.unit_path:
        teams = teams.filter(unit__path__startswith=by.unit_path)
    else:
        teams = teams.none()
    return tuple(teams.order_by("code").values_list("code", flat=True))


def offer_for(number: str, *, by: Actor) -> Offer:
    """Return an offer that the actor may see: of his units, or that one of his teams may take.

    Raises:
        NotVisibleError: there is none.
    """
    found = Offer.objects.select_related("service", "unit", "area", "team").filter(
        number=number.replace("\0", "")
    )
    offer = found.first()
    if offer is None or not _sees(offer, by):
        raise NotVisibleError("没有找到这张供单。")
    return offer


def _sees(offer: Offer, by: Actor) -> bool:
    """Tell whether an offer is an actor's: what a resident booked is his team's alone."""
    if by.role in access.READERS and by.reaches_unit(offer.unit.path):
        return True
    if by.role not in CREW or not own_teams(offer, by):
        return False
    is_own = offer.team is not None and offer.team.code in by.team_codes
    return is_own or offer.way in {Way.GRAB, Way.BID}


def contact(*, number: str, by: Actor, at: datetime) -> tuple[str, str]:
    """Return name and number of the resident who booked, to his team or its desk; on record.

    Raises:
        NotVisibleError: there is none, or it is not the actor's to serve.
    """
    offer = offer_for(number, by=by)
    is_crews = by.role in CREW and offer.status == "TAKEN"
    if not offer.asker_phone or not (is_crews or by.role in access.LEADERS):
        raise NotVisibleError("没有可以联系的电话。")
    audit.record("programs.offer.reveal_phone", target=offer, by=by, at=at)
    return offer.asker, offer.asker_phone


def _team(offer: Offer, code: str, *, by: Actor) -> Team:
    if code not in own_teams(offer, by):
        raise InvalidInputError("请选择您可以代表的队伍。", field="team")
    return Team.objects.get(code=code)


@transaction.atomic
def grab(*, number: str, team_code: str, by: Actor, at: datetime) -> Offer:
    """Take an offer for a team, if it may and nobody was quicker.

    Raises:
        NotVisibleError: no such offer for the actor.
        UnableToTakeError, StaleStateError: see the operation.
    """
    offer = offer_for(number, by=by)
    team = _team(offer, team_code, by=by)
    # Held before the count, so that of two grabs of one team the second sees the first.
    offer, team = operations.held(offer, team)
    rules = rules_of(offer)
    known = standings(offer, rules=rules, at=at)
    own = known[team_code]
    fewer = {code: one for code, one in known.items() if one.recent < own.recent}
    verdict = fairness.may_grab(
        own,
        rivals(offer, fewer, at=at),
        grace_until=offer.grace_until,
        rules=rules,
        at=at,
    )
    return operations.grab(offer=offer, team=team, verdict=verdict, by=by, at=at)


def rivals(offer: Offer, known: Mapping[str, Standing], *, at: datetime) -> tuple[Standing, ...]:
    """Return the teams that could do an offer while it is young: whom the others let go first.

    Who is busy then, or lacks the certificate, holds nobody up.
    """
    if offer.status != "OPEN" or offer.grace_until is None or at >= offer.grace_until:
        return ()
    return tuple(
        known[team.code]
        for team in Team.objects.filter(code__in=known)
        if not operations.hindrance(
            team, service=offer.service, starts_at=offer.starts_at, ends_at=offer.ends_at
        )
    )


def bid(*, number: str, team_code: str, people: int, words: str, by: Actor, at: datetime) -> Bid:
    """Put in a bid for a team.

    Raises:
        NotVisibleError: no such offer for the actor.
        UnableToTakeError, InvalidInputError: see the operation.
    """
    offer = offer_for(number, by=by)
    team = _team(offer, team_code, by=by)
    words = clean_text(words, field="words", label="怎么做", most=300, least=2)
    return operations.bid(offer=offer, team=team, people=people, words=words, by=by, at=at)


def judged(offer: Offer, *, at: datetime) -> tuple[Judged, ...]:
    """Return the bids in order once they are open; nothing before."""
    if offer.bids_until is None or at < offer.bids_until:
        return ()
    rules = rules_of(offer)
    known = standings(offer, rules=rules, at=at)
    tenders = [
        Tender(
            team=known.get(row.team.code)
            or Standing(code=row.team.code, name=row.team.name, recent=0),
            people=row.people,
            at=row.at,
            lacks=operations.hindrance(
                row.team, service=offer.service, starts_at=offer.starts_at, ends_at=offer.ends_at
            ),
        )
        for row in offer.bids.select_related("team")
    ]
    return fairness.rank(tenders, rules=rules)


def decide(
    *, number: str, verb: str, team_code: str, reason: str, by: Actor, at: datetime
) -> Offer:
    """Assign an offer, or choose one of its bids.

    Raises:
        NotVisibleError: no such offer of the actor's units.
        UnableToTakeError, InvalidInputError, StaleStateError: see the operations.
    """
    offer = _to_lead(number, by=by)
    team = Team.objects.filter(code=team_code, unit__path__startswith=offer.unit.path).first()
    if team is None:
        raise InvalidInputError("请选择队伍。", field="team")
    reason = clean_text(reason, field="reason", label="理由", most=200)
    if verb == "choose":
        ranking = judged(offer, at=at)
        return operations.choose(
            offer=offer, team=team, ranking=ranking, reason=reason, by=by, at=at
        )
    return operations.assign(offer=offer, team=team, reason=reason, by=by, at=at)


def move(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Offer:
    """Finish an offer, note that its team did not come, give it back, or call it off.

    Raises:
        NotVisibleError: no such offer, or no such step.
        InvalidInputError, IllegalTransitionError: see the operation.
    """
    if verb not in {"finish", "miss", "give_back", "cancel"}:
        raise NotVisibleError("没有这个操作。")
    offer = _to_lead(number, by=by)
    reason = clean_text(reason, field="reason", label="原因", most=200)
    return operations.move(offer=offer, verb=verb, reason=reason, by=by, at=at)


def _to_lead(number: str, *, by: Actor) -> Offer:
    offer = access.offer_to_see(number, by=by)
    if by.role not in access.LEADERS:
        raise NotVisibleError("没有找到这张供单。")
    return offer
