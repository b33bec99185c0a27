"""What speaks for a nominee, drawn from the records: hours, visits, activities, praise."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Q, Sum

from dianliang.domain.honours.operations.nominating import Done, Subject
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.intake.models import NeedJob, Rating
from dianliang.domain.programs.models import Activity, Participation
from dianliang.domain.work.models import Visit
from dianliang.kernel.calendar import SHANGHAI

PRAISE = 5
"""Stars of a rating that count as praise."""


def found(subject: Subject, *, since: date, until: date) -> tuple[Done, ...]:
    """Return all records of a period that speak for somebody, newest first.

    Of a person: published hours, visits finished, activities; of a team what was done by it; of a
    unit what was done by its teams. Praise is a rating of five stars for a need with such a visit.
    """
    start = datetime.combine(since, time(), SHANGHAI)
    end = datetime.combine(until + timedelta(days=1), time(), SHANGHAI)
    visits = Visit.objects.filter(_visits(subject), status="DONE", on__range=(since, until))
    rows = [
        *_hours(subject, start, end),
        *(
            Done(kind="visit", number=v.number, words=v.job.title, on=v.on)
            for v in visits.select_related("job").order_by("-on", "-pk")
        ),
        *_activities(subject, start, end),
        *_praise(visits.values_list("job_id", flat=True)),
    ]
    return tuple(sorted(rows, key=lambda row: (row.on, row.number), reverse=True))


def hours(subject: Subject, *, since: date, until: date) -> int:
    """Return the whole published hours of a person in a period; nought for others."""
    if subject.person is None:
        return 0
    start = datetime.combine(since, time(), SHANGHAI)
    end = datetime.combine(until + timedelta(days=1), time(), SHANGHAI)
    rows = HourRecord.objects.filter(person=subject.person, status="PUBLISHED")
    minutes = rows.filter(started_at__gte=start, started_at__lt=end).aggregate(n=Sum("minutes"))
    return max(0, (minutes["n"] or 0) // 60)


def _visits(subject: Subject) -> Q:
    if subject.person is not None:
        return Q(done_by=subject.person)
    if subject.team is not None:
        return Q(team=subject.team)
    return Q(job__unit__path__startswith=subject.unit.path)


def _hours(subject: Subject, start: datetime, end: datetime) -> Iterable[Done]:
    if subject.held_by is not None:
        return
    by = Q(person=subject.person) if subject.person is not None else Q(team=subject.team)
    rows = HourRecord.objects.filter(by, status="PUBLISHED", reverses=None, reversal=None)
    rows = rows.filter(started_at__gte=start, started_at__lt=end).order_by("-started_at")
    for row in rows:
        on = row.started_at.astimezone(SHANGHAI).date()
        yield Done(kind="hour", number=row.number, words=row.content, on=on)


def _activities(subject: Subject, start: datetime, end: datetime) -> Iterable[Done]:
    rows = Activity.objects.filter(started_at__gte=start, started_at__lt=end)
    if subject.person is not None:
        own = Participation.objects.filter(person=subject.person).values("activity_id")
        rows = rows.filter(pk__in=own)
    elif subject.team is not None:
        rows = rows.filter(team=subject.team)
    else:
        rows = rows.filter(team__unit__path__startswith=subject.unit.path)
    for row in rows.order_by("-started_at"):
        on = row.started_at.astimezone(SHANGHAI).date()
        yield Done(kind="activity", number=row.number, words=row.title, on=on)


def _praise(jobs: Iterable[int]) -> Iterable[Done]:
    needs = NeedJob.objects.filter(job_id__in=list(jobs)).values("need_id")
    rows = Rating.objects.filter(participant__need_id__in=needs, stars__gte=PRAISE)
    latest = list(rows.select_related("participant__need").order_by("-rated_at"))
    # Several rate one need, and in several rounds: of each need the latest rating speaks.
    for number, row in {row.participant.need.number: row for row in reversed(latest)}.items():
        on = row.rated_at.astimezone(SHANGHAI).date()
        yield Done(kind="praise", number=number, words=f"评价 {row.stars} 星", on=on)
