"""The table that says which unit handles what (派单规则): its rows, and which of them counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from dianliang.domain.directory.models import RoutingRule, RuleDraft, RuleVersion

Value = TypeVar("Value")
Key = tuple[str, str, str]
"""A service, an area (by path or by code, as the caller keeps them) and an owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One row of the table, in codes; an empty owner means anybody's."""

    service_code: str
    area_code: str
    unit_code: str
    owner: str = ""
    assisting: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """Return what may stand in the table only once."""
        return self.service_code, self.area_code, self.owner


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """The table as it is being prepared; without a draft, the rows that are in force."""

    rows: tuple[RuleRow, ...]
    is_open: bool
    revision: int
    base: int
    changed_at: datetime | None
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A table that took effect."""

    number: int
    at: datetime
    by_name: str
    reason: str
    effect: str
    rows: tuple[RuleRow, ...]


def most_specific(
    rules: Mapping[Key, Value], *, service_code: str, inwards: Sequence[str], owner: str
) -> Value | None:
    """Return the rule that counts: of the smallest area, there of the owner before anybody's.

    `inwards` are the area and all above it, smallest first. Whatever the order of the rows, one
    rule counts: a key stands in the table once.
    """
    for area in inwards:
        for whose in dict.fromkeys((owner, "")):
            found = rules.get((service_code, area, whose))
            if found is not None:
                return found
    return None


def as_json(rows: Sequence[RuleRow]) -> list[dict[str, Any]]:
    """Return rows as they are stored."""
    return [
        {
            "service": row.service_code,
            "area": row.area_code,
            "owner": row.owner,
            "unit": row.unit_code,
            "assisting": list(row.assisting),
        }
        for row in rows
    ]


def from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[RuleRow, ...]:
    """Return rows that were stored."""
    return tuple(
        RuleRow(
            service_code=row["service"],
            area_code=row["area"],
            owner=row["owner"],
            unit_code=row["unit"],
            assisting=tuple(row["assisting"]),
        )
        for row in stored
    )


def in_force() -> tuple[RuleRow, ...]:
    """Return the table by which needs are routed now."""
    rules = RoutingRule.objects.select_related("area", "unit").prefetch_related("assisting")
    return tuple(
        RuleRow(
            service_code=rule.service_code,
            area_code=rule.area.code,
            owner=rule.owner,
            unit_code=rule.unit.code,
            assisting=tuple(sorted(unit.code for unit in rule.assisting.all())),
        )
        for rule in rules.order_by("service_code", "area__path", "owner")
    )


def version_in_force() -> int:
    """Return the number of the table in force; 0 if none ever took effect as a whole."""
    newest = RuleVersion.objects.order_by("-number").values_list("number", flat=True).first()
    return newest or 0


def draft() -> DraftRow:
    """Return the table as it is being prepared."""
    kept = RuleDraft.objects.first()
    is_open = kept is not None and kept.rows is not None
    return DraftRow(
        rows=from_json(kept.rows) if kept and kept.rows is not None else in_force(),
        is_open=is_open,
        revision=kept.revision if kept else 0,
        base=kept.base if kept and is_open else version_in_force(),
        changed_at=kept.changed_at if kept else None,
        changed_by=kept.changed_by if kept else "",
    )


def versions(*, most: int = 30) -> tuple[VersionRow, ...]:
    """Return the tables that took effect last, newest first."""
    return tuple(_version(kept) for kept in RuleVersion.objects.all()[:most])


def version(number: int) -> VersionRow | None:
    """Return one table that took effect, or None."""
    kept = RuleVersion.objects.filter(number=number).first()
    return _version(kept) if kept else None


def _version(kept: RuleVersion) -> VersionRow:
    return VersionRow(
        number=kept.number,
        at=kept.at,
        by_name=kept.by_name,
        reason=kept.reason,
        effect=kept.effect,
        rows=from_json(kept.rows),
    )
