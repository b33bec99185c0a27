"""Plan sessions at the desk, hold them, account for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.core import files
from dianliang.domain.catalog.models import Service, Skill
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs import session_access as access
from dianliang.domain.programs.models import Course, Session, SessionPhoto
from dianliang.domain.programs.operations import attending, rooms, sessions, signing
from dianliang.domain.programs.operations.attending import Noted, UnableToAttendError, Way
from dianliang.domain.programs.operations.sessions import Change, Planned
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import area_of
from dianliang.domain.venues.booking import access as booking_access
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Team
from dianliang.flows.booking.asking import to_book
from dianliang.flows.campaigns import following
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_SERVED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A session as a form sends it: codes and text come from outside and are checked here."""

    title: str
    kind: str
    role: str
    unit_code: str = ""
    team_code: str = ""
    site_code: str = ""
    area_code: str = ""
    place: str = ""
    service_code: str = ""
    skill_codes: Sequence[str] = ()
    partner_codes: Sequence[str] = ()
    words: str = ""
    contact: str = ""
    starts_at: datetime
    ends_at: datetime
    signup_until: datetime | None = None
    places: int | None = None
    radius_m: int = 300
    is_public: bool = False
    is_changing_code: bool = False
    room_code: str = ""
    is_outside_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The records that a session's codes name."""

    unit: Unit
    team: Team | None
    site: Site | None
    area: Area
    service: Service | None
    skills: tuple[Skill, ...]


def around(
    *,
    unit_code: str,
    team_code: str,
    site_code: str,
    area_code: str,
    service_code: str,
    skill_codes: Sequence[str],
    by: Actor,
) -> Around:
    """Return the records behind the codes of a form.

    Raises:
        InvalidInputError: a code is unknown, or the unit is not the actor's; the field is named.
    """
    unit = Unit.objects.filter(code=unit_code, path__startswith=by.unit_path or "-").first()
    if unit is None or by.role not in access.LEADERS:
        raise InvalidInputError("请选择本单位范围内的主办单位。", field="unit")
    team = Team.objects.filter(code=team_code, unit__path__startswith=by.unit_path).first()
    if team_code and team is None:
        raise InvalidInputError("没有这支队伍，请重新选择。", field="team")
    site = Site.objects.select_related("area").filter(code=site_code).first()
    if site_code and (site is None or site.closed_on is not None):
        raise InvalidInputError("没有这个阵地，或它已停用，请重新选择。", field="site")
    area = site.area if site else area_of(area_code)
    if area is None:
        raise InvalidInputError("请选择阵地，或选择所在村社区。", field="area")
    service = active_service(service_code)
    if service_code and service is None:
        raise InvalidInputError("没有这个服务事项，请重新选择。", field="service")
    skills = tuple(Skill.objects.filter(code__in=list(skill_codes)))
    if len(skills) != len(set(skill_codes)):
        raise InvalidInputError("所需技能里有不认识的，请重新选择。", field="skills")
    return Around(unit=unit, team=team, site=site, area=area, service=service, skills=skills)


@transaction.atomic
def plan(
    *, wanted: Wanted, course: Course | None = None, by: Actor, at: datetime, announces: bool
) -> Session:
    """Keep a session as a draft, or open it for sign-up at once.

    Raises:
        InvalidInputError, UnableToPlanSessionError: a field makes no sense; it is named.
        UnableToUsePlaceError, UnableToBookError, TakenError: the base or the room is not to be
            had then; nothing is kept.
    """
    room = to_book(wanted.room_code, by=by) if wanted.room_code else None
    found = around(
        unit_code=wanted.unit_code,
        team_code=wanted.team_code,
        site_code=wanted.site_code or (room.site.code if room else ""),
        area_code=wanted.area_code,
        service_code=wanted.service_code,
        skill_codes=wanted.skill_codes,
        by=by,
    )
    if found.site is not None and not wanted.is_outside_hours:
        rooms.require_open(found.site, starts_at=wanted.starts_at, ends_at=wanted.ends_at)
    place = wanted.place or (room.name if room else "")
    planned = Planned(
        title=clean_text(wanted.title, field="title", label="名称", most=60, least=2),
        kind=wanted.kind,
        role=wanted.role,
        unit=found.unit,
        team=found.team,
        area=found.area,
        site=found.site,
        place=clean_text(place, field="place", label="地点", most=80),
        service=found.service,
        skills=found.skills,
        partners=tuple(Unit.objects.filter(code__in=list(wanted.partner_codes))),
        words=clean_text(wanted.words, field="words", label="说明", most=2000),
        contact=clean_text(wanted.contact, field="contact", label="联系电话", most=40),
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        signup_until=wanted.signup_until,
        places=wanted.places,
        radius_m=wanted.radius_m,
        is_public=wanted.is_public,
        is_changing_code=wanted.is_changing_code,
        course=course,
    )
    session = sessions.plan(planned=planned, by=by, at=at)
    if room is not None:
        is_keeper = booking_access.keeps(by, room)
        rooms.book(session=session, room=room, is_keeper=is_keeper, by=by, at=at)
    if announces:
        sessions.announce(session=session, by=by, at=at)
    return session


def change(
    *,
    number: str,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    places: int | None,
    reason: str,
    is_outside_hours: bool = False,
    by: Actor,
    at: datetime,
) -> tuple[str, ...]:
    """Move a session or give it other places; return who now has two things at that time.

    A room that is booked for it moves along, or everything stays as it was.

    Raises:
        NotVisibleError: it is absent or not the actor's.
        UnableToPlanSessionError: see the operation.
        UnableToUsePlaceError, UnableToBookError, TakenError: see `plan`.
    """
    session = access.session_to_lead(number, by=by)
    if session.site is not None and not is_outside_hours:
        rooms.require_open(session.site, starts_at=starts_at, ends_at=ends_at)
    wanted = Change(
        starts_at=starts_at,
        ends_at=ends_at,
        place=clean_text(place, field="place", label="地点", most=80),
        places=places,
        reason=clean_text(reason, field="reason", label="原因", most=120, least=2),
    )
    return sessions.change(session=session, change=wanted, by=by, at=at)


@transaction.atomic
def choose_room(*, number: str, code: str, by: Actor, at: datetime) -> None:
    """Book a room for a session, another one, or none.

    Raises:
        NotVisibleError: the session is absent or not the actor's, or the room is not his to book.
        UnableToUsePlaceError, UnableToBookError, TakenError: see `rooms.book`.
    """
    session = signing.locked(access.session_to_lead(number, by=by))
    if not code:
        rooms.release(session=session, reason="不再使用", by=by, at=at)
        return
    room = to_book(code, by=by)
    rooms.book(session=session, room=room, is_keeper=booking_access.keeps(by, room), by=by, at=at)


Move = Callable[..., object]
MOVES: Mapping[str, Move] = {
    "announce": sessions.announce,
    "discard": sessions.discard,
    "begin": sessions.begin,
    "end": sessions.end,
}


def move(*, number: str, verb: str, by: Actor, at: datetime) -> None:
    """Take a session a step further.

    Raises:
        NotVisibleError: it is absent, not the actor's, or there is no such step.
        IllegalTransitionError, StaleStateError: see `transitions.apply`.
    """
    if verb not in MOVES:
        raise NotVisibleError("没有这个操作。")
    session = access.session_to_lead(number, by=by)
    MOVES[verb](session=session, by=by, at=at)


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> int:
    """Call a session off; return how many people have a notice now.

    Raises:
        NotVisibleError: it is absent or not the actor's.
        InvalidInputError: no reason is given.
    """
    session = access.session_to_lead(number, by=by)
    reason = clean_text(reason, field="reason", label="取消原因", most=200)
    return sessions.cancel(session=session, reason=reason, by=by, at=at)


@transaction.atomic
def account(*, number: str, served_people: int, result: str, by: Actor, at: datetime) -> Session:
    """Account for a session; campaigns that count such deeds are told.

    Raises:
        NotVisibleError: it is absent or not the actor's.
        UnableToAccountError, UnableToRecordActivityError: see the operation.
    """
    session = access.session_to_lead(number, by=by)
    result = clean_text(result, field="result", label="活动小结", most=2000)
    if not 0 <= served_people <= MOST_SERVED:
        message = Phrase("服务人数应在 0 到 %(most)s 之间。", most=MOST_SERVED)
        raise InvalidInputError(message, field="served_people")
    session = sessions.account(
        session=session, served_people=served_people, result=result, by=by, at=at
    )
    if session.activity is not None:
        following.after_activity(activity=session.activity, by=by, at=at)
    return session


@transaction.atomic
def note(
    *,
    number: str,
    person: str,
    came_at: datetime | None,
    left_at: datetime | None,
    by: Actor,
    at: datetime,
) -> None:
    """Put down at the desk when somebody came or went whom no code has noted; it is marked.

    Raises:
        NotVisibleError: no such sign-up in a session of the actor's units.
        UnableToAttendError, LacksCertificateError: see the operations; or another time of coming
            is noted already, which stays.
    """
    signup = access.signup_to_lead(number, person, by=by)
    if came_at is not None:
        came = Noted(way=Way.DESK, happened_at=came_at)
        known = attending.check_in(signup=signup, noted=came, by=by, at=at).checked_in_at
        if known != came_at:
            message = Phrase(
                "已在 %(at)s 签到，签到时间不能改。",
                at=f"{known.astimezone(SHANGHAI):%H:%M}",
            )
            raise UnableToAttendError(message, field="came_at")
    if left_at is not None:
        gone = Noted(way=Way.DESK, happened_at=left_at)
        attending.check_out(signup=signup, noted=gone, by=by, at=at)


def withdraw(*, number: str, person: str, reason: str, by: Actor, at: datetime) -> None:
    """Take somebody off the list who has said that he cannot come.

    Raises:
        NotVisibleError: no such sign-up in a session of the actor's units.
        UnableToWithdrawError: the session has begun.
    """
    signup = access.signup_to_lead(number, person, by=by)
    reason = clean_text(reason, field="reason", label="原因", most=200)
    signing.withdraw(signup=signup, reason=reason, by=by, at=at)


def told(*, number: str, person: str, by: Actor, at: datetime) -> int:
    """Note that somebody was told by telephone; return how many notices that settles.

    Raises:
        NotVisibleError: no such person on the list of a session of the actor's units.
    """
    session = access.session_to_lead(number, by=by)
    own = session.signups.filter(person__number=person).select_related("person", "session")
    signup = own.order_by("-pk").first()
    if signup is None:
        raise NotVisibleError("没有找到这个人的报名。")
    return signing.mark_told(signup=signup, by=by, at=at)


def add_photos(
    *, number: str, contents: Sequence[bytes], words: str, by: Actor, at: datetime
) -> None:
    """Keep photos of a session.

    Raises:
        NotVisibleError: it is absent or not the actor's.
        InvalidInputError: none, too many, or not a picture.
    """
    session = access.session_to_lead(number, by=by)
    words = clean_text(words, field="words", label="照片说明", most=60)
    if not contents:
        raise InvalidInputError("请选择照片。", field="photos")
    if len(contents) > sessions.MOST_PHOTOS:
        raise InvalidInputError(
            Phrase("每场最多 %(most)s 张照片。", most=sessions.MOST_PHOTOS), field="photos"
        )
    kept = [(files.keep_image(content, at=at), words) for content in contents]
    sessions.add_photos(session=session, photos=kept, by=by, at=at)


def photo_of(*, number: str, token: str, by: Actor) -> bytes:
    """Return a photo of a session that the actor may see.

    Raises:
        NotVisibleError: there is none.
    """
    session = access.session_to_see(number, by=by)
    found = SessionPhoto.objects.select_related("file").filter(session=session, file__token=token)
    photo = found.first()
    if photo is None:
        raise NotVisibleError("没有找到这张照片。")
    return files.read(photo.file)


def follow_clock(*, at: datetime) -> int:
    """Begin and end sessions whose time has come; return how many moved. Due every minute."""
    moved = 0
    due = Session.objects.filter(status="ANNOUNCED", starts_at__lte=at)
    over = Session.objects.filter(status="UNDER_WAY", ends_at__lte=at)
    for found, act in ((due, sessions.begin), (over, sessions.end)):
        for session in found:
            try:
                act(session=session, by=SYSTEM, at=at)
            except StaleStateError:
                continue  # somebody pressed the button in the same moment
            moved += 1
    return moved
