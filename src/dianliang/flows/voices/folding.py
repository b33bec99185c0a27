"""Of two people who are one: one is named a handler of a desk once. No appeal is looked at."""

from collections.abc import Mapping
from typing import Any

from dianliang.domain.voices.models import Handler
from dianliang.domain.workforce.models import Person


def handlers(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Keep of two namings from one day the longer one."""
    own = {(row.desk_id, row.from_on): row for row in Handler.objects.filter(person=kept)}
    dropped = []
    for other in Handler.objects.filter(person=gone).select_related("desk"):
        mine = own.get((other.desk_id, other.from_on))
        if mine is None:
            continue
        if mine.until_on is not None and (other.until_on is None or other.until_on > mine.until_on):
            Handler.objects.filter(pk=mine.pk).update(until_on=other.until_on)
        dropped.append(f"{other.desk} {other.from_on}")
        other.delete()
    return {"handlers": dropped} if dropped else {}


FOLDS = (handlers,)
