"""Close a base for good: what is ahead there is shown first, then called off by decision."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from dianliang.domain.programs import session_queries
from dianliang.domain.programs.models import LectureRequest, Series, Session
from dianliang.domain.programs.operations import lectures, rooms, series, sessions
from dianliang.domain.programs.session_access import LEADERS
from dianliang.domain.programs.session_queries import SessionRow
from dianliang.domain.rosters.models import Roster
from dianliang.domain.venues import sites
from dianliang.domain.venues.booking import access, keeping, reading
from dianliang.domain.venues.booking.reading import BookingRow
from dianliang.domain.venues.models import Bookable, Booking, Site
from dianliang.flows.bases.reach import site_to_change
from dianliang.flows.booking.stopping import call_off, mark_of
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, StaleStateError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text


class UnableToCloseBaseError(DomainError):
    """Something is ahead there, and nobody has said that it is called off."""

    code = "venues.unable-to-close-base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is ahead at a base. `rosters` stay: whoever made them moves them; `seen` is a mark."""

    site: Site
    seen_site: str
    rooms: int
    bookings: tuple[BookingRow, ...]
    sessions: tuple[SessionRow, ...]
    series: tuple[tuple[str, str], ...]
    lectures: tuple[tuple[str, str, str], ...]
    rosters: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        """Return how many things would be called off."""
        return len(self.bookings) + len(self.sessions) + len(self.series) + len(self.lectures)

    @property
    def seen(self) -> str:
        """Return a mark of all that would be called off."""
        found = [row.number for row in self.bookings] + [row.number for row in self.sessions]
        return mark_of([*found, *(row[0] for row in (*self.series, *self.lectures))])


def ahead(code: str, *, by: Actor, at: datetime) -> Ahead:
    """Return what is ahead at a base that the actor may close.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    return _ahead(site_to_change(code, by=by), by=by, at=at)


def _ahead(site: Site, *, by: Actor, at: datetime) -> Ahead:
    joined = _bookings(site, at=at).filter(is_closure=False).select_related(*access.JOINED)
    return Ahead(
        site=site,
        seen_site=sites.fingerprint(site),
        rooms=Bookable.objects.filter(site=site, is_active=True).count(),
        bookings=reading.rows_of(joined, by=by, at=at),
        sessions=session_queries.rows(_sessions(site, at=at)),
        series=tuple((row.number, row.title) for row in _series(site, at=at)),
        lectures=tuple(
            (row.number, row.topic.name, row.asked_for)
            for row in _lectures(site).select_related("topic")
        ),
        rosters=tuple(
            Roster.objects.filter(site=site, ends_at__gt=at)
            .exclude(status="CANCELLED")
            .order_by("starts_at")
            .values_list("number", "title")
        ),
    )


def _bookings(site: Site, *, at: datetime) -> QuerySet[Booking]:
    rows = Booking.objects.filter(
        bookable__site=site, status__in=["ASKED", "APPROVED"], ends_at__gt=at
    )
    return rows.order_by("starts_at", "number")


def _sessions(site: Site, *, at: datetime) -> QuerySet[Session]:
    here = Q(site=site) | Q(booking__bookable__site=site, booking__status__in=rooms.AHEAD)
    rows = Session.objects.filter(here, status__in=["DRAFT", "ANNOUNCED"], starts_at__gt=at)
    return rows.order_by("starts_at", "number")


def _series(site: Site, *, at: datetime) -> QuerySet[Series]:
    today = at.astimezone(SHANGHAI).date()
    running = Q(ends_on=None) | Q(ends_on__gt=today)
    return Series.objects.filter(running, site=site).order_by("number")


def _lectures(site: Site) -> QuerySet[LectureRequest]:
    return LectureRequest.objects.filter(site=site, status="ASKED").order_by("number")


@transaction.atomic
def close(
    *, code: str, reason: str, seen_site: str, seen: str, calls_off: bool, by: Actor, at: datetime
) -> int:
    """Close a base; what is ahead there is called off, and who is concerned reads why.

    Returns how many bookings, sessions, series and requests that was.

    Raises:
        NotVisibleError: absent, or another unit's.
        InvalidInputError, UnableToChangeSiteError, StaleStateError: see the operation; or
            something came up or went since the page was shown.
        UnableToCloseBaseError: something is ahead and nobody has said that it is called off.
    """
    words = clean_text(reason, field="reason", label="原因", most=150, least=2)
    site = site_to_change(code, by=by)
    on = at.astimezone(SHANGHAI).date()
    closed = sites.close(site=site, reason=words, on=on, seen=seen_site, by=by, at=at)
    found = _ahead(site, by=by, at=at)
    if found.count and not calls_off:
        message = Phrase(
            "这里以后还有 %(count)s 项安排。确需停用的，请勾选全部取消并告知，再停用。",
            count=found.count,
        )
        raise UnableToCloseBaseError(message, field="calls_off")
    if found.count and found.seen != seen:
        raise StaleStateError("这里以后的安排刚有变化，请看过新的清单再停用。")
    _call_off(closed, words=f"{closed.name}停用：{words}", by=by, at=at)
    return found.count


def _call_off(site: Site, *, words: str, by: Actor, at: datetime) -> None:
    """End everything ahead. Who may lead no session lets the clock call it off by his decision."""
    leader = by if by.role in LEADERS else SYSTEM
    today = at.astimezone(SHANGHAI).date()
    for running in list(_series(site, at=at)):
        last = max(today, running.starts_on)
        series.end_series(series=running, on=last, reason=words, by=leader, at=at)
    for session in list(_sessions(site, at=at)):
        if session.status == "DRAFT":
            sessions.discard(session=session, by=leader, at=at)
        else:
            sessions.cancel(session=session, reason=words, by=leader, at=at)
    for request in list(_lectures(site)):
        lectures.decline(request=request, verb="decline", reason=words, by=leader, at=at)
    call_off(list(_bookings(site, at=at)), words=words, by=by, at=at)
    for room in Bookable.objects.filter(site=site, is_active=True):
        keeping.stop(bookable=room, reason=words, by=by, at=at)
