"""The page of a volunteer: what he signed up for, what he must know, where he was."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.core.rows import first_of
from dianliang.domain.programs.lifecycle import IS_COMING, SIGNUP_LABELS
from dianliang.domain.programs.models import SessionAttendance, SessionNotice, Signup
from dianliang.domain.programs.operations import attending, signing, volunteers
from dianliang.flows.activities import joining
from dianliang.flows.activities.arriving import place_name, words_of
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.masking import mask_phone
from dianliang.kernel.text import clean_text

MOST_ROWS, MOST_NEWS = 60, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow:
    """A session as the person sees it who signed up."""

    number: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    status: str
    status_label: str
    session_status: str
    role_label: str
    rank: int
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    doubts: tuple[str, ...]
    contact: str
    may_withdraw: bool
    may_rate: bool
    stars: int

    @property
    def is_ahead(self) -> bool:
        """Tell whether the person is expected."""
        return self.status in IS_COMING and self.session_status in {"ANNOUNCED", "UNDER_WAY"}


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A notice; `is_new` until its reader has opened the page."""

    words: str
    at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalPage:
    """What a link shows."""

    person_number: str
    name: str
    phone: str
    is_confirmed: bool
    ahead: tuple[OwnRow, ...]
    past: tuple[OwnRow, ...]
    news: tuple[News, ...]
    more: int
    times: int
    minutes: int


def page(*, token: str, at: datetime, is_whole: bool = False) -> PersonalPage:
    """Return a volunteer's page, and note that he has seen his notices.

    It tells the latest, and how many more there are; all of them where it is asked for whole.

    Raises:
        NotVisibleError: no such link.
    """
    link = volunteers.link_of(token)
    signups = joining.signups_of(link).select_related(
        "session__site", "session__area", "attendance", "feedback"
    )
    in_order = signups.order_by("-session__starts_at", "-pk")
    found, more = first_of(in_order, MOST_ROWS, is_whole=is_whole)
    told = SessionNotice.objects.filter(signup__in=found).order_by("-at", "-pk")
    notices, more_told = first_of(told, MOST_NEWS, is_whole=is_whole)
    news = tuple(News(words=n.words, at=n.at, is_new=n.seen_at is None) for n in notices)
    signing.mark_seen(signups=found, at=at)
    rows = tuple(_row(signup, at=at) for signup in found)
    there = SessionAttendance.objects.filter(
        signup__in=joining.signups_of(link), signup__status="ATTENDED"
    )
    return PersonalPage(
        person_number=link.person.number,
        name=link.person.name,
        phone=mask_phone(link.person.phone),
        is_confirmed=link.is_confirmed,
        ahead=tuple(reversed([row for row in rows if row.is_ahead])),
        past=tuple(row for row in rows if not row.is_ahead),
        news=news,
        more=more + more_told,
        times=there.count(),
        minutes=sum(_minutes(row) for row in there),
    )


def _minutes(row: SessionAttendance) -> int:
    gone_at = row.checked_out_at or row.checked_in_at
    return int((gone_at - row.checked_in_at).total_seconds() // 60)


def _row(signup: Signup, *, at: datetime) -> OwnRow:
    session = signup.session
    attendance = getattr(signup, "attendance", None)
    feedback = getattr(signup, "feedback", None)
    is_ahead = session.status == "ANNOUNCED" and at < session.starts_at
    may_rate = (
        signup.status == "ATTENDED"
        and session.status in {"ENDED", "ACCOUNTED"}
        and feedback is None
        and at <= session.ends_at + attending.FEEDBACK_FOR
    )
    return OwnRow(
        number=session.number,
        title=session.title,
        place=place_name(session),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        status=signup.status,
        status_label=SIGNUP_LABELS[signup.status],
        session_status=session.status,
        role_label=signup.get_role_display(),
        rank=_rank(signup) if signup.status == "WAITING" else 0,
        checked_in_at=attendance.checked_in_at if attendance else None,
        checked_out_at=attendance.checked_out_at if attendance else None,
        doubts=words_of(attendance.doubts) if attendance else (),
        contact=session.contact,
        may_withdraw=is_ahead and signup.status in {"PLACED", "WAITING"},
        may_rate=may_rate,
        stars=feedback.stars if feedback else 0,
    )


def _rank(signup: Signup) -> int:
    earlier = Signup.objects.filter(
        session_id=signup.session_id, status="WAITING", signed_at__lt=signup.signed_at
    )
    return earlier.count() + 1


def rate(*, token: str, number: str, stars: int, words: str, at: datetime) -> None:
    """Keep what somebody who was there says of a session.

    Raises:
        NotVisibleError: no such session on this page.
        InvalidInputError, UnableToAttendError: see the operation.
    """
    signup = joining.own_signup(token, number)
    words = clean_text(words, field="words", label="评语", most=500)
    by = joining.as_volunteer(signup.person)
    attending.give_feedback(signup=signup, stars=stars, words=words, by=by, at=at)


def name_of(token: str) -> str:
    """Return whose link it is; nothing for none."""
    try:
        return volunteers.link_of(token).person.name if token else ""
    except NotVisibleError:
        return ""
