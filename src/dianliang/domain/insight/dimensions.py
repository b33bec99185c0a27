"""Along what figures are cut, and which needs are counted at all."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q, QuerySet

from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake import access
from dianliang.domain.intake.models import Need
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor

DIMENSIONS = {
    "unit": "单位",
    "area": "乡镇",
    "service": "服务事项",
    "channel": "渠道",
}
COLUMNS = {"unit": "unit_id", "area": "area_id", "service": "service_id", "channel": "channel"}
UNSORTED = ("-", "未分类")
Named = Callable[[object], tuple[str, str]]


def counted(*, by: Actor, start: datetime, end: datetime) -> QuerySet[Need]:
    """Return the needs received in [start, end) that an actor may see and that count."""
    rows = access.visible(by).filter(received_at__gte=start, received_at__lt=end)
    return rows.exclude(status__in=["MERGED", "CANCELLED"])


def names(dimension: str) -> Named:
    """Return how a column's value becomes the key and the name of a group."""
    if dimension == "channel":
        labels = dict(Need.Channel.choices)
        return lambda value: (str(value), labels[str(value)])
    if dimension == "area":
        towns = _towns()
        return lambda value: towns[value]
    rows = (Unit if dimension == "unit" else Service).objects.values_list("pk", "code", "name")
    known = {pk: (code, name) for pk, code, name in rows}
    return lambda value: known.get(value, UNSORTED)  # type: ignore[call-overload]


def _towns() -> dict[object, tuple[str, str]]:
    """Return for each area its township; what has none stands for itself."""
    rows = Area.objects.values_list("pk", "level", "code", "name", "parent__code", "parent__name")
    return {
        pk: (town, town_name) if level == Area.Level.VILLAGE and town else (code, name)
        for pk, level, code, name, town, town_name in rows
    }


def within(dimension: str, key: str) -> Q:
    """Return which needs belong to the group with a key; none does to one that is not there."""
    if not key:
        return Q()
    if "\0" in key or dimension not in DIMENSIONS:
        return Q(pk__in=())
    if dimension == "channel":
        return Q(channel=key)
    if dimension == "area":
        alone = ~Q(area__level=Area.Level.VILLAGE) | Q(area__parent=None)
        of_town = Q(area__level=Area.Level.VILLAGE, area__parent__code=key)
        return of_town | (Q(area__code=key) & alone)
    if dimension == "service" and key == UNSORTED[0]:
        return Q(service=None)
    return Q(**{f"{dimension}__code": key})
