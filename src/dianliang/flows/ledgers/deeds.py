"""What records of every room say that people did: points follow from it, and nobody types it.

| basis | record | who | counts on |
|---|---|---|---|
| hours, verified | a published hour record that stands | whose it is | the day it began |
| visit | a finished visit | who did it, and who was checked in with the team | its day |
| activity | an activity | each who took part | the day it began |
| lecture | an accounted session | each lecturer who was there | the day it began |
| course | a course that was passed | who passed | the day of the last lesson not cancelled |
| meeting | a joint meeting that was held | who sat in it, and who led it | its day |
| task | a resolution's task that was closed in time | who was responsible | the day it was closed |
| proposal | an accepted topic | who leads a tier of it | the day of its measured result |
| rating | four or five stars for a need | who did its visits | the day of the first such rating |
| gift | a gift under one's own telephone | who gave | its day |

Time comes from the room of hours alone: what nobody has reviewed and shown earns nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time

from django.db.models import F, Max, Min, Q, QuerySet

from dianliang.domain.branches.models import Meeting, Task, TopicLead
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.intake.models import Rating
from dianliang.domain.intake.tokens import phone_key
from dianliang.domain.ledger.models import Gift
from dianliang.domain.ledger.scoring import Deed
from dianliang.domain.programs.models import Enrolment, Participation, Signup
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Attendance, Person
from dianliang.kernel.calendar import SHANGHAI

Deeds = Callable[[str, date, date], Iterable[Deed]]
GOOD_STARS = 4
"""From so many stars on a rating is a good one."""


def deeds(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield what records say that people of units did in [since, until)."""
    for source in SOURCES:
        yield from source(path, since, until)


def hours(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield published time that stands, in minutes; verified time a second time as such.

    What was taken back is no deed any more; what was told anew is one under its own number.
    """
    rows = HourRecord.objects.filter(
        person__unit__path__startswith=path,
        status="PUBLISHED",
        reverses=None,
        reversal=None,
        started_at__gte=_midnight(since),
        started_at__lt=_midnight(until),
    ).select_related("person__unit", "team")
    for row in rows:
        team, on = row.team.code if row.team else "", _day(row.started_at)
        yield _deed("hours", row.person, team, on, "hours", row.number, row.minutes)
        if row.is_verified:
            yield _deed("verified", row.person, team, on, "hours", row.number, row.minutes)


def visits(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield the visits that were done: of each who was checked in with the team, and who did it."""
    rows = Visit.objects.filter(
        Q(team__unit__path__startswith=path) | Q(done_by__unit__path__startswith=path),
        status="DONE",
        on__gte=since,
        on__lt=until,
    )
    for visit, person in _crews(rows, path):
        yield _deed("visit", person, visit.team.code, visit.on, "visit", visit.number)


def _crews(rows: QuerySet[Visit], path: str) -> Iterator[tuple[Visit, Person]]:
    """Yield who of some units was on each visit, by name or by check-in with its team."""
    done = list(rows.select_related("team", "done_by__unit"))
    present = Attendance.objects.filter(
        team__in={visit.team_id for visit in done},
        on__in={visit.on for visit in done},
        checked_in_at__isnull=False,
    )
    there: dict[tuple[int, date], list[Person]] = {}
    for row in present.select_related("person__unit"):
        there.setdefault((row.team_id, row.on), []).append(row.person)
    for visit in done:
        people = {person.pk: person for person in there.get((visit.team_id, visit.on), ())}
        if visit.done_by is not None:
            people[visit.done_by.pk] = visit.done_by
        for person in people.values():
            if person.unit.path.startswith(path):
                yield visit, person


def activities(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield who took part in activities."""
    rows = Participation.objects.filter(
        person__unit__path__startswith=path,
        activity__started_at__gte=_midnight(since),
        activity__started_at__lt=_midnight(until),
    ).select_related("person__unit", "activity__team")
    for row in rows:
        held = row.activity
        on = _day(held.started_at)
        yield _deed("activity", row.person, held.team.code, on, "activity", held.number)


def lectures(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield who gave a lecture or taught a lesson of a course, and was there."""
    rows = Signup.objects.filter(
        person__unit__path__startswith=path,
        role="lecturer",
        status="ATTENDED",
        session__status="ACCOUNTED",
        session__starts_at__gte=_midnight(since),
        session__starts_at__lt=_midnight(until),
    ).select_related("person__unit", "session__team")
    for row in rows:
        team = row.session.team.code if row.session.team else ""
        on = _day(row.session.starts_at)
        yield _deed("lecture", row.person, team, on, "session", row.session.number)


def courses(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield who passed a course; it counts on the day of its last lesson that was not cancelled."""
    held = ~Q(course__sessions__status="CANCELLED")
    rows = (
        Enrolment.objects.filter(person__unit__path__startswith=path, status="PASSED")
        .annotate(last=Max("course__sessions__starts_at", filter=held))
        .filter(last__gte=_midnight(since), last__lt=_midnight(until))
        .select_related("person__unit", "course")
    )
    for row in rows:
        on = _day(vars(row)["last"])
        yield _deed("course", row.person, "", on, "course", row.course.number)


def meetings(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield who sat in joint meetings that were held, and who led them."""
    rows = Meeting.objects.filter(
        status__in=["HELD", "CLOSED"],
        held_at__gte=_midnight(since),
        held_at__lt=_midnight(until),
    ).select_related("chair__unit")
    for row in rows.prefetch_related("people__unit"):
        people = {person.pk: person for person in row.people.all()}
        if row.chair is not None:
            people[row.chair.pk] = row.chair
        for person in people.values():
            if person.unit.path.startswith(path):
                yield _deed("meeting", person, "", _day(row.held_at), "meeting", row.number)


def tasks(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield who closed a task of a resolution on its day or before."""
    rows = Task.objects.filter(
        person__unit__path__startswith=path,
        status="CLOSED",
        closed_on__gte=since,
        closed_on__lt=until,
        closed_on__lte=F("due_on"),
    ).select_related("person__unit")
    for row in rows:
        if row.closed_on is not None:
            yield _deed("task", row.person, "", row.closed_on, "task", row.number)


def proposals(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield who leads a tier of a topic whose measured result was accepted."""
    rows = TopicLead.objects.filter(
        person__unit__path__startswith=path,
        topic__status="CLOSED",
        topic__after_on__gte=since,
        topic__after_on__lt=until,
    ).select_related("person__unit", "topic")
    seen: set[tuple[int, int]] = set()
    for row in rows:
        if row.person is None or row.topic.after_on is None:
            continue
        if (row.topic_id, row.person.pk) not in seen:
            seen.add((row.topic_id, row.person.pk))
            yield _deed("proposal", row.person, "", row.topic.after_on, "topic", row.topic.number)


def ratings(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield who was on the visits of a need that was rated well, once: on its first such day."""
    good = (
        Rating.objects.filter(stars__gte=GOOD_STARS)
        .order_by()
        .values_list("participant__need__number")
        .annotate(first=Min("rated_at"))
        .filter(first__gte=_midnight(since), first__lt=_midnight(until))
    )
    first = {number: _day(rated_at) for number, rated_at in good}
    rows = Visit.objects.filter(
        Q(team__unit__path__startswith=path) | Q(done_by__unit__path__startswith=path),
        status="DONE",
        job__need_part__need__number__in=first,
    ).annotate(need_number=F("job__need_part__need__number"))
    seen: set[tuple[str, int]] = set()
    for visit, person in _crews(rows, path):
        number = vars(visit)["need_number"]
        if (number, person.pk) not in seen:
            seen.add((number, person.pk))
            yield _deed("rating", person, visit.team.code, first[number], "need", number)


def gifts(path: str, since: date, until: date) -> Iterator[Deed]:
    """Yield what people of ours gave under their own telephone, unless it was undone.

    An anonymous gift earns nobody anything: nothing is kept that would tell whose it is.
    """
    rows = Gift.objects.filter(
        on__gte=since, on__lt=until, giver_kind=Gift.Giver.PERSON, entry__reversed_by=None
    ).exclude(giver_index="")
    people = {
        phone_key(person.phone): person
        for person in Person.objects.filter(unit__path__startswith=path).select_related("unit")
        if person.phone
    }
    for gift in rows.defer("giver_name", "giver_phone"):
        person = people.get(gift.giver_index)
        if person is not None:
            yield _deed("gift", person, "", gift.on, "gift", gift.number)


SOURCES: tuple[Deeds, ...] = (
    hours,
    visits,
    activities,
    lectures,
    courses,
    meetings,
    tasks,
    proposals,
    ratings,
    gifts,
)
"""A room that has records of its own adds how they become deeds."""


def _deed(
    basis: str, person: Person, team: str, on: date, kind: str, number: str, quantity: int = 1
) -> Deed:
    return Deed(
        basis=basis,
        person=person.number,
        is_member=person.is_party_member,
        team=team,
        unit=person.unit.code,
        on=on,
        quantity=quantity,
        source_kind=kind,
        source_number=number,
    )


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), SHANGHAI)
