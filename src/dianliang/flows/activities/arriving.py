"""Check-in on site: the code there says which session, the phone who and where, the clock when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing as seals
from django.db import transaction

from dianliang.domain.programs.models import PersonalLink, Session, SessionAttendance, Signup
from dianliang.domain.programs.operations import attending, signing, volunteers
from dianliang.domain.programs.operations.attending import Noted, UnableToAttendError, Way
from dianliang.domain.workforce.models import Person
from dianliang.flows.activities import joining
from dianliang.flows.activities.joining import ANYONE, Joining
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.geo import GeoPoint

CODES = seals.Signer(salt="session", sep=".")
TICKETS = seals.Signer(salt="session-ticket", sep=".")
STEP_S = 30
STEPS_VALID = 4
"""A code on a screen counts for two minutes: the phone needs its time, a photo sent on does not."""
TICKET_FOR = timedelta(minutes=15)
"""Whoever has opened the page in time may take so long to fill it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where the phone says that it is."""

    point: GeoPoint
    accuracy_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What somebody sees who has scanned the code of a session."""

    number: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    is_public: bool
    ticket: str
    name: str
    status: str
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    doubts: tuple[str, ...]


def place_name(session: Session) -> str:
    """Return in words where a session is."""
    if session.place:
        return session.place
    return session.site.name if session.site else session.area.name


def code_of(session: Session, *, at: datetime) -> str:
    """Return what the code of a session holds now: one that was printed never changes."""
    step = int(at.timestamp()) // STEP_S if session.is_changing_code else 0
    return CODES.sign(f"{session.number}~{step}")


def scanned(code: str, *, ticket: str = "", at: datetime) -> Session:
    """Return the session of a code; of one that changes only while it is fresh.

    Raises:
        NotVisibleError: the code is none of ours.
        UnableToAttendError: the code is from another moment.
    """
    try:
        number, _, step = CODES.unsign(code).partition("~")
    except seals.BadSignature as error:
        raise NotVisibleError("这不是有效的签到码。") from error
    found = Session.objects.select_related("unit", "team", "site", "area").filter(number=number)
    session = found.exclude(status__in=["DRAFT", "DISCARDED"]).first()
    if session is None:
        raise NotVisibleError("没有找到这场活动。")
    if session.is_changing_code and not _has_ticket(ticket, session, at=at):
        age = int(at.timestamp()) // STEP_S - int(step or 0)
        if not 0 <= age <= STEPS_VALID:
            message = "这个签到码已过期。请扫现场屏幕上正在显示的码。"
            raise UnableToAttendError(message, field="code")
    return session


def _ticket(session: Session, *, at: datetime) -> str:
    return TICKETS.sign(f"{session.number}~{int(at.timestamp())}")


def _has_ticket(ticket: str, session: Session, *, at: datetime) -> bool:
    try:
        number, _, since = TICKETS.unsign(ticket).partition("~")
    except seals.BadSignature:
        return False
    return number == session.number and 0 <= at.timestamp() - int(since) <= (
        TICKET_FOR.total_seconds()
    )


def arrival(
    *, code: str, ticket: str = "", own: str = "", by: Actor | None = None, at: datetime
) -> Arrival:
    """Return a session for somebody who has scanned its code.

    Raises:
        NotVisibleError: the code is none of ours.
        UnableToAttendError: the code is from another moment.
    """
    session = scanned(code, ticket=ticket, at=at)
    person = _holder(_own_link(own), by)
    signup = _present(session, person) if person else None
    attendance = (
        SessionAttendance.objects.filter(signup=signup).first() if signup is not None else None
    )
    return Arrival(
        number=session.number,
        title=session.title,
        place=place_name(session),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        is_public=session.is_public,
        # Kept as it is: a page that is opened again and again runs out of time all the same.
        ticket=ticket if _has_ticket(ticket, session, at=at) else _ticket(session, at=at),
        name=person.name if person else "",
        status=signup.status if signup else "",
        checked_in_at=attendance.checked_in_at if attendance else None,
        checked_out_at=attendance.checked_out_at if attendance else None,
        doubts=words_of(attendance.doubts) if attendance else (),
    )


def _holder(link: PersonalLink | None, by: Actor | None) -> Person | None:
    if link is not None:
        return link.person
    number = by.person_number if by else ""
    return Person.objects.filter(number=number).first() if number else None


def _present(session: Session, person: Person) -> Signup | None:
    own = session.signups.filter(person=person)
    return own.exclude(status__in=["WITHDRAWN", "LAPSED", "CALLED_OFF"]).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of a check-in: since when, and what is marked as doubtful."""

    at: datetime
    doubts: tuple[str, ...]
    made_link: bool


@transaction.atomic
def arrive(
    *,
    code: str,
    ticket: str,
    joining_as: Joining | None,
    token: str,
    own: str = "",
    spot: Spot | None,
    by: Actor | None,
    at: datetime,
) -> Came:
    """Check in whoever scanned the code: by the link on his phone, his account, or his name.

    Somebody who has not signed up is taken in where the session is public and has a place; that he
    had not signed up, and that only name and number say who he is, is marked. A link shows all of
    its person once it has checked him in without any doubt.

    Raises:
        NotVisibleError: the code is none of ours.
        InvalidInputError: name or number is missing.
        UnableToAttendError, UnableToSignUpError, LacksCertificateError: see the operations.
    """
    session = signing.locked(scanned(code, ticket=ticket, at=at))
    link = _own_link(own)
    person = _holder(link, by)
    made_link = person is None
    if person is None:
        who = (joining_as or Joining()).checked()
        link = _by_name(who, session, token=token, at=at)
        person = link.person
    actor = _actor(person, by)
    signup = _present(session, person)
    doubts = ["by_phone"] if made_link or _is_of_another(link, signup) else []
    if signup is None:
        signup = _walk_in(session, person, link=link, by=actor, at=at)
        doubts.append("not_signed_up")
    if made_link and signup.link_id is None:
        Signup.objects.filter(pk=signup.pk).update(link=link)
    is_first = not SessionAttendance.objects.filter(signup=signup).exists()
    noted = _noted(spot, doubts, at=at)
    came = attending.check_in(signup=signup, noted=noted, by=actor, at=at)
    if link is not None and is_first and not came.doubts:
        volunteers.confirm(link)
    return Came(at=came.checked_in_at, doubts=words_of(came.doubts), made_link=made_link)


def _actor(person: Person, by: Actor | None) -> Actor:
    return by if by and by.person_number == person.number else joining.as_volunteer(person)


def _is_of_another(link: PersonalLink | None, signup: Signup | None) -> bool:
    """Tell whether nothing but name and number ties a link to a sign-up."""
    if link is None or link.is_confirmed or signup is None:
        return False
    return signup.link_id != link.pk


def _noted(spot: Spot | None, doubts: Sequence[str], *, at: datetime) -> Noted:
    return Noted(
        way=Way.CODE,
        happened_at=at,
        point=spot.point if spot else None,
        accuracy_m=spot.accuracy_m if spot else None,
        doubts=doubts,
    )


def words_of(codes: Iterable[str]) -> tuple[str, ...]:
    """Return doubts in words."""
    return tuple(attending.DOUBTS.get(code, code) for code in codes)


def _own_link(own: str) -> PersonalLink | None:
    try:
        return volunteers.link_of(own) if own else None
    except NotVisibleError:
        return None


def _by_name(who: Joining, session: Session, *, token: str, at: datetime) -> PersonalLink:
    known = volunteers.known(name=who.name, phone=who.phone)
    if known is None and not session.is_public:
        message = "没有找到您的报名。这场活动不公开报名，请联系现场负责人。"
        raise UnableToAttendError(message, field="name")
    person, is_new = volunteers.register(
        name=who.name, phone=who.phone, unit=session.unit, by=ANYONE, at=at
    )
    return volunteers.make_link(person=person, token=token, is_confirmed=is_new, by=ANYONE, at=at)


def _walk_in(
    session: Session, person: Person, *, link: PersonalLink | None, by: Actor, at: datetime
) -> Signup:
    if not session.is_public and link is not None:
        message = "您没有报名，这场活动不公开报名，请联系现场负责人。"
        raise UnableToAttendError(message, field="name")
    signup = signing.sign_up(
        session=session,
        person=person,
        channel=Signup.Channel.ON_SITE,
        link=link,
        by=by,
        at=at,
    )
    if signup.status == "WAITING":
        raise UnableToAttendError("名额已满。有人没来时，请现场负责人为您登记。")
    return signup


def leave(
    *, code: str, ticket: str, own: str, spot: Spot | None, by: Actor | None, at: datetime
) -> Came:
    """Check out whoever scanned the code.

    Raises:
        NotVisibleError: the code is none of ours.
        UnableToAttendError: he has not checked in here, or it is too late.
    """
    session = scanned(code, ticket=ticket, at=at)
    link = _own_link(own)
    person = _holder(link, by)
    signup = _present(session, person) if person else None
    if signup is None or person is None:
        raise UnableToAttendError("还没有签到，不能签退。")
    doubts = ["by_phone"] if _is_of_another(link, signup) else []
    noted = _noted(spot, doubts, at=at)
    gone = attending.check_out(signup=signup, noted=noted, by=_actor(person, by), at=at)
    return Came(at=gone.checked_out_at or at, doubts=words_of(gone.doubts), made_link=False)
