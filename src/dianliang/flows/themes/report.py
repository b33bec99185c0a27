"""The report of a programme for a period (五大工程报告): figures of each theme, from records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dianliang.domain.catalog import theme_queries
from dianliang.domain.catalog.theme_queries import ThemeRow
from dianliang.domain.directory.models import Unit
from dianliang.flows.themes import kinds
from dianliang.flows.themes.shapes import Figure, Record
from dianliang.flows.themes.tables import LONGEST_DAYS, RECORDS, Carrier, Cell, carriers
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

METHOD = (
    "每个数都由期内的记录算出，可逐条打开；没有手工填报的数。",
    "记录归入主题，按人工标记或规则标记；撤下的标记不算。下级主题的记录计入上级。",
    "一条记录可以属于多个主题，所以各主题相加可能大于合计；合计中一条记录只算一次。",
    "需求按收到时间，工单和任务按立项时间，上门、行动、会议和成果按发生时间，结对按开始日期计入期间。",
    "隐患按发现时间，事件、改造项目和触达按登记时间，保电按开始时间，政策按发文、荣誉按授予日期计入。",
    "人次是参加人数按次累加，不是人数。",
    "只含查看人所在单位范围内的记录。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A theme with its figures, in the order of the report's columns."""

    code: str
    name: str
    depth: int
    cells: tuple[Cell, ...]
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A programme in a period: columns that hold anything, a line for each theme, and the whole."""

    code: str
    name: str
    basis: str
    since: date
    until: date
    unit_name: str
    columns: tuple[Figure, ...]
    lines: tuple[Line, ...]
    whole: Line
    records: tuple[tuple[Record, tuple[str, ...]], ...]


def report(*, code: str, since: date, until: date, by: Actor) -> Report:
    """Return the figures of a tree of themes in a period, as far as the actor sees records.

    Raises:
        NotVisibleError: there is no such theme.
        InvalidInputError: the period ends before it starts, or is too long.
    """
    if not 0 <= (until - since).days <= LONGEST_DAYS:
        message = Phrase("期间的结束应在开始之后，最长 %(most)s 天。", most=LONGEST_DAYS)
        raise InvalidInputError(message, field="since")
    root = theme_queries.theme_to_use(code)
    rows = theme_queries.themes(on=until, within=root.path)
    found = carriers(paths=[root.path], figure=RECORDS, since=since, until=until, by=by)
    columns = tuple(
        figure
        for figure_code, (_, figure) in kinds.FIGURES.items()
        if any(record.values.get(figure_code) for record, _ in found)
    )
    top = rows[0]
    return Report(
        code=top.code,
        name=top.name,
        basis=top.basis,
        since=since,
        until=until,
        unit_name=_unit_name(by),
        columns=columns,
        lines=tuple(_line(row, top, columns, found) for row in rows[1:]),
        whole=_line(top, top, columns, found),
        records=_records(rows, found),
    )


def _unit_name(by: Actor) -> str:
    return Unit.objects.filter(code=by.unit_code).values_list("name", flat=True).first() or ""


def _line(
    row: ThemeRow, top: ThemeRow, columns: Sequence[Figure], found: Sequence[Carrier]
) -> Line:
    own = [record for record, codes in found if row.code in codes]
    return Line(
        code=row.code,
        name=row.name,
        depth=row.depth - top.depth - 1,
        cells=tuple(_cell(own, figure.code) for figure in columns),
        records=sum(not record.follows for record in own),
    )


def _cell(records: Sequence[Record], figure: str) -> Cell:
    values = [record.values.get(figure, 0) for record in records]
    return Cell(value=sum(values), records=sum(value != 0 for value in values))


def _records(
    rows: Sequence[ThemeRow], found: Sequence[Carrier]
) -> tuple[tuple[Record, tuple[str, ...]], ...]:
    """Return every record with the names of its themes in this tree, newest first."""
    listed = [
        (record, tuple(row.name for row in rows[1:] if row.code in codes))
        for record, codes in found
    ]
    return tuple(sorted(listed, key=lambda pair: (pair[0].on, pair[0].number), reverse=True))
