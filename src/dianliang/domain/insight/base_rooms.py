"""Hours that were given at a base, and how its rooms were used, as its figures count them."""

from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, When

from dianliang.domain.hours.models import HourRecord
from dianliang.domain.insight.base_shapes import Record, Span
from dianliang.domain.programs.models import Activity, Session
from dianliang.domain.venues.lifecycle import BOOKED
from dianliang.domain.venues.models import Booking, Site
from dianliang.domain.work.models import Visit

Source = HourRecord.Source


def served_hours(span: Span) -> QuerySet[HourRecord]:
    """Return published time by the base that its source names; what was taken back is off.

    A counter-record has the source and the time of the record that it takes back, below zero.
    """
    rows = HourRecord.objects.filter(
        status="PUBLISHED",
        started_at__gte=span.start,
        started_at__lt=span.end,
        source_kind__in=[Source.ATTENDANCE, Source.PARTICIPATION, Source.VISIT],
    )
    here = OuterRef("source_number")
    need = Visit.objects.filter(number=here).values("job__need_part__need__site")
    return rows.annotate(
        at_site=Case(
            When(
                source_kind=Source.ATTENDANCE,
                then=Subquery(Session.objects.filter(number=here).values("site")[:1]),
            ),
            When(
                source_kind=Source.PARTICIPATION,
                then=Subquery(Activity.objects.filter(number=here).values("site")[:1]),
            ),
            default=Subquery(need[:1]),
            output_field=IntegerField(),
        ),
        site_name=Subquery(Site.objects.filter(pk=OuterRef("at_site")).values("name")[:1]),
    )


def hour_record(row: Any, good: bool) -> Record:
    """Return a record of time as the list behind a figure shows it."""
    return Record(
        number=row.number,
        what=f"{row.content} · {row.person.name} · {row.minutes} 分钟",
        at=row.started_at,
        site_name=row.site_name or "",
        is_good=good,
    )


def booked(span: Span) -> QuerySet[Booking]:
    """Return what was booked of a base's rooms and gear, also by somebody who did not come."""
    return Booking.objects.filter(
        is_closure=False,
        status__in=BOOKED,
        starts_at__gte=span.start,
        starts_at__lt=span.end,
    )


def used_rooms(span: Span) -> QuerySet[Booking]:
    """Return what was used from check-in to its end."""
    return booked(span).filter(status="ENDED", ended_at__gt=F("checked_in_at"))


def booking_record(row: Any, good: bool) -> Record:
    """Return a booking as the list behind a figure shows it: no names of the public."""
    return Record(
        number=row.number,
        what=f"{row.bookable.name} · {row.unit.name if row.unit else '公众'}",
        at=row.starts_at,
        site_name=row.bookable.site.name,
        is_good=good,
    )
