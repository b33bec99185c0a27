"""The register of key customers on pages: the list, one card, its forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core.rows import first_of
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.catalog.models import Checklist
from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers import access, following, queries
from dianliang.domain.key_customers.following import WatchRow
from dianliang.domain.key_customers.models import GradeDecision, KeyCustomer, Watch
from dianliang.domain.key_customers.operations import register as operations
from dianliang.domain.key_customers.queries import Card, Filters, RegisterPage
from dianliang.domain.key_customers.told import Graded, Source, Supply, ToldCustomer
from dianliang.domain.network.models import Feeder, Transformer
from dianliang.domain.programs.progress import CampaignRow
from dianliang.domain.territory.models import Area
from dianliang.flows.key_customers import checks
from dianliang.flows.key_customers.affected import place_of
from dianliang.flows.key_customers.checks import Check
from dianliang.flows.key_customers.reading import CHECKLISTS, USUAL_CHECKLIST, in_wgs84, source_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_key, clean_text

MOST_POINTS, MOST_WATCHES = 2000, 10
TONES: Mapping[str, str] = {"special": "danger", "first": "soon", "second": "open"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The list with its map, when each was last checked, and the checks that go on."""

    found: RegisterPage
    checked: Mapping[int, datetime]
    points: tuple[dict[str, Any], ...]
    patrols: tuple[tuple[CampaignRow, int], ...]
    more_patrols: int
    may_keep: bool


def page(*, filters: Filters, by: Actor, on: date, is_whole: bool = False) -> Page:
    """Return a page of the register; as many queries for ten customers as for thousands."""
    found = queries.register(filters=filters, by=by, on=on)
    patrols, more = checks.patrols(by=by, on=on, is_whole=is_whole)
    return Page(
        found=found,
        checked=checks.last_checked([row.pk for row in found.rows]),
        points=_points(filters, by=by, on=on),
        patrols=patrols,
        more_patrols=more,
        may_keep=by.role in access.WRITERS,
    )


def _points(filters: Filters, *, by: Actor, on: date) -> tuple[dict[str, Any], ...]:
    """Return where the chosen customers are, the gravest first; without a place, at the area's."""
    chosen = queries.chosen(filters=filters, by=by, on=on).order_by(*queries.IN_ORDER)
    own = ("number", "name", "grade", "area__name", "lat", "lon", "area__lat", "area__lon")
    return tuple(
        {
            "number": number,
            "title": name,
            "lat": area_lat if lat is None else lat,
            "lon": area_lon if lat is None else lon,
            "tone": TONES.get(grade, "done"),
            "area": area,
            "exact": lat is not None,
        }
        for number, name, grade, area, lat, lon, area_lat, area_lon in chosen.values_list(*own)[
            :MOST_POINTS
        ]
        if lat is not None or area_lat is not None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """One key customer; the contact is masked unless it was revealed."""

    card: Card
    unit_code: str
    version: str
    is_revealed: bool
    checks: tuple[Check, ...]
    watches: tuple[WatchRow, ...]
    more: int
    """Checks and watches that are left out."""
    point: dict[str, Any] | None
    may_keep: bool
    may_call: bool


def card_page(*, number: str, by: Actor, on: date, is_whole: bool = False) -> CardPage:
    """Return the page of one key customer with its latest checks and watches, or all.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    return _card(access.customer_to_see(number, by=by), by=by, on=on, is_whole=is_whole)


def _card(customer: KeyCustomer, *, by: Actor, on: date, is_whole: bool = False) -> CardPage:
    place = place_of(customer)
    watched = Watch.objects.filter(watched__customer=customer).select_related("unit")
    watches, more_watches = first_of(watched, MOST_WATCHES, is_whole=is_whole)
    checked, more_checks = checks.checks_of(customer, is_whole=is_whole)
    return CardPage(
        card=queries.card(customer, on=on),
        unit_code=customer.unit.code,
        version=operations.version(customer),
        is_revealed=False,
        checks=checked,
        watches=tuple(following.watch_row(row, customers=0) for row in watches),
        more=more_checks + more_watches,
        point={
            "number": customer.number,
            "title": customer.name,
            "lat": place.lat,
            "lon": place.lon,
            "tone": TONES.get(customer.grade, "done"),
            "area": customer.area.name,
            "exact": customer.lat is not None,
        }
        if place
        else None,
        may_keep=by.role in access.WRITERS,
        may_call=by.role in access.CALLERS,
    )


@transaction.atomic
def reveal(*, number: str, reason: str, by: Actor, at: datetime) -> CardPage:
    """Return the page with the contact, for a reason that is kept.

    Raises:
        NotVisibleError: it is absent or not the actor's to call.
        InvalidInputError: there is no reason.
    """
    customer = access.customer_to_call(number, by=by)
    words = clean_text(reason, field="reason", label="原因", most=200)
    operations.reveal(customer=customer, reason=words, by=by, at=at)
    shown = _card(customer, by=by, on=at.astimezone(SHANGHAI).date())
    card = replace(shown.card, contact=customer.contact, phone=customer.phone)
    return replace(shown, card=card, is_revealed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A key customer as a form describes it; codes and text are checked here.

    `sources` are codes of lines or transformers, the main one first; `is_gcj` tells that the
    position was read from a Chinese map.
    """

    name: str
    kind: str
    unit_code: str
    area_code: str
    checklist: str
    address: str
    lat: float | None
    lon: float | None
    is_gcj: bool
    tie_in: str
    cable_m: int | None
    plug: str
    contact: str
    phone: str
    note: str
    sources: Sequence[str]
    supplies: Sequence[Supply]


def take_in(*, number: str, asked: Asked, graded: Graded, by: Actor, at: datetime) -> KeyCustomer:
    """Write a key customer down; without a number of its own it gets one.

    Raises:
        NotVisibleError: the actor keeps no register.
        InvalidInputError, UnableToKeepCustomerError: a field is wrong; it is named.
    """
    if by.role not in access.WRITERS:
        raise NotVisibleError("您的岗位不登记重要客户。")
    own = number.strip() and clean_key(number, field="number", label="重要客户编号")
    told, clean = _told(asked, by=by), _clean(graded)
    return operations.take_in(told=told, graded=clean, number=own, by=by, at=at)


@transaction.atomic
def change(*, number: str, asked: Asked, seen: str, by: Actor, at: datetime) -> KeyCustomer:
    """Bring one up to date.

    Raises:
        NotVisibleError: it is absent or not the actor's to change.
        InvalidInputError, UnableToKeepCustomerError: a field is wrong, or the form is stale.
    """
    customer = access.customer_to_keep(number, by=by)
    return operations.change(customer=customer, told=_told(asked, by=by), seen=seen, by=by, at=at)


def _told(asked: Asked, *, by: Actor) -> ToldCustomer:
    unit = Unit.objects.filter(code=asked.unit_code).first()
    if unit is None or not by.reaches_unit(unit.path):
        raise InvalidInputError("请选择本单位范围内的责任单位。", field="unit")
    area = Area.objects.filter(code=asked.area_code).first()
    if area is None:
        raise InvalidInputError("请选择所在的村社区或乡镇。", field="area")
    if asked.kind not in KeyCustomer.Kind.values:
        raise InvalidInputError("请选择重要客户的类别。", field="kind")
    code = asked.checklist or CHECKLISTS.get(asked.kind, USUAL_CHECKLIST)
    checklist = Checklist.objects.filter(code=code).first()
    if checklist is None:
        raise InvalidInputError("请选择检查清单。", field="checklist")
    return ToldCustomer(
        name=clean_text(asked.name, field="name", label="名称", most=80, least=2),
        kind=asked.kind,
        unit=unit,
        area=area,
        checklist=checklist,
        address=clean_text(asked.address, field="address", label="详细地址", most=200),
        point=_point(asked),
        tie_in=asked.tie_in,
        cable_m=asked.cable_m,
        plug=clean_text(asked.plug, field="plug", label="接头型式", most=40),
        contact=clean_text(asked.contact, field="contact", label="联系人", most=40),
        phone=clean_text(asked.phone, field="phone", label="联系电话", most=24),
        note=clean_text(asked.note, field="note", label="备注", most=200),
        sources=_sources(asked.sources),
        supplies=_supplies(asked.supplies),
    )


def _point(asked: Asked) -> GeoPoint | None:
    """Return where it is in WGS 84, whichever datum the map had that it was read from."""
    if (asked.lat is None) != (asked.lon is None):
        raise InvalidInputError("纬度和经度要么都填，要么都留空。", field="lat")
    if asked.lat is None or asked.lon is None:
        return None
    return in_wgs84(GeoPoint(asked.lat, asked.lon), is_gcj=asked.is_gcj)


def _sources(codes: Sequence[str]) -> list[Source]:
    feeders = dict(Feeder.objects.filter(code__in=codes).values_list("code", "pk"))
    found = Transformer.objects.filter(number__in=codes)
    transformers = dict(found.values_list("number", "pk"))
    sources = []
    for place, code in enumerate(codes):
        source = source_of(code, feeders, transformers, place == 0)
        if source is None:
            message = Phrase("没有编码为 %(code)s 的线路或变压器，请核对。", code=code[:24])
            raise InvalidInputError(message, field="main" if place == 0 else "others")
        sources.append(source)
    return sources


def _supplies(asked: Sequence[Supply]) -> list[Supply]:
    for place, supply in enumerate(asked, start=1):
        if supply.kind not in dict(queries.SUPPLY_KINDS):
            raise InvalidInputError(
                Phrase("第 %(place)s 台自备电源没有选类别。", place=place), field="supplies"
            )
        if not supply.power_kva and not supply.power_kw:
            message = Phrase(
                "第 %(place)s 台自备电源的容量（kVA）与功率（kW）至少填一项。", place=place
            )
            raise InvalidInputError(message, field="supplies")
    return list(asked)


def _clean(graded: Graded) -> Graded:
    words = clean_text(graded.document, field="document", label="认定文号或依据", most=120)
    return replace(graded, document=words)


def decide_grade(*, number: str, graded: Graded, by: Actor, at: datetime) -> GradeDecision:
    """Write a decision on the grade down.

    Raises:
        NotVisibleError: it is absent or not the actor's to change.
        InvalidInputError: the grade contradicts itself, or nothing says who decided.
    """
    customer = access.customer_to_keep(number, by=by)
    return operations.decide_grade(customer=customer, graded=_clean(graded), by=by, at=at)


def remove(*, number: str, reason: str, by: Actor, at: datetime) -> KeyCustomer:
    """Take one out of the register from today on.

    Raises:
        NotVisibleError: it is absent or not the actor's to change.
        InvalidInputError, UnableToKeepCustomerError: there is no reason, or it is out.
    """
    customer = access.customer_to_keep(number, by=by)
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    on = at.astimezone(SHANGHAI).date()
    return operations.remove(customer=customer, on=on, reason=words, by=by, at=at)


def put_back(*, number: str, reason: str, by: Actor, at: datetime) -> KeyCustomer:
    """Put one back that was taken out.

    Raises:
        NotVisibleError: it is absent or not the actor's to change.
        InvalidInputError, UnableToKeepCustomerError: there is no reason, or it is in.
    """
    customer = access.customer_to_keep(number, by=by)
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    return operations.put_back(customer=customer, reason=words, by=by, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the forms offer."""

    units: tuple[tuple[str, str], ...]
    checklists: tuple[tuple[str, str], ...]


def choices(*, by: Actor) -> Choices:
    """Return the units and checklists that a form offers to the actor."""
    kinds = (Unit.Kind.COMPANY, Unit.Kind.STATION)
    own = Unit.objects.filter(path__startswith=by.unit_path or "-", kind__in=kinds)
    return Choices(units=tuple(own.values_list("code", "name")), checklists=checklists.kinds())
