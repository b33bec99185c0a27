"""Ask for gear and teams, see what could be sent and why, decide, and lead a request on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import idempotency
from dianliang.domain.incidents import access as incident_access
from dianliang.domain.incidents.lifecycle import OPEN
from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation import access, operations, queries, teams
from dianliang.domain.mobilisation.lifecycle import DECIDERS
from dianliang.domain.mobilisation.models import ResourceRequest
from dianliang.domain.mobilisation.operations import Back, Picked, UnableToMobiliseError
from dianliang.domain.mobilisation.queries import GearOffer, RequestPage, SentTeam, TeamOffer
from dianliang.domain.mobilisation.strength import Force
from dianliang.domain.mobilisation.teams import TeamForce
from dianliang.domain.resources import access as resource_access
from dianliang.domain.resources.models import Resource
from dianliang.domain.workforce.models import Team
from dianliang.engines.rostering import Rules
from dianliang.flows.resources.fields import kind_of, spot_of, unit_of, words
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

WHATS = {str(code): str(label) for code, label in ResourceRequest.What.choices}
HOURS = {"emergency": "应急（劳动法第四十二条）", "usual": "平时"}
RULES: Mapping[str, Rules] = {"emergency": Rules.emergency(), "usual": Rules()}
LONGEST = timedelta(days=31)
SHIFTS_H = (6, 8, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in to ask for gear or teams."""

    what: str
    kind: str
    quantity: int
    least: str
    unit: str
    incident: str
    purpose: str
    place: str
    lat: str
    lon: str
    needed_by_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request with what could be sent to it, for who decides."""

    page: RequestPage
    gear: tuple[GearOffer, ...]
    teams: tuple[TeamOffer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """Which teams could be mobilised in a window, and the whole of their people, each once."""

    rows: tuple[TeamForce, ...]
    whole: Force
    sent: int
    sent_teams: tuple[SentTeam, ...]


def ask_once(*, key: str, asked: Asked, by: Actor, at: datetime) -> str:
    """Ask for gear or teams and return the request's number; a second press makes no second.

    Raises:
        InvalidInputError, UnableToMobiliseError: a field makes no sense; it is named.
    """
    body = {**asdict(asked), "by": by.id}
    pressed = idempotency.digest([key, body])

    def act() -> dict[str, Any]:
        return {"number": ask(asked=asked, by=by, at=at).number}

    kept = idempotency.once(scope="resource.request", key=pressed, body=body, at=at, act=act)
    return str(kept["number"])


@transaction.atomic
def ask(*, asked: Asked, by: Actor, at: datetime) -> ResourceRequest:
    """Ask for gear or teams; see `ask_once`."""
    if asked.what not in WHATS:
        raise InvalidInputError("请选择请求装备还是队伍。", field="what")
    if asked.until_at <= asked.needed_by_at:
        raise InvalidInputError("预计用到应晚于最迟到位。", field="until_at")
    return operations.ask(
        what=asked.what,
        kind=kind_of(asked.kind) if asked.what == ResourceRequest.What.GEAR else None,
        quantity=asked.quantity,
        least_capacity=_least(asked.least),
        unit=unit_of(asked.unit, by=by),
        incident=_incident(asked.incident, by=by),
        purpose=words(asked.purpose, field="purpose", label="用途", most=200, least=2),
        spot=spot_of(asked.place, asked.lat, asked.lon),
        window=TimeWindow(asked.needed_by_at, asked.until_at),
        by=by,
        at=at,
    )


def _incident(number: str, *, by: Actor) -> Incident | None:
    """Return the incident that was named, still going on; None where none was."""
    if not number.strip():
        return None
    try:
        found = incident_access.incident_to_see(number.strip(), by=by)
    except NotVisibleError as absent:
        message = "没有这个编号的事件，请从事件页面抄编号，或留空。"
        raise InvalidInputError(message, field="incident") from absent
    if found.status not in OPEN:
        raise InvalidInputError(
            Phrase("事件 %(number)s 已经结束。", number=found.number), field="incident"
        )
    return found


def _least(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 < found < 10_000_000:
        raise InvalidInputError("每件至少应填大于 0 的数字。", field="least")
    return found


def view(*, number: str, by: Actor, at: datetime) -> RequestView:
    """Return a request; while it waits for a decision, with what could be sent.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    page = queries.page(number, by=by, at=at)
    if page.row.status != "REQUESTED" or by.role not in DECIDERS:
        return RequestView(page=page, gear=(), teams=())
    request = access.request_to_see(number, by=by)
    if page.row.what == ResourceRequest.What.GEAR:
        return RequestView(page=page, gear=queries.gear_offers(request, by=by, at=at), teams=())
    return RequestView(page=page, gear=(), teams=queries.team_offers(request, by=by))


@transaction.atomic
def assign(*, number: str, picked: Sequence[str], by: Actor, at: datetime) -> ResourceRequest:
    """Promise the pieces or teams that a person has ticked.

    Raises:
        NotVisibleError: the request is absent or another's.
        InvalidInputError: something ticked is not the actor's, or another kind.
        UnableToMobiliseError, UnableToAssignError: see the operation.
    """
    request = access.request_to_see(number, by=by)
    asked = list(dict.fromkeys(picked))
    chosen = _picked(request, asked, by=by, at=at)
    return operations.assign(request=request, picked=chosen, by=by, at=at)


def _picked(
    request: ResourceRequest, asked: Sequence[str], *, by: Actor, at: datetime
) -> list[Picked]:
    if request.what == ResourceRequest.What.GEAR:
        return _pieces(request, asked, by=by, at=at)
    offers = {offer.team.code: offer for offer in queries.team_offers(request, by=by)}
    found = Team.objects.in_bulk([code for code in asked if code in offers], field_name="code")
    _require_all(asked, found)
    chosen = []
    for code in asked:
        offer = offers[code]
        if offer.proposal.why_not:
            message = Phrase(
                "%(name)s不能指派：%(why_not)s。",
                name=offer.team.name,
                why_not=Phrase(offer.proposal.why_not),
            )
            raise UnableToMobiliseError(message, field="picked")
        people = offer.team.force.people
        chosen.append(Picked(proposal=offer.proposal, team=found[code], people=people))
    return chosen


def _pieces(
    request: ResourceRequest, asked: Sequence[str], *, by: Actor, at: datetime
) -> list[Picked]:
    offers = {offer.row.number: offer for offer in queries.gear_offers(request, by=by, at=at)}
    rows = resource_access.resources(by).filter(kind=request.kind, number__in=_clean(asked))
    found: dict[str, Resource] = {piece.number: piece for piece in rows if piece.number in offers}
    _require_all(asked, found)
    for one in asked:
        why = offers[one].proposal.why_not
        if why:
            raise UnableToMobiliseError(
                Phrase("%(one)s 不能指派：%(why)s。", one=one, why=Phrase(why)), field="picked"
            )
    return [Picked(proposal=offers[one].proposal, resource=found[one]) for one in asked]


def _clean(asked: Iterable[str]) -> list[str]:
    return [one for one in asked if "\0" not in one]


def _require_all(asked: Sequence[str], found: Mapping[str, object]) -> None:
    lost = [one for one in asked if one not in found]
    if lost:
        raise InvalidInputError(
            Phrase("没有找到 %(lost)s，请重新选择。", lost=lost[0][:24]), field="picked"
        )


@transaction.atomic
def exchange(*, number: str, gone: str, other: str, reason: str, by: Actor, at: datetime) -> None:
    """Send another piece in place of one that has failed; see the operation."""
    request = access.request_to_see(number, by=by)
    told = words(reason, field="reason", label="换下的原因", most=200, least=2)
    if by.role not in DECIDERS or request.what != ResourceRequest.What.GEAR:
        raise InvalidInputError("由调度员或指挥长换下装备。", field="gone")
    bad = next((row.resource for row in operations.live(request) if _is(row.resource, gone)), None)
    if bad is None:
        raise InvalidInputError("请选择这张请求上的装备。", field="gone")
    (picked,) = _pieces(request, [other], by=by, at=at)
    operations.exchange(request=request, gone=bad, picked=picked, words=told, by=by, at=at)


def _is(resource: Resource | None, number: str) -> bool:
    return resource is not None and resource.number == number


def spare(*, number: str, by: Actor, at: datetime) -> tuple[GearOffer, ...]:
    """Return what could be sent in place of a failed piece of a request.

    Raises:
        NotVisibleError: the request is absent or another's.
    """
    request = access.request_to_see(number, by=by)
    held = request.status in ("ASSIGNED", "STANDBY", "MOBILISED", "IN_ACTION")
    if request.what != ResourceRequest.What.GEAR or not held or by.role not in DECIDERS:
        return ()
    offers = queries.gear_offers(request, by=by, at=at)
    return tuple(offer for offer in offers if not offer.proposal.why_not)


def stand_by(*, number: str, by: Actor, at: datetime) -> ResourceRequest:
    """Let what was promised wait; see the operation."""
    return operations.stand_by(request=access.request_to_move(number, by=by), by=by, at=at)


def mobilise(*, number: str, by: Actor, at: datetime) -> ResourceRequest:
    """Send what was promised; see the operation."""
    return operations.mobilise(request=access.request_to_move(number, by=by), by=by, at=at)


def begin(*, number: str, by: Actor, at: datetime) -> ResourceRequest:
    """Say that it works; see the operation."""
    return operations.begin(request=access.request_to_move(number, by=by), by=by, at=at)


def demobilise(*, number: str, reason: str, by: Actor, at: datetime) -> ResourceRequest:
    """Say that it leaves; see the operation."""
    request = access.request_to_move(number, by=by)
    told = words(reason, field="reason", label="说明", most=200, least=0)
    return operations.demobilise(request=request, words=told, by=by, at=at)


def stand_down(
    *, number: str, back: Mapping[str, Back], by: Actor, at: datetime
) -> ResourceRequest:
    """Take everything back; see the operation."""
    request = access.request_to_move(number, by=by)
    return operations.stand_down(request=request, back=back, by=by, at=at)


def end(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> ResourceRequest:
    """Refuse or cancel; see the operation."""
    request = access.request_to_move(number, by=by)
    told = words(reason, field="reason", label="原因", most=200, least=2)
    return operations.end(request=request, verb=verb, words=told, by=by, at=at)


def strength(*, since: datetime, until: datetime, rules: str, shift_h: int, by: Actor) -> Strength:
    """Return which teams could be mobilised between two instants.

    Raises:
        InvalidInputError: the window, the rules or the shift make no sense.
    """
    if not since < until <= since + LONGEST:
        raise InvalidInputError("时段应从早到晚，最长 31 天。", field="until")
    if rules not in RULES or shift_h not in SHIFTS_H:
        raise InvalidInputError("请选择工时规则和每班时长。", field="rules")
    window, shift = TimeWindow(since, until), timedelta(hours=shift_h)
    found = list(teams.teams_of(by, window=window))
    return Strength(
        rows=teams.forces(found, window=window, rules=RULES[rules], shift=shift),
        whole=teams.whole(found, window=window, rules=RULES[rules], shift=shift),
        sent=queries.person_times(since=since, until=until, by=by),
        sent_teams=queries.sent_teams(since=since, until=until, by=by),
    )


def back_of(request: str, sent: Mapping[str, str], *, by: Actor, at: datetime) -> dict[str, Back]:
    """Read how each piece of a request came back: ``words_<number>`` and ``damaged_<number>``.

    Raises:
        NotVisibleError: the request is absent or another's.
    """
    page = queries.page(request, by=by, at=at)
    if page.row.status != "DEMOBILISED":
        return {}
    return {
        row.number: Back(
            words=words(
                sent.get(f"words_{row.number}", ""), field="back", label="状况", most=200, least=0
            ),
            is_damaged=f"damaged_{row.number}" in sent,
        )
        for row in page.assigned
        if row.ended_at is None and not row.is_team
    }
