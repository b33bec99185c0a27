"""Requests as the board and their pages show them, and what could be sent to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum

from dianliang.domain.mobilisation import access
from dianliang.domain.mobilisation.lifecycle import HELD, LABELS, LADDER, REQUEST
from dianliang.domain.mobilisation.matching import Offer, Proposal, Wanted, propose
from dianliang.domain.mobilisation.models import Assignment, ResourceRequest
from dianliang.domain.mobilisation.teams import TeamForce, forces, teams_of
from dianliang.domain.resources import access as resource_access
from dianliang.domain.resources.attributes import attributes_of
from dianliang.domain.resources.models import Resource
from dianliang.domain.resources.queries.things import ResourceRow, rows_of
from dianliang.engines.rostering import Rules
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

MOST_OFFERS = 60
OVER = ("STOOD_DOWN", "REFUSED", "CANCELLED")
UNDERWAY = ("REQUESTED", "ASSIGNED", "STANDBY", "MOBILISED")
"""What was asked for has not arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as the board needs it."""

    number: str
    incident: str
    what: str
    wanted: str
    quantity: int
    unit_name: str
    purpose: str
    place: str
    needed_by_at: datetime
    until_at: datetime
    status: str
    status_label: str
    since_at: datetime
    age_s: int
    is_late: bool
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A state of the ladder with the requests in it."""

    status: str
    label: str
    rows: tuple[RequestRow, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is bound by requests now. People and person-times are never added."""

    open: int
    pieces: int
    teams: int
    people: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTeam:
    """A team was sent out for a request."""

    name: str
    people: int
    request: str
    place: str
    mobilised_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedRow:
    """What is, or was, promised to a request."""

    number: str
    name: str
    is_team: bool
    people: int
    distance_km: float
    reasons: tuple[str, ...]
    assigned_by: str
    assigned_at: datetime
    ended_at: datetime | None
    ended_as: str
    is_damaged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage:
    """A whole request with what the reader may do now."""

    row: RequestRow
    at: GeoPoint
    least: str
    rest_of: str
    rests: tuple[tuple[str, str], ...]
    mobilised_at: datetime | None
    in_action_at: datetime | None
    assigned: tuple[AssignedRow, ...]
    verbs: tuple[tuple[str, str], ...]
    steps: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GearOffer:
    """A piece that could be sent, judged."""

    row: ResourceRow
    proposal: Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamOffer:
    """A team that could be sent, judged."""

    team: TeamForce
    proposal: Proposal


def row_of(request: ResourceRequest, *, at: datetime) -> RequestRow:
    """Return a request as the board needs it."""
    waits = request.status in UNDERWAY
    return RequestRow(
        number=request.number,
        incident=request.incident.number if request.incident else "",
        what=request.what,
        wanted=request.kind.name if request.kind else "队伍",
        quantity=request.quantity,
        unit_name=request.unit.name,
        purpose=request.purpose,
        place=request.place,
        needed_by_at=request.needed_by_at,
        until_at=request.until_at,
        status=request.status,
        status_label=LABELS[request.status],
        since_at=request.since_at,
        age_s=int((at - request.since_at).total_seconds()),
        is_late=waits and request.needed_by_at < at,
        asked_by=request.asked_by,
        asked_at=request.asked_at,
    )


def chosen(
    *, status: str, kind: str, incident: str, words: str, by: Actor, at: datetime
) -> QuerySet[ResourceRequest]:
    """Return the requests of the actor's units that filters leave.

    `status` is a state, ``over`` for those that ended, ``late`` for those past the time needed, or
    empty for all that somebody works on.
    """
    rows = access.requests(by)
    if status == "over":
        rows = rows.filter(status__in=OVER).order_by("-since_at")
    elif status == "late":
        rows = rows.filter(_late(at))
    elif status:
        rows = rows.filter(status=status)
    else:
        rows = rows.filter(status__in=LADDER)
    if kind:
        rows = rows.filter(what="team") if kind == "team" else rows.filter(kind__code=kind)
    if incident:
        rows = rows.filter(incident__number=incident)
    if words:
        rows = rows.filter(
            Q(number__icontains=words) | Q(place__icontains=words) | Q(purpose__icontains=words)
        )
    return rows


def _late(at: datetime) -> Q:
    return Q(status__in=UNDERWAY, needed_by_at__lt=at)


def board(rows: Iterable[ResourceRequest], *, at: datetime, most: int = 20) -> tuple[Column, ...]:
    """Return requests by state of the ladder, in it the most urgent first."""
    found: dict[str, list[RequestRow]] = {status: [] for status in LADDER}
    for request in rows:
        if request.status in found:
            found[request.status].append(row_of(request, at=at))
    return tuple(
        Column(
            status=status,
            label=LABELS[status],
            rows=tuple(found[status][:most]),
            total=len(found[status]),
        )
        for status in LADDER
    )


def figures(*, by: Actor, at: datetime) -> Figures:
    """Return what is bound by the requests of the actor's units. Two queries."""
    mine = access.requests(by)
    asked = mine.aggregate(
        open=Count("pk", filter=Q(status__in=LADDER)), late=Count("pk", filter=_late(at))
    )
    live = Assignment.objects.filter(request__in=mine, ended_at=None).aggregate(
        pieces=Count("resource"), teams=Count("team"), people=Sum("people")
    )
    return Figures(
        open=asked["open"],
        late=asked["late"],
        pieces=live["pieces"],
        teams=live["teams"],
        people=live["people"] or 0,
    )


def person_times(*, since: datetime, until: datetime, by: Actor) -> int:
    """Return how many people were sent out with teams in a span, each time they were (人次)."""
    found = _sent(since, until, by).aggregate(n=Sum("people"))
    return found["n"] or 0


def sent_teams(*, since: datetime, until: datetime, by: Actor) -> tuple[SentTeam, ...]:
    """Return the teams behind `person_times`, each time that they were sent."""
    rows = _sent(since, until, by).select_related("request", "team")
    return tuple(
        SentTeam(
            name=row.team.name if row.team else "",
            people=row.people,
            request=row.request.number,
            place=row.request.place,
            mobilised_at=row.request.mobilised_at,
        )
        for row in rows.order_by("request__mobilised_at", "pk")
    )


def _sent(since: datetime, until: datetime, by: Actor) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        request__in=access.requests(by),
        request__mobilised_at__gte=since,
        request__mobilised_at__lt=until,
        team__isnull=False,
    )


def page(number: str, *, by: Actor, at: datetime) -> RequestPage:
    """Return a whole request.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.request_to_see(number, by=by)
    is_own = access.may_move(found, by=by)
    verbs = REQUEST.verbs(found.status, role=by.role) if is_own else ()
    reached = LADDER.index(found.status) if found.status in LADDER else -1
    is_down = found.status == "STOOD_DOWN"
    steps = [(LABELS[one], is_down or place <= reached) for place, one in enumerate(LADDER)]
    return RequestPage(
        row=row_of(found, at=at),
        at=GeoPoint(found.lat, found.lon),
        least=_least(found),
        rest_of=found.rest_of.number if found.rest_of else "",
        rests=tuple((one.number, LABELS[one.status]) for one in found.rests.all()),
        mobilised_at=found.mobilised_at,
        in_action_at=found.in_action_at,
        assigned=tuple(_assigned(row) for row in _rows(found)),
        verbs=tuple((one.verb, one.label) for one in verbs),
        steps=(*steps, (LABELS["STOOD_DOWN"], is_down)),
    )


def _least(request: ResourceRequest) -> str:
    if request.least_capacity is None:
        return ""
    return f"{request.least_capacity:g} {_measure_unit(request)}".strip()


def _measure_unit(request: ResourceRequest) -> str:
    if request.kind is None:
        return "人"
    known = attributes_of(request.kind.attributes)
    return next((one.unit for one in known if one.code == request.kind.measure), "")


def _rows(request: ResourceRequest) -> QuerySet[Assignment]:
    return request.assignments.select_related("resource", "team").order_by("ended_at", "pk")


def _assigned(row: Assignment) -> AssignedRow:
    thing = row.resource
    return AssignedRow(
        number=thing.number if thing else row.team.code if row.team else "",
        name=thing.name if thing else row.team.name if row.team else "",
        is_team=thing is None,
        people=row.people,
        distance_km=row.distance_km,
        reasons=tuple(row.reasons),
        assigned_by=row.assigned_by,
        assigned_at=row.assigned_at,
        ended_at=row.ended_at,
        ended_as=row.ended_as,
        is_damaged=row.is_damaged,
    )


def gear_offers(request: ResourceRequest, *, by: Actor, at: datetime) -> tuple[GearOffer, ...]:
    """Return the gear of the actor's units for a request, best first; what cannot go comes last."""
    on = at.astimezone(SHANGHAI).date()
    found = resource_access.resources(by).filter(kind=request.kind).exclude(status="SCRAPPED")
    pieces: dict[str, Resource] = {piece.number: piece for piece in found}
    rows = {row.number: row for row in rows_of(pieces.values(), on=on)}
    offers = [
        Offer(id=number, at=row.at, capacity=pieces[number].capacity, blocked=row.blocked)
        for number, row in rows.items()
    ]
    judged = propose(_wanted(request), offers)
    return tuple(GearOffer(row=rows[one.id], proposal=one) for one in judged[:MOST_OFFERS])


def team_offers(request: ResourceRequest, *, by: Actor) -> tuple[TeamOffer, ...]:
    """Return the actor's teams for a request, best first; they need people with a shift left."""
    window = TimeWindow(request.needed_by_at, request.until_at)
    found = forces(teams_of(by, window=window), window=window, rules=Rules.emergency())
    teams = {team.code: team for team in found}
    offers = [
        Offer(
            id=team.code,
            at=team.at,
            capacity=float(team.force.people),
            blocked=_team_blocked(team),
        )
        for team in found
    ]
    judged = propose(_wanted(request), offers)
    return tuple(TeamOffer(team=teams[one.id], proposal=one) for one in judged[:MOST_OFFERS])


def _team_blocked(team: TeamForce) -> str:
    if team.request:
        return Phrase("已指派给 %(request)s", request=team.request)
    return "" if team.force.people else "没有人排得出一班"


def _wanted(request: ResourceRequest) -> Wanted:
    return Wanted(
        quantity=request.quantity,
        at=GeoPoint(request.lat, request.lon),
        least=request.least_capacity,
        measure_unit=_measure_unit(request),
    )


def history_of(number: str) -> tuple[tuple[AssignedRow, str, str], ...]:
    """Return to which requests a piece was promised, with their number and place, newest first."""
    rows = Assignment.objects.filter(resource__number=number).order_by("-assigned_at", "-pk")
    found = rows.select_related("request", "resource", "team")[:20]
    return tuple((_assigned(row), row.request.number, row.request.place) for row in found)


def holding(numbers: Iterable[str]) -> dict[str, str]:
    """Return the requests to which pieces are promised now, by the pieces' numbers."""
    rows = Assignment.objects.filter(
        resource__number__in=numbers, ended_at=None, request__status__in=HELD
    )
    return {
        number: request
        for number, request in rows.values_list("resource__number", "request__number")
        if number
    }
