"""What is wrong with a table of rules before any need has met it (规则检查).

An error keeps the table from taking effect; a warning has to be read by whoever puts it in force.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dianliang.domain.catalog.models import Element, Service
from dianliang.domain.directory.models import CANNOT_HANDLE, Unit
from dianliang.domain.directory.owners import OWN, Owner
from dianliang.domain.directory.rules import Key, RuleRow, most_specific
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import ancestors


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Something wrong with a row (counted from 0), in words that say what to do."""

    row: int
    is_error: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    services: Mapping[str, Service]
    areas: Mapping[str, Area]
    units: Mapping[str, Unit]
    serves: Mapping[str, tuple[str, ...]]
    on: date


def conflicts(rows: Sequence[RuleRow], *, on: date) -> tuple[Conflict, ...]:
    """Return all that is wrong with a table, row by row; four queries, whatever its length."""
    known = _known(on)
    alike = _by_service(rows, known)
    seen: dict[Key, int] = {}
    found: list[Conflict] = []
    for index, row in enumerate(rows):
        errors = [*_unknown(row, known), *_twice(row, index, seen)]
        errors += _unable(row, known)
        warnings = []
        if not errors:
            warnings = [*_doubts(row, known), *_redundant(row, alike[row.service_code], known)]
        found += [Conflict(row=index, is_error=True, words=words) for words in errors]
        found += [Conflict(row=index, is_error=False, words=words) for words in warnings]
    return tuple(found)


def _known(on: date) -> _Known:
    units = {unit.code: unit for unit in Unit.objects.prefetch_related("areas")}
    return _Known(
        services={service.code: service for service in Service.objects.all()},
        areas={area.code: area for area in Area.objects.all()},
        units=units,
        serves={
            code: tuple(area.path for area in unit.areas.all()) for code, unit in units.items()
        },
        on=on,
    )


def _unknown(row: RuleRow, known: _Known) -> Iterator[str]:
    if row.service_code not in known.services:
        yield f"没有编码为“{row.service_code}”的服务事项，请改正。"
    if row.area_code not in known.areas:
        yield f"没有编码为“{row.area_code}”的区域，请改正。"
    if row.owner not in {"", *Owner.values}:
        yield f"没有“{row.owner}”这种设施归属，请从列表中选。"
    for code in (row.unit_code, *row.assisting):
        if code not in known.units:
            yield f"没有编码为“{code}”的单位，请改正。"


def _twice(row: RuleRow, index: int, seen: dict[Key, int]) -> Iterator[str]:
    first = seen.setdefault(row.key, index)
    if first != index:
        yield f"与第 {first + 1} 条的事项、区域、设施归属都相同，请删去其中一条。"
    repeated = {code for code in row.assisting if row.assisting.count(code) > 1}
    if row.unit_code in row.assisting:
        yield "主办单位不能同时是协办单位，请从协办中去掉。"
    for code in sorted(repeated):
        yield f"协办单位“{code}”写了两次，请删去一个。"


def _unable(row: RuleRow, known: _Known) -> Iterator[str]:
    for code in dict.fromkeys((row.unit_code, *row.assisting)):
        unit = known.units.get(code)
        if unit is None:
            continue
        if unit.kind in CANNOT_HANDLE:
            yield f"{unit.name}是{unit.get_kind_display()}，不直接办理需求，请改派其他单位。"
        if unit.valid_until is not None and unit.valid_until < known.on:
            yield f"{unit.name}已于 {unit.valid_until} 撤销，请改派其他单位。"
        if unit.valid_from is not None and unit.valid_from > known.on:
            yield f"{unit.name}要到 {unit.valid_from} 才成立，请改派其他单位。"


def _doubts(row: RuleRow, known: _Known) -> Iterator[str]:
    service, area = known.services[row.service_code], known.areas[row.area_code]
    unit = known.units[row.unit_code]
    if not service.is_active:
        yield f"“{service.name}”已停用，这条规则不会用到。"
    elements = {service.element, Element.GENERAL}
    if row.owner in OWN and service.element != Element.GENERAL and unit.element not in elements:
        yield (
            f"{unit.name}的要素是“{unit.get_element_display()}”，"
            f"“{service.name}”属于“{service.get_element_display()}”，请核对。"
        )
    for code in (row.unit_code, *row.assisting):
        served = known.serves[code]
        name = known.units[code].name
        if any(area.path.startswith(path) for path in served):
            continue
        if any(path.startswith(area.path) for path in served):
            yield f"{name}只服务{area.name}的一部分，请核对。"
        else:
            yield f"{name}的服务区域不含{area.name}，请核对。"


def _redundant(row: RuleRow, of_service: Mapping[Key, RuleRow], known: _Known) -> Iterator[str]:
    """Say that a rule decides nothing: whoever it would meet, the next rule says the same."""
    area = known.areas[row.area_code]
    others = dict(of_service)
    del others[_key(row, area)]
    inwards = ancestors(area)[::-1]
    owners = [row.owner] if row.owner else ["", *Owner.values]
    met = [o for o in owners if o == row.owner or (row.service_code, area.path, o) not in others]
    following = [
        most_specific(others, service_code=row.service_code, inwards=inwards, owner=owner)
        for owner in met
    ]
    if all(rule is not None and _says(rule) == _says(row) for rule in following):
        where = sorted({known.areas[rule.area_code].name for rule in following if rule})
        yield f"多余：没有这一条，{'、'.join(where)}的规则也是同样的结果，可以删去。"


def _by_service(rows: Sequence[RuleRow], known: _Known) -> Mapping[str, Mapping[Key, RuleRow]]:
    made: dict[str, dict[Key, RuleRow]] = defaultdict(dict)
    for row in rows:
        if row.area_code in known.areas:
            made[row.service_code].setdefault(_key(row, known.areas[row.area_code]), row)
    return made


def _key(row: RuleRow, area: Area) -> Key:
    return row.service_code, area.path, row.owner


def _says(row: RuleRow) -> tuple[str, frozenset[str]]:
    return row.unit_code, frozenset(row.assisting)
