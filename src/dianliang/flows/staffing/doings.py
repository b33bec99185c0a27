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
    more: int


def doings(number: str, *, is_whole: bool = False) -> Doings:
    """Return what the person with a number did: the latest, or all; four queries."""
    most = None if is_whole else MOST_ROWS
    visits = Visit.objects.filter(done_by__number=number, status="DONE").select_related("job")
    parts = Participation.objects.filter(person__number=number).select_related("activity")
    found = [
        Deed(on=visit.on, kind="上门", number=visit.number, words=visit.job.title)
        for visit in visits.order_by("-on", "-pk")[:most]
    ]
    found += [
        Deed(
            on=part.activity.started_at.astimezone(SHANGHAI).date(),
            kind="志愿服务",
            number=part.activity.number,
            words=part.activity.title,
        )
        for part in parts.order_by("-activity__started_at")[:most]
    ]
    found.sort(key=lambda deed: deed.on, reverse=True)
    latest, counts = tuple(found[:most]), (visits.count(), parts.count())
    return Doings(
        visits=counts[0], activities=counts[1], latest=latest, more=sum(counts) - len(latest)
    )
