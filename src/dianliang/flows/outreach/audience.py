"""Who is meant: customers by kind, unit and area, read in pieces in the background."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import jobs
from dianliang.domain.customers.access import within
from dianliang.domain.customers.models import SEALED, Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.outreach import access
from dianliang.domain.outreach.models import Outreach
from dianliang.domain.outreach.operations import outreach as operations
from dianliang.domain.outreach.operations import preferences
from dianliang.domain.outreach.operations.outreach import Addressee, UnableToReachError
from dianliang.domain.outreach.phones import index_of
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import InvalidInputError

PREPARE = "outreach.prepare"
CHUNK = 250
KINDS: Mapping[str, str] = {str(code): str(label) for code, label in Customer.Kind.choices}
UNREAD = tuple(name for name in SEALED if name != "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which customers a form asks for; empty means all of the unit that sends."""

    kind: str = ""
    unit: str = ""
    area: str = ""


def checked(wanted: Wanted, *, by: Actor) -> dict[str, str]:
    """Return a query as it is kept.

    Raises:
        InvalidInputError: a kind, unit or area that does not exist or is another's.
    """
    if wanted.kind and wanted.kind not in Customer.Kind.values:
        raise InvalidInputError("请选择客户类别。", field="kind")
    unit = Unit.objects.filter(code=wanted.unit.replace("\0", "")).first()
    if wanted.unit and (unit is None or not by.reaches_unit(unit.path)):
        raise InvalidInputError("请选择本单位范围内的责任单位。", field="unit_code")
    if wanted.area and not Area.objects.filter(code=wanted.area.replace("\0", "")).exists():
        raise InvalidInputError("没有这个区域，请重新选择。", field="area")
    return {"kind": wanted.kind, "unit": wanted.unit, "area": wanted.area}


def areas(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the townships among which an audience can be chosen, with their codes."""
    rows = areas_of(by).filter(level=Area.Level.TOWNSHIP).order_by("code")
    return tuple(rows.values_list("code", "name"))


def said(query: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return kind, unit and area of a query in words; empty where it asks for none."""
    unit = Unit.objects.filter(code=query.get("unit") or "-").first()
    area = Area.objects.filter(code=query.get("area") or "-").first()
    kind = KINDS.get(str(query.get("kind", "")), "")
    return kind, unit.name if unit else "", area.name if area else ""


def customers(outreach: Outreach) -> QuerySet[Customer]:
    """Return the customers that an outreach means today: of its unit and below, never others."""
    query: Mapping[str, Any] = outreach.query
    rows = Customer.objects.filter(within(replace(SYSTEM, unit_path=outreach.unit.path)))
    if query.get("kind"):
        rows = rows.filter(kind=query["kind"])
    if query.get("unit"):
        unit = Unit.objects.get(code=query["unit"])
        rows = rows.filter(unit__path__startswith=unit.path)
    if query.get("area"):
        area = Area.objects.get(code=query["area"])
        rows = rows.filter(area__path__startswith=area.path)
    return rows


@transaction.atomic
def prepare(*, number: str, by: Actor, at: datetime) -> Outreach:
    """Begin to write down whom an outreach is for; the rest goes on in the background.

    Raises:
        NotVisibleError: it is absent or another's.
        UnableToReachError: nobody fits, or the contacts come from a table.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    outreach = access.to_lead(number, by=by)
    if outreach.source != Outreach.Source.CUSTOMERS:
        raise UnableToReachError("这次触达的对象来自联系名单，请上传名单。")
    if not customers(outreach).exists():
        raise UnableToReachError("没有符合条件的客户，请改条件。")
    operations.prepare(outreach=outreach, by=by, at=at)
    jobs.enqueue(PREPARE, {"number": number}, by=by, at=at)
    return outreach


@transaction.atomic
def write_now(*, number: str, by: Actor, at: datetime) -> Outreach:
    """Write a whole audience at once: for few, who need not wait for the background.

    Raises:
        NotVisibleError, UnableToReachError, IllegalTransitionError: see `prepare`.
    """
    outreach = access.to_lead(number, by=by)
    operations.prepare(outreach=outreach, by=by, at=at)
    for rows in _pieces(outreach):
        operations.add_chunk(outreach=outreach, found=_addressees(outreach, rows))
    return operations.finish(outreach=outreach, by=by, at=at)


def _give_up(context: jobs.JobContext) -> None:
    outreach = Outreach.objects.filter(number=context.payload["number"]).first()
    if outreach is not None and outreach.status == "PREPARING":
        _back(outreach, "后台生成名单多次失败，请重新生成。", at=context.clock())


def _back(outreach: Outreach, words: str, *, at: datetime) -> None:
    operations.back(
        outreach=outreach, verb="give_up", reason=words, trouble=words, by=SYSTEM, at=at
    )


@jobs.handler(PREPARE, given_up=_give_up)
def prepare_in_background(context: jobs.JobContext) -> dict[str, Any] | None:
    """Write the audience in pieces; what a killed worker left behind is gone on with."""
    outreach = Outreach.objects.select_related("unit").get(number=context.payload["number"])
    if outreach.status != "PREPARING":
        return None
    total, done = customers(outreach).count(), 0
    for rows in _pieces(outreach):
        operations.add_chunk(outreach=outreach, found=_addressees(outreach, rows))
        done += len(rows)
        context.progress(min(1.0, done / total) if total else 1.0, f"{done} 个对象")
    try:
        operations.finish(outreach=outreach, by=SYSTEM, at=context.clock())
    except UnableToReachError as refusal:
        _back(outreach, refusal.message, at=context.clock())
        return None
    return {"recipients": done}


def _pieces(outreach: Outreach) -> Iterator[list[Customer]]:
    after = 0
    while True:
        rows = customers(outreach).filter(pk__gt=after).defer(*UNREAD).order_by("pk")[:CHUNK]
        found = list(rows)
        if not found:
            return
        yield found
        after = found[-1].pk


def _addressees(outreach: Outreach, rows: Sequence[Customer]) -> list[Addressee]:
    indexes = [index_of(row.phone) for row in rows]
    said = preferences.standing(indexes)
    return [
        Addressee(
            key=row.number,
            kind=row.kind,
            unit_id=row.unit_id or outreach.unit_id,
            area_id=row.area_id,
            customer_id=row.pk,
            phone_index=index,
            excluded=preferences.excluded_for(index, basis=outreach.basis, said=said),
        )
        for row, index in zip(rows, indexes, strict=True)
    ]
