"""Half-open spans of time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.kernel.errors import InvalidInputError


@dataclass(frozen=True, slots=True, order=True)
class TimeWindow:
    """A half-open span [start, end) between two aware instants.

    Raises:
        InvalidInputError: an instant is naive, or the span does not end after it starts.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise InvalidInputError("时间必须带时区。", field="window")
        if self.end <= self.start:
            raise InvalidInputError("时段的结束必须晚于开始。", field="window")

    @property
    def duration(self) -> timedelta:
        """How long the span is."""
        return self.end - self.start

    def overlaps(self, other: "TimeWindow") -> bool:
        """Tell whether the two spans share an instant."""
        return self.start < other.end and other.start < self.end

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


def years_before(on: date, years: int) -> date:
    """Return the same day some years earlier; the 29th of February becomes the 28th."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return on.replace(year=on.year - years, day=day)
