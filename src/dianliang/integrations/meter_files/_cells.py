"""Cells as numbers, meters and times, a column at a time; wrong ones are told by row."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dianliang.engines.loading import MINUTES
from dianliang.integrations.meter_files._errors import MOST_TOLD, Problem, UnreadableReadingsError
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import FIRST_YEAR, LAST_YEAR

NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
GROUPED = r"^[+-]?\d{1,3}([,，]\d{3})+(\.\d+)?$"
"""How tables write thousands: ``12,000.5``; any other comma is none of a number's."""
NOTHING = frozenset({"", "-", "--", "—", "null", "NULL", "None", "nan", "NaN", "NA", "N/A", "无"})
"""What exports write where nothing was read."""
TIME = re.compile(
    r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?"
    r"(?:[ T]*(\d{1,2}):?(\d{2})(?::?(\d{2})(?:\.\d+)?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?$"
)
METER_NUMBER = Phrase("表号")
MOST = 1e15
"""No meter shows as much; what is larger still could not even be multiplied."""
EPOCH = date(1970, 1, 1)
Numbering = Callable[[int], int]
"""Tells where the row with an index stands in its file."""
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Codes:
    """A column by its distinct values: `index` points into `values`."""

    index: npt.NDArray[np.int64]
    values: list[Any]


def codes(column: pa.Array, *, name: str) -> Codes:
    """Number the distinct values of a column; what is missing counts as an empty text.

    Raises:
        UnreadableReadingsError: it holds lists, or times that no calendar knows.
    """
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    try:
        found = column.dictionary_encode(null_encoding="encode")
        values = [_trimmed(value) for value in found.dictionary.to_pylist()]
    except (pa.ArrowException, ValueError, OverflowError) as error:
        words = Phrase(
            "“%(name)s”列的内容（%(type)s）不是文本、数字或时间，请检查后重新导出。",
            name=name,
            type=f"{column.type}",
        )
        raise UnreadableReadingsError(words) from error
    return Codes(found.indices.to_numpy(zero_copy_only=False).astype(np.int64), values)


def _trimmed(value: Any) -> Any:
    return "" if value is None else value.strip() if isinstance(value, str) else value


def meters(
    column: pa.Array,
    *,
    name: str,
    number: Numbering,
    problems: list[Problem],
    what: str = METER_NUMBER,
) -> Codes:
    """Return whose reading each row is; `what` is a number of, for complaints.

    A number of a meter that Excel has turned into ``3.3E+21`` has lost its end. The same number
    written with full-width digits, a space or as ``="0001"`` is the same meter.
    """
    found = codes(column, name=name)
    texts = [_meter(value) for value in found.values]
    place = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    found = Codes(np.array([place[text] for text in texts], np.int64)[found.index], [*place])
    for code, text in enumerate(found.values):
        words = ""
        if not text:
            words = Phrase("没有%(what)s", what=what)
        elif re.match(r"^\d(\.\d+)?[eE]\+\d+$", text):
            words = Phrase(
                "%(what)s“%(text)s”是被改成科学计数的，末位可能已经丢失，请重新导出为文本",
                what=what,
                text=text,
            )
        if words:
            _tell(found.index == code, name, number, said(words), problems)
    return found


def _meter(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < 2**53 else f"{value:.5e}"
    text = unicodedata.normalize("NFKC", str(value)).strip()
    match = re.match(r'^="(.*)"$', text)
    return match[1].strip() if match else text


def numbers(column: pa.Array, *, name: str, number: Numbering, problems: list[Problem]) -> Numbers:
    """Return numbers, NaN where nothing was read; tell of text among them."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        try:
            plain = column.cast(pa.float64(), safe=False)
        except pa.ArrowException:
            problems.append(Problem(0, name, Phrase("不是数字列")))
            return np.full(len(column), np.nan)
        return _finite(plain, name, number, problems)
    text = pc.utf8_trim_whitespace(column)
    nothing = pc.is_in(text, value_set=pa.array(sorted(NOTHING)))
    is_number = pc.match_substring_regex(text, NUMBER)
    wrong = pc.invert(pc.or_(is_number, nothing)).to_numpy(zero_copy_only=False)
    if wrong.any() and pc.any(is_grouped := pc.match_substring_regex(text, GROUPED)).as_py():
        text = pc.if_else(is_grouped, pc.replace_substring_regex(text, "[,，]", ""), text)
        is_number = pc.or_(is_number, is_grouped)
        wrong &= ~is_grouped.to_numpy(zero_copy_only=False)
    _tell(
        wrong,
        name,
        number,
        lambda i: Phrase("“%(text)s”不是数字", text=text[i].as_py()[:40]),
        problems,
    )
    plain = pc.if_else(is_number, text, pa.scalar(None, pa.string())).cast(pa.float64())
    return _finite(plain, name, number, problems)


def _finite(column: pa.Array, name: str, number: Numbering, problems: list[Problem]) -> Numbers:
    values: Numbers = column.fill_null(float("nan")).to_numpy(zero_copy_only=False)
    is_huge = np.abs(values) > MOST
    _tell(is_huge, name, number, said(Phrase("数字太大")), problems)
    return np.where(is_huge, np.nan, values)


def moments(
    column: pa.Array, *, name: str, number: Numbering, problems: list[Problem]
) -> npt.NDArray[np.int64]:
    """Return minutes since 1970 by Chinese clocks, −1 where there is no telling.

    ``24:00`` is the end of its day.
    """
    found = codes(column, name=name)
    minutes = np.full(len(found.values), -1, np.int64)
    for code, value in enumerate(found.values):
        try:
            minutes[code] = minute_of(value)
        except ValueError as error:
            _tell(found.index == code, name, number, said(error.args[0]), problems)
    return minutes[found.index]


def is_end_of_day(column: pa.Array, *, name: str) -> bool:
    """Tell whether a column of times writes midnight as ``24:00``."""
    if pa.types.is_temporal(column.type):
        return False
    found = (TIME.match(str(value)) for value in codes(column, name=name).values)
    return any(match is not None and match[4] == "24" for match in found)


def minute_of(value: Any) -> int:
    """Return a moment in minutes since 1970 by Chinese clocks.

    Raises:
        ValueError: it is none; the words say what it should be.
    """
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI) if value.tzinfo else value
        return _minute(local.date(), local.hour, local.minute, local.second)
    if isinstance(value, date):
        return _minute(value, 0, 0, 0)
    if value == "":
        raise ValueError(Phrase("没有时间"))
    match = TIME.match(str(value))
    if match is None:
        raise ValueError(
            Phrase("“%(value)s”不是时间，应如 2026-07-01 00:15", value=str(value)[:40])
        )
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        on = date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(Phrase("“%(value)s”这一天不存在", value=f"{value}")) from None
    clock = int(hour or 0), int(minute or 0), int(second or 0)
    if clock > (24, 0, 0) or clock[1] > 59 or clock[2] > 59:
        raise ValueError(Phrase("“%(value)s”这个时刻不存在", value=f"{value}"))
    made = _minute(on, *clock)
    if zone in {None, "+08:00", "+0800"}:
        return made
    sign, away = (1, "0000") if zone == "Z" else (int(zone[0] + "1"), zone[1:].replace(":", ""))
    return made + 480 - sign * (int(away[:2]) * 60 + int(away[2:]))


def _minute(on: date, hour: int, minute: int, second: int) -> int:
    if second or minute % MINUTES:
        raise ValueError(
            Phrase(
                "%(moment)s 不在整 15 分钟上；只接受 15 分钟曲线",
                moment=f"{on} {hour:02d}:{minute:02d}:{second:02d}",
            )
        )
    if not FIRST_YEAR <= on.year < LAST_YEAR:
        raise ValueError(
            Phrase(
                "%(on)s 不在 %(first_year)s 至 %(last_year)s 年之间，应如 2026-07-01 00:15",
                on=f"{on}",
                first_year=FIRST_YEAR,
                last_year=LAST_YEAR,
            )
        )
    return (on - EPOCH).days * 1440 + hour * 60 + minute


def said(words: str) -> Callable[[int], str]:
    """Say the same of every row."""
    return lambda _: words


def _tell(
    wrong: Any, name: str, number: Numbering, words: Callable[[int], str], problems: list[Problem]
) -> None:
    """Name the first places; count the rest without words of their own."""
    places = np.flatnonzero(wrong)
    problems.extend(Problem(number(int(i)), name, words(int(i))) for i in places[:MOST_TOLD])
    if len(places) > MOST_TOLD:
        more = Phrase("后面另有 %(n)s 行也是这样", n=len(places) - MOST_TOLD)
        problems.append(Problem(number(int(places[MOST_TOLD])), name, more))
