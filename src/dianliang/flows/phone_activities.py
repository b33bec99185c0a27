"""What a captain's phone keeps and sends about today's sessions: who came, who has gone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from dianliang.domain.programs.models import Session, SessionAttendance, Signup
from dianliang.domain.programs.operations import attending
from dianliang.domain.programs.operations.attending import Noted, Way
from dianliang.domain.workforce import crews
from dianliang.flows.phone_operations import Act, Outcome, PhoneOperation
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

SHOWN = ("PLACED", "WAITING", "ATTENDED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comer:
    """Somebody on the list of a session."""

    number: str
    name: str
    role_label: str
    status: str
    checked_in_at: datetime | None
    checked_out_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSheet:
    """A session of a team on a day, with who is to come."""

    number: str
    title: str
    place: str
    team_code: str
    starts_at: datetime
    ends_at: datetime
    people: tuple[Comer, ...]


def sessions_of_day(
    *, team_codes: Collection[str], on: date, by: Actor
) -> tuple[SessionSheet, ...]:
    """Return the sessions of some teams on a day; all names of a team for who leads it."""
    first = datetime.combine(on, time(), SHANGHAI)
    found = Session.objects.filter(
        team__code__in=team_codes,
        status__in=["ANNOUNCED", "UNDER_WAY", "ENDED"],
        starts_at__gte=first,
        starts_at__lt=first + timedelta(days=1),
    ).select_related("team", "site", "area")
    sessions = list(found.order_by("starts_at", "pk"))
    listed = Signup.objects.filter(session__in=sessions, status__in=SHOWN)
    led = crews.led_by(by.person_number, on=on) if by.role is Role.CAPTAIN else ()
    listed = listed.filter(
        Q(session__team__code__in=led) | Q(person__number=by.person_number or "-")
    )
    people: dict[int, list[Comer]] = {}
    for signup in listed.select_related("person", "attendance").order_by("person__name", "pk"):
        people.setdefault(signup.session_id, []).append(_comer(signup))
    return tuple(
        SessionSheet(
            number=session.number,
            title=session.title,
            place=session.place or (session.site.name if session.site else session.area.name),
            team_code=session.team.code if session.team else "",
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            people=tuple(people.get(session.pk, ())),
        )
        for session in sessions
    )


def _comer(signup: Signup) -> Comer:
    attendance = getattr(signup, "attendance", None)
    return Comer(
        number=signup.person.number,
        name=signup.person.name,
        role_label=signup.get_role_display(),
        status=signup.status,
        checked_in_at=attendance.checked_in_at if attendance else None,
        checked_out_at=attendance.checked_out_at if attendance else None,
    )


def _own(op: PhoneOperation, by: Actor) -> Signup:
    """Return the sign-up that an operation is about: a captain's team's, or the actor's own.

    Raises:
        NotVisibleError: there is none.
    """
    session = Session.objects.select_related("team").filter(number=op.number).first()
    team = session.team if session else None
    if session is None or team is None:
        raise NotVisibleError("没有找到这场活动。")
    on = session.starts_at.astimezone(SHANGHAI).date()
    person = op.text("person", longest=24)
    is_captains = by.role is Role.CAPTAIN and team.code in crews.led_by(by.person_number, on=on)
    if not is_captains and person != by.person_number:
        raise NotVisibleError("只有本队队长可以为别人签到。")
    own = session.signups.filter(person__number=person, status__in=[*SHOWN, "ABSENT"])
    signup = own.select_related("session", "person").first()
    if signup is None:
        raise NotVisibleError("名单里没有这个人，可能已退出或场次已取消。")
    return signup


def _noted(op: PhoneOperation) -> Noted:
    spot = op.place()
    return Noted(
        way=Way.CAPTAIN,
        happened_at=op.happened_at,
        point=spot.point if spot else None,
        accuracy_m=spot.accuracy_m if spot else None,
    )


def _attend(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    signup = _own(op, by)
    if SessionAttendance.objects.filter(signup=signup).exists():
        return Outcome.ALREADY
    attending.check_in(signup=signup, noted=_noted(op), by=by, at=at)
    return Outcome.APPLIED


def _go(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    signup = _own(op, by)
    if SessionAttendance.objects.filter(signup=signup, checked_out_at__isnull=False).exists():
        return Outcome.ALREADY
    attending.check_out(signup=signup, noted=_noted(op), by=by, at=at)
    return Outcome.APPLIED


VERBS: dict[str, Act] = {"attend": _attend, "go": _go}
