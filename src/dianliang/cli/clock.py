"""The commands' clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """Read the clock; it needs no installation."""
    return datetime.now(UTC)  # noqa: TID251 (commands read the clock)
