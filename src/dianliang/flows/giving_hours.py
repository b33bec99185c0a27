"""Take in the hours that records of work already tell: nobody types them a second time.

| source | class |
|---|---|
| attendance at an accounted session, of who served | verified with in and out, else declared |
| participation in an activity without a session | declared: no check-in vouches for it |
| finished visit of a volunteer team, of its crew | verified: arrival and end |

Presence at a service point is work in office hours, and no voluntary service.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet

from dianliang.domain.directory.models import Unit
from dianliang.domain.hours.models import HourNotice, HourRecord
from dianliang.domain.hours.operations import publishing
from dianliang.domain.hours.operations.taking_in import Giving, take_in_all
from dianliang.domain.programs.models import Participation
from dianliang.domain.programs.operations.attending import DOUBTS
from dianliang.domain.programs.queries import AttendanceRow, attendances
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Attendance, Person, Team
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import StaleStateError

LOOKS_BACK = timedelta(days=14)
"""How far the worker looks every minute; the desk's button looks at everything."""
A_LIFETIME = timedelta(days=365 * 50)
VOLUNTEER = "志愿者"
SERVING = {
    "volunteer": VOLUNTEER,
    "publicist": "宣传员",
    "attendant": "服务员",
    "informant": "信息员",
    "lecturer": "讲师",
}
"""As what one serves: the role goes with every hour (002-20). Learners and guests do not."""
MOST_AT_ONCE = 2000
SECONDS_A_MINUTE = 60
Kind = HourRecord.Source


def take_in_ended(*, by: Actor = SYSTEM, at: datetime, since: datetime | None = None) -> int:
    """Take in what ended in the actor's units and is not there yet; return how many records came.

    Without `since` it looks back a fortnight. Taking in twice changes nothing. What cannot be
    anybody's time – less than a minute, longer than a day, not over yet by a phone's wrong clock –
    is left where it is.
    """
    first = since or at - LOOKS_BACK
    came = 0
    for source in (_attended, _took_part, _visited):
        givings = [
            giving
            for giving in source(first, at)
            if by.reaches_unit(giving.unit.path) and _is_sensible(giving, at=at)
        ]
        for start in range(0, len(givings), MOST_AT_ONCE):
            came += take_in_all(givings=givings[start : start + MOST_AT_ONCE], by=by, at=at)
    return came


def take_in_everything(*, by: Actor, at: datetime) -> int:
    """Take in all that ever ended in the actor's units; return how many records came."""
    return take_in_ended(by=by, at=at, since=at - A_LIFETIME)


def publish_due(*, at: datetime) -> int:
    """Publish what was long enough on notice and nobody objected to; return how many notices."""
    done = 0
    for notice in HourNotice.objects.filter(status="OPEN", ends_at__lte=at).order_by("pk"):
        try:
            publishing.close(notice=notice, by=SYSTEM, at=at)
        except StaleStateError:  # somebody objected this very moment: next minute leaves it out
            continue
        done += 1
    return done


def _is_sensible(giving: Giving, *, at: datetime) -> bool:
    span = giving.ended_at - giving.started_at
    is_over = giving.ended_at <= at
    return is_over and giving.minutes > 0 and timedelta(0) < span <= timedelta(hours=24)


def _attended(since: datetime, until: datetime) -> Iterator[Giving]:
    rows = [
        row
        for row in attendances(since, until)
        if row.status == "ACCOUNTED" and row.role in SERVING and row.ends_at <= until
    ]
    numbers = [row.session_number for row in rows]
    known = set(
        HourRecord.objects.filter(
            source_kind=Kind.ATTENDANCE, source_number__in=numbers, reverses=None
        ).values_list("person_id", "source_number")
    )
    fresh = [row for row in rows if (row.person_id, row.session_number) not in known]
    people = Person.objects.in_bulk({row.person_id for row in fresh})
    teams = Team.objects.in_bulk({row.team_code for row in fresh}, field_name="code")
    units = Unit.objects.in_bulk({row.unit_code for row in fresh}, field_name="code")
    for row in fresh:
        team = teams.get(row.team_code)
        yield _of_attendance(row, people[row.person_id], units[row.unit_code], team)


def _of_attendance(row: AttendanceRow, person: Person, unit: Unit, team: Team | None) -> Giving:
    """Reckon from check-in to check-out; who never checked out, until the session ended."""
    out = row.checked_out_at
    ended = out or max(row.ends_at, row.checked_in_at)
    return Giving(
        person=person,
        source=(Kind.ATTENDANCE, row.session_number),
        unit=unit,
        team=team,
        started_at=row.checked_in_at,
        ended_at=ended,
        minutes=_minutes(row.checked_in_at, ended),
        is_verified=out is not None and not row.doubts,
        role=SERVING[row.role],
        content=row.title,
        source_min=_minutes(row.starts_at, row.ends_at),
        away_m=row.away_m,
        lacks_check_out=out is None,
        words="、".join(DOUBTS.get(code, code) for code in row.doubts),
    )


def _took_part(since: datetime, until: datetime) -> Iterator[Giving]:
    told = HourRecord.objects.filter(
        person=OuterRef("person"),
        source_kind=Kind.PARTICIPATION,
        source_number=OuterRef("activity__number"),
        reverses=None,
    )
    # An activity that a session was accounted for in is told by its attendance.
    rows = Participation.objects.filter(
        ~Exists(told),
        activity__session=None,
        activity__ended_at__gt=since,
        activity__ended_at__lte=until,
    ).select_related("person", "activity__team__unit")
    for row in rows.order_by("activity__started_at", "pk"):
        activity = row.activity
        minutes = _minutes(activity.started_at, activity.ended_at)
        yield Giving(
            person=row.person,
            source=(Kind.PARTICIPATION, activity.number),
            unit=activity.team.unit,
            team=activity.team,
            started_at=activity.started_at,
            ended_at=activity.ended_at,
            minutes=minutes,
            is_verified=False,
            role=VOLUNTEER,
            content=activity.title,
            source_min=minutes,
            words=f"由{activity.recorded_by}登记参加名单",
        )


def _visited(since: datetime, until: datetime) -> Iterator[Giving]:
    visits: QuerySet[Visit] = Visit.objects.filter(
        status="DONE",
        team__is_volunteer=True,
        ended_at__gt=since,
        ended_at__lte=until,
        arrived_at__lt=F("ended_at"),
    ).select_related("team__unit", "job", "done_by")
    rows = list(visits.order_by("arrived_at", "pk"))
    known = set(
        HourRecord.objects.filter(
            source_kind=Kind.VISIT, source_number__in=[v.number for v in rows], reverses=None
        ).values_list("person_id", "source_number")
    )
    here: dict[tuple[int, object], list[Person]] = {}
    checked_in = Attendance.objects.filter(
        team__in={v.team_id for v in rows}, on__in={v.on for v in rows}, checked_in_at__isnull=False
    ).select_related("person")
    for attendance in checked_in.order_by("person__number"):
        here.setdefault((attendance.team_id, attendance.on), []).append(attendance.person)
    for visit in rows:
        for person in _crew(visit, here.get((visit.team_id, visit.on), ())):
            if (person.pk, visit.number) not in known:
                yield _of_visit(visit, person)


def _crew(visit: Visit, checked_in: Iterable[Person]) -> tuple[Person, ...]:
    crew = {person.pk: person for person in checked_in}
    if visit.done_by is not None:
        crew[visit.done_by.pk] = visit.done_by
    return tuple(crew.values())


def _of_visit(visit: Visit, person: Person) -> Giving:
    if visit.arrived_at is None or visit.ended_at is None:
        raise ValueError(f"{visit.number} has no arrival or end")
    minutes = _minutes(visit.arrived_at, visit.ended_at)
    return Giving(
        person=person,
        source=(Kind.VISIT, visit.number),
        unit=visit.team.unit,
        team=visit.team,
        started_at=visit.arrived_at,
        ended_at=visit.ended_at,
        minutes=minutes,
        is_verified=True,
        role=VOLUNTEER,
        content=visit.job.title,
        source_min=minutes,
    )


def _minutes(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds() // SECONDS_A_MINUTE)
