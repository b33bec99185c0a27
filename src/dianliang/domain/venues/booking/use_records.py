"""The bookings behind a figure of use: of which part of the table, counted for what."""

from datetime import date, datetime, time

from django.db.models import Q, QuerySet

from dianliang.domain.venues.lifecycle import BOOKED
from dianliang.domain.venues.models import Bookable, Booking, Node
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

FIGURES = {
    "booked": "预约",
    "used": "使用",
    "public": "公众预约",
    "missed": "未到场",
    "cancelled": "取消",
}
_CUTS = {
    "booked": Q(status__in=BOOKED),
    "used": Q(status__in=["IN_USE", "ENDED"], checked_in_at__isnull=False),
    "public": Q(status__in=BOOKED, unit=None),
    "missed": Q(status="NO_SHOW"),
    "cancelled": Q(status="CANCELLED"),
}


def of_part(rows: QuerySet[Bookable], part: str) -> QuerySet[Bookable]:
    """Return the rooms and gear of a line of the table; all without one.

    A part says what it is of and which: ``room:CG1``, ``site:FW-001``, ``matrix:M``,
    ``node:M/N`` (with all below it), ``unit:S1``, ``type:meeting``.

    Raises:
        NotVisibleError: there is no such kind of part.
    """
    if not part:
        return rows
    kind, _, code = part.replace("\0", "").partition(":")
    match kind:
        case "room":
            return rows.filter(code=code)
        case "site":
            return rows.filter(site__code=code)
        case "unit":
            return rows.filter(unit__code=code)
        case "type":
            return rows.filter(type=code)
        case "matrix":
            nodes = Node.objects.filter(matrix__code=code)
        case "node":
            matrix, _, node = code.partition("/")
            top = Node.objects.filter(matrix__code=matrix, code=node)
            path = top.values_list("path", flat=True).first() or "-"
            nodes = Node.objects.filter(matrix__code=matrix, path__startswith=path)
        case _:
            raise NotVisibleError("没有这样的分组。")
    return rows.filter(site__in=nodes.filter(site__isnull=False).values("site"))


def behind(
    rows: QuerySet[Bookable], *, figure: str, since: date, until: date, at: datetime
) -> QuerySet[Booking]:
    """Return the bookings that a figure on the days [since, until) counts, by time.

    Raises:
        NotVisibleError: there is no such figure.
    """
    if figure not in _CUTS:
        raise NotVisibleError("没有这个数字。")
    start, end = (datetime.combine(day, time(), SHANGHAI) for day in (since, until))
    counted = Booking.objects.filter(
        _CUTS[figure],
        bookable__in=rows.order_by().values("pk"),
        is_closure=False,
        starts_at__lt=min(end, at),
        ends_at__gt=start,
    )
    return counted.order_by("-starts_at", "number")
