"""Ask for gear and teams, promise them, and lead a request down its ladder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.lifecycle import REQUEST
from dianliang.domain.mobilisation.matching import Proposal
from dianliang.domain.mobilisation.models import Assignment, ResourceRequest
from dianliang.domain.resources.models import Resource, ResourceKind
from dianliang.domain.resources.operations import things
from dianliang.domain.resources.operations.things import Spot
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

MOST_PIECES = 200


class UnableToMobiliseError(DomainError):
    """The request cannot be written down, or led on, like this."""

    code = "mobilisation.unable-to-mobilise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What somebody decided to send: a piece or a team, with what spoke for it."""

    proposal: Proposal
    resource: Resource | None = None
    team: Team | None = None
    people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """In what condition something came back."""

    words: str = ""
    is_damaged: bool = False


@transaction.atomic
def ask(
    *,
    what: str,
    kind: ResourceKind | None,
    quantity: int,
    least_capacity: float | None,
    unit: Unit,
    incident: Incident | None,
    purpose: str,
    spot: Spot,
    window: TimeWindow,
    by: Actor,
    at: datetime,
) -> ResourceRequest:
    """Ask for gear or teams (申请资源).

    Raises:
        UnableToMobiliseError: too many, no kind of gear, or it would be over already.
    """
    if not 1 <= quantity <= MOST_PIECES:
        raise UnableToMobiliseError(
            Phrase("数量应在 1 到 %(most)s 之间。", most=MOST_PIECES),
            field="quantity",
        )
    if (what == ResourceRequest.What.GEAR) != (kind is not None):
        raise UnableToMobiliseError("请选择装备类别；请求队伍不用选。", field="kind")
    if window.end <= at:
        raise UnableToMobiliseError("预计用到的时间已经过了。", field="until_at")
    made = ResourceRequest.objects.create(
        number=next_number("DP", at=at),
        incident=incident,
        what=what,
        kind=kind,
        quantity=quantity,
        least_capacity=least_capacity,
        unit=unit,
        purpose=purpose,
        place=spot.place,
        lat=spot.at.lat,
        lon=spot.at.lon,
        needed_by_at=window.start,
        until_at=window.end,
        since_at=at,
        asked_by=by.name,
        asked_at=at,
    )
    audit.record("mobilisation.resourcerequest.ask", target=made, by=by, at=at, reason=purpose)
    return made


@transaction.atomic
def assign(
    *, request: ResourceRequest, picked: Sequence[Picked], by: Actor, at: datetime
) -> ResourceRequest:
    """Promise what somebody has picked (指派); what is missing becomes a request of its own.

    Raises:
        UnableToMobiliseError: nothing was picked, or more than was asked for.
        UnableToAssignError: a piece is bound elsewhere or overdue for a test; nothing is promised.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not picked:
        raise UnableToMobiliseError("请至少选一件。", field="picked")
    if len(picked) > request.quantity:
        message = Phrase(
            "只申请了 %(quantity)s，选了 %(picked)s。",
            quantity=request.quantity,
            picked=len(picked),
        )
        raise UnableToMobiliseError(message, field="picked")
    short = request.quantity - len(picked)
    changes = {"since_at": at, "quantity": len(picked)}
    names = "、".join(sorted(one.proposal.id for one in picked))
    led = transitions.apply(
        request, "assign", lifecycle=REQUEST, by=by, at=at, note=names, changes=changes
    )
    for one in sorted(picked, key=lambda chosen: chosen.proposal.id):  # one order for all: no lock
        _promise(led, one, by=by, at=at)
    if short:
        _ask_for_rest(led, short, by=by, at=at)
    return led


def _promise(request: ResourceRequest, one: Picked, *, by: Actor, at: datetime) -> None:
    if one.resource is not None:
        things.promise(resource=one.resource, words=request.number, by=by, at=at)
    try:
        with transaction.atomic():
            Assignment.objects.create(
                request=request,
                resource=one.resource,
                team=one.team,
                people=one.people,
                distance_km=one.proposal.distance_km,
                reasons=list(one.proposal.reasons),
                assigned_by=by.name,
                assigned_at=at,
            )
    except IntegrityError as taken:
        message = Phrase("%(one)s刚被指派给别的请求。", one=one.resource or one.team)
        raise UnableToMobiliseError(message, field="picked") from taken


def _ask_for_rest(request: ResourceRequest, short: int, *, by: Actor, at: datetime) -> None:
    rest = ResourceRequest.objects.create(
        number=next_number("DP", at=at),
        incident=request.incident,
        what=request.what,
        kind=request.kind,
        quantity=short,
        least_capacity=request.least_capacity,
        unit=request.unit,
        purpose=request.purpose,
        place=request.place,
        lat=request.lat,
        lon=request.lon,
        needed_by_at=request.needed_by_at,
        until_at=request.until_at,
        since_at=at,
        rest_of=request,
        asked_by=request.asked_by,
        asked_at=request.asked_at,
    )
    audit.record(
        "mobilisation.resourcerequest.ask",
        target=rest,
        by=by,
        at=at,
        reason=f"余量 {request.number}",
    )


@transaction.atomic
def stand_by(*, request: ResourceRequest, by: Actor, at: datetime) -> ResourceRequest:
    """Let what was promised wait, ready to go (转待命)."""
    return _lead(request, "stand_by", by=by, at=at)


@transaction.atomic
def mobilise(*, request: ResourceRequest, by: Actor, at: datetime) -> ResourceRequest:
    """Send what was promised (动员出动): from now on it is where it is needed.

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    led = _lead(request, "mobilise", by=by, at=at, mobilised_at=at)
    spot = Spot(place=request.place, at=GeoPoint(request.lat, request.lon))
    for row in live(led):
        if row.resource is not None:
            things.send(resource=row.resource, spot=spot, words=led.number, by=by, at=at)
    return led


@transaction.atomic
def begin(*, request: ResourceRequest, by: Actor, at: datetime) -> ResourceRequest:
    """Say that it has arrived and works (到场作业)."""
    return _lead(request, "begin", by=by, at=at, in_action_at=at)


@transaction.atomic
def demobilise(*, request: ResourceRequest, words: str, by: Actor, at: datetime) -> ResourceRequest:
    """Say that it is needed no more and leaves (撤出现场)."""
    return _lead(request, "demobilise", by=by, at=at, words=words)


@transaction.atomic
def stand_down(
    *, request: ResourceRequest, back: Mapping[str, Back], by: Actor, at: datetime
) -> ResourceRequest:
    """Take everything back, each in its condition; what is damaged goes to be repaired (归队).

    Raises:
        UnableToMobiliseError: something is damaged without a word about it.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    led = _lead(request, "stand_down", by=by, at=at)
    for row in live(led):
        how = back.get(row.resource.number, Back()) if row.resource is not None else Back()
        if how.is_damaged and not how.words:
            raise UnableToMobiliseError(
                Phrase("%(resource)s有损坏，请写明。", resource=row.resource), field="back"
            )
        row.ended_at, row.ended_as, row.is_damaged = at, how.words, how.is_damaged
        row.save(update_fields=["ended_at", "ended_as", "is_damaged"])
        if row.resource is not None:
            note = f"{led.number} {how.words}".strip()
            things.bring_back(
                resource=row.resource, is_damaged=how.is_damaged, words=note, by=by, at=at
            )
    return led


@transaction.atomic
def end(
    *, request: ResourceRequest, verb: str, words: str, by: Actor, at: datetime
) -> ResourceRequest:
    """Refuse a request or cancel it; what was promised is free again.

    Raises:
        UnableToMobiliseError: there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not words:
        raise UnableToMobiliseError("请写明原因。", field="reason")
    led = _lead(request, verb, by=by, at=at, words=words)
    for row in live(led):
        row.ended_at, row.ended_as = at, words
        row.save(update_fields=["ended_at", "ended_as"])
        if row.resource is not None:
            things.release(resource=row.resource, words=led.number, by=by, at=at)
    return led


@transaction.atomic
def exchange(
    *, request: ResourceRequest, gone: Resource, picked: Picked, words: str, by: Actor, at: datetime
) -> None:
    """Send another piece in place of one that has failed, which goes to be repaired (换下).

    Raises:
        UnableToMobiliseError: it is not promised to this request, or there is no reason.
        UnableToAssignError: the other piece is bound elsewhere or overdue for a test.
    """
    if not words:
        raise UnableToMobiliseError("请写明换下的原因。", field="reason")
    request = ResourceRequest.objects.select_for_update().get(pk=request.pk)
    row = next((one for one in live(request) if one.resource_id == gone.pk), None)
    if row is None or row.resource is None or request.status == "DEMOBILISED":
        raise UnableToMobiliseError("它不在这张请求上，或已撤出。", field="gone")
    row.ended_at, row.ended_as, row.is_damaged = at, words, True
    row.save(update_fields=["ended_at", "ended_as", "is_damaged"])
    note = f"{request.number} {words}"
    things.bring_back(resource=row.resource, is_damaged=True, words=note, by=by, at=at)
    _promise(request, picked, by=by, at=at)
    if request.status in {"MOBILISED", "IN_ACTION"} and picked.resource is not None:
        spot = Spot(place=request.place, at=GeoPoint(request.lat, request.lon))
        things.send(resource=picked.resource, spot=spot, words=note, by=by, at=at)
    audit.record(
        "mobilisation.resourcerequest.exchange",
        target=request,
        by=by,
        at=at,
        before=gone.number,
        after=picked.proposal.id,
        reason=words,
    )


def live(request: ResourceRequest) -> list[Assignment]:
    """Return what is promised to a request now."""
    rows = request.assignments.filter(ended_at=None)
    return list(
        rows.select_related("resource__store", "resource__unit", "team").order_by("resource_id")
    )


def _lead(
    request: ResourceRequest,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    words: str = "",
    **changes: datetime,
) -> ResourceRequest:
    return transitions.apply(
        request,
        verb,
        lifecycle=REQUEST,
        by=by,
        at=at,
        note=words,
        changes={"since_at": at, **changes},
    )
