"""Write gear down, move it, attach papers, and lead it through what is not asked for by others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.resources import attributes, standing
from dianliang.domain.resources.attributes import Value
from dianliang.domain.resources.lifecycle import BOUND, BY_HAND, RESOURCE
from dianliang.domain.resources.models import (
    Resource,
    ResourceKind,
    ResourcePaper,
    Store,
    Upkeep,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

USUAL_TEST = "定期检验"


class UnableToKeepError(DomainError):
    """The piece cannot be written down, or led on, like this."""

    code = "resources.unable-to-keep"


class UnableToAssignError(DomainError):
    """The piece cannot be sent: it is bound elsewhere, or a test of it is overdue."""

    code = "resources.unable-to-assign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a piece is: words and position."""

    place: str
    at: GeoPoint


@transaction.atomic
def open_store(
    *, code: str, name: str, unit: Unit, address: str, spot: GeoPoint, by: Actor, at: datetime
) -> Store:
    """Open a store (设仓库).

    Raises:
        UnableToKeepError: there is one with this code.
    """
    try:
        with transaction.atomic():
            store = Store.objects.create(
                code=code, name=name, unit=unit, address=address, lat=spot.lat, lon=spot.lon
            )
    except IntegrityError as taken:
        raise UnableToKeepError(
            Phrase("仓库编码 %(code)s 已有，请换一个。", code=code), field="code"
        ) from taken
    audit.record("resources.store.open", target=store, by=by, at=at, reason=name)
    return store


@transaction.atomic
def register(
    *,
    kind: ResourceKind,
    name: str,
    values: Mapping[str, str],
    store: Store,
    by: Actor,
    at: datetime,
) -> Resource:
    """Write a piece of gear down, lying in a store of its owner (登记装备).

    A kind with a period of tests gives it a first one, due after that period.

    Raises:
        InvalidInputError: an attribute does not fit its kind; it is named.
    """
    known = attributes.checked(attributes.attributes_of(kind.attributes), values)
    made = Resource.objects.create(
        number=next_number("WZ", at=at),
        kind=kind,
        name=name,
        attributes=known,
        capacity=_capacity(kind, known),
        unit=store.unit,
        holder=store.unit,
        store=store,
        place=store.name,
        lat=store.lat,
        lon=store.lon,
        located_at=at,
        since_at=at,
        created_by=by.name,
        created_at=at,
    )
    if kind.test_every_days:
        due = at.astimezone(SHANGHAI).date() + timedelta(days=kind.test_every_days)
        Upkeep.objects.create(
            resource=made, name=USUAL_TEST, every_days=kind.test_every_days, due_on=due
        )
    audit.record("resources.resource.register", target=made, by=by, at=at, reason=name)
    return made


def _capacity(kind: ResourceKind, known: Mapping[str, Value]) -> float | None:
    value = known.get(kind.measure)
    return value if isinstance(value, int | float) else None


@transaction.atomic
def describe(
    *, resource: Resource, name: str, values: Mapping[str, str], by: Actor, at: datetime
) -> Resource:
    """Change what is said of a piece (修改).

    Raises:
        InvalidInputError: an attribute does not fit its kind.
        UnableToKeepError: it was scrapped.
    """
    if resource.status == "SCRAPPED":
        raise UnableToKeepError("报废的装备不能修改。")
    known = attributes.checked(attributes.attributes_of(resource.kind.attributes), values)
    before = resource.name
    resource.name, resource.attributes = name, known
    resource.capacity = _capacity(resource.kind, known)
    resource.save(update_fields=["name", "attributes", "capacity"])
    audit.record(
        "resources.resource.describe", target=resource, by=by, at=at, before=before, after=name
    )
    return resource


@transaction.atomic
def locate(*, resource: Resource, spot: Spot, by: Actor, at: datetime) -> Resource:
    """Say where a piece is now (更新位置)."""
    before = resource.place
    resource.place, resource.lat, resource.lon = spot.place, spot.at.lat, spot.at.lon
    resource.located_at = at
    resource.save(update_fields=["place", "lat", "lon", "located_at"])
    audit.record(
        "resources.resource.locate",
        target=resource,
        by=by,
        at=at,
        before=before,
        after=spot.place,
    )
    return resource


@transaction.atomic
def attach(
    *, resource: Resource, title: str, file: StoredFile, by: Actor, at: datetime
) -> ResourcePaper:
    """Keep a photo or a document with a piece (上传资料)."""
    paper = ResourcePaper.objects.create(
        resource=resource, title=title, file=file, added_by=by.name, added_at=at
    )
    audit.record("resources.resource.attach", target=resource, by=by, at=at, after=title)
    return paper


@transaction.atomic
def lead(*, resource: Resource, verb: str, words: str, by: Actor, at: datetime) -> Resource:
    """Send a piece to be repaired, take it back from there, or scrap it.

    Raises:
        UnableToKeepError: somebody counts on it, or there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if verb not in BY_HAND:
        raise InvalidInputError("没有这个操作。", field="verb")
    if verb == "repair" and resource.status in BOUND:
        raise UnableToKeepError("它正被指派或借出，请先在请求或借用单上收回。")
    if not words:
        raise UnableToKeepError("请写明原因。", field="reason")
    return move(resource=resource, verb=verb, words=words, by=by, at=at)


@transaction.atomic
def promise(*, resource: Resource, words: str, by: Actor, at: datetime) -> Resource:
    """Keep a piece for somebody (指派).

    Raises:
        UnableToAssignError: it is not free, or a test of it is overdue: the reason is told.
        StaleStateError: somebody else was quicker.
    """
    on = at.astimezone(SHANGHAI).date()
    why = standing.why_not(resource, late=standing.overdue([resource.pk], on=on))
    if why:
        raise UnableToAssignError(
            Phrase("%(resource)s不能指派：%(why)s。", resource=resource, why=why), field="resources"
        )
    return move(resource=resource, verb="promise", words=words, by=by, at=at)


@transaction.atomic
def release(*, resource: Resource, words: str, by: Actor, at: datetime) -> Resource:
    """Let a piece be free again that was kept for somebody (解除指派)."""
    return move(resource=resource, verb="release", words=words, by=by, at=at)


@transaction.atomic
def send(*, resource: Resource, spot: Spot, words: str, by: Actor, at: datetime) -> Resource:
    """Send a piece that was kept for somebody to where it is needed (出动)."""
    return move(resource=resource, verb="send", words=words, by=by, at=at, spot=spot)


@transaction.atomic
def bring_back(
    *, resource: Resource, is_damaged: bool, words: str, by: Actor, at: datetime
) -> Resource:
    """Take a piece back into its store, or to be repaired (归队).

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    store = resource.store
    home = Spot(place=store.name, at=GeoPoint(store.lat, store.lon))
    verb = "repair" if is_damaged else "bring_back"
    return move(resource=resource, verb=verb, words=words, by=by, at=at, spot=home)


def move(
    *,
    resource: Resource,
    verb: str,
    words: str,
    by: Actor,
    at: datetime,
    spot: Spot | None = None,
    holder: Unit | None = None,
) -> Resource:
    """Lead a piece on, perhaps to another place or unit, in one statement.

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    changes: dict[str, object] = {"since_at": at, "holder": holder or resource.unit}
    if spot is not None:
        where = {"place": spot.place, "lat": spot.at.lat, "lon": spot.at.lon, "located_at": at}
        changes.update(where)
    return transitions.apply(
        resource, verb, lifecycle=RESOURCE, by=by, at=at, note=words, changes=changes
    )
