"""What others may know about units."""

from dataclasses import dataclass

from django.db.models import F

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


def unit_for(*, service: Service | None, area: Area) -> tuple[Unit, str]:
    """Return the unit that handles a service in an area, and why.

    A rule for the smallest area wins; else a unit of the service's element that serves the
    smallest area; else the company itself.
    """
    paths = ancestors(area)
    if service is not None:
        rules = RoutingRule.objects.filter(service_code=service.code, area__path__in=paths)
        rule = max(
            rules.select_related("unit", "area"), key=lambda r: len(r.area.path), default=None
        )
        if rule is not None:
            return rule.unit, f"派单规则：{rule.area.name}的{service.name}归{rule.unit.name}"
    element = service.element if service else "power"
    serving = (
        Unit.objects.filter(areas__path__in=paths, element__in={element, "power"})
        .exclude(kind__in=[Unit.Kind.BRANCH, Unit.Kind.GOVERNMENT])
        .annotate(place=F("areas__name"), place_path=F("areas__path"))
    )
    best = max(
        serving,
        key=lambda unit: (unit.element == element, len(unit.place_path), -unit.pk),
        default=None,
    )
    if best is not None:
        return best, f"{best.name}服务{best.place}"
    company = Unit.objects.filter(parent=None).order_by("path").first()
    if company is None:
        raise LookupError("没有任何单位：请先导入单位。")
    return company, "没有更具体的规则，由公司受理"
