"""Two-way tables (五为×五走进, 三巡×六进, any tree × tree, unit or month): cells count records.

A record carries as many themes as were set, so it may stand in several cells; sums of a row, a
column and the whole count each record once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dianliang.domain.catalog import theme_queries
from dianliang.domain.catalog.theme_models import ThemeMark
from dianliang.domain.catalog.theme_queries import ThemeRow
from dianliang.flows.themes import kinds
from dianliang.flows.themes.shapes import Kind, Record
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

UNIT, MONTH = "unit", "month"
AXES = {UNIT: "单位", MONTH: "月份"}
"""Axes that are no tree."""
RECORDS = "records"
BELOW = "*"
"""After a theme's code: what lies directly below it, as the rows of a table do."""
LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for: two axes (a theme's code, `unit` or `month`), a figure, a period."""

    rows: str
    columns: str
    figure: str
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which records stand behind a cell: each empty choice leaves them all in."""

    theme: str = ""
    also: str = ""
    unit: str = ""
    month: str = ""
    figure: str = RECORDS
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row or a column: its key, its name, and how the list behind a cell is asked for it."""

    key: str
    name: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure with how many records stand behind it."""

    value: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the table: its cells in the order of the columns, and its sum."""

    place: Place
    cells: tuple[Cell, ...]
    whole: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Cross:
    """The table: rows × columns, with what is counted and in which unit."""

    rows_name: str
    columns_name: str
    figure_label: str
    figure_unit: str
    columns: tuple[Place, ...]
    lines: tuple[Line, ...]
    bottom: tuple[Cell, ...]
    whole: Cell


def figures() -> tuple[tuple[str, str, str], ...]:
    """Return what a table may count: code, label and unit."""
    named = ((code, figure.label, figure.unit) for code, (_, figure) in kinds.FIGURES.items())
    return ((RECORDS, "全部记录", "条"), *named)


def axes(*, on: date) -> tuple[tuple[str, str], ...]:
    """Return what may stand at the side of a table: every theme that has others below it."""
    rows = theme_queries.themes(on=on)
    above = {row.path.rsplit("/", 2)[0] + "/" for row in rows if row.depth}
    trees = ((row.code, "　" * row.depth + row.name) for row in rows if row.path in above)
    return (*trees, *AXES.items())


def cross(*, asked: Asked, by: Actor) -> Cross:
    """Return a two-way table of the records that the actor may see.

    Raises:
        InvalidInputError: neither axis is a tree, both are the same, or the period is too long.
    """
    _require_sense(asked)
    rows = theme_queries.themes(on=asked.until)
    known = {row.code: row for row in rows}
    paths = [known[code].path for code in (asked.rows, asked.columns) if code in known]
    found = carriers(paths=paths, figure=asked.figure, since=asked.since, until=asked.until, by=by)
    sides = [_side(code, known, rows, found, asked) for code in (asked.rows, asked.columns)]
    (across, at_row), (down, at_column) = sides
    sums: dict[tuple[str, str], list[int]] = {}
    for record, codes in found:
        value = _value(record, asked.figure)
        here, there = at_row(record, codes), at_column(record, codes)
        if not here or not there or value == 0:
            continue
        for key in {(r, c) for r in (*here, "") for c in (*there, "")}:
            total = sums.setdefault(key, [0, 0])
            total[0] += value
            total[1] += 1

    def cell(row: str, column: str) -> Cell:
        value, count = sums.get((row, column), (0, 0))
        return Cell(value=value, records=count)

    label, unit = next((label, unit) for code, label, unit in figures() if code == asked.figure)
    return Cross(
        rows_name=_axis_name(asked.rows, known),
        columns_name=_axis_name(asked.columns, known),
        figure_label=label,
        figure_unit=unit,
        columns=down,
        lines=tuple(
            Line(
                place=place,
                cells=tuple(cell(place.key, column.key) for column in down),
                whole=cell(place.key, ""),
            )
            for place in across
        ),
        bottom=tuple(cell("", column.key) for column in down),
        whole=cell("", ""),
    )


Carrier = tuple[Record, frozenset[str]]
"""A record with the codes of the themes that it carries."""


def carriers(
    *, paths: Sequence[str], figure: str, since: date, until: date, by: Actor
) -> list[Carrier]:
    """Return the records of a period that carry a theme at or below one of some paths.

    Takes two queries for each kind of records that is asked for.
    """
    found: list[Carrier] = []
    for kind in _kinds_of(figure):
        marks = theme_queries.marks(kind=kind.code, paths=paths)
        visible = kinds.in_period(kind, kind.visible(by), since=since, until=until)
        marked = visible.filter(number__in=marks.values("record_number"))
        rows = {record.number: record for record in kinds.records(kind, marked)}
        codes: dict[str, set[str]] = {}
        carried = marks.values_list("record_number", "theme__path", "origin") if rows else ()
        own: set[str] = set()
        for number, path, origin in carried:
            codes.setdefault(number, set()).update(path.strip("/").split("/"))
            if origin != ThemeMark.Origin.SOURCE:
                own.add(number)
        found += [
            (replace(record, follows=number not in own), frozenset(codes[number]))
            for number, record in rows.items()
        ]
    return found


def behind(*, chosen: Chosen, by: Actor) -> tuple[Record, ...]:
    """Return the records behind a cell, newest first, each with what it adds to the figure.

    Raises:
        NotVisibleError: there is no such theme.
    """
    rows = theme_queries.themes(on=chosen.until)
    wanted = [_meant(code, rows) for code in (chosen.theme, chosen.also) if code]
    found = carriers(
        paths=[path for path, _ in wanted] or ["/"],
        figure=chosen.figure,
        since=chosen.since,
        until=chosen.until,
        by=by,
    )
    listed = [
        record
        for record, carried in found
        if all(codes & carried for _, codes in wanted)
        and (not chosen.unit or record.unit_code == chosen.unit)
        and (not chosen.month or f"{record.on:%Y-%m}" == chosen.month)
        and _value(record, chosen.figure)
    ]
    return tuple(sorted(listed, key=lambda row: (row.on, row.number), reverse=True))


def _meant(code: str, rows: Sequence[ThemeRow]) -> tuple[str, frozenset[str]]:
    """Return the path of a theme, and of which themes a record must carry one."""
    path = theme_queries.theme_to_use(code.removesuffix(BELOW)).path
    if not code.endswith(BELOW):
        return path, frozenset({code})
    return path, frozenset(row.code for row in theme_queries.children(rows, path))


def _require_sense(asked: Asked) -> None:
    if asked.rows == asked.columns:
        raise InvalidInputError("行和列请选不同的内容。", field="columns")
    if {asked.rows, asked.columns} <= set(AXES):
        raise InvalidInputError("行和列至少有一边是主题。", field="rows")
    if not 0 <= (asked.until - asked.since).days <= LONGEST_DAYS:
        raise InvalidInputError(Phrase("期间最长 %(most)s 天。", most=LONGEST_DAYS), field="since")
    if asked.figure != RECORDS and asked.figure not in kinds.FIGURES:
        raise InvalidInputError("请选择要统计的内容。", field="figure")
    for code in (asked.rows, asked.columns):
        if code not in AXES:
            theme_queries.theme_to_use(code)


def _kinds_of(figure: str) -> tuple[Kind, ...]:
    return kinds.KINDS if figure == RECORDS else (kinds.FIGURES[figure][0],)


def _value(record: Record, figure: str) -> int:
    """Return what a record adds; what follows from one that is counted is no second thing."""
    if figure == RECORDS:
        return 0 if record.follows else 1
    return record.values.get(figure, 0)


def _axis_name(code: str, known: Mapping[str, ThemeRow]) -> str:
    return known[code].name if code in known else AXES[code]


class _Keys:
    """Where a record stands along an axis."""

    def __init__(self, code: str, keys: Iterable[str]) -> None:
        self._code, self._keys = code, frozenset(keys)

    def __call__(self, record: Record, codes: frozenset[str]) -> frozenset[str]:
        """Return the keys of the rows, or columns, in which it stands."""
        if self._code == UNIT:
            return frozenset({record.unit_code}) & self._keys
        if self._code == MONTH:
            return frozenset({f"{record.on:%Y-%m}"})
        return codes & self._keys


def _side(
    code: str,
    known: Mapping[str, ThemeRow],
    rows: Sequence[ThemeRow],
    found: Sequence[Carrier],
    asked: Asked,
) -> tuple[tuple[Place, ...], _Keys]:
    if code == UNIT:
        units = dict(sorted({(r.unit_code, r.unit_name) for r, _ in found}))
        places = tuple(Place(key=k, name=n, part=f"unit={k}") for k, n in units.items())
    elif code == MONTH:
        months = _months(asked.since, asked.until)
        places = tuple(Place(key=month, name=month, part=f"month={month}") for month in months)
    else:
        part = "theme" if code == asked.rows else "also"
        below = theme_queries.children(rows, known[code].path)
        places = tuple(Place(key=r.code, name=r.name, part=f"{part}={r.code}") for r in below)
    return places, _Keys(code, (place.key for place in places))


def _months(since: date, until: date) -> list[str]:
    found, day = [], since.replace(day=1)
    while day <= until:
        found.append(f"{day:%Y-%m}")
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
    return found
