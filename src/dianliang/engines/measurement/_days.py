"""Days and hours with what is known about them before anybody looks at a meter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kinds = NDArray[np.int8]
Times = NDArray[np.datetime64]
WORKDAY, REST_DAY, HOLIDAY = 0, 1, 2
MONTHS_OF_SUMMER, MONTHS_OF_WINTER = (5, 6, 7), (11, 0, 1)
SUNDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weather:
    """What a place's days (or hours) were like: all arrays have shape (n,), times rise strictly.

    `times` is datetime64[D] for days and datetime64[h] for hours, in local time; `temperature_c`
    is the mean outdoor temperature, or whatever else drives the load and was not chosen by it.
    `kinds` are WORKDAY, REST_DAY, and any kind from HOLIDAY on that should have a level of its own
    (Spring Festival, a school's holidays); left out: Saturdays and Sundays are days of rest.
    """

    times: Times
    temperature_c: Floats
    kinds: Kinds

    @classmethod
    def of(cls, times: Times, temperature_c: Floats, kinds: Kinds | None = None) -> "Weather":
        """Check and complete what is known of days or hours.

        Raises:
            ValueError: shapes differ, times do not rise, or a temperature is not a number.
        """
        if not len(times) == len(temperature_c) or (kinds is not None and len(kinds) != len(times)):
            raise ValueError("times, temperatures and kinds of days differ in number")
        if len(times) > 1 and not bool((np.diff(times).astype(int) > 0).all()):
            raise ValueError("times must rise strictly: sort them and drop doubles")
        if not bool(np.isfinite(temperature_c).all()):
            raise ValueError("a temperature is missing: leave out the days that have none")
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
