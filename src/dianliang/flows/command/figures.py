"""What a report of the situation is made of: sections of figures with unit, method and records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dianliang.domain.incidents.models import Incident
from dianliang.flows.incidents.figures import FIGURES, Record
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import kept, phrase_of

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a section is made for: the incident, who asks, [`since`, `at`)."""

    incident: Incident
    by: Actor
    at: datetime
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with its unit, how it is counted, and the records that it was counted from."""

    code: str
    label: str
    value: float
    counted_in: str
    method: str
    columns: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A small table of a section; `numbers` are the columns aligned to the right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()

    @property
    def pairs(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Return each cell with the name of its column, as narrow screens show it."""
        return tuple(tuple(zip(self.columns, row, strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report."""

    code: str
    title: str
    facts: Facts = ()
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A figure as a stored report holds it, beside the one that it is compared with."""

    code: str
    label: str
    value: float
    counted_in: str
    method: str
    is_listed: bool
    before: float | None

    @property
    def change(self) -> float | None:
        """Return how much more it is than before; None without a report to compare with."""
        return None if self.before is None else round(self.value - self.before, 2)

    @property
    def told(self) -> str:
        """Return the value as one writes it."""
        return written(self.value)

    @property
    def told_before(self) -> str:
        """Return the earlier value as one writes it."""
        return "—" if self.before is None else written(self.before)

    @property
    def told_change(self) -> str:
        """Return the change with its sign."""
        change = self.change
        if change is None:
            return "—"
        return f"+{written(change)}" if change > 0 else written(change).replace("-", "−")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section as a stored report holds it."""

    code: str
    title: str
    facts: Facts
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]
    note: str


def written(value: float) -> str:
    """Write a number without a needless decimal."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"


def clock(at: datetime | None) -> str:
    """Write a moment in Shanghai time."""
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}" if at else ""


def known(asked: Asked, code: str) -> Figure:
    """Return a number that the page of the incident shows, with its records."""
    one = next(figure for figure in FIGURES if figure.code == code)
    rows = tuple(one.records(asked.incident, asked.by, asked.at))
    return Figure(
        code=code,
        label=one.label,
        value=len(rows),
        counted_in=one.counted_in,
        method=one.method,
        columns=one.columns,
        records=rows,
    )


def stored(sections: Sequence[Section]) -> tuple[dict[str, Any], dict[str, list[list[Any]]]]:
    """Return sections as a report keeps them: the body, and the records by figure.

    Of people the number is kept and no name: a report is never changed, and names can be erased.
    """
    records: dict[str, list[list[Any]]] = {}
    parts = []
    for section in sections:
        lines = []
        for one in section.figures:
            if one.records:
                records[one.code] = [
                    [
                        r.kind,
                        r.key,
                        r.person,
                        *map(kept, ("", *r.cells[1:]) if r.person else r.cells),
                    ]
                    for r in one.records
                ]
            lines.append(
                {
                    "code": one.code,
                    "label": kept(one.label),
                    "value": one.value,
                    "counted_in": one.counted_in,
                    "method": kept(one.method),
                    "columns": list(one.columns),
                }
            )
        parts.append(
            {
                "code": section.code,
                "title": section.title,
                "facts": [[name, kept(words)] for name, words in section.facts],
                "figures": lines,
                "grids": [
                    {
                        "caption": kept(grid.caption),
                        "columns": list(grid.columns),
                        "rows": [[kept(cell) for cell in row] for row in grid.rows],
                        "numbers": list(grid.numbers),
                    }
                    for grid in section.grids
                ],
                "note": kept(section.note),
            }
        )
    return {"sections": parts}, records


def _nameless(record: Record) -> tuple[str, ...]:
    return ("", *record.cells[1:]) if record.person else record.cells


def values_of(body: Mapping[str, Any]) -> dict[str, float]:
    """Return the values of a stored report by code."""
    return {one["code"]: one["value"] for part in body["sections"] for one in part["figures"]}


def parts_of(
    body: Mapping[str, Any], *, listed: frozenset[str], earlier: Mapping[str, Any] | None
) -> tuple[Part, ...]:
    """Return a stored report as pages and papers show it, beside an earlier one.

    What the earlier report did not count was nought then.
    """
    before = values_of(earlier) if earlier is not None else None
    return tuple(
        Part(
            code=part["code"],
            title=part["title"],
            facts=tuple((name, phrase_of(words)) for name, words in part["facts"]),
            lines=tuple(
                Line(
                    code=one["code"],
                    label=phrase_of(one["label"]),
                    value=one["value"],
                    counted_in=one["counted_in"],
                    method=phrase_of(one["method"]),
                    is_listed=one["code"] in listed,
                    before=None if before is None else before.get(one["code"], 0),
                )
                for one in part["figures"]
            ),
            grids=tuple(
                Grid(
                    caption=phrase_of(grid["caption"]),
                    columns=tuple(grid["columns"]),
                    rows=tuple(tuple(map(phrase_of, row)) for row in grid["rows"]),
                    numbers=tuple(grid["numbers"]),
                )
                for grid in part["grids"]
            ),
            note=phrase_of(part["note"]),
        )
        for part in body["sections"]
    )


def columns_of(body: Mapping[str, Any], code: str) -> tuple[str, str, str, tuple[str, ...]] | None:
    """Return label, unit, method and columns of a figure of a stored report."""
    for part in body["sections"]:
        for one in part["figures"]:
            if one["code"] == code:
                label, method = phrase_of(one["label"]), phrase_of(one["method"])
                return label, one["counted_in"], method, tuple(one["columns"])
    return None
