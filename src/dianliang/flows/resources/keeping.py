"""Gear written down, moved, tested, lent; everything that a keeper does with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, files, idempotency, papers
from dianliang.core.models import StoredFile
from dianliang.domain.mobilisation.queries import AssignedRow, history_of, holding
from dianliang.domain.resources import access
from dianliang.domain.resources.models import Resource, ResourcePaper, Store, Upkeep, UpkeepRecord
from dianliang.domain.resources.operations import things, upkeeping
from dianliang.domain.resources.queries import loans as loan_book
from dianliang.domain.resources.queries import things as book
from dianliang.domain.resources.queries.loans import LoanRow
from dianliang.domain.resources.queries.things import ResourceCard
from dianliang.flows.resources.fields import kind_of, point_of, spot_of, store_of, unit_of, words
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in for a piece of gear; `values` by the codes of its kind."""

    kind: str
    name: str
    store: str
    values: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePage:
    """A piece with everything that was done with it."""

    card: ResourceCard
    loans: tuple[LoanRow, ...]
    history: tuple[tuple[AssignedRow, str, str], ...]
    holding: str


@transaction.atomic
def open_store(
    *, code: str, name: str, unit: str, address: str, lat: str, lon: str, by: Actor, at: datetime
) -> Store:
    """Open a store.

    Raises:
        InvalidInputError, UnableToKeepError: a field makes no sense; it is named.
    """
    told = words(code, field="code", label="仓库编码", most=24, least=2)
    if not told.replace("-", "").isalnum() or not told.isascii():
        raise InvalidInputError("仓库编码只用字母、数字和“-”。", field="code")
    return things.open_store(
        code=told,
        name=words(name, field="name", label="名称", most=40, least=2),
        unit=unit_of(unit, by=by),
        address=words(address, field="address", label="地址", most=120, least=0),
        spot=point_of(lat, lon),
        by=by,
        at=at,
    )


def register_once(*, key: str, asked: Asked, by: Actor, at: datetime) -> str:
    """Write a piece of gear down and return its number; a second press makes no second.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    body = {**asdict(asked), "by": by.id}
    pressed = idempotency.digest([key, body])

    def act() -> dict[str, Any]:
        made = things.register(
            kind=kind_of(asked.kind),
            name=words(asked.name, field="name", label="名称型号", most=60, least=2),
            values=asked.values,
            store=store_of(asked.store, by=by),
            by=by,
            at=at,
        )
        return {"number": made.number}

    kept = idempotency.once(scope="resource", key=pressed, body=body, at=at, act=act)
    return str(kept["number"])


def page(*, number: str, by: Actor, at: datetime) -> ResourcePage:
    """Return a piece with its loans and the requests that it went to.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    on = at.astimezone(SHANGHAI).date()
    card = book.card(number, by=by, on=on)
    return ResourcePage(
        card=card,
        loans=loan_book.of_resource(number, on=on),
        history=history_of(number),
        holding=holding([number]).get(number, ""),
    )


def describe(
    *, number: str, name: str, values: Mapping[str, str], by: Actor, at: datetime
) -> Resource:
    """Change what is said of a piece; see the operation."""
    return things.describe(
        resource=access.resource_to_keep(number, by=by),
        name=words(name, field="name", label="名称型号", most=60, least=2),
        values=values,
        by=by,
        at=at,
    )


def locate(*, number: str, place: str, lat: str, lon: str, by: Actor, at: datetime) -> Resource:
    """Say where a piece is now; see the operation."""
    resource = access.resource_to_keep(number, by=by)
    return things.locate(resource=resource, spot=spot_of(place, lat, lon), by=by, at=at)


def lead(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Resource:
    """Send a piece to be repaired, take it back, or scrap it; see the operation."""
    resource = access.resource_to_keep(number, by=by)
    told = words(reason, field="reason", label="原因", most=200, least=2)
    return things.lead(resource=resource, verb=verb, words=told, by=by, at=at)


@transaction.atomic
def attach(
    *, number: str, title: str, content: bytes | None, by: Actor, at: datetime
) -> ResourcePaper:
    """Keep a photo or a document with a piece.

    Raises:
        NotVisibleError, InvalidInputError: see the operation.
    """
    resource = access.resource_to_keep(number, by=by)
    told = words(title, field="title", label="名称", most=60, least=2)
    if content is None:
        raise InvalidInputError("请选择照片或 PDF。", field="paper")
    file = papers.keep_paper(content, at=at, field="paper")
    return things.attach(resource=resource, title=told, file=file, by=by, at=at)


def plan_upkeep(
    *, number: str, name: str, every_days: int | None, due_on: date, by: Actor, at: datetime
) -> Upkeep:
    """Plan a test or a service of a piece; see the operation."""
    return upkeeping.plan(
        resource=access.resource_to_keep(number, by=by),
        name=words(name, field="name", label="项目", most=30, least=2),
        every_days=every_days,
        due_on=due_on,
        by=by,
        at=at,
    )


@transaction.atomic
def record_upkeep(
    *,
    number: str,
    upkeep: str,
    done_on: date,
    is_passed: bool,
    told: str,
    content: bytes | None,
    by: Actor,
    at: datetime,
) -> UpkeepRecord:
    """Write down that a test or a service was done; see the operation."""
    resource = access.resource_to_keep(number, by=by)
    key = int(upkeep) if upkeep.isascii() and upkeep.isdecimal() and len(upkeep) < 12 else 0
    found = resource.upkeeps.filter(pk=key).first()
    if found is None:
        raise InvalidInputError("请选择检验保养项目。", field="upkeep")
    return upkeeping.record(
        upkeep=found,
        done_on=done_on,
        is_passed=is_passed,
        words=words(told, field="words", label="说明", most=200, least=0),
        paper=papers.keep_paper(content, at=at, field="paper") if content else None,
        by=by,
        at=at,
    )


def paper_of(*, number: str, token: str, by: Actor, at: datetime) -> tuple[bytes, str]:
    """Return a paper of a piece with its type; a document taken out is on record.

    Raises:
        NotVisibleError: it is absent, or not of this piece.
    """
    resource = access.resource_to_see(number, by=by)
    own = StoredFile.objects.filter(token=token) if "\0" not in token else StoredFile.objects.none()
    of_piece = ResourcePaper.objects.filter(resource=resource).values("file")
    of_tests = UpkeepRecord.objects.filter(upkeep__resource=resource).values("paper")
    file = own.filter(pk__in=of_piece).first() or own.filter(pk__in=of_tests).first()
    if file is None:
        raise NotVisibleError("没有找到这份资料。")
    audit.record("resources.resource.read", target=resource, by=by, at=at, after=file.token[:8])
    return files.read(file), file.media_type
