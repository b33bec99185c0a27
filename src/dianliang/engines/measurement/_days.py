"""Days and hours with what is known about them before anybody looks at a meter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.measurement._checks import BadFiguresError
from dianliang.kernel.phrases import Phrase

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kinds = NDArray[np.int8]
Times = NDArray[np.datetime64]
WORKDAY, REST_DAY, HOLIDAY = 0, 1, 2
MONTHS_OF_SUMMER, MONTHS_OF_WINTER = (5, 6, 7), (11, 0, 1)
SUNDAY = 6
COLDEST, HOTTEST = -150.0, 150.0
"""The grid of balance points has one for each degree: 1e15 °C would fill the memory."""
HIGHEST_KIND = 127


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weather:
    """What a place's days (or hours) were like: all arrays have shape (n,), times rise strictly.

    `times` is datetime64[D] for days and datetime64[h] for hours, in local time; `temperature_c`
    is the mean outdoor temperature, or whatever else drives the load and was not chosen by it.
    `kinds` are WORKDAY, REST_DAY, and any kind from HOLIDAY on that should have a level of its own
    (Spring Festival, a school's holidays); left out: Saturdays and Sundays are days of rest.

    Raises:
        BadFiguresError: shapes differ, times do not rise, a temperature is not a number or not from
            -150 to 150, or a kind is not a whole number from 0 to 127.
    """

    times: Times
    temperature_c: Floats
    kinds: Kinds

    def __post_init__(self) -> None:
        warm, kinds = self.temperature_c, self.kinds
        if not self.times.shape == warm.shape == kinds.shape or self.times.ndim != 1:
            raise BadFiguresError(
                "日期、气温和日类型的个数不一致。",
                "times, temperatures and kinds of days differ in number",
            )
        _rise(self.times)
        if not bool(((warm >= COLDEST) & (warm <= HOTTEST)).all()):
            raise BadFiguresError(
                Phrase(
                    "有气温缺失，或不在 %(coldest)s 到 %(hottest)s 之间：没有气温的天请去掉。",
                    coldest=f"{COLDEST:.0f}",
                    hottest=f"{HOTTEST:.0f}",
                ),
                f"a temperature is missing or not from {COLDEST:.0f} to {HOTTEST:.0f}: "
                "leave out the days that have none",
            )
        if not bool(((kinds >= 0) & (kinds <= HIGHEST_KIND) & (kinds == np.floor(kinds))).all()):
            raise BadFiguresError(
                Phrase("日类型应为 0 到 %(highest_kind)s 的整数。", highest_kind=HIGHEST_KIND),
                f"a kind of day is a whole number from 0 to {HIGHEST_KIND}",
            )

    @classmethod
    def of(cls, times: Times, temperature_c: Floats, kinds: Kinds | None = None) -> "Weather":
        """Complete what is known of days or hours.

        Raises:
            BadFiguresError: see `Weather`.
        """
        _rise(times)
        if kinds is None:
            kinds = (weekday(times) >= SUNDAY - 1).astype(np.int8)
        return cls(times=times, temperature_c=np.asarray(temperature_c, float), kinds=kinds)

    def __len__(self) -> int:
        return len(self.times)

    def only(self, chosen: Flags) -> "Weather":
        """Return the chosen days, `chosen` of shape (n,)."""
        return Weather(
            times=self.times[chosen],
            temperature_c=self.temperature_c[chosen],
            kinds=self.kinds[chosen],
        )


def _rise(times: Times) -> None:
    if not np.issubdtype(times.dtype, np.datetime64) or bool(np.isnat(times).any()):
        raise BadFiguresError("有日期缺失或不是日期。", "a time is missing or is none")
    if not bool((np.diff(times).astype(np.int64) > 0).all()):
        raise BadFiguresError(
            "日期须依次递增：请排序并去掉重复。",
            "times must rise strictly: sort them and drop doubles",
        )


def one_each(weather: Weather, unit: str) -> None:
    """Refuse two rows of one day (`unit` D) or hour (h): an hour would count as a day.

    Raises:
        BadFiguresError: two rows share one.
    """
    if not bool((np.diff(weather.times.astype(f"datetime64[{unit}]")).astype(np.int64) > 0).all()):
        word, english = ("天", "day") if unit == "D" else ("小时", "hour")
        raise BadFiguresError(
            Phrase("同一%(word)s有两行：请先合并为每%(word)s一行。", word=Phrase(word)),
            f"two rows share one {english}: sum them to one row per {english} first",
        )


def weekday(times: Times) -> NDArray[np.int64]:
    """Return 0 for Monday to 6 for Sunday; 1970 began on a Thursday."""
    return (times.astype("datetime64[D]").astype(np.int64) + 3) % 7


def hour(times: Times) -> NDArray[np.int64]:
    """Return the hour of the day, 0 to 23."""
    return times.astype("datetime64[h]").astype(np.int64) % 24


def season(times: Times) -> NDArray[np.int64]:
    """Return 1 for December to February, 2 for June to August, 0 between."""
    month = times.astype("datetime64[M]").astype(np.int64) % 12
    winter, summer = np.isin(month, MONTHS_OF_WINTER), np.isin(month, MONTHS_OF_SUMMER)
    return np.where(winter, 1, np.where(summer, 2, 0))
