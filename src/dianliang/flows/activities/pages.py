"""What the pages about sessions show, at the desk and to the public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, Q

from dianliang.core.rows import Rows
from dianliang.domain.programs import session_access as access
from dianliang.domain.programs import session_queries as queries
from dianliang.domain.programs.lifecycle import SESSION, SIGNUP_LABELS
from dianliang.domain.programs.models import Feedback, Session, SessionNotice, Signup
from dianliang.domain.programs.operations import attending
from dianliang.domain.programs.session_queries import SessionRow
from dianliang.flows.activities import arriving, joining
from dianliang.kernel.actor import Actor
from dianliang.kernel.geo import GeoPoint

VIEWS = {
    "ahead": "将要举行",
    "account": "待核销",
    "drafts": "草稿",
    "past": "已结束",
}
_CUTS = {
    "ahead": Q(status__in=["ANNOUNCED", "UNDER_WAY"]),
    "account": Q(status="ENDED"),
    "drafts": Q(status="DRAFT"),
    "past": Q(status__in=["ACCOUNTED", "CANCELLED"]),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionList:
    """The sessions of a view, with how many each view holds."""

    rows: Sequence[SessionRow]
    counts: dict[str, int]


def session_list(*, view: str, kind: str = "", by: Actor) -> SessionList:
    """Return the sessions of the actor's units: ahead the soonest first, past the latest."""
    own = access.sessions(by)
    if kind:
        own = own.filter(kind=kind)
    ids = Session.objects.filter(pk__in=own.values("pk"))
    counts = ids.aggregate(**{name: Count("pk", filter=cut) for name, cut in _CUTS.items()})
    view = view if view in _CUTS else "ahead"
    found = ids.filter(_CUTS[view])
    latest_first = view in {"past", "account"}
    found = found.order_by("-starts_at" if latest_first else "starts_at", "pk")
    return SessionList(rows=Rows(found, queries.rows, total=counts[view]), counts=counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Somebody on the list of a session."""

    number: str
    name: str
    role: str
    role_label: str
    channel_label: str
    status: str
    status_label: str
    rank: int
    signed_at: datetime
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    way_label: str
    away_m: int | None
    doubts: tuple[str, ...]
    unread: int
    told_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo of a session."""

    token: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody who was there said; not who."""

    stars: int
    words: str
    on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOf:
    """The room that is booked for a session; `number` opens the booking."""

    number: str
    name: str
    code: str
    status: str
    status_label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """A session at the desk."""

    row: SessionRow
    words: str
    contact: str
    radius_m: int
    is_changing_code: bool
    point: GeoPoint | None
    service_name: str
    series_number: str
    course_number: str
    partners: tuple[str, ...]
    cancelled_because: str
    result: str
    served_people: int
    activity_number: str
    attendees: tuple[Attendee, ...]
    gone: tuple[Attendee, ...]
    is_whole: bool
    to_tell: int
    doubtful: int
    photos: tuple[Photo, ...]
    opinions: tuple[Opinion, ...]
    stars: float | None
    verbs: tuple[tuple[str, str], ...]
    may_lead: bool
    may_change: bool
    room: RoomOf | None


def session_page(*, number: str, by: Actor) -> SessionPage:
    """Return a session with everybody on its list; a unit that only joins in sees its own people.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    session = access.session_to_see(number, by=by)
    (row,) = queries.rows(Session.objects.filter(pk=session.pk))
    is_whole = by.reaches_unit(session.unit.path)
    people = _attendees(session, under="" if is_whole else by.unit_path)
    here = tuple(one for one in people if one.status not in {"WITHDRAWN", "LAPSED"})
    opinions = Feedback.objects.filter(signup__session=session).order_by("-at")
    may_lead = by.role in access.LEADERS and is_whole
    steps = SESSION.verbs(session.status, role=by.role) if may_lead else ()
    return SessionPage(
        row=row,
        words=session.words,
        contact=session.contact,
        radius_m=session.radius_m,
        is_changing_code=session.is_changing_code,
        point=attending.place_of(session),
        service_name=session.service.name if session.service else "",
        series_number=session.series.number if session.series else "",
        course_number=session.course.number if session.course else "",
        partners=tuple(session.partners.values_list("name", flat=True)),
        cancelled_because=session.cancelled_because,
        result=session.result,
        served_people=session.served_people,
        activity_number=session.activity.number if session.activity else "",
        attendees=here,
        gone=tuple(one for one in people if one.status in {"WITHDRAWN", "LAPSED"}),
        is_whole=is_whole,
        to_tell=sum(1 for one in people if one.unread),
        doubtful=sum(1 for one in here if one.doubts),
        photos=tuple(
            Photo(token=photo.file.token, words=photo.words)
            for photo in session.photos.select_related("file")
        ),
        opinions=tuple(Opinion(stars=one.stars, words=one.words, on=one.at) for one in opinions),
        stars=opinions.aggregate(mean=Avg("stars"))["mean"],
        verbs=tuple((step.verb, step.label) for step in steps),
        may_lead=may_lead,
        may_change=may_lead and session.status in {"DRAFT", "ANNOUNCED"},
        room=_room_of(session),
    )


def _room_of(session: Session) -> RoomOf | None:
    booking = session.booking
    if booking is None:
        return None
    return RoomOf(
        number=booking.number,
        name=booking.bookable.name,
        code=booking.bookable.code,
        status=booking.status,
        status_label=booking.get_status_display(),
        reason=booking.reason,
    )


def _attendees(session: Session, *, under: str) -> tuple[Attendee, ...]:
    every = session.signups.order_by("signed_at", "pk")
    waiting = every.filter(status="WAITING").values_list("pk", flat=True)
    rank = {pk: place for place, pk in enumerate(waiting, start=1)}
    found = every.filter(person__unit__path__startswith=under)
    unread: dict[int, int] = {}
    told: dict[int, str] = {}
    urgent = [SessionNotice.Kind.CANCELLED, SessionNotice.Kind.CHANGED, SessionNotice.Kind.MOVED_UP]
    notices = SessionNotice.objects.filter(signup__session=session, kind__in=urgent)
    for signup_id, seen_at, told_by in notices.values_list("signup_id", "seen_at", "told_by"):
        if told_by:
            told[signup_id] = told_by
        elif seen_at is None:
            unread[signup_id] = unread.get(signup_id, 0) + 1
    return tuple(
        _attendee(
            signup,
            rank=rank.get(signup.pk, 0),
            unread=unread.get(signup.pk, 0),
            told_by=told.get(signup.pk, ""),
        )
        for signup in found.select_related("person", "attendance", "session")
    )


def _attendee(signup: Signup, *, rank: int, unread: int, told_by: str) -> Attendee:
    attendance = getattr(signup, "attendance", None)
    doubts = list(attendance.doubts) if attendance else []
    is_over = signup.session.status in {"ENDED", "ACCOUNTED"}
    if attendance and attendance.checked_out_at is None and is_over:
        doubts.append("no_out")
    return Attendee(
        number=signup.person.number,
        name=signup.person.name,
        role=signup.role,
        role_label=signup.get_role_display(),
        channel_label=signup.get_channel_display(),
        status=signup.status,
        status_label=SIGNUP_LABELS[signup.status],
        rank=rank,
        signed_at=signup.signed_at,
        checked_in_at=attendance.checked_in_at if attendance else None,
        checked_out_at=attendance.checked_out_at if attendance else None,
        way_label=attendance.get_way_display() if attendance else "",
        away_m=attendance.away_m if attendance else None,
        doubts=arriving.words_of(doubts),
        unread=unread,
        told_by=told_by,
        reason=signup.reason,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPage:
    """A session as anybody sees it: no names."""

    row: SessionRow
    words: str
    contact: str
    point: GeoPoint | None
    is_open: bool
    why_closed: str
    cancelled_because: str
    stars: float | None
    ratings: int


def public_page(*, number: str, at: datetime) -> PublicPage:
    """Return a session for the public.

    Raises:
        NotVisibleError: it is absent, not public, or long over.
    """
    session = joining.public_session(number, at=at)
    (row,) = queries.rows(Session.objects.filter(pk=session.pk))
    rated = Feedback.objects.filter(signup__session=session).aggregate(
        mean=Avg("stars"), count=Count("pk")
    )
    why = ""
    if session.status != "ANNOUNCED":
        why = row.status_label
    elif at >= session.signup_until:
        why = "报名已截止"
    return PublicPage(
        row=row,
        words=session.words,
        contact=session.contact,
        point=attending.place_of(session),
        is_open=not why,
        why_closed=why,
        cancelled_because=session.cancelled_because,
        stars=rated["mean"],
        ratings=rated["count"],
    )


def code_for(*, number: str, by: Actor, at: datetime) -> str:
    """Return what the code of a session holds now, for whoever leads it.

    Raises:
        NotVisibleError: it is absent or not the actor's.
    """
    return arriving.code_of(access.session_to_lead(number, by=by), at=at)
