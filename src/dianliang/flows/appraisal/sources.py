"""The records that figures are counted from: nobody types them.

A finder turns one kind of record into rows; a room that has records of its own adds one to
`FINDERS` and its words to `domain.appraisal.measures`. Days are Shanghai's, both ends included.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from dianliang.domain.branches.models import (
    Belonging,
    Meeting,
    PairingResult,
    Task,
    Topic,
    TopicAction,
)
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.ledger.models import Line
from dianliang.domain.programs.models import (
    Activity,
    LectureRequest,
    Participation,
    SessionAttendance,
)
from dianliang.domain.programs.models.series import Kind
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Attendance, Membership
from dianliang.kernel.calendar import SHANGHAI

MEMBER_POINTS = "member_points"
HELD = ("ENDED", "ACCOUNTED")


@dataclass(frozen=True, slots=True)
class Found:
    """A record that counts: of a person, or (`unit_id`) of a branch as a whole.

    `opens` is the number under which a page shows it; `quantity` is 1, or minutes, or points.
    """

    kind: str
    number: str
    opens: str
    title: str
    on: date
    quantity: int = 1
    person_id: int | None = None
    unit_id: int | None = None

    def kept(self) -> list[object]:
        """Return what a frozen result keeps of it."""
        return [self.kind, self.number, self.opens, self.title, f"{self.on}", self.quantity]


@dataclass(frozen=True, slots=True)
class Span:
    """Whose records are looked for, and of which days: the branches of a unit and below."""

    path: str
    since: date
    until: date

    @property
    def start(self) -> datetime:
        """Return the first instant."""
        return datetime.combine(self.since, time(), SHANGHAI)

    @property
    def end(self) -> datetime:
        """Return the first instant after."""
        return datetime.combine(self.until + timedelta(days=1), time(), SHANGHAI)

    @property
    def people(self) -> QuerySet[Belonging, int]:
        """Return the keys of everybody who was ever in one of the branches."""
        rows = Belonging.objects.filter(branch__unit__path__startswith=self.path)
        return rows.values_list("person_id", flat=True)

    def instants(self, field: str) -> Q:
        """Return the condition that an instant lies on one of the days."""
        return Q(**{f"{field}__gte": self.start, f"{field}__lt": self.end})

    def days(self, field: str) -> Q:
        """Return the condition that a day is one of them."""
        return Q(**{f"{field}__range": (self.since, self.until)})


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def meetings(span: Span) -> Iterator[Found]:
    """Yield the joint meetings that a branch called and held."""
    rows = Meeting.objects.filter(
        span.instants("held_at"), status__in=["HELD", "CLOSED"], unit__path__startswith=span.path
    )
    for row in rows:
        yield Found(
            "meeting", row.number, row.number, row.title, _day(row.held_at), 1, None, row.unit_id
        )


def attended(span: Span) -> Iterator[Found]:
    """Yield who chaired a joint meeting or sat in it."""
    rows = Meeting.objects.filter(
        span.instants("held_at"),
        Q(people__in=span.people) | Q(chair__in=span.people),
        status__in=["HELD", "CLOSED"],
    ).distinct()
    for row in rows.prefetch_related("people"):
        present = {person.pk for person in row.people.all()} | {row.chair_id}
        for person in sorted(key for key in present if key is not None):
            yield Found("meeting", row.number, row.number, row.title, _day(row.held_at), 1, person)


def tasks(span: Span) -> Iterator[Found]:
    """Yield the tasks of meetings that somebody brought to an end."""
    rows = Task.objects.filter(span.days("closed_on"), status="CLOSED", person__in=span.people)
    for row in rows:
        if row.closed_on is not None:
            yield Found("task", row.number, row.number, row.title, row.closed_on, 1, row.person_id)


def led(span: Span) -> Iterator[Found]:
    """Yield the activities of a team whose captain somebody was on the day."""
    captains = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=span.since),
        is_captain=True,
        valid_from__lte=span.until,
        person__in=span.people,
    )
    by_team: dict[int, list[Membership]] = defaultdict(list)
    for captain in captains:
        by_team[captain.team_id].append(captain)
    rows = Activity.objects.filter(span.instants("started_at"), team__in=by_team)
    for row in rows:
        on = _day(row.started_at)
        for captain in by_team[row.team_id]:
            if captain.valid_from <= on <= (captain.valid_until or on):
                yield Found("activity", row.number, row.number, row.title, on, 1, captain.person_id)


def taken_part(span: Span) -> Iterator[Found]:
    """Yield who took part in which activity."""
    rows = Participation.objects.filter(
        span.instants("activity__started_at"), person__in=span.people
    ).select_related("activity")
    for row in rows:
        held = row.activity
        yield Found(
            "activity",
            held.number,
            held.number,
            held.title,
            _day(held.started_at),
            1,
            row.person_id,
        )


def courses(span: Span) -> Iterator[Found]:
    """Yield who was checked in at a lesson."""
    rows = SessionAttendance.objects.filter(
        span.instants("signup__session__starts_at"),
        signup__session__kind=Kind.CLASS,
        signup__session__status__in=HELD,
        signup__person__in=span.people,
    ).select_related("signup__session")
    for row in rows:
        held = row.signup.session
        on = _day(held.starts_at)
        yield Found("session", held.number, held.number, held.title, on, 1, row.signup.person_id)


def lectures(span: Span) -> Iterator[Found]:
    """Yield who gave a lecture that took place."""
    rows = LectureRequest.objects.filter(
        span.instants("session__starts_at"),
        status="ARRANGED",
        session__status__in=HELD,
        lecturer__person__in=span.people,
    ).select_related("session", "topic", "lecturer")
    for row in rows:
        if row.session is not None and row.lecturer is not None:
            on, person = _day(row.session.starts_at), row.lecturer.person_id
            yield Found("lecture", row.number, row.number, row.topic.name, on, 1, person)


def visits(span: Span) -> Iterator[Found]:
    """Yield the visits that were done: of who did it, and of who was checked in with the team."""
    there: dict[tuple[int, date], set[int]] = defaultdict(set)
    present = Attendance.objects.filter(
        span.days("on"), checked_in_at__isnull=False, person__in=span.people
    )
    for team, on, person in present.values_list("team_id", "on", "person_id"):
        there[team, on].add(person)
    teams = {team for team, _ in there}
    rows = Visit.objects.filter(
        Q(done_by__in=span.people) | Q(team__in=teams), span.days("on"), status="DONE"
    ).select_related("job")
    own = set(span.people)
    for row in rows:
        people = there[row.team_id, row.on] | ({row.done_by_id} & own)
        for person in sorted(key for key in people if key is not None):
            yield Found("visit", row.number, row.number, row.job.title, row.on, 1, person)


def hours(span: Span) -> Iterator[Found]:
    """Yield the minutes that were published; what was taken back counts below zero."""
    rows = HourRecord.objects.filter(
        span.instants("started_at"), status="PUBLISHED", person__in=span.people
    )
    for row in rows:
        on = _day(row.started_at)
        yield Found("hour", row.number, row.number, row.content, on, row.minutes, row.person_id)


def actions(span: Span) -> Iterator[Found]:
    """Yield what somebody finished for a topic."""
    rows = TopicAction.objects.filter(span.days("done_on"), person__in=span.people)
    for row in rows.exclude(topic__status="CANCELLED").select_related("topic"):
        if row.done_on is not None:
            number = f"{row.topic.number}#{row.position}"
            title = f"{row.topic.title}：{row.words}"
            yield Found("topic", number, row.topic.number, title, row.done_on, 1, row.person_id)


def measured(span: Span) -> Iterator[Found]:
    """Yield the topics of a branch with a figure after the work."""
    rows = Topic.objects.filter(
        span.days("after_on"),
        status__in=["MEASURED", "CLOSED"],
        branch__unit__path__startswith=span.path,
    )
    for row in rows:
        if row.after_on is not None:
            unit = row.branch_id
            yield Found("topic", row.number, row.number, row.title, row.after_on, 1, None, unit)


def results(span: Span) -> Iterator[Found]:
    """Yield what came of a branch's pairings."""
    rows = PairingResult.objects.filter(
        span.days("on"), pairing__branch__unit__path__startswith=span.path
    ).select_related("pairing")
    for row in rows:
        held = row.pairing
        yield Found("pairing", row.number, held.number, row.words, row.on, 1, None, held.branch_id)


def points(span: Span) -> Iterator[Found]:
    """Yield the points that the ledger gave by a rule; what was reversed counts below zero."""
    numbers = dict(
        Belonging.objects.filter(branch__unit__path__startswith=span.path).values_list(
            "person__number", "person_id"
        )
    )
    rows = Line.objects.filter(
        Q(entry__rule__isnull=False) | Q(entry__reverses__rule__isnull=False),
        span.days("on"),
        account__book__code=MEMBER_POINTS,
        account__holder_kind="person",
        account__holder_code__in=numbers,
    ).select_related("entry", "account")
    for row in rows:
        entry, person = row.entry, numbers[row.account.holder_code]
        yield Found("entry", entry.number, entry.number, entry.words, row.on, row.amount, person)


Finder = Callable[[Span], Iterable[Found]]
FINDERS: Mapping[str, Finder] = {
    "meeting": meetings,
    "attended": attended,
    "task": tasks,
    "session": led,
    "activity": taken_part,
    "course": courses,
    "lecture": lectures,
    "visit": visits,
    "hours": hours,
    "action": actions,
    "measured": measured,
    "result": results,
    "points": points,
}
"""By measure. What follows from duties themselves is counted by `flows.appraisal.computing`."""
