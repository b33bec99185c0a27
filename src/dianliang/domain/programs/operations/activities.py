"""Every write about activities."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import audit
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.models import Service
from dianliang.domain.programs.models import Activity, Participation, PhotoPair
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person, Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

LONGEST = timedelta(hours=24)
MOST_SERVED = 100_000
MOST_PAIRS = 6


class UnableToRecordActivityError(DomainError):
    """The activity cannot have happened like this."""

    code = "programs.unable-to-record-activity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The same place before and after."""

    place: str
    before: StoredFile
    after: StoredFile


@transaction.atomic
def record(
    *,
    title: str,
    team: Team,
    area: Area,
    site: Site | None,
    service: Service | None,
    started_at: datetime,
    ended_at: datetime,
    people: Collection[Person],
    served_people: int,
    words: str,
    pairs: Sequence[Pair] = (),
    by: Actor,
    at: datetime,
) -> Activity:
    """Write down an activity and who took part; each person counts once.

    Raises:
        UnableToRecordActivityError: it lies in the future, lasted no time or longer than a day,
            nobody took part, somebody took part in another one at the same time, or a pair of
            photos is twice the same.
    """
    _require_possible(
        started_at=started_at,
        ended_at=ended_at,
        people=people,
        served_people=served_people,
        at=at,
    )
    _require_pairs(pairs)
    activity = Activity.objects.create(
        number=next_number("XD", at=at),
        title=title,
        team=team,
        area=area,
        site=site,
        service=service,
        started_at=started_at,
        ended_at=ended_at,
        served_people=served_people,
        words=words,
        recorded_by=by.name,
    )
    Participation.objects.bulk_create(
        Participation(activity=activity, person=person) for person in people
    )
    PhotoPair.objects.bulk_create(
        PhotoPair(
            activity=activity,
            place=pair.place,
            before=pair.before,
            after=pair.after,
            position=position,
        )
        for position, pair in enumerate(pairs, start=1)
    )
    after = f"{len(people)} 人次"
    audit.record("programs.activity.record", target=activity, by=by, at=at, after=after)
    return activity


def _require_pairs(pairs: Sequence[Pair]) -> None:
    if len(pairs) > MOST_PAIRS:
        message = Phrase("前后对照最多 %(most)s 组。", most=MOST_PAIRS)
        raise UnableToRecordActivityError(message, field="pairs")
    for pair in pairs:
        if pair.before.sha256 == pair.after.sha256:
            message = Phrase(
                "“%(place)s”的前后两张是同一张照片，请换成整治后的照片。", place=pair.place
            )
            raise UnableToRecordActivityError(message, field="pairs")


def _require_possible(
    *,
    started_at: datetime,
    ended_at: datetime,
    people: Collection[Person],
    served_people: int,
    at: datetime,
) -> None:
    if not started_at < ended_at <= started_at + LONGEST:
        message = "结束时间应晚于开始时间，且一次行动不超过 24 小时。"
        raise UnableToRecordActivityError(message, field="ended_at")
    if ended_at > at:
        message = "行动还没有结束，请在结束后登记。"
        raise UnableToRecordActivityError(message, field="ended_at")
    if not people:
        raise UnableToRecordActivityError("请勾选参加的人。", field="people")
    if not 0 <= served_people <= MOST_SERVED:
        message = Phrase("服务人数应在 0 到 %(most)s 之间。", most=MOST_SERVED)
        raise UnableToRecordActivityError(message, field="served_people")
    elsewhere = Participation.objects.filter(
        person__in=people, activity__started_at__lt=ended_at, activity__ended_at__gt=started_at
    )
    clash = elsewhere.select_related("person", "activity").first()
    if clash is not None:
        message = Phrase(
            "%(name)s同一时间已登记在%(title)s，请核对时间或人员。",
            name=clash.person.name,
            title=clash.activity.title,
        )
        raise UnableToRecordActivityError(message, field="people")
