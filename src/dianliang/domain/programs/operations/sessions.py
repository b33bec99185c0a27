"""Every write about a session itself: plan, announce, change, hold, account for, cancel."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.models import Service, Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.lifecycle import IS_COMING, LECTURE, SESSION, SIGNUP
from dianliang.domain.programs.models import (
    Course,
    LectureRequest,
    Series,
    Session,
    SessionNotice,
    SessionPhoto,
)
from dianliang.domain.programs.models.series import Kind, SignupRole
from dianliang.domain.programs.models.sessions import MOST_PLACES, MOST_RADIUS_M
from dianliang.domain.programs.operations import activities, rooms, signing
from dianliang.domain.programs.operations.signing import tell
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.booking import access as booking_access
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

LONGEST = timedelta(hours=24)
FARTHEST = timedelta(days=400)
"""Nobody plans further ahead; a slip of the pen does."""
MOST_PHOTOS = 12
SERVING = frozenset(("volunteer", "publicist", "attendant", "informant", "lecturer"))
"""Roles that give time; learners and guests are given some."""


class UnableToPlanSessionError(DomainError):
    """The session cannot be held like this."""

    code = "programs.unable-to-plan-session"


class UnableToAccountError(DomainError):
    """The session cannot be accounted for yet."""

    code = "programs.unable-to-account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A session as it is to be held."""

    title: str
    kind: str
    role: str
    unit: Unit
    area: Area
    starts_at: datetime
    ends_at: datetime
    signup_until: datetime | None = None
    team: Team | None = None
    site: Site | None = None
    place: str = ""
    lat: float | None = None
    lon: float | None = None
    radius_m: int = 300
    service: Service | None = None
    skills: Collection[Skill] = ()
    partners: Collection[Unit] = ()
    words: str = ""
    contact: str = ""
    places: int | None = None
    is_public: bool = False
    is_changing_code: bool = False
    series: Series | None = None
    series_on: date | None = None
    course: Course | None = None
    is_generated: bool = False


@transaction.atomic
def plan(*, planned: Planned, by: Actor, at: datetime) -> Session:
    """Write down a session as a draft.

    Raises:
        UnableToPlanSessionError: it lies in the past or too far ahead, lasts no time or longer
            than a day, or its places or radius make no sense; the field is named.
    """
    _require_possible(planned, at=at)
    session = Session.objects.create(
        number=next_number("HD", at=at),
        title=planned.title,
        kind=planned.kind,
        role=planned.role,
        series=planned.series,
        series_on=planned.series_on,
        course=planned.course,
        unit=planned.unit,
        team=planned.team,
        area=planned.area,
        site=planned.site,
        place=planned.place,
        lat=planned.lat,
        lon=planned.lon,
        radius_m=planned.radius_m,
        service=planned.service,
        words=planned.words,
        contact=planned.contact,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        signup_until=planned.signup_until or planned.starts_at,
        places=planned.places,
        is_public=planned.is_public,
        is_changing_code=planned.is_changing_code,
        created_by=by.name,
        created_at=at,
        is_generated=planned.is_generated,
    )
    session.skills.set(planned.skills)
    session.partners.set(planned.partners)
    audit.record("programs.session.plan", target=session, by=by, at=at, after=planned.title)
    return session


def _require_possible(planned: Planned, *, at: datetime) -> None:
    if planned.kind not in Kind.values:
        raise UnableToPlanSessionError("请选择活动类别。", field="kind")
    if planned.role not in SignupRole.values:
        raise UnableToPlanSessionError("请选择报名身份。", field="role")
    _require_period(planned.starts_at, planned.ends_at, at=at)
    until = planned.signup_until
    if until is not None and until > planned.ends_at:
        raise UnableToPlanSessionError("报名截止不能晚于活动结束。", field="signup_until")
    if planned.places is not None and not 1 <= planned.places <= MOST_PLACES:
        message = Phrase("名额应在 1 到 %(most)s 之间；不限名额请留空。", most=MOST_PLACES)
        raise UnableToPlanSessionError(message, field="places")
    if not 20 <= planned.radius_m <= MOST_RADIUS_M:
        message = Phrase("签到范围应在 20 到 %(most)s 米之间。", most=MOST_RADIUS_M)
        raise UnableToPlanSessionError(message, field="radius_m")


def _require_period(starts_at: datetime, ends_at: datetime, *, at: datetime) -> None:
    if not starts_at < ends_at <= starts_at + LONGEST:
        message = "结束时间应晚于开始时间，且一场不超过 24 小时。"
        raise UnableToPlanSessionError(message, field="ends_at")
    if ends_at <= at:
        message = "这一场已经结束。已经办过的活动请在“志愿服务”里登记。"
        raise UnableToPlanSessionError(message, field="starts_at")
    if starts_at > at + FARTHEST:
        raise UnableToPlanSessionError("开始时间太远，请检查年份。", field="starts_at")


@transaction.atomic
def announce(*, session: Session, by: Actor, at: datetime) -> Session:
    """Open a session for sign-up.

    Raises:
        UnableToPlanSessionError: it is over already.
    """
    if session.ends_at <= at:
        raise UnableToPlanSessionError("活动时间已过，请先改时间再发布。", field="starts_at")
    return transitions.apply(session, "announce", lifecycle=SESSION, by=by, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """When and where a session is to be held now; without `places` there is no limit."""

    starts_at: datetime
    ends_at: datetime
    place: str
    places: int | None
    reason: str


@transaction.atomic
def change(*, session: Session, change: Change, by: Actor, at: datetime) -> tuple[str, ...]:
    """Move a session in time or place, or give it other places, and tell who signed up.

    Returns the names of those who are now somewhere else at that time: they keep their place and
    are told to choose. Places that are added go to those who wait.

    Raises:
        UnableToPlanSessionError: the new time or number of places makes no sense.
    """
    session = signing.locked(session)
    if session.status not in {"DRAFT", "ANNOUNCED"}:
        raise UnableToPlanSessionError("只有草稿和报名中的场次可以改时间地点。")
    _require_period(change.starts_at, change.ends_at, at=at)
    taken = signing.taken(session)
    if change.places is not None and not max(1, taken) <= change.places <= MOST_PLACES:
        words = "已有 %(n)d 人占着名额，名额应在 %(least)d 到 %(most)d 之间。"
        message = Phrase(words, n=taken, least=max(1, taken), most=MOST_PLACES)
        raise UnableToPlanSessionError(message, field="places")
    before, places = _when_and_where(session), _limit(session)
    held_open = session.starts_at - session.signup_until
    session.starts_at, session.ends_at = change.starts_at, change.ends_at
    session.signup_until = min(change.starts_at - held_open, change.ends_at)
    session.place, session.places = change.place, change.places
    session.save(update_fields=["starts_at", "ends_at", "signup_until", "place", "places"])
    if session.booking is not None:
        is_keeper = booking_access.keeps(by, session.booking.bookable)
        rooms.follow(session=session, is_keeper=is_keeper, by=by, at=at)
    after = _when_and_where(session)
    audit.record(
        "programs.session.change",
        target=session,
        by=by,
        at=at,
        before=f"{before}，{places}",
        after=f"{after}，{_limit(session)}",
        reason=change.reason,
    )
    clashing: tuple[str, ...] = ()
    if before != after:
        words = f"“{session.title}”改为 {after}（原 {before}）。{change.reason}"
        clashing = _tell_of_change(session, words=words, at=at)
    signing.fill(session=session, by=by, at=at)
    return clashing


def _tell_of_change(session: Session, *, words: str, at: datetime) -> tuple[str, ...]:
    clashing = []
    for signup in session.signups.filter(status__in=IS_COMING).select_related("person"):
        other = signing.elsewhere(signup.person, session)
        extra = ""
        if other is not None:
            clashing.append(signup.person.name)
            extra = f" 您同一时间还报了“{other.session.title}”，请退出其中一场。"
        tell(signup, SessionNotice.Kind.CHANGED, words + extra, at=at)
    return tuple(clashing)


def _when_and_where(session: Session) -> str:
    start = session.starts_at.astimezone(SHANGHAI)
    end = session.ends_at.astimezone(SHANGHAI)
    where = session.place or (session.site.name if session.site else session.area.name)
    return f"{start:%m月%d日 %H:%M}–{end:%H:%M} {where}"


def _limit(session: Session) -> str:
    return "不限名额" if session.places is None else f"名额 {session.places}"


@transaction.atomic
def begin(*, session: Session, by: Actor, at: datetime) -> Session:
    """Open a session: check-in has begun in any case an hour before."""
    session = transitions.apply(session, "begin", lifecycle=SESSION, by=by, at=at)
    rooms.enter(session=session, at=at)
    return session


@transaction.atomic
def end(*, session: Session, by: Actor, at: datetime) -> Session:
    """End a session; who still waited has waited in vain and is told so."""
    session = transitions.apply(session, "end", lifecycle=SESSION, by=by, at=at)
    rooms.leave(session=session, at=at)
    for signup in session.signups.filter(status="WAITING").select_related("person", "session"):
        transitions.apply(signup, "lapse", lifecycle=SIGNUP, by=by, at=at, changes={"ended_at": at})
        words = f"“{session.title}”没有空出名额，候补未成。欢迎报名其他场次。"
        tell(signup, SessionNotice.Kind.LAPSED, words, at=at)
    for signup in session.signups.filter(status="ATTENDED"):
        words = f"感谢参加“{session.title}”，请在本页评价。"
        tell(signup, SessionNotice.Kind.FEEDBACK, words, at=at)
    return session


@transaction.atomic
def discard(*, session: Session, by: Actor, at: datetime) -> Session:
    """Throw a draft away; a room that was booked for it is free again."""
    session = transitions.apply(session, "discard", lifecycle=SESSION, by=by, at=at)
    rooms.release(session=session, reason="场次作废", by=by, at=at)
    return session


@transaction.atomic
def cancel(*, session: Session, reason: str, by: Actor, at: datetime) -> int:
    """Call a session off and leave a notice for everybody who signed up; return how many.

    Raises:
        InvalidInputError: no reason is given: those who prepared for it are owed one.
    """
    if len(reason.strip()) < 2:
        raise InvalidInputError("请写明取消的原因，报名的人会看到。", field="reason")
    session = signing.locked(session)
    transitions.apply(
        session,
        "cancel",
        lifecycle=SESSION,
        by=by,
        at=at,
        note=reason,
        changes={"cancelled_because": reason},
    )
    rooms.release(session=session, reason=f"活动取消：{reason}", by=by, at=at)
    when = _when_and_where(session)
    coming = list(session.signups.filter(status__in=IS_COMING).select_related("person", "session"))
    for signup in coming:
        transitions.apply(
            signup,
            "call_off",
            lifecycle=SIGNUP,
            by=by,
            at=at,
            note=reason,
            changes={"ended_at": at},
        )
        words = f"“{session.title}”（{when}）已取消：{reason}"
        tell(signup, SessionNotice.Kind.CANCELLED, words, at=at)
    _ask_again(session, words=f"原定 {when} 的一场已取消：{reason}", by=by, at=at)
    return len(coming)


def _ask_again(session: Session, *, words: str, by: Actor, at: datetime) -> None:
    """Let the request for a lecture whose session is off wait for another one."""
    for request in LectureRequest.objects.filter(session=session, status="ARRANGED"):
        nobody: dict[str, object] = {"session": None, "lecturer": None, "wish": None}
        changes = {**nobody, "ranking": [], "reason": words[:200]}
        transitions.apply(
            request, "call_off", lifecycle=LECTURE, by=by, at=at, note=words, changes=changes
        )


@transaction.atomic
def account(
    *, session: Session, served_people: int, result: str, by: Actor, at: datetime
) -> Session:
    """Close the list of who was there and count it: a team's session becomes one of its actions.

    Whoever had a place and was not there is absent. Learners and guests are no person-times of the
    team that served them.

    Raises:
        UnableToAccountError: nobody was there.
        UnableToRecordActivityError: somebody was in two places; see `activities.record`.
    """
    session = signing.locked(session)
    SESSION.target(session.status, "account", role=by.role)
    there = list(session.signups.filter(status="ATTENDED").select_related("person"))
    if not there:
        message = "没有任何人签到，不能入账。请补登到场的人，或在开始前取消场次。"
        raise UnableToAccountError(message)
    for signup in session.signups.filter(status="PLACED").select_related("person", "session"):
        transitions.apply(signup, "miss", lifecycle=SIGNUP, by=by, at=at)
    serving = [signup.person for signup in there if signup.role in SERVING]
    activity = None
    if session.team is not None and serving:
        activity = activities.record(
            title=session.title,
            team=session.team,
            area=session.area,
            site=session.site,
            service=session.service,
            started_at=session.starts_at,
            ended_at=session.ends_at,
            people=serving,
            served_people=served_people,
            words=result,
            by=by,
            at=at,
        )
    return transitions.apply(
        session,
        "account",
        lifecycle=SESSION,
        by=by,
        at=at,
        note=f"到场 {len(there)} 人",
        changes={"served_people": served_people, "result": result, "activity": activity},
    )


@transaction.atomic
def add_photos(
    *, session: Session, photos: Sequence[tuple[StoredFile, str]], by: Actor, at: datetime
) -> None:
    """Keep photos that show a session.

    Raises:
        InvalidInputError: too many, or the session has not begun.
    """
    session = signing.locked(session)
    if session.status not in {"UNDER_WAY", "ENDED", "ACCOUNTED"}:
        raise InvalidInputError("活动开始后才能上传照片。", field="photos")
    if session.photos.count() + len(photos) > MOST_PHOTOS:
        raise InvalidInputError(Phrase("每场最多 %(n)s 张照片。", n=MOST_PHOTOS), field="photos")
    SessionPhoto.objects.bulk_create(
        SessionPhoto(session=session, file=file, words=words, added_by=by.name, added_at=at)
        for file, words in photos
    )
    audit.record(
        "programs.session.add_photos", target=session, by=by, at=at, after=f"{len(photos)} 张"
    )
