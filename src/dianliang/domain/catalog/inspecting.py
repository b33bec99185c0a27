"""What an inspection looks at: checklists in versions, which are never changed (检查清单)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from dianliang.core import audit, reference
from dianliang.domain.catalog.models import Checklist, ChecklistItem, ChecklistVersion
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

SHIPPED = Path(__file__).parent / "data" / "checklists.json"
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to look at: what counts as right, and what follows when it is not.

    `kind` is ``check`` (right, not right, not here) or ``number`` between `least` and `most`.
    """

    code: str
    wording: str
    hazard_class: str
    deadline_days: int
    party: str
    kind: str = "check"
    needs_photo: bool = False
    unit: str = ""
    least: float | None = None
    most: float | None = None
    basis: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A checklist in one version, as a phone and a paper need it."""

    code: str
    name: str
    place: str
    number: int
    edition: str
    items: tuple[Item, ...]

    def item(self, code: str) -> Item | None:
        """Return the item with a code."""
        return next((item for item in self.items if item.code == code), None)


@reference.Kept
def _sheets() -> dict[tuple[str, int], Sheet]:
    versions = ChecklistVersion.objects.select_related("checklist").prefetch_related("items")
    return {
        (version.checklist.code, version.number): Sheet(
            code=version.checklist.code,
            name=version.checklist.name,
            place=version.checklist.place,
            number=version.number,
            edition=version.edition,
            items=tuple(_item(row) for row in version.items.all()),
        )
        for version in versions
    }


def _item(row: ChecklistItem) -> Item:
    return Item(**{field.name: getattr(row, field.name) for field in fields(Item)})


def sheet(code: str, number: int) -> Sheet | None:
    """Return a version of a checklist, also an older one that somebody took along."""
    return _sheets().get((code, number))


def current(code: str) -> Sheet | None:
    """Return the version of a checklist that is in force: the newest."""
    numbers = [number for known, number in _sheets() if known == code]
    return _sheets()[code, max(numbers)] if numbers else None


def kinds() -> tuple[tuple[str, str], ...]:
    """Return the checklists with their names, in the order of the catalogue."""
    return tuple(_kinds().items())


@reference.Kept
def _kinds() -> dict[str, str]:
    return dict(Checklist.objects.values_list("code", "name"))


def checklist(code: str) -> Checklist | None:
    """Return a checklist by its code."""
    return Checklist.objects.filter(code=code).first()


@transaction.atomic
def publish(
    *, code: str, items: Sequence[Item], edition: str, by: Actor, at: datetime
) -> ChecklistVersion:
    """Put a new version of a checklist in force; what was filled in by older ones stays.

    Raises:
        InvalidInputError: there is no such checklist, or an item contradicts itself.
    """
    found = checklist(code)
    if found is None:
        raise InvalidInputError("没有这种检查清单。", field="checklist")
    _require_sound(items)
    version = _store(found, items, edition=edition)
    audit.record("catalog.checklist.publish", target=found, by=by, at=at, after=edition)
    return version


@transaction.atomic
def load_shipped() -> int:
    """Bring the shipped checklists into the database; return how many versions that made.

    One that an installation has changed keeps its own version in force.
    """
    made = 0
    for position, row in enumerate(json.loads(SHIPPED.read_text(encoding="utf-8"))):
        names = {"name": row["name"], "place": row["place"], "position": position}
        found, _ = Checklist.objects.update_or_create(code=row["code"], defaults=names)
        newest = found.versions.order_by("-number").first()
        if newest is None or (newest.is_shipped and newest.edition != row["edition"]):
            _store(found, _read(row["items"]), edition=row["edition"], is_shipped=True)
            made += 1
    return made


def _read(rows: Sequence[dict[str, Any]]) -> list[Item]:
    return [Item(**row) for row in rows]


def _store(
    found: Checklist, items: Sequence[Item], *, edition: str, is_shipped: bool = False
) -> ChecklistVersion:
    number = found.versions.count() + 1
    version = ChecklistVersion.objects.create(
        checklist=found, number=number, edition=edition, is_shipped=is_shipped
    )
    names = [field.name for field in fields(Item)]
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            version=version, position=place, **{name: getattr(item, name) for name in names}
        )
        for place, item in enumerate(items)
    )
    return version


def _require_sound(items: Sequence[Item]) -> None:
    if not items:
        raise InvalidInputError("检查清单至少要有一项。", field="items")
    for row, item in enumerate(items, start=1):
        if any(other.code == item.code for other in items[: row - 1]):
            raise InvalidInputError(
                Phrase("第 %(row)s 项的编码 %(code)s 重复。", row=row, code=item.code),
                field="items",
            )
        if not item.wording.strip():
            raise InvalidInputError(Phrase("第 %(row)s 项没有写检查内容。", row=row), field="items")
        if not 1 <= item.deadline_days <= LONGEST_DAYS:
            message = Phrase(
                "第 %(row)s 项的整改期限应在 1 到 %(most)s 天之间。", row=row, most=LONGEST_DAYS
            )
            raise InvalidInputError(message, field="items")
        bounds = item.least is not None and item.most is not None and item.least <= item.most
        if item.kind == ChecklistItem.Kind.NUMBER and not bounds:
            raise InvalidInputError(
                Phrase("第 %(row)s 项要填数值，请写明合格范围。", row=row), field="items"
            )
