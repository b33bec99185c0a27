"""The table that says which of our fields goes to which column of an exchange, and how.

Pure. The field names of MZ/T 061 are not public to us and are not guessed: the shipped table is
neutral, and an administrator fills in the columns of the standard that he holds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError

FIELDS: Mapping[str, str] = {
    "record": "时长编号",
    "person": "人员编号",
    "name": "姓名",
    "volunteer": "志愿者编号",
    "unit_code": "单位编码",
    "unit": "单位名称",
    "team_code": "队伍编码",
    "team": "队伍名称",
    "class": "时长类别",
    "source": "来源",
    "source_number": "来源编号",
    "role": "身份",
    "content": "服务内容",
    "started_at": "开始时间",
    "ended_at": "结束时间",
    "minutes": "服务时长",
    "published_at": "公布时间",
}
CLASSES = {True: "签到核实", False: "人工申报"}
LONGEST = 60
MOST_ROWS = 200

Value = str | int | datetime


class MappingError(DomainError):
    """The table cannot be used; the message names the row."""

    code = "hours.mapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the exchange: from a field of ours, or always the same (`constant`).

    `codes` turns our words into the other system's, word by word.
    """

    name: str
    code: str
    field: str
    constant: str
    form: str
    codes: Mapping[str, str]
    is_required: bool


def _moment(pattern: str) -> Callable[[Value], str]:
    def written(value: Value) -> str:
        if not isinstance(value, datetime):
            raise ValueError("no moment")
        return value.astimezone(SHANGHAI).strftime(pattern)

    return written


def _time(divisor: int, digits: int) -> Callable[[Value], str]:
    def written(value: Value) -> str:
        if not isinstance(value, int):
            raise ValueError("no duration")
        return f"{value / divisor:.{digits}f}"

    return written


FORMS: Mapping[str, Callable[[Value], str]] = {
    "原样": lambda value: (
        _moment("%Y-%m-%d %H:%M")(value) if isinstance(value, datetime) else str(value)
    ),
    "日期 2026-11-20": _moment("%Y-%m-%d"),
    "日期 20261120": _moment("%Y%m%d"),
    "日期 2026/11/20": _moment("%Y/%m/%d"),
    "时刻 2026-11-20 09:00:00": _moment("%Y-%m-%d %H:%M:%S"),
    "时刻 20261120090000": _moment("%Y%m%d%H%M%S"),
    "分钟": _time(1, 0),
    "小时（一位小数）": _time(60, 1),
    "小时（两位小数）": _time(60, 2),
}
AS_IT_IS = "原样"
MOMENTS = frozenset({"started_at", "ended_at", "published_at"})
DURATIONS = frozenset({"minutes"})


def neutral() -> tuple[Column, ...]:
    """Return the shipped table: every field under our own name, nothing required."""
    return tuple(
        Column(
            name=label,
            code="",
            field=field,
            constant="",
            form="分钟" if field in DURATIONS else AS_IT_IS,
            codes={},
            is_required=False,
        )
        for field, label in FIELDS.items()
    )


def written(column: Column, values: Mapping[str, Value]) -> str:
    """Return what stands in a column for a record; empty if there is nothing."""
    value = values.get(column.field, "") if column.field else column.constant
    if value == "":
        return column.constant
    text = FORMS[column.form](value)
    return column.codes.get(text, text)


def missing(columns: Sequence[Column], values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the names of required columns that would stay empty for a record."""
    return tuple(
        column.name for column in columns if column.is_required and not written(column, values)
    )


def checked(columns: Sequence[Column], places: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns if the table can be used; `places` name the rows for complaints.

    Raises:
        MappingError: all that is wrong, one line for each.
    """
    wrong = [
        f"{place}：{reason}"
        for column, place in zip(columns, places, strict=True)
        for reason in _wrong(column)
    ]
    names = [column.name for column in columns]
    wrong += [
        f"{place}：列名“{column.name}”重复。"
        for number, (column, place) in enumerate(zip(columns, places, strict=True))
        if column.name and column.name in names[:number]
    ]
    if not columns:
        wrong.append("映射表没有一列。")
    if len(columns) > MOST_ROWS:
        wrong.append(f"映射表最多 {MOST_ROWS} 列。")
    if wrong:
        raise MappingError("\n".join(wrong))
    return tuple(columns)


def _wrong(column: Column) -> list[str]:
    found = []
    if not 1 <= len(column.name) <= LONGEST:
        found.append(f"“列名”应为 1 到 {LONGEST} 个字。")
    if len(column.code) > LONGEST or len(column.constant) > LONGEST:
        found.append(f"“列代码”和“常量”最多 {LONGEST} 个字。")
    if column.field and column.field not in FIELDS:
        found.append(f"“取自”没有“{column.field}”这一项，请从列表中选择，或留空。")
    if not column.field and not column.constant and column.is_required:
        found.append("必填的列要写“取自”或“常量”。")
    if column.form not in FORMS:
        found.append(f"“格式”没有“{column.form}”，请从列表中选择。")
    elif column.field and not _fits(column):
        found.append(f"“{FIELDS.get(column.field, column.field)}”不能用“{column.form}”的格式。")
    return found


def _fits(column: Column) -> bool:
    if column.form == AS_IT_IS:
        return True
    is_time = column.form.startswith(("分钟", "小时"))
    return column.field in (DURATIONS if is_time else MOMENTS)


def stored(column: Column) -> dict[str, object]:
    """Return a column as a version keeps it."""
    return {
        "name": column.name,
        "code": column.code,
        "field": column.field,
        "constant": column.constant,
        "form": column.form,
        "codes": dict(column.codes),
        "is_required": column.is_required,
    }
