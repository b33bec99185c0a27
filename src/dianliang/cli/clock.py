"""The commands' clock."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Read the clock."""
    return timezone.now()  # noqa: TID251 (commands read the clock)
