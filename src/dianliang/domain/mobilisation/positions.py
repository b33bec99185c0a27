"""Where people in action are (位置): who tells it, what is kept of it, and when it is erased.

Somebody tells his place only while his team works on an incident that is being answered. Of what
he tells the latest place is kept, and one of each five minutes; see `forget`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, Subquery

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.models import Assignment, Lesson, TrackPoint, Whereabouts
from dianliang.domain.workforce.models import Person
from dianliang.kernel.geo import GeoPoint

IN_ACTION = ("ACTIVE", "DEMOBILISING")
"""States of an incident in which people tell where they are."""
SENT = ("MOBILISED", "IN_ACTION")
"""A request in these states has sent its team out."""
SLOT = timedelta(minutes=5)
OLDEST = timedelta(hours=24)
"""What a phone kept longer is no help to anybody."""
LATEST_KEPT = timedelta(hours=24)
TRACK_KEPT = timedelta(days=30)
MOST_AT_ONCE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Somebody in action: who he is, on which incident, with which team (database keys)."""

    person: int
    incident: int
    team: int
    number: str
    title: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A place that a phone told, and when it was there."""

    point: GeoPoint
    accuracy_m: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where a team was seen last, by the phone of one of its people."""

    team: int
    point: GeoPoint
    accuracy_m: int
    at: datetime
    people: int


def post_of(person_number: str, codes: Collection[str]) -> Post | None:
    """Return where somebody is in action with one of his teams; None when he is not.

    Of several incidents the one that was opened last; one that his team was put to itself before
    one that it was sent to on a request. One query, or two.
    """
    if not codes or not person_number:
        return None
    who = Subquery(Person.objects.filter(number=person_number).values("pk"))
    rows = Incident.objects.filter(status__in=IN_ACTION, teams__code__in=codes)
    columns = ("pk", "number", "title", "opened_at", "teams")
    newest = rows.order_by("-opened_at", "-pk")
    found = newest.values_list(*columns, who).first()
    if found is None:
        sent = Assignment.objects.filter(
            team__code__in=codes,
            ended_at=None,
            request__status__in=SENT,
            request__incident__status__in=IN_ACTION,
        ).order_by("-request__incident__opened_at", "-pk")
        of = tuple(f"request__incident__{name}" for name in columns[:-1])
        found = sent.values_list(*of, "team_id", who).first()
    if found is None or found[-1] is None:
        return None
    pk, number, title, opened_at, team, person = found
    return Post(person=person, incident=pk, team=team, number=number, title=title, since=opened_at)


def keep(*, post: Post, fixes: Sequence[Fix], at: datetime) -> int:
    """Keep what a phone told of its places; return how many of them count.

    What is older than a day, or from before the incident, does not. Sending a batch again changes
    nothing. Two statements whatever the batch.
    """
    counted = [fix for fix in fixes if max(at - OLDEST, post.since) <= fix.at <= at]
    if not counted:
        return 0
    newest = max(counted, key=lambda fix: fix.at)
    firsts: dict[datetime, Fix] = {}
    for fix in sorted(counted, key=lambda fix: fix.at):
        firsts.setdefault(slot_of(fix.at), fix)
    latest = {
        "incident_id": post.incident,
        "team_id": post.team,
        "spot": written(newest),
        "at": newest.at,
        "received_at": at,
    }
    with transaction.atomic():
        mine = Whereabouts.objects.filter(person=post.person)
        if not mine.filter(at__lt=newest.at).update(**latest):
            row = Whereabouts(person_id=post.person, **latest)
            Whereabouts.objects.bulk_create([row], ignore_conflicts=True)
        TrackPoint.objects.bulk_create(
            (
                TrackPoint(
                    person_id=post.person,
                    incident_id=post.incident,
                    team_id=post.team,
                    slot_at=slot,
                    spot=written(fix),
                )
                for slot, fix in firsts.items()
            ),
            ignore_conflicts=True,
        )
    return len(counted)


def slot_of(at: datetime) -> datetime:
    """Return the begin of the five minutes that a moment lies in."""
    step = int(SLOT.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // step * step, tz=UTC)


def written(fix: Fix) -> str:
    """Write a place as it is sealed: latitude, longitude, metres of doubt."""
    return f"{fix.point.lat:.5f},{fix.point.lon:.5f},{fix.accuracy_m}"


def read(spot: str) -> tuple[GeoPoint, int]:
    """Read a place back."""
    lat, lon, doubt = spot.split(",")
    return GeoPoint(float(lat), float(lon)), int(doubt)


def seen(incident: Incident) -> Mapping[int, Seen]:
    """Return where each team of an incident was seen last, by the team's key.

    Two queries; only the places that are shown are read and unsealed.
    """
    here = Whereabouts.objects.filter(incident=incident)
    told = here.values("team").order_by("team").annotate(people=Count("pk"), last=Max("at"))
    teams = {row["team"]: (row["last"], row["people"]) for row in told}
    found: dict[int, Seen] = {}
    for row in here.filter(at__in={last for last, _ in teams.values()}).order_by("pk"):
        last, people = teams[row.team_id]
        if row.at != last:
            continue  # it is another team that was seen last at this moment
        point, doubt = read(row.spot)
        found[row.team_id] = Seen(
            team=row.team_id, point=point, accuracy_m=doubt, at=row.at, people=people
        )
    return found


def located(incident: Incident, *, since: datetime) -> int:
    """Count who has told a place since a moment."""
    return Whereabouts.objects.filter(incident=incident, at__gte=since).count()


def reporting(incident: Incident, *, since: datetime) -> Sequence[tuple[str, str, str, datetime]]:
    """Return who has told a place since a moment: number, name, team, when last. No place."""
    rows = Whereabouts.objects.filter(incident=incident, at__gte=since)
    columns = ("person__number", "person__name", "team__name", "at")
    return list(rows.order_by("team__code", "person__number").values_list(*columns))


def track(incident: Incident, team: int, *, since: datetime) -> list[tuple[datetime, GeoPoint]]:
    """Return the thin track of a team: of each five minutes one place, of whoever told it first."""
    rows = TrackPoint.objects.filter(incident=incident, team=team, slot_at__gte=since)
    firsts: dict[datetime, GeoPoint] = {}
    for row in rows.order_by("slot_at", "person_id"):
        firsts.setdefault(row.slot_at, read(row.spot)[0])
    return sorted(firsts.items())


def forget(*, at: datetime) -> int:
    """Erase places of whoever is no more in action, or silent for a day, and tracks after a month.

    Return how many rows went.
    """
    over = Whereabouts.objects.filter(
        ~Q(incident__status__in=IN_ACTION) | Q(at__lt=at - LATEST_KEPT)
    )
    old = TrackPoint.objects.filter(slot_at__lt=at - TRACK_KEPT)
    gone = 0
    for rows in (over, old):
        keys = list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
        if keys:
            gone += rows.model._default_manager.filter(pk__in=keys).delete()[0]
    return gone


def kept(person: Person) -> Mapping[str, Any]:
    """Return what is kept of a person's places and lessons, as plain data for himself."""
    latest = Whereabouts.objects.filter(person=person).select_related("incident")
    track = TrackPoint.objects.filter(person=person).select_related("incident").order_by("slot_at")
    lessons = Lesson.objects.filter(owner=person).order_by("pk")
    return {
        "latest_place": [[row.incident.number, row.at.isoformat(), row.spot] for row in latest],
        "track": [[row.incident.number, row.slot_at.isoformat(), row.spot] for row in track],
        "lessons": [[row.number, row.words, row.action, str(row.due_on)] for row in lessons],
    }


def erase(people: Iterable[int]) -> None:
    """Erase the places of people (database keys)."""
    keys = list(people)
    for model in (Whereabouts, TrackPoint):
        model._default_manager.filter(person__in=keys).delete()


def fold(kept_person: Person, gone: Person) -> Mapping[str, Any]:
    """Of two rows of one person keep the places of the kept one: a place proves nothing."""
    del kept_person
    erase([gone.pk])
    return {}
