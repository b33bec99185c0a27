"""Who was there: checked in and out with code, place and time, or noted by somebody on site."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.domain.programs import gate
from dianliang.domain.programs.lifecycle import SESSION_LABELS, SIGNUP
from dianliang.domain.programs.models import Feedback, Session, SessionAttendance, Signup
from dianliang.domain.programs.operations import signing
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

Way = SessionAttendance.Way
OPENS_BEFORE = timedelta(hours=1)
CLOSES_AFTER = timedelta(minutes=30)
"""Check-in counts from an hour before the start until half an hour after the end."""
LEAVES_UNTIL = timedelta(hours=3)
"""So long after the end somebody may still check out; later only the desk can put it right."""
FEEDBACK_FOR = timedelta(days=30)
MOST_UNSURE_M = 500
"""A position that could be anywhere in a village shows nothing."""
DOUBTS = {
    "no_place": "没有位置",
    "unsure": "定位不准",
    "far": "位置不在现场",
    "no_code": "未扫码",
    "by_phone": "按姓名电话识别",
    "not_signed_up": "未报名到场",
    "out_by_phone": "签退按姓名电话识别",
    "out_no_place": "签退没有位置",
    "out_unsure": "签退定位不准",
    "out_far": "签退不在现场",
    "no_out": "没有签退",
}


class UnableToAttendError(DomainError):
    """This cannot be noted: wrong time, wrong state, or no place left."""

    code = "programs.unable-to-attend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What was seen: where the phone was, how it was noted, when it happened."""

    way: str
    happened_at: datetime
    point: GeoPoint | None = None
    accuracy_m: int | None = None
    doubts: Iterable[str] = ()


@transaction.atomic
def check_in(*, signup: Signup, noted: Noted, by: Actor, at: datetime) -> SessionAttendance:
    """Note that somebody has come. A second time changes nothing.

    What lacks a place, or was noted without the code, counts and is marked; what comes at a wrong
    time or without a certificate is refused in words.

    Raises:
        UnableToAttendError: out of the window of time or not yet, or no place is left for one
            who waits.
        LacksCertificateError: a certificate is missing or has expired.
    """
    session = signing.locked(signup.session)
    signup = Signup.objects.select_related("person", "session").get(pk=signup.pk)
    known = SessionAttendance.objects.filter(signup=signup).first()
    if known is not None:
        return known
    _require_past(noted, at=at, field="came_at")
    _require_time(session, noted)
    if signup.status == "WAITING" and noted.way == Way.CODE and signing.is_full(session):
        message = "名额已满，您还在候补。有人没来时，请现场负责人为您登记。"
        raise UnableToAttendError(message)
    on = session.starts_at.astimezone(SHANGHAI).date()
    gate.require(person=signup.person, skills=session.skills.all(), on=on)
    away = _away(session, noted)
    transitions.apply(signup, "attend", lifecycle=SIGNUP, by=by, at=at, device_at=noted.happened_at)
    return SessionAttendance.objects.create(
        signup=signup,
        way=noted.way,
        checked_in_at=noted.happened_at,
        lat=round(noted.point.lat, 4) if noted.point else None,
        lon=round(noted.point.lon, 4) if noted.point else None,
        accuracy_m=noted.accuracy_m if noted.point else None,
        away_m=away,
        doubts=_doubts(session, noted, away=away),
        noted_by=by.name,
        noted_at=at,
    )


def _require_past(noted: Noted, *, at: datetime, field: str) -> None:
    """Refuse what is still to happen: 民政部令第67号 wants records that are true."""
    if noted.happened_at > at:
        raise UnableToAttendError("这个时间还没到，到了再登记。", field=field)


def _require_time(session: Session, noted: Noted) -> None:
    late = {"ENDED"} if noted.way in {Way.CAPTAIN, Way.DESK} else set()
    if session.status not in {"ANNOUNCED", "UNDER_WAY"} | late:
        label = SESSION_LABELS[session.status]
        raise UnableToAttendError(
            Phrase(
                "“%(title)s”现为“%(label)s”，不能签到。", title=session.title, label=Phrase(label)
            )
        )
    opens, closes = session.starts_at - OPENS_BEFORE, session.ends_at + CLOSES_AFTER
    if not opens <= noted.happened_at <= closes:
        first, last = opens.astimezone(SHANGHAI), closes.astimezone(SHANGHAI)
        until = f"{last:%H:%M}" if last.date() == first.date() else f"{last:%m-%d %H:%M}"
        message = Phrase(
            "请在 %(first)s 到 %(until)s 之间签到。", first=f"{first:%m-%d %H:%M}", until=until
        )
        raise UnableToAttendError(message)


def place_of(session: Session) -> GeoPoint | None:
    """Return where a session is: its own position, else its site's."""
    if session.lat is not None and session.lon is not None:
        return GeoPoint(session.lat, session.lon)
    if session.site is not None:
        return GeoPoint(session.site.lat, session.site.lon)
    return None


def _away(session: Session, noted: Noted) -> int | None:
    here = place_of(session)
    if noted.point is None or here is None:
        return None
    return round(noted.point.distance_m(here))


def _doubts(session: Session, noted: Noted, *, away: int | None) -> list[str]:
    found = list(dict.fromkeys(noted.doubts))
    if noted.way != Way.CODE:
        found.append("no_code")
    return [*found, *_place_doubts(session, noted, away=away)]


def _place_doubts(session: Session, noted: Noted, *, away: int | None) -> list[str]:
    if away is None:
        return ["no_place"]
    if (noted.accuracy_m or 0) > MOST_UNSURE_M:
        return ["unsure"]
    return ["far"] if away > session.radius_m + (noted.accuracy_m or 0) else []


@transaction.atomic
def check_out(*, signup: Signup, noted: Noted, by: Actor, at: datetime) -> SessionAttendance:
    """Note that somebody has gone. A second time changes nothing.

    Raises:
        UnableToAttendError: he has not come, has not gone yet, or it is too late to say when.
    """
    session = signing.locked(signup.session)
    attendance = SessionAttendance.objects.select_for_update().filter(signup=signup).first()
    if attendance is None:
        raise UnableToAttendError("还没有签到，不能签退。")
    if attendance.checked_out_at is not None:
        return attendance
    if session.status not in {"UNDER_WAY", "ENDED", "ANNOUNCED"}:
        label = SESSION_LABELS[session.status]
        raise UnableToAttendError(
            Phrase(
                "“%(title)s”现为“%(label)s”，不能签退。", title=session.title, label=Phrase(label)
            )
        )
    _require_past(noted, at=at, field="left_at")
    if noted.happened_at < attendance.checked_in_at:
        raise UnableToAttendError("签退时间早于签到时间，请核对。", field="left_at")
    if noted.happened_at > session.ends_at + LEAVES_UNTIL:
        message = "活动已结束三小时以上，请联系组织者补登签退时间。"
        raise UnableToAttendError(message, field="left_at")
    away = _away(session, noted)
    seen = (*noted.doubts, *_place_doubts(session, noted, away=away))
    attendance.checked_out_at = noted.happened_at
    attendance.out_way = noted.way
    attendance.out_away_m = away
    attendance.doubts = [*attendance.doubts, *(f"out_{code}" for code in seen)]
    attendance.save(update_fields=["checked_out_at", "out_way", "out_away_m", "doubts"])
    audit.record(
        "programs.signup.check_out",
        target=signup,
        by=by,
        at=at,
        device_at=noted.happened_at,
        after=f"{noted.happened_at.astimezone(SHANGHAI):%H:%M}",
    )
    return attendance


@transaction.atomic
def give_feedback(*, signup: Signup, stars: int, words: str, by: Actor, at: datetime) -> Feedback:
    """Keep what somebody who was there says of a session; once.

    Raises:
        InvalidInputError: not one to five stars.
        UnableToAttendError: he was not there, it has not ended, it is long ago, or he has spoken.
    """
    session = signup.session
    if not 1 <= stars <= 5:
        raise InvalidInputError("请选一到五星。", field="stars")
    if signup.status != "ATTENDED":
        raise UnableToAttendError("只有到场签到的人可以评价。")
    if session.status not in {"ENDED", "ACCOUNTED"}:
        raise UnableToAttendError("活动结束后再评价。")
    if at > session.ends_at + FEEDBACK_FOR:
        raise UnableToAttendError("活动结束已超过 30 天，评价已关闭。")
    feedback, is_new = Feedback.objects.get_or_create(
        signup=signup, defaults={"stars": stars, "words": words, "at": at}
    )
    if not is_new:
        raise UnableToAttendError("您已经评价过这一场，谢谢。")
    audit.record("programs.signup.feedback", target=signup, by=by, at=at, after=f"{stars} 星")
    return feedback
