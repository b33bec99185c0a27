"""The table of rules as an administrator sees it: names, what differs, what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dianliang.domain.catalog.models import Service
from dianliang.domain.directory import rules
from dianliang.domain.directory.conflicts import Conflict
from dianliang.domain.directory.models import CANNOT_HANDLE, Unit
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.rules import DraftRow, RuleRow, VersionRow
from dianliang.domain.territory.models import Area
from dianliang.flows.rules import editing
from dianliang.flows.rules.editing import Checked

MOST_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One rule in words; `place` counts from 0, `change` is added, changed, removed or nothing."""

    place: int
    row: RuleRow
    service_name: str
    area_name: str
    owner_label: str
    unit_name: str
    assisting: str
    change: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a rule can be made of: code and name each."""

    services: tuple[tuple[str, str, str], ...]
    areas: tuple[tuple[str, str], ...]
    owners: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPage:
    """The draft, or the table in force where there is none."""

    draft: DraftRow
    version: int
    lines: tuple[RuleLine, ...]
    found: int
    removed: tuple[RuleLine, ...]
    changes: int
    checked: Checked
    versions: tuple[VersionRow, ...]


@dataclass(frozen=True, slots=True)
class _Names:
    services: dict[str, str]
    areas: dict[str, str]
    units: dict[str, str]


def rules_page(*, search: str = "", on: date) -> RulesPage:
    """Return the page; `search` keeps the rules that name it."""
    draft = rules.draft()
    names = _names()
    current = {row.key: row for row in rules.in_force()} if draft.is_open else {}
    checked = editing.checked(draft, on=on)
    errors, warnings = _by_row(checked.errors), _by_row(checked.warnings)
    lines = tuple(
        _line(
            row,
            names,
            place=place,
            change=_change(row, current) if draft.is_open else "",
            errors=errors.get(place, ()),
            warnings=warnings.get(place, ()),
        )
        for place, row in enumerate(draft.rows)
    )
    kept = {row.key for row in draft.rows}
    gone = [row for key, row in current.items() if key not in kept]
    found = tuple(line for line in lines if not search or search in _words(line))
    return RulesPage(
        draft=draft,
        version=rules.version_in_force(),
        lines=found[:MOST_SHOWN] if search else _first(found),
        found=len(found),
        removed=tuple(_line(row, names, change="removed") for row in gone),
        changes=sum(bool(line.change) for line in lines) + len(gone),
        checked=checked,
        versions=rules.versions(),
    )


def line_of(row: RuleRow) -> RuleLine:
    """Return one rule in words."""
    return _line(row, _names())


def choices() -> Choices:
    """Return what a rule can be made of; units that answer for no need are left out."""
    services = Service.objects.filter(is_active=True)
    handling = Unit.objects.exclude(kind__in=CANNOT_HANDLE)
    return Choices(
        services=tuple(
            (service.code, service.get_element_display(), service.name) for service in services
        ),
        areas=tuple(
            (area.code, f"{'　' * area.path.strip('/').count('/')}{area.name}")
            for area in Area.objects.all()
        ),
        owners=tuple((owner.value, str(owner.label)) for owner in Owner),
        units=tuple(handling.values_list("code", "name")),
    )


def _first(lines: tuple[RuleLine, ...]) -> tuple[RuleLine, ...]:
    """Return as many as a page holds: those that somebody has to look at come first."""
    if len(lines) <= MOST_SHOWN:
        return lines
    return tuple(sorted(lines, key=_calm)[:MOST_SHOWN])


def _calm(line: RuleLine) -> tuple[bool, bool, bool]:
    return not line.errors, not line.change, not line.warnings


def _names() -> _Names:
    return _Names(
        dict(Service.objects.values_list("code", "name")),
        dict(Area.objects.values_list("code", "name")),
        dict(Unit.objects.values_list("code", "name")),
    )


def _change(row: RuleRow, current: dict[rules.Key, RuleRow]) -> str:
    before = current.get(row.key)
    if before is None:
        return "added"
    same = before.unit_code == row.unit_code and set(before.assisting) == set(row.assisting)
    return "" if same else "changed"


def _by_row(found: Sequence[Conflict]) -> dict[int, tuple[str, ...]]:
    made: dict[int, tuple[str, ...]] = {}
    for one in found:
        made[one.row] = (*made.get(one.row, ()), one.words)
    return made


def _line(
    row: RuleRow,
    names: _Names,
    *,
    place: int = -1,
    change: str = "",
    errors: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
) -> RuleLine:
    return RuleLine(
        place=place,
        row=row,
        service_name=names.services.get(row.service_code, row.service_code),
        area_name=names.areas.get(row.area_code, row.area_code),
        owner_label=str(Owner(row.owner).label) if row.owner in Owner.values else row.owner,
        unit_name=names.units.get(row.unit_code, row.unit_code),
        assisting="、".join(names.units.get(code, code) for code in row.assisting),
        change=change,
        errors=errors,
        warnings=warnings,
    )


def _words(line: RuleLine) -> str:
    codes = (line.row.service_code, line.row.area_code, line.row.unit_code)
    named = (line.service_name, line.area_name, line.owner_label, line.unit_name, line.assisting)
    return " ".join((*codes, *named))
