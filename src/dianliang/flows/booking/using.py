"""How rooms and gear are used: the page, and the same as an Excel workbook with its method."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO

from xlsxwriter.workbook import Workbook

from dianliang.core import audit, blanks
from dianliang.core.rows import Rows
from dianliang.domain.venues.booking import access, reading, use_records
from dianliang.domain.venues.booking.calendar import Filters, filtered
from dianliang.domain.venues.booking.reading import BookingRow
from dianliang.domain.venues.booking.utilisation import Use, UseRow, Utilisation, utilisation
from dianliang.kernel.actor import ROLE_LABELS, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError

LONGEST = timedelta(days=366)
METHOD = (
    "开放时数：开放时间减去停用时段，再乘以件数；只算到此刻为止。",
    "预约时数：已预约、使用中、已结束和未到场的预约在开放时间内占用的时数，同一时段不重复计算。",
    "使用时数：从签到到结束使用，不超出预约的时段；没有签到的不算。",
    "预约率、使用率：预约时数、使用时数除以开放时数。器材按件计算。",
    "上级阵地的数字是它和所有下级的合计。",
)
HEADINGS = (
    "开放时数",
    "预约时数",
    "使用时数",
    "预约率",
    "使用率",
    "预约次数",
    "其中公众",
    "未到场",
    "取消",
)


def period(since: date | None, until: date | None, *, on: date) -> tuple[date, date]:
    """Return the days [first, last] asked for, or this month up to today.

    Raises:
        InvalidInputError: the last lies before the first, or it is more than a year.
    """
    last = until or on
    first = since or last.replace(day=1)
    if last < first:
        raise InvalidInputError("止日不能早于起日。", field="until")
    if last - first > LONGEST:
        raise InvalidInputError("一次最多看一年。", field="until")
    return first, last


def used(
    *, filters: Filters, first_on: date, last_on: date, part: str = "", by: Actor, at: datetime
) -> Utilisation:
    """Return the use of what the actor's units keep, on the days from first to last.

    Raises:
        NotVisibleError: there is no such part; see `use_records.of_part`.
    """
    rows = use_records.of_part(filtered(access.readable(by), filters), part)
    return utilisation(rows, since=first_on, until=last_on + timedelta(days=1), at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The bookings behind a figure; of `total` the actor may read `rows`."""

    label: str
    rows: Sequence[BookingRow]
    total: int


def records(
    *,
    filters: Filters,
    part: str,
    figure: str,
    first_on: date,
    last_on: date,
    by: Actor,
    at: datetime,
) -> Records:
    """Return the bookings behind a figure of the table, latest first.

    Raises:
        NotVisibleError: there is no such part or figure.
    """
    rooms = use_records.of_part(filtered(access.readable(by), filters), part)
    until = last_on + timedelta(days=1)
    found = use_records.behind(rooms, figure=figure, since=first_on, until=until, at=at)
    seen = found.filter(pk__in=access.bookings(by).values("pk")).select_related(*access.JOINED)
    return Records(
        label=use_records.FIGURES[figure],
        rows=Rows(seen, lambda some: reading.rows_of(some, by=by, at=at)),
        total=found.count(),
    )


def workbook(*, filters: Filters, first_on: date, last_on: date, by: Actor, at: datetime) -> bytes:
    """Return the use as a workbook; the export is on record."""
    found = used(filters=filters, first_on=first_on, last_on=last_on, by=by, at=at)
    out = BytesIO()
    book = blanks.workbook(out)
    for name, rows in (
        ("按场室器材", found.rooms),
        ("按阵地", found.sites),
        ("按单位", found.units),
        ("按类型", found.types),
    ):
        _sheet(book, name, rows, found.whole)
    conditions = (
        f"期间：{first_on} 至 {last_on}（含）",
        f"范围：{by.unit_code or '无'} 及下级单位管理的场室器材",
        f"导出人：{by.name}（{ROLE_LABELS[by.role]}）",
        f"导出时间：{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}，数字以此刻为准",
    )
    book.add_worksheet("口径").write_column(0, 0, (*conditions, *METHOD))
    book.close()
    audit.record_about(
        "venues.bookable.export",
        target_type="venues.bookable",
        target_id=by.unit_code,
        by=by,
        at=at,
        reason="；".join(conditions[:2]),
    )
    return out.getvalue()


def _sheet(book: Workbook, name: str, rows: Iterable[UseRow], whole: Use) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format(blanks.HEADING)
    share = book.add_format({"num_format": "0.0%"})
    hours = book.add_format({"num_format": "0.0"})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 4, 11, hours)
    sheet.set_column(5, 6, 10, share)
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, ("名称", "类别", *HEADINGS), bold)
    sheet.write_row(1, 0, ("合计", "", *_cells(whole)))
    for number, row in enumerate(rows, start=2):
        indented = f"{'　' * row.depth}{row.name}"
        sheet.write_row(number, 0, (indented, row.kind_label, *_cells(row.use)))


def _cells(use: Use) -> tuple[float | int | str, ...]:
    return (
        use.open_min / 60,
        use.booked_min / 60,
        use.used_min / 60,
        "" if use.booked_share is None else use.booked_share,
        "" if use.used_share is None else use.used_share,
        use.bookings,
        use.of_public,
        use.missed,
        use.cancelled,
    )
