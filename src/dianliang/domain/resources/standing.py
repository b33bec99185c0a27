"""May a piece of gear be sent somewhere on a day, and if not, why."""

from collections.abc import Iterable, Mapping
from datetime import date

from dianliang.domain.resources.lifecycle import RESOURCE_LABELS
from dianliang.domain.resources.models import Resource, Upkeep
from dianliang.kernel.phrases import Phrase, joined


def overdue(resources: Iterable[int], *, on: date) -> Mapping[int, str]:
    """Return which pieces, by key, have something overdue on a day, and what. One query."""
    rows = Upkeep.objects.filter(resource__in=resources, due_on__lt=on).order_by("due_on")
    found: dict[int, list[str]] = {}
    for pk, name, due in rows.values_list("resource_id", "name", "due_on"):
        found.setdefault(pk, []).append(
            Phrase("%(name)s已于 %(due)s 到期", name=Phrase(name), due=due)
        )
    return {pk: joined("、", words) for pk, words in found.items()}


def why_not(resource: Resource, *, late: Mapping[int, str]) -> str:
    """Say why a piece cannot be sent, given what is `overdue`; empty if it can."""
    if resource.status != "FREE":
        return Phrase("当前%(status)s", status=Phrase(RESOURCE_LABELS[resource.status]))
    return late.get(resource.pk, "")
