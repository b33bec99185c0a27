"""Who may see and lead sessions, lectures, offers and courses. Absent and forbidden look alike."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from dianliang.domain.programs.models import (
    Course,
    LectureRequest,
    Offer,
    Series,
    Session,
    Signup,
)
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

M = TypeVar("M", bound=Model)
LEADERS = frozenset({Role.PARTY_AFFAIRS, Role.DISPATCHER})
READERS = LEADERS | {Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR}


def within(by: Actor, *, prefix: str = "unit__path") -> Q:
    """Return the condition that a unit lies in the actor's scope."""
    if by.role not in READERS or not by.unit_path:
        return Q(pk__in=[])
    return Q() if by.unit_path == "/" else Q(**{f"{prefix}__startswith": by.unit_path})


def sessions(by: Actor) -> QuerySet[Session]:
    """Return the sessions of an actor's units, and those that his units hold with others."""
    joint = within(by, prefix="partners__path")
    return Session.objects.filter(within(by) | joint).distinct()


def session_to_see(number: str, *, by: Actor) -> Session:
    """Return a session that the actor may see.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    found = sessions(by).select_related("unit", "team", "site", "area", "series", "course")
    return _one(found, number, "没有找到这场活动。")


def session_to_lead(number: str, *, by: Actor) -> Session:
    """Return a session of the actor's own units.

    Raises:
        NotVisibleError: it is absent, or another unit leads it.
    """
    session = session_to_see(number, by=by)
    if by.role not in LEADERS or not by.reaches_unit(session.unit.path):
        raise NotVisibleError("没有找到这场活动。")
    return session


def signup_to_lead(session_number: str, person_number: str, *, by: Actor) -> Signup:
    """Return a present sign-up for a session of the actor's own units.

    Raises:
        NotVisibleError: there is none.
    """
    session = session_to_lead(session_number, by=by)
    number = person_number.replace("\0", "")
    own = session.signups.filter(person__number=number).select_related("person", "session")
    signup = own.exclude(status__in=["WITHDRAWN", "LAPSED", "CALLED_OFF"]).first()
    if signup is None:
        raise NotVisibleError("没有找到这个人的报名。")
    return signup


def series_to_lead(number: str, *, by: Actor) -> Series:
    """Return a series of the actor's own units.

    Raises:
        NotVisibleError: it is absent or not his.
    """
    found = Series.objects.select_related(
        "unit", "team", "site", "area", "service", "room__unit", "room__site"
    )
    return _one(_led(found, by), number, "没有找到这个系列。")


def course_to_see(number: str, *, by: Actor) -> Course:
    """Return a course of the actor's units.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    found = Course.objects.select_related("unit", "skill").filter(within(by))
    return _one(found, number, "没有找到这门课程。")


def course_to_lead(number: str, *, by: Actor) -> Course:
    """Return a course that the actor may run.

    Raises:
        NotVisibleError: it is absent or not his.
    """
    found = Course.objects.select_related("unit", "skill")
    return _one(_led(found, by), number, "没有找到这门课程。")


def lecture_to_see(number: str, *, by: Actor) -> LectureRequest:
    """Return a request for a lecture that the actor's units answer or have made.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    found = lectures(by).select_related(
        "topic", "unit", "asker_unit", "area", "site", "lecturer__person", "session"
    )
    return _one(found, number, "没有找到这张点讲单。")


def lectures(by: Actor) -> QuerySet[LectureRequest]:
    """Return the requests that an actor's units answer or have made."""
    return LectureRequest.objects.filter(within(by) | within(by, prefix="asker_unit__path"))


def offer_to_see(number: str, *, by: Actor) -> Offer:
    """Return an offer of the actor's units.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    found = Offer.objects.select_related("service", "unit", "area", "team")
    return _one(found.filter(within(by)), number, "没有找到这张供单。")


def _led(found: QuerySet[M], by: Actor) -> QuerySet[M]:
    return found.filter(within(by)) if by.role in LEADERS else found.none()


def _one(found: QuerySet[M], number: str, absent: str) -> M:
    row = None if "\0" in number else found.filter(number=number).first()
    if row is None:
        raise NotVisibleError(absent)
    return row
