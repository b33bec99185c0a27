"""Signing up for a session, waiting for a place, giving one up."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.domain.programs import gate
from dianliang.domain.programs.lifecycle import HOLDS_A_PLACE, IS_COMING, SESSION_LABELS, SIGNUP
from dianliang.domain.programs.models import PersonalLink, Session, SessionNotice, Signup
from dianliang.domain.workforce import availability
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

Notice = SessionNotice.Kind
NOTICE_MAX = 300


class UnableToSignUpError(DomainError):
    """This person cannot sign up for this session."""

    code = "programs.unable-to-sign-up"


class UnableToWithdrawError(DomainError):
    """It is too late to give the place up."""

    code = "programs.unable-to-withdraw"


def locked(session: Session) -> Session:
    """Return a session that nobody else changes before the end of this transaction.

    Everything that counts places goes through here, so that of many at once each sees the others.
    Whoever also locks a person does it after the session, never before.
    """
    return Session.objects.select_for_update().get(pk=session.pk)


def taken(session: Session) -> int:
    """Return how many places of a session are taken."""
    return session.signups.filter(status__in=HOLDS_A_PLACE).count()


def is_full(session: Session) -> bool:
    """Tell whether no place is left."""
    return session.places is not None and taken(session) >= session.places


def elsewhere(person: Person, session: Session) -> Signup | None:
    """Return for what else a person has signed up that overlaps with a session."""
    return (
        Signup.objects.filter(
            person=person,
            status__in=IS_COMING,
            session__starts_at__lt=session.ends_at,
            session__ends_at__gt=session.starts_at,
            session__status__in=["ANNOUNCED", "UNDER_WAY"],
        )
        .exclude(session_id=session.pk)
        .select_related("session")
        .first()
    )


def tell(signup: Signup, kind: str, words: str, *, at: datetime) -> None:
    """Leave a notice for somebody who signed up: on his page, and on the list of whom to call."""
    SessionNotice.objects.create(signup=signup, kind=kind, words=words[:NOTICE_MAX], at=at)


@transaction.atomic
def sign_up(
    *,
    session: Session,
    person: Person,
    role: str = "",
    channel: str,
    link: PersonalLink | None = None,
    by: Actor,
    at: datetime,
) -> Signup:
    """Give a person a place in a session, or the next place in the queue where none is left.

    Raises:
        UnableToSignUpError: sign-up is closed, the person has signed up already, or for something
            else at the same time.
        LacksCertificateError: a certificate is missing or expired on the day.
    """
    session = locked(session)
    _require_open(session, channel=channel, at=at)
    person = Person.objects.select_for_update().get(pk=person.pk)
    is_known = link is None or link.is_confirmed
    _require_free(person, session, tells=is_known)
    on = session.starts_at.astimezone(SHANGHAI).date()
    gate.require(person=person, skills=session.skills.all(), on=on)
    must_wait = is_full(session)
    signup = Signup.objects.create(
        session=session,
        person=person,
        role=role or session.role,
        channel=channel,
        link=link,
        status="WAITING" if must_wait else "PLACED",
        signed_at=at,
    )
    if must_wait:
        ahead = session.signups.filter(status="WAITING").count() - 1
        words = f"“{session.title}”名额已满，您在候补，前面还有 {ahead} 人。有人退出会自动递补。"
        tell(signup, Notice.WAITING, words, at=at)
    else:
        tell(signup, Notice.PLACED, f"“{session.title}”报名成功。", at=at)
    audit.record("programs.signup.sign_up", target=signup, by=by, at=at, after=signup.status)
    return signup


def _require_open(session: Session, *, channel: str, at: datetime) -> None:
    is_on_site = channel in {Signup.Channel.ON_SITE, Signup.Channel.FIELD}
    may = {"ANNOUNCED", "UNDER_WAY"} if is_on_site else {"ANNOUNCED"}
    if session.status not in may:
        label = SESSION_LABELS[session.status]
        raise UnableToSignUpError(
            Phrase(
                "“%(title)s”现为“%(label)s”，不能报名。", title=session.title, label=Phrase(label)
            )
        )
    if not is_on_site and at >= session.signup_until:
        until = session.signup_until.astimezone(SHANGHAI)
        raise UnableToSignUpError(Phrase("报名已于 %(until)s 截止。", until=f"{until:%m-%d %H:%M}"))


def _require_free(person: Person, session: Session, *, tells: bool) -> None:
    """Refuse who has something else then; what it is, is told to nobody who is not known."""
    if not person.is_active:
        raise UnableToSignUpError(
            Phrase("%(name)s已离岗，不能报名。", name=person.name), field="person"
        )
    own = session.signups.filter(person=person)
    if own.filter(status__in=[*IS_COMING, "ABSENT"]).exists():
        raise UnableToSignUpError(
            Phrase("%(name)s已经报过这一场。", name=person.name), field="person"
        )
    other = elsewhere(person, session)
    if other is not None and not tells:
        message = Phrase("%(name)s同一时间已报了别的活动，请先退出那一场。", name=person.name)
        raise UnableToSignUpError(message, field="person")
    if other is not None:
        start = other.session.starts_at.astimezone(SHANGHAI)
        message = Phrase(
            "%(name)s同一时间已报名“%(title)s”（%(start)s），请先退出那一场。",
            name=person.name,
            title=other.session.title,
            start=f"{start:%m-%d %H:%M}",
        )
        raise UnableToSignUpError(message, field="person")
    bound = availability.engagements([person.pk], TimeWindow(session.starts_at, session.ends_at))
    if bound:
        message = Phrase(
            "%(name)s%(bound)s，不能同时参加。请先换班，或选另一场。",
            name=person.name,
            bound=bound[person.pk],
        )
        raise UnableToSignUpError(message, field="person")


@transaction.atomic
def withdraw(*, signup: Signup, reason: str, by: Actor, at: datetime) -> Signup:
    """Give up a place, or stop waiting; the first who waits moves up.

    Raises:
        UnableToWithdrawError: the session has begun, or the person has checked in.
    """
    session = locked(signup.session)
    signup.refresh_from_db()
    if session.status != "ANNOUNCED" or at >= session.starts_at:
        message = "活动已经开始，不能再退出。来不了请电话告诉组织者。"
        raise UnableToWithdrawError(message)
    if signup.status == "ATTENDED":
        raise UnableToWithdrawError("已经签到，不能再退出。")
    transitions.apply(
        signup,
        "withdraw",
        lifecycle=SIGNUP,
        by=by,
        at=at,
        note=reason,
        changes={"ended_at": at, "reason": reason[:200]},
    )
    fill(session=session, by=by, at=at)
    return signup


def fill(*, session: Session, by: Actor, at: datetime) -> list[Signup]:
    """Move up who waits, first come first, as far as there are places; each is told.

    The session must be locked. Whoever's certificate has run out meanwhile keeps waiting. What
    moves up by itself is done by the system, whoever gave the place up.
    """
    if session.status != "ANNOUNCED" or at >= session.ends_at:
        return []
    moved: list[Signup] = []
    on = session.starts_at.astimezone(SHANGHAI).date()
    skills = list(session.skills.all())
    waiting = session.signups.filter(status="WAITING").select_related("person", "session")
    for signup in waiting.order_by("signed_at", "pk"):
        if is_full(session):
            break
        if not gate.may(person=signup.person, skills=skills, on=on):
            continue
        transitions.apply(
            signup,
            "move_up",
            lifecycle=SIGNUP,
            by=SYSTEM,
            at=at,
            note=f"由{by.name}的操作空出名额",
            changes={"moved_up_at": at},
        )
        start = session.starts_at.astimezone(SHANGHAI)
        words = (
            f"有名额空出，您已从候补转为正式报名：“{session.title}”，"
            f"{start:%m-%d %H:%M}。来不了请退出，把名额让给别人。"
        )
        tell(signup, Notice.MOVED_UP, words, at=at)
        moved.append(signup)
    return moved


def mark_seen(*, signups: Iterable[Signup], at: datetime) -> None:
    """Note that somebody has opened the page on which his notices are."""
    unseen = SessionNotice.objects.filter(signup__in=list(signups), seen_at=None)
    if unseen.exists():
        unseen.update(seen_at=at)


@transaction.atomic
def mark_told(*, signup: Signup, by: Actor, at: datetime) -> int:
    """Note that somebody was told by telephone what he had not read; return how many notices."""
    unseen = SessionNotice.objects.filter(signup=signup, seen_at=None, told_at=None)
    count = unseen.update(told_at=at, told_by=by.name)
    if count:
        audit.record("programs.signup.told", target=signup, by=by, at=at, after=f"{count} 条")
    return count
