"""Quarters of an hour by number: the grain in which time is held."""

from datetime import UTC, datetime

from dianliang.kernel.periods import TimeWindow

GRAIN_MIN = 15
_GRAIN_S = GRAIN_MIN * 60


def slot_of(at: datetime) -> int:
    """Return the number of the quarter of an hour that an instant lies in, since 1970."""
    return int(at.timestamp()) // _GRAIN_S


def slots_of(window: TimeWindow) -> range:
    """Return the quarters that a half-open window touches; adjacent windows share none."""
    last = -(-int(window.end.timestamp()) // _GRAIN_S)
    return range(slot_of(window.start), last)


def start_of(slot: int) -> datetime:
    """Return when a quarter begins."""
    return datetime.fromtimestamp(slot * _GRAIN_S, UTC)
