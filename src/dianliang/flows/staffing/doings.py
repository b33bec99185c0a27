"""What a person did: visits that he finished, activities that he took part in."""

from dataclasses import dataclass
from datetime import date

from dianliang.domain.programs.models import Participation
from dianliang.domain.work.models import Visit
from dianliang.kernel.calendar import SHANGHAI

MOST_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that somebody did, under its number."""

    on: date
    kind: str
    number: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doings:
    """How much there is, and the latest of it."""

    visits: int
    activities: int
    latest: tuple[Deed, ...]


def doings(number: str) -> Doings:
    """Return what the person with a number did; four queries."""
    visits = Visit.objects.filter(done_by__number=number, status="DONE").select_related("job")
    parts = Participation.objects.filter(person__number=number).select_related("activity")
    found = [
        Deed(on=visit.on, kind="上门", number=visit.number, words=visit.job.title)
        for visit in visits.order_by("-on", "-pk")[:MOST_ROWS]
    ]
    found += [
        Deed(
            on=part.activity.started_at.astimezone(SHANGHAI).date(),
            kind="志愿服务",
            number=part.activity.number,
            words=part.activity.title,
        )
        for part in parts.order_by("-activity__started_at")[:MOST_ROWS]
    ]
    found.sort(key=lambda deed: deed.on, reverse=True)
    return Doings(visits=visits.count(), activities=parts.count(), latest=tuple(found[:MOST_ROWS]))
