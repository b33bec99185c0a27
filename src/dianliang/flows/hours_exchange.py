"""Hours for another system: a table says what goes where, a dry run what is lacking."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dianliang.core import audit, blanks, sheets
from dianliang.core.sheets import SheetRow
from dianliang.domain.hours import access, mapping
from dianliang.domain.hours.doubting import standing
from dianliang.domain.hours.mapping import AS_IT_IS, FIELDS, FORMS, Column, MappingError, Value
from dianliang.domain.hours.models import ExchangeMapping, HourRecord, ServiceCertificate
from dianliang.domain.hours.operations.mapping import keep
from dianliang.domain.hours.queries import in_period
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text

NAME, CODE, FIELD, CONSTANT, FORM, CODES, REQUIRED = (
    "列名",
    "列代码",
    "取自",
    "常量",
    "格式",
    "代码对照",
    "必填",
)
COLUMNS = (NAME, CODE, FIELD, CONSTANT, FORM, CODES, REQUIRED)
YES = "是"
SHIPPED = "随系统的中性映射"
FIELD_OF = {label: field for field, label in FIELDS.items()}
ADVICE = (
    "每行是交换文件的一列，次序就是列的次序。",
    "“取自”选本系统的字段；“常量”在没有取自、或取自为空时写入。",
    "“代码对照”写成“签到核实=1；人工申报=2”，没有列出的原样写入。",
    "随系统的是中性映射，列名是本系统自己的；请按所持的 MZ/T 061 文本填写列名和代码。",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of the table, as the page shows it. Version 0 is the shipped one."""

    number: int
    words: str
    made_by: str
    made_at: datetime | None
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A record that lacks required values: its row in the file to be, its number, the columns."""

    row: int
    record_number: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What an export would hold."""

    records: int
    version: int
    sample: tuple[tuple[str, ...], ...]
    headings: tuple[str, ...]
    lacking: tuple[Lacking, ...]
    lacking_count: int


def present() -> Version:
    """Return the table in force."""
    kept = ExchangeMapping.objects.order_by("-version").first()
    return _version(kept) if kept else _shipped()


def versions() -> tuple[Version, ...]:
    """Return every version, newest first, the shipped one last."""
    kept = [_version(row) for row in ExchangeMapping.objects.order_by("-version")]
    return (*kept, _shipped())


def version(number: int) -> Version:
    """Return one version.

    Raises:
        NotVisibleError: there is none with this number.
    """
    found = next((one for one in versions() if one.number == number), None)
    if found is None:
        raise NotVisibleError("没有这一版映射。")
    return found


def _shipped() -> Version:
    columns = mapping.neutral()
    return Version(number=0, words=SHIPPED, made_by="", made_at=None, columns=columns)


def _version(row: ExchangeMapping) -> Version:
    return Version(
        number=row.version,
        words=row.words,
        made_by=row.made_by,
        made_at=row.made_at,
        columns=tuple(Column(**column) for column in row.rows),
    )


def table(number: int) -> bytes:
    """Return a version as an Excel table to change and bring back."""
    out = io.BytesIO()
    book = blanks.workbook(out)
    headings: tuple[blanks.Heading, ...] = (
        (NAME, "", ()),
        (CODE, "可不填；填了会作为第二行表头", ()),
        (FIELD, "", tuple(FIELD_OF)),
        (CONSTANT, "", ()),
        (FORM, "", tuple(FORMS)),
        (CODES, "例如 签到核实=1；人工申报=2", ()),
        (REQUIRED, "", (YES, "否")),
    )
    lines = [_line(column) for column in version(number).columns]
    blanks.add_table(book, sheets.FILL_IN, headings, examples=lines)
    notes: Any = book.add_worksheet("说明")
    for place, advice in enumerate(ADVICE):
        notes.write_string(place, 0, advice)
    book.close()
    return out.getvalue()


def _line(column: Column) -> list[str]:
    return [
        column.name,
        column.code,
        FIELDS.get(column.field, ""),
        column.constant,
        column.form,
        "；".join(f"{ours}={theirs}" for ours, theirs in column.codes.items()),
        YES if column.is_required else "否",
    ]


def bring(*, content: bytes, name: str, words: str, by: Actor, at: datetime) -> int:
    """Take a changed table in as the next version; return its number.

    Raises:
        UnreadableSheetError: the file is no such table.
        MappingError: all that is wrong, by row.
        InvalidInputError: nobody says what was changed.
    """
    words = clean_text(words, field="words", label="修改说明", most=120, least=2)
    rows = sheets.read(content, name=name, headings=[NAME, FIELD, CONSTANT, FORM], optional=COLUMNS)
    columns = [_column(row) for row in rows]
    checked = mapping.checked(columns, [f"第 {row.number} 行" for row in rows])
    return keep(columns=checked, words=words, by=by, at=at).version


def back_to(number: int, *, by: Actor, at: datetime) -> int:
    """Let an earlier version be in force again, as the next one; return its number.

    Raises:
        NotVisibleError: there is none with this number.
    """
    columns = version(number).columns
    return keep(columns=columns, words=f"恢复第 {number} 版", by=by, at=at).version


def _column(row: SheetRow) -> Column:
    field = row.get(FIELD)
    return Column(
        name=row.get(NAME),
        code=row.get(CODE),
        field=FIELD_OF.get(field, field),
        constant=row.get(CONSTANT),
        form=row.get(FORM) or AS_IT_IS,
        codes=_codes(row),
        is_required=row.get(REQUIRED) == YES,
    )


def _codes(row: SheetRow) -> dict[str, str]:
    pairs = [part for part in row.get(CODES).replace(";", "；").split("；") if part.strip()]
    found: dict[str, str] = {}
    for pair in pairs:
        ours, sign, theirs = pair.partition("=")
        if not sign:
            message = Phrase(
                "%(place)s：“%(text)s”应写成“本系统的词=对方的代码”。",
                place=row.place(CODES),
                text=pair.strip(),
            )
            raise MappingError(message)
        found[ours.strip()] = theirs.strip()
    return found


def try_out(*, since: date | None, until: date | None, by: Actor) -> Trial:
    """Tell what an export of a period would hold, and what it lacks, by row. Nothing is written."""
    table = present()
    lacking: list[Lacking] = []
    sample: list[tuple[str, ...]] = []
    count = lacks = 0
    for row, (record, values) in enumerate(_values(since, until, by=by), start=1):
        count = row
        if row <= 5:
            sample.append(tuple(mapping.written(column, values) for column in table.columns))
        names = mapping.missing(table.columns, values)
        if names:
            lacks += 1
            lacking.append(Lacking(row=row, record_number=record.number, columns=names))
    return Trial(
        records=count,
        version=table.number,
        sample=tuple(sample),
        headings=tuple(column.name for column in table.columns),
        lacking=tuple(lacking),
        lacking_count=lacks,
    )


def export(
    *, since: date | None, until: date | None, form: str, by: Actor, at: datetime
) -> tuple[str, bytes]:
    """Return name and content of the file for the exchange; the export is on record.

    What was taken back is left out; a workbook names it on a sheet of its own, for records that
    went out before.

    Raises:
        MappingError: some record lacks a required value; rows and columns are named.
    """
    trial = try_out(since=since, until=until, by=by)
    if trial.lacking_count:
        told = [
            Phrase(
                "第 %(row)d 行（%(number)s）：缺 %(columns)s",
                row=row.row,
                number=row.record_number,
                columns=joined("、", row.columns),
            )
            for row in trial.lacking[:20]
        ]
        more = trial.lacking_count - len(told)
        rest = Phrase("\n……另有 %(more)s 行", more=more) if more > 0 else ""
        raise MappingError(
            Phrase("有必填项为空，没有导出：\n%(told)s%(rest)s", told=joined("\n", told), rest=rest)
        )
    table = present()
    rows = [
        [mapping.written(column, values) for column in table.columns]
        for _, values in _values(since, until, by=by)
    ]
    heads = [[column.name for column in table.columns]]
    if any(column.code for column in table.columns):
        heads.append([column.code for column in table.columns])
    taken_back = _taken_back(since, until, by=by)
    content = _csv(heads, rows) if form == "csv" else _excel(heads, rows, taken_back)
    audit.record_about(
        "hours.hourrecord.export",
        target_type="hours.hourrecord",
        target_id=f"mapping-{table.number}",
        by=by,
        at=at,
        after=f"{len(rows)} 条",
    )
    return f"hours-v{table.number}.{'csv' if form == 'csv' else 'xlsx'}", content


def _records(since: date | None, until: date | None, *, by: Actor) -> Any:
    found = access.visible(by).filter(status="PUBLISHED")
    return in_period(found, since=since, until=until).order_by("started_at", "pk")


def _values(
    since: date | None, until: date | None, *, by: Actor
) -> Iterator[tuple[HourRecord, dict[str, Value]]]:
    numbers = dict(
        ServiceCertificate.objects.filter(status="ISSUED")
        .order_by("issued_at")
        .values_list("person_id", "volunteer_number")
    )
    told = standing(_records(since, until, by=by)).select_related("person", "team", "unit")
    for record in told:
        yield record, _fields(record, volunteer=numbers.get(record.person_id, ""))


def _fields(record: HourRecord, *, volunteer: str) -> dict[str, Value]:
    return {
        "record": record.number,
        "person": record.person.number,
        "name": record.person.name,
        "volunteer": volunteer,
        "unit_code": record.unit.code,
        "unit": record.unit.name,
        "team_code": record.team.code if record.team else "",
        "team": record.team.name if record.team else "",
        "class": mapping.CLASSES[record.is_verified],
        "source": str(HourRecord.Source(record.source_kind).label),
        "source_number": record.source_number,
        "role": record.role,
        "content": record.content,
        "started_at": record.started_at,
        "ended_at": record.ended_at,
        "minutes": record.minutes,
        "published_at": record.published_at or "",
    }


def _taken_back(since: date | None, until: date | None, *, by: Actor) -> list[list[str]]:
    counters = _records(since, until, by=by).filter(reverses__isnull=False)
    return [
        [counter.reverses.number, counter.number, counter.review_words]
        for counter in counters.select_related("reverses")
    ]


def _csv(heads: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(heads)
    writer.writerows([_as_text(cell) for cell in row] for row in rows)
    return (BOM + out.getvalue()).encode("utf-8")


def _as_text(cell: str) -> str:
    """Keep a program that opens the file from calculating what somebody typed."""
    is_number = cell.lstrip("-").replace(".", "", 1).isdecimal()
    return f"'{cell}" if cell.startswith(FORMULA) and not is_number else cell


def _excel(
    heads: Sequence[Sequence[str]],
    rows: Sequence[Sequence[str]],
    taken_back: Sequence[Sequence[str]],
) -> bytes:
    out = io.BytesIO()
    book = blanks.workbook(out)
    bold = book.add_format(blanks.HEADING)
    _sheet(book, "志愿服务时间", heads, rows, bold)
    if taken_back:
        _sheet(book, "已冲销", [["时长编号", "冲销编号", "原因"]], taken_back, bold)
    book.close()
    return out.getvalue()


def _sheet(
    book: Any,
    name: str,
    heads: Sequence[Sequence[str]],
    rows: Sequence[Sequence[str]],
    bold: Any,
) -> None:
    sheet = book.add_worksheet(name)
    for line, cells in enumerate(heads):
        sheet.write_row(line, 0, cells, bold)
    for line, cells in enumerate(rows, start=len(heads)):
        for column, cell in enumerate(cells):
            sheet.write_string(line, column, cell)
    sheet.freeze_panes(len(heads), 0)
