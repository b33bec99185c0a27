"""What others may know about units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dianliang.core import reference
from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import CANNOT_HANDLE, Unit
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.rules import Key, RuleRow, in_force, most_specific, version_in_force
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
    """Return the units below a path, in tree order; party branches have a register of their own."""
    return tuple(
        UnitRow(
            code=unit.code,
            name=unit.name,
            kind_label=unit.get_kind_display(),
            element_label=unit.get_element_display(),
            path=unit.path,
        )
        for unit in Unit.objects.filter(path__startswith=within).exclude(kind=Unit.Kind.BRANCH)
    )


def unit_code_of(path: str) -> str:
    """Return the code of the unit with this path, or nothing. One query."""
    return Unit.objects.filter(path=path).values_list("code", flat=True).first() or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a table, with the units that it names."""

    area_name: str
    owner: str
    unit: Unit
    assisting: tuple[Unit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Who handles what, looked up by the path of an area."""

    version: int
    rules: Mapping[Key, Rule]
    serving: Mapping[str, list[tuple[Unit, str]]]
    company: Unit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a unit handles a need, in parts: a page says it in its reader's language.

    `kind` is rule, serves, or company where nothing more particular is known. `place` is the area
    of the rule, or the one that the unit serves.
    """

    kind: str
    unit: str
    place: str = ""
    service: str = ""
    owner: str = ""
    assisting: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Say it in Chinese, for the record."""
        if self.kind == "company":
            return "没有更具体的规则，由公司受理"
        if self.kind == "serves":
            return f"{self.unit}服务{self.place}"
        whose = f"（设施归属：{self.owner}）" if self.owner else ""
        what = f"派单规则：{self.place}的{self.service}{whose}"
        if not self.assisting:
            return f"{what}归{self.unit}"
        return f"{what}：主办{self.unit}，协办{'、'.join(self.assisting)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """Who handles a need and why; the units are shared: read them, never change them.

    `unit` leads (主办), `assisting` help it (协办). `version` is the table's number, 0 where no
    rule counted.
    """

    unit: Unit
    reason: Reason
    assisting: tuple[Unit, ...] = ()
    version: int = 0


@reference.Kept
def _table() -> Table:
    serving: dict[str, list[tuple[Unit, str]]] = {}
    handling = Unit.objects.exclude(kind__in=CANNOT_HANDLE)
    for unit in handling.prefetch_related("areas"):
        for area in unit.areas.all():
            serving.setdefault(area.path, []).append((unit, area.name))
    return Table(
        version=version_in_force(),
        rules=_rules(in_force()),
        serving=serving,
        company=handling.filter(parent=None).order_by("path").first(),
    )


def table_in_force() -> Table:
    """Return the table by which needs are routed now. It is shared: read it, never change it."""
    return _table()


def table_of(rows: Sequence[RuleRow]) -> Table:
    """Return what a table of rows would be in force; rows with unknown codes are left out."""
    return replace(_table(), rules=_rules(rows))


def _rules(rows: Sequence[RuleRow]) -> Mapping[Key, Rule]:
    areas = {area.code: area for area in Area.objects.all()}
    known = {unit.code: unit for unit in Unit.objects.all()}
    return {
        (row.service_code, areas[row.area_code].path, row.owner): Rule(
            area_name=areas[row.area_code].name,
            owner=row.owner,
            unit=known[row.unit_code],
            assisting=tuple(
                sorted(
                    (known[code] for code in row.assisting if code in known),
                    key=lambda unit: unit.path,
                )
            ),
        )
        for row in rows
        if row.area_code in areas and row.unit_code in known
    }


def unit_for(*, service: Service | None, area: Area, owner: str = "") -> tuple[Unit, str]:
    """Return the unit that handles a service in an area, and why; see `route`."""
    routed = route(service=service, area=area, owner=owner)
    return routed.unit, routed.reason.words


def route(
    *, service: Service | None, area: Area, owner: str = "", table: Table | None = None
) -> Routed:
    """Return who handles a service in an area, of an owner's facility, and why.

    The rule that counts is of the smallest area, there of the named owner before anybody's; else a
    unit of the service's element that serves the smallest area; else the company itself. Reads
    nothing but what is kept in memory.

    Raises:
        LookupError: there is no unit at all.
    """
    table, inwards = table or _table(), ancestors(area)[::-1]
    if service is not None:
        rule = most_specific(table.rules, service_code=service.code, inwards=inwards, owner=owner)
        if rule is not None:
            return Routed(
                unit=rule.unit,
                reason=_reason(rule, service),
                assisting=rule.assisting,
                version=table.version,
            )
    element = service.element if service else "power"
    for wanted in dict.fromkeys((element, "power")):
        for path in inwards:
            found = [row for row in table.serving.get(path, []) if row[0].element == wanted]
            if found:
                unit, place = min(found, key=lambda row: row[0].pk)
                return Routed(unit=unit, reason=Reason(kind="serves", unit=unit.name, place=place))
    if table.company is None:
        raise LookupError("没有任何单位：请先导入单位。")
    return Routed(unit=table.company, reason=Reason(kind="company", unit=table.company.name))


def _reason(rule: Rule, service: Service) -> Reason:
    return Reason(
        kind="rule",
        unit=rule.unit.name,
        place=rule.area_name,
        service=service.name,
        owner=str(Owner(rule.owner).label) if rule.owner else "",
        assisting=tuple(unit.name for unit in rule.assisting),
    )
