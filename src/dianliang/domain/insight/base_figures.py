"""What is counted at a base in a period, and the records that each figure opens.

A record belongs to the base that it names; nothing is typed in. Figures are whole numbers that add
up, so that a level of a tree is the sum of what hangs below it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from dianliang.domain.insight.base_rooms import (
    booked,
    booking_record,
    hour_record,
    served_hours,
    used_rooms,
)
from dianliang.domain.insight.base_shapes import Figure, Record, Span
from dianliang.domain.intake.models import Need, Rating
from dianliang.domain.programs.models import Activity, Participation, PresenceDay
from dianliang.domain.work.models import Visit
from dianliang.kernel.calendar import SHANGHAI

SATISFIED_FROM = 4
MOST_RECORDS = 500
RESOLVED = ("RESOLVED", "CLOSED")
UNCOUNTED = ("MERGED", "CANCELLED")


def _posted(span: Span) -> QuerySet[Need]:
    rows = Need.objects.filter(received_at__gte=span.start, received_at__lt=span.end)
    return rows.exclude(status__in=UNCOUNTED)


def _held(span: Span) -> QuerySet[Activity]:
    return Activity.objects.filter(started_at__gte=span.start, started_at__lt=span.end)


def _took_part(span: Span) -> QuerySet[Participation]:
    return Participation.objects.filter(
        activity__started_at__gte=span.start, activity__started_at__lt=span.end
    )


def _person_time(row: Participation, good: bool) -> Record:
    held = row.activity
    return Record(
        number=held.number,
        what=f"{held.title} · {row.person.name}",
        at=held.started_at,
        site_name=held.site.name if held.site else "",
        is_good=good,
    )


FIGURES: Mapping[str, Figure] = {
    "needs": Figure(
        label="扫码提出的需求",
        rows=_posted,
        site="site",
        order="-received_at",
        good=Q(status__in=RESOLVED),
        good_label="已办结",
        joined=("site", "service"),
        record=lambda need, good: Record(
            number=need.number,
            what=need.service.name if need.service else "",
            at=need.received_at,
            site_name=need.site.name,
            is_good=good,
            need=need.number,
        ),
    ),
    "rated": Figure(
        label="评价",
        rows=lambda span: Rating.objects.filter(rated_at__gte=span.start, rated_at__lt=span.end),
        site="participant__need__site",
        order="-rated_at",
        good=Q(stars__gte=SATISFIED_FROM),
        good_label="四星以上",
        joined=("participant__need__site",),
        record=lambda row, good: Record(
            number=row.participant.need.number,
            what=f"{row.stars} ★",
            at=row.rated_at,
            site_name=row.participant.need.site.name,
            is_good=good,
            need=row.participant.need.number,
        ),
    ),
    "visits": Figure(
        label="上门",
        rows=lambda span: Visit.objects.filter(
            status="DONE", ended_at__gte=span.start, ended_at__lt=span.end
        ),
        site="job__need_part__need__site",
        order="-ended_at",
        joined=("team", "job__need_part__need__site"),
        record=lambda visit, good: Record(
            number=visit.number,
            what=visit.team.name,
            at=visit.ended_at,
            site_name=visit.job.need_part.need.site.name,
            is_good=good,
        ),
    ),
    "actions": Figure(
        label="行动（次）",
        rows=_held,
        site="site",
        order="-started_at",
        joined=("site",),
        record=lambda held, good: Record(
            number=held.number,
            what=held.title,
            at=held.started_at,
            site_name=held.site.name,
            is_good=good,
        ),
    ),
    "person_times": Figure(
        label="人次",
        rows=_took_part,
        site="activity__site",
        order="-activity__started_at",
        joined=("activity__site", "person"),
        record=_person_time,
    ),
    "hours": Figure(
        label="服务时长（小时）",
        rows=served_hours,
        site="at_site",
        order="-started_at",
        joined=("person",),
        record=hour_record,
        minutes="minutes",
    ),
    "bookings": Figure(
        label="场室预约（次）",
        rows=booked,
        site="bookable__site",
        order="-starts_at",
        good=Q(status__in=["IN_USE", "ENDED"]),
        good_label="已使用",
        joined=("bookable__site", "unit"),
        record=booking_record,
    ),
    "booked_hours": Figure(
        label="场室使用（小时）",
        rows=used_rooms,
        site="bookable__site",
        order="-starts_at",
        joined=("bookable__site", "unit"),
        record=booking_record,
        lasts=("checked_in_at", "ended_at"),
    ),
    "presence": Figure(
        label="驻点（天）",
        rows=lambda span: PresenceDay.objects.filter(
            is_planned=True, on__gte=span.first_on, on__lt=span.before_on
        ),
        site="duty__site",
        order="-on",
        good=Q(checked_in_at__isnull=False),
        good_label="已签到",
        joined=("duty__person", "duty__site"),
        record=lambda day, good: Record(
            number=day.duty.person.number,
            what=day.duty.person.name,
            at=datetime.combine(day.on, time(), SHANGHAI),
            site_name=day.duty.site.name,
            is_good=good,
        ),
    ),
}
"""Another room's figure is one more row here: pages, levels, records and Excel follow."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many at one base, and how many of them are good. Of what lasts, minutes."""

    of: int
    good: int


def counted(span: Span) -> Mapping[str, Mapping[int, Counted]]:
    """Return every figure for every base that has a record. One query for each figure."""
    return {name: _by_site(figure, span) for name, figure in FIGURES.items()}


def _by_site(figure: Figure, span: Span) -> dict[int, Counted]:
    rows = figure.rows(span).filter(**{f"{figure.site}__isnull": False}).order_by()
    if figure.is_minutes:
        return {site: Counted(minutes, 0) for site, minutes in _minutes(figure, rows).items()}
    grouped = rows.values_list(figure.site)
    of, fine = Count("pk"), Count("pk", filter=figure.good) if figure.good else Count("pk")
    found = grouped.annotate(of=of, fine=fine).values_list(figure.site, "of", "fine")
    return {site: Counted(of, fine) for site, of, fine in found}


def _minutes(figure: Figure, rows: QuerySet[Any]) -> dict[int, int]:
    """Return how long the rows last together at each base.

    Rows of the same span are counted by the database: SQLite subtracts instants slowly.
    """
    if figure.minutes:
        summed = rows.order_by().values_list(figure.site).annotate(total=Sum(figure.minutes))
        return dict(summed)
    begins, ends = figure.lasts or ("", "")
    spans = rows.order_by().values_list(figure.site, begins, ends).annotate(n=Count("pk"))
    found: dict[int, int] = {}
    for site, begun, ended, count in spans:
        found[site] = found.get(site, 0) + count * (int((ended - begun).total_seconds()) // 60)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records behind one figure at some bases, newest first, and how many there are."""

    figure: Figure
    rows: tuple[Record, ...]
    total: int
    good: int
    minutes: int


def behind(name: str, *, sites: Collection[int], span: Span) -> Records:
    """Return the records that a figure counts at these bases. At most four queries.

    Raises:
        KeyError: there is no such figure.
    """
    figure = FIGURES[name]
    rows = figure.rows(span).filter(**{f"{figure.site}__in": sites})
    good = rows.filter(figure.good) if figure.good else rows
    shown = list(rows.select_related(*figure.joined).order_by(figure.order, "-pk")[:MOST_RECORDS])
    fine = set(good.filter(pk__in=[row.pk for row in shown]).values_list("pk", flat=True))
    return Records(
        figure=figure,
        rows=tuple(figure.record(row, row.pk in fine) for row in shown),
        total=rows.count(),
        good=good.count(),
        minutes=sum(_minutes(figure, rows).values()) if figure.is_minutes else 0,
    )
