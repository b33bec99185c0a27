"""Readable numbers without gaps: what a person says on the phone instead of a database key."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from dianliang.core.models import Counter
from dianliang.kernel.calendar import SHANGHAI


@transaction.atomic(savepoint=False)
def next_number(prefix: str, *, at: datetime) -> str:
    """Give out the next number of the day, such as ``XQ261124-0007``.

    Runs in the business transaction, so that a number that was given out belongs to a stored
    record: an auditor can read a gap as a loss.
    """
    name = f"{prefix}{at.astimezone(SHANGHAI):%y%m%d}"
    if not Counter.objects.filter(name=name).update(value=F("value") + 1):
        Counter.objects.get_or_create(name=name)
        Counter.objects.filter(name=name).update(value=F("value") + 1)
    value = Counter.objects.values_list("value", flat=True).get(name=name)
    return f"{name}-{value:04d}"
