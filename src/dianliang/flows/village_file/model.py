"""What a file says: sections of facts and tables, and how it is kept as JSON.

A section's words are in the file itself, so that a version can be read without the program that
made it. What changes with every look – addresses of pages, the hour – is not part of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeAlias

from dianliang.domain.territory.models import Area
from dianliang.kernel.calendar import SHANGHAI

SCHEMA = 1
"""Number of the layout below; a reader of old versions goes by it."""
Value: TypeAlias = int | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One figure or statement; `key` is unique in its section and stays from version to version.

    `is_alarming` marks what somebody must act on.
    """

    key: str
    label: str
    value: Value
    unit: str = ""
    is_alarming: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Records: the first cell of a row names it for good, the second says what it is.

    `noun` is what one row is called; `numbers` are the columns that hold figures.
    """

    key: str
    title: str
    noun: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo of the file; its fingerprint says which, so that a version keeps its own."""

    token: str
    sha256: str
    caption: str
    taken_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A chapter of the file."""

    key: str
    title: str
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    photos: tuple[Photo, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageFile:
    """The whole file of one village."""

    code: str
    name: str
    township: str
    sections: tuple[Section, ...]

    def section(self, key: str) -> Section:
        """Return the section with a key.

        Raises:
            KeyError: this file has none.
        """
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    def value(self, section: str, fact: str) -> Value:
        """Return the value of a fact, or None where the file does not tell it."""
        for row in self.sections:
            if row.key == section:
                return next((f.value for f in row.facts if f.key == fact), None)
        return None


@dataclass(frozen=True, kw_only=True)
class Scope:
    """For which villages files are made, and when: providers read all of them at once."""

    villages: tuple[Area, ...]
    at: datetime
    homes: Mapping[int, int] = field(repr=False)
    """The village of each area: its own, and of each grid cell in it."""

    @cached_property
    def on(self) -> date:
        """Return the day."""
        return self.at.astimezone(SHANGHAI).date()

    @cached_property
    def year_began(self) -> datetime:
        """Return when the year began."""
        return datetime(self.on.year, 1, 1, tzinfo=SHANGHAI)

    def by_village(self, rows: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
        """Sort rows, each with its area, by village."""
        found: dict[int, list[Any]] = {village.pk: [] for village in self.villages}
        for area_id, row in rows:
            if area_id in self.homes:
                found[self.homes[area_id]].append(row)
        return found


def as_body(file: VillageFile) -> dict[str, Any]:
    """Return a file as plain JSON."""
    return {
        "schema": SCHEMA,
        "code": file.code,
        "name": file.name,
        "township": file.township,
        "sections": [_section_body(section) for section in file.sections],
    }


def _section_body(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "note": section.note,
        "facts": [
            {
                "key": fact.key,
                "label": fact.label,
                "value": fact.value,
                "unit": fact.unit,
                "is_alarming": fact.is_alarming,
            }
            for fact in section.facts
        ],
        "tables": [
            {
                "key": table.key,
                "title": table.title,
                "noun": table.noun,
                "columns": list(table.columns),
                "rows": [list(row) for row in table.rows],
                "numbers": sorted(table.numbers),
            }
            for table in section.tables
        ],
        "photos": [
            {
                "token": photo.token,
                "sha256": photo.sha256,
                "caption": photo.caption,
                "taken_on": photo.taken_on,
            }
            for photo in section.photos
        ],
    }


def from_body(body: Mapping[str, Any]) -> VillageFile:
    """Read a file from JSON."""
    return VillageFile(
        code=body["code"],
        name=body["name"],
        township=body["township"],
        sections=tuple(_section(row) for row in body["sections"]),
    )


def _section(row: Mapping[str, Any]) -> Section:
    return Section(
        key=row["key"],
        title=row["title"],
        note=row["note"],
        facts=tuple(Fact(**fact) for fact in row["facts"]),
        tables=tuple(
            Table(
                key=table["key"],
                title=table["title"],
                noun=table["noun"],
                columns=tuple(table["columns"]),
                rows=tuple(tuple(cells) for cells in table["rows"]),
                numbers=frozenset(table["numbers"]),
            )
            for table in row["tables"]
        ),
        photos=tuple(Photo(**photo) for photo in row["photos"]),
    )


def said(value: Value, unit: str = "") -> str:
    """Say a value as a person reads it: a dash where there is none, thousands in groups."""
    if value is None or value == "":
        return "—"
    if isinstance(value, float):
        text = f"{value:,.1f}"
    else:
        text = f"{value:,}" if isinstance(value, int) else value
    return f"{text} {unit}".rstrip()
