"""What others may know about units."""

from dataclasses import dataclass

from dianliang.core import reference
from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import RoutingRule, Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import ancestors


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit as lists need it."""

    code: str
    name: str
    kind_label: str
    element_label: str
    path: str


def units(*, within: str = "/") -> tuple[UnitRow, ...]:
    """Return the units below a path, in tree order."""
    return tuple(
        UnitRow(
            code=unit.code,
            name=unit.name,
            kind_label=unit.get_kind_display(),
            element_label=unit.get_element_display(),
            path=unit.path,
        )
        for unit in Unit.objects.filter(path__startswith=within)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Routing:
    """Who handles what, looked up by the path of an area."""

    rules: dict[tuple[str, str], RoutingRule]
    serving: dict[str, list[tuple[Unit, str]]]
    company: Unit | None


@reference.Kept
def _routing() -> _Routing:
    rules = RoutingRule.objects.select_related("unit", "area")
    serving: dict[str, list[tuple[Unit, str]]] = {}
    handling = Unit.objects.exclude(kind__in=[Unit.Kind.BRANCH, Unit.Kind.GOVERNMENT])
    for unit in handling.prefetch_related("areas"):
        for area in unit.areas.all():
            serving.setdefault(area.path, []).append((unit, area.name))
    return _Routing(
        rules={(rule.service_code, rule.area.path): rule for rule in rules},
        serving=serving,
        company=handling.filter(parent=None).order_by("path").first(),
    )


def unit_for(*, service: Service | None, area: Area) -> tuple[Unit, str]:
    """Return the unit that handles a service in an area, and why.

    A rule for the smallest area wins; else a unit of the service's element that serves the
    smallest area; else the company itself. The unit is shared: read it, never change it.
    """
    routing, inwards = _routing(), ancestors(area)[::-1]
    if service is not None:
        for path in inwards:
            rule = routing.rules.get((service.code, path))
            if rule is not None:
                return rule.unit, f"派单规则：{rule.area.name}的{service.name}归{rule.unit.name}"
    element = service.element if service else "power"
    for wanted in dict.fromkeys((element, "power")):
        for path in inwards:
            found = [row for row in routing.serving.get(path, []) if row[0].element == wanted]
            if found:
                unit, place = min(found, key=lambda row: row[0].pk)
                return unit, f"{unit.name}服务{place}"
    if routing.company is None:
        raise LookupError("没有任何单位：请先导入单位。")
    return routing.company, "没有更具体的规则，由公司受理"
