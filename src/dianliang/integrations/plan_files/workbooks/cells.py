"""Cells of the workbook as values of the model; what a cell cannot mean is told with its place.

Times are those of Shanghai. A cell of Excel may be a date, a time, a number that stands for
either, or text in any of the usual ways to write them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.core.checks import EXCEL_EPOCH, FIRST_SERIAL, LAST_SERIAL, Checks, day_of, parts_of
from dianliang.core.sheets import SheetRow
from dianliang.integrations.plan_files.loaded import LONGEST_CODE, Spots
from dianliang.integrations.plan_files.workbooks.columns import LATER_DAY, YES
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 24 * 3600
DAY_MIN = 24 * 60
LONGEST_CELL = 2000
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
MOST_COUNT = 9_999
LEVEL = re.compile(r"(.+?)\s*[:=]\s*(\d{1,4})\s*级?")
COUNTED = re.compile(r"(.+?)\s*[×*:xX]\s*(\d{1,4})\s*\D{0,2}")
MEANT_LEVEL, MEANT_COUNT = re.compile("[:=]"), re.compile("[×*]")
"""With one of these somebody wanted to say more than a name."""
CLOCK = re.compile(rf"({LATER_DAY})?\s*(\d{{1,2}}):(\d{{2}})(?::(\d{{2}})(?:\.(\d+))?)?")
FRACTION = re.compile(r"0?\.\d+(?:[eE]-\d+)?")
SERIAL = re.compile(r"\d{5}\.\d+")
DATED = re.compile(r"(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?)[\sT]*(.*)", re.DOTALL)
SPAN = re.compile(r"\s*[-–—~至到]+\s*")
MIDNIGHT = re.compile(r"(0?0:00(:00)?)?")
"""What Excel makes of a day without a time."""
DAY = timedelta(days=1)


def midnight(day: date) -> datetime:
    """Return the first instant of a day in Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def planned_day(text: str) -> date | None:
    """Return the day that text means, if a plan could be about it."""
    found = day_of(text)
    return found if found is not None and FIRST_DAY <= found <= LAST_DAY else None


def clock_of(text: str) -> timedelta | None:
    """Return how long after midnight a clock time is; None if it is none."""
    if FRACTION.fullmatch(text):
        return timedelta(seconds=round(float(text) * DAY.total_seconds()))
    found = CLOCK.fullmatch(text)
    if found is None:
        return None
    later, hour, minute, second, fraction = found.groups()
    seconds = int(second or 0) + round(float(f"0.{fraction or 0}"))
    span = timedelta(hours=int(hour), minutes=int(minute), seconds=seconds)
    if int(minute) > 59 or seconds > 60 or span > DAY:
        return None
    return span + DAY if later else span


def instant_of(text: str) -> datetime | None:
    """Return the instant that a date with a time means; None without a time."""
    if SERIAL.fullmatch(text) and FIRST_SERIAL <= float(text) <= LAST_SERIAL:
        day = EXCEL_EPOCH + timedelta(days=int(float(text)))
        return midnight(day) + timedelta(seconds=round(float(text) % 1 * DAY.total_seconds()))
    found = DATED.fullmatch(text)
    day_part = planned_day(found.group(1)) if found else None
    span = clock_of(found.group(2)) if found else None
    return None if day_part is None or span is None else midnight(day_part) + span


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _wrong_year(found: re.Match[str] | None) -> str:
    """Say that a day is of a year that no plan is about; nothing when something else is wrong."""
    day = day_of(found.group(1)) if found else None
    if day is None or FIRST_DAY <= day <= LAST_DAY:
        return ""
    return f"年份应在 {FIRST_DAY.year} 到 {LAST_DAY.year} 之间，现为 {day.year} 年。"


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one row, read as what the model wants."""

    checks: Checks
    row: SheetRow

    def complain(self, heading: str, words: str) -> None:
        """Note that a cell is wrong."""
        self.checks.add(self.row, words, heading)

    def code(self, heading: str, *, is_needed: bool = True) -> str:
        """Return a code that identifies something."""
        return self.checks.code(self.row, heading, LONGEST_CODE, needed=is_needed)

    def once(self, spots: Spots, kind: str, id_: str, heading: str) -> None:
        """Complain when a row above has the same code; both were remembered before."""
        if id_ and len(spots.found[kind, id_]) > 1:
            self.complain(heading, f"“{id_}”重复：{spots.of(kind, id_, 'id')}，请只留一行或改号。")

    def text(self, heading: str) -> str:
        """Return what is only shown."""
        return self.checks.text(self.row, heading, LONGEST_CELL)

    def is_yes(self, heading: str) -> bool:
        """Tell whether a cell says yes."""
        return self.checks.choice(self.row, heading, {YES: YES, "否": ""}, "") == YES

    def codes(self, heading: str) -> list[str]:
        """Return the codes that a cell lists."""
        text = self.checks.code(self.row, heading, LONGEST_CELL)
        return parts_of(text.replace("\n", "、"))

    def code_set(self, heading: str) -> frozenset[str] | None:
        """Return the codes that a cell lists; None when it is empty."""
        return frozenset(self.codes(heading)) or None

    def levels(self, heading: str) -> tuple[frozenset[str], dict[str, int]]:
        """Return skills, and the levels of those that have one."""
        levels: dict[str, int] = {}
        names: list[str] = []
        for part in self.codes(heading):
            found = LEVEL.fullmatch(part)
            if found is None and MEANT_LEVEL.search(part):
                self.complain(heading, f"“{part}”的等级应为数字，例如 带电作业:3。")
            names.append(found.group(1) if found else part)
            if found:
                levels[found.group(1)] = int(found.group(2))
        return frozenset(names), levels

    def counts(self, heading: str) -> dict[str, int]:
        """Return kinds of gear with how many of each."""
        counts: dict[str, int] = {}
        for part in self.codes(heading):
            found = COUNTED.fullmatch(part)
            if found is None and MEANT_COUNT.search(part):
                self.complain(heading, f"“{part}”的件数应为 0 到 9999 的数字，例如 绝缘梯×2。")
            kind = found.group(1) if found else part
            if kind in counts:
                self.complain(heading, f"“{kind}”写了两次，请合在一起写，例如 {kind}×2。")
            counts[kind] = int(found.group(2)) if found else 1
        return counts

    def number(
        self, heading: str, *, least: float = 0, most: float = 1_000_000, is_needed: bool = False
    ) -> float | None:
        """Return a number, or None."""
        if is_needed and not self.row.get(heading):
            self.complain(heading, f"“{heading}”不能为空。")
        return self.checks.number(self.row, heading, least=least, most=most)

    def seconds(
        self,
        heading: str,
        unit_s: int,
        *,
        least: float = 0,
        most: float = 1_000_000,
        is_needed: bool = False,
    ) -> int | None:
        """Return a span that is written in minutes or hours, in seconds; None when empty."""
        found = self.number(heading, least=least, most=most, is_needed=is_needed)
        return None if found is None else round(found * unit_s)

    def point(
        self, lat: str, lon: str, moved: Callable[[GeoPoint], GeoPoint], *, is_needed: bool = False
    ) -> GeoPoint | None:
        """Return a place from two cells; None when both are empty."""
        if is_needed:
            for heading in (lat, lon):
                if not self.row.get(heading):
                    self.complain(heading, f"“{heading}”不能为空。")
        if self._is_swapped(lat, lon):
            self.complain(lat, f"“{lat}”和“{lon}”像是填反了，请对调。")
            return None
        north = self.checks.degrees(self.row, lat, 90)
        east = self.checks.degrees(self.row, lon, 180)
        if bool(self.row.get(lat)) != bool(self.row.get(lon)) and not is_needed:
            self.complain(lat, f"“{lat}”和“{lon}”要么都填，要么都留空。")
        return None if north is None or east is None else moved(GeoPoint(north, east))

    def _is_swapped(self, lat: str, lon: str) -> bool:
        """Tell whether two cells make sense the other way round only."""
        try:
            north, east = float(self.row.get(lat)), float(self.row.get(lon))
        except ValueError:
            return False
        return 90 < abs(north) <= 180 and abs(east) <= 90

    def day(self, heading: str, *, is_needed: bool = False) -> date | None:
        """Return a day, or None."""
        if is_needed and not self.row.get(heading):
            self.complain(heading, f"“{heading}”不能为空。")
        found = self.checks.day(self.row, heading)
        if found is not None and not FIRST_DAY <= found <= LAST_DAY:
            self.complain(heading, f"“{heading}”的年份不对，现为“{self.row.get(heading)}”。")
            return None
        return found

    def clock(self, heading: str, *, is_needed: bool = False) -> timedelta | None:
        """Return a clock time as a span from midnight, or None."""
        text = _plain(self.row.get(heading))
        if not text:
            if is_needed:
                self.complain(heading, f"“{heading}”不能为空。")
            return None
        found = clock_of(text)
        if found is None:
            words = f"“{heading}”应形如 8:30（次日写 {LATER_DAY}02:00），现为“{text}”。"
            self.complain(heading, words)
        return found

    def promise(self, heading: str) -> datetime | None:
        """Return the instant of a promise; a day alone means its end."""
        text = _plain(self.row.get(heading))
        if not text:
            return None
        found = DATED.fullmatch(text)
        is_day = text.isdecimal() if found is None else MIDNIGHT.fullmatch(found.group(2).strip())
        on = planned_day(found.group(1) if found else text) if is_day else None
        at = midnight(on) + DAY if on else instant_of(text)
        if at is None:
            words = f"“{heading}”应形如 2026-11-24 15:00，现为“{text}”。"
            self.complain(heading, _wrong_year(found) or words)
        return at

    def windows(self, heading: str, days: Iterable[date]) -> tuple[TimeWindow, ...]:
        """Return the spans that a cell lists; one without a day stands for each of `days`."""
        windows: list[TimeWindow] = []
        for part in re.split("[;、,\n]", _plain(self.row.get(heading))):
            if part.strip():
                windows += self._window(heading, part.strip(), days)
        return tuple(sorted(windows))

    def _window(self, heading: str, text: str, days: Iterable[date]) -> list[TimeWindow]:
        found = DATED.fullmatch(text)
        on = planned_day(found.group(1)) if found else None
        clocks = [clock_of(part) for part in SPAN.split(found.group(2) if found else text)]
        whole = [clock for clock in clocks if clock is not None]
        if len(clocks) != 2 or len(whole) != 2 or (found and on is None):
            words = f"“{text}”应形如 2026-11-24 9:00-11:30（只写 9:00-11:30 表示每天）。"
            self.complain(heading, _wrong_year(found) or words)
            return []
        spans: list[TimeWindow] = []
        for day in days if on is None else [on]:
            window = self.span(heading, day, *whole)
            if window is None:
                break
            spans.append(window)
        return spans

    def span(self, heading: str, day: date, begin: timedelta, end: timedelta) -> TimeWindow | None:
        """Return the span of a day between two clock times; None when it does not end later."""
        try:
            return TimeWindow(midnight(day) + begin, midnight(day) + end)
        except InvalidInputError:
            self.complain(heading, f"结束应晚于开始；过了零点请写成 {LATER_DAY}02:00。")
            return None

    def patterns(self, heading: str) -> tuple[tuple[date, ...], ...]:
        """Return combinations of days: ``2026-11-24+2026-11-26；……``."""
        found: list[tuple[date, ...]] = []
        for part in parts_of(self.row.get(heading).replace("\n", "、")):
            days = [planned_day(each.strip()) for each in part.split("+")]
            known = tuple(day for day in days if day is not None)
            if len(known) < len(days):
                self.complain(heading, f"“{part}”应形如 2026-11-24+2026-11-26。")
            found.append(known)
        return tuple(found)
