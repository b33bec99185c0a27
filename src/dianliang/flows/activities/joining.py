"""Sign up for a session: by oneself in the portal, or somebody for others at the desk."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.core import idempotency
from dianliang.domain.programs import session_access as access
from dianliang.domain.programs.models import PersonalLink, Session, Signup
from dianliang.domain.programs.operations import signing, volunteers
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.masking import mask_name
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text

ANYONE = Actor(id="public", name="网页报名", role=Role.RESIDENT)
PHONE = re.compile(r"1\d{10}|0\d{9,11}|\d{7,8}", re.ASCII)
MOST_FOUND = 5
STILL_FINDABLE = timedelta(days=1)
"""So long after its end the public still finds a session by its link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What a form says of who signs up; text comes from outside and is checked here."""

    name: str = ""
    phone: str = ""
    has_agreed: bool = False

    def checked(self) -> "Joining":
        """Return it with name and number as they are kept.

        Raises:
            InvalidInputError: name or number is missing or cannot be one, or consent is missing.
        """
        name = clean_text(self.name, field="name", label="姓名", most=20, least=2)
        phone = re.sub(r"[\s-]", "", self.phone)
        if not PHONE.fullmatch(phone):
            message = "请填写能打通的电话：11 位手机号，或带区号的座机。"
            raise InvalidInputError(message, field="phone")
        if not self.has_agreed:
            message = "请勾选同意：姓名和电话只用于这次活动的联系、签到和时长记录。"
            raise InvalidInputError(message, field="agreed")
        return Joining(name=name, phone=phone, has_agreed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What came of it: the sign-up's status, and whether the link of the form opens the page."""

    status: str
    is_new_link: bool


def public_session(number: str, *, at: datetime) -> Session:
    """Return a session that the public may see.

    Raises:
        NotVisibleError: it is absent, not public, or long over.
    """
    found = Session.objects.select_related("unit", "team", "site", "area").filter(
        number=number.replace("\0", ""), is_public=True, ends_at__gt=at - STILL_FINDABLE
    )
    session = found.exclude(status__in=["DRAFT", "DISCARDED"]).first()
    if session is None:
        raise NotVisibleError("没有找到这场活动。")
    return session


def join(
    *, number: str, joining: Joining, key: str, token: str, own: str = "", at: datetime
) -> Joined:
    """Sign somebody up who came by himself, once however often the form is sent.

    `own` is the token of a link that the phone holds: then name and number are known. Else a link
    is made from `token`; of somebody who was known before it shows this sign-up only.

    Raises:
        NotVisibleError: no such session for the public, or no such link.
        InvalidInputError: name, number or consent is missing; the field is named.
        UnableToSignUpError, LacksCertificateError: see the operation.
        KeyReusedError: the form was sent before with another name.
    """
    session = public_session(number, at=at)
    link = volunteers.link_of(own) if own else None
    who = joining if link else joining.checked()
    body = {"number": number, "name": who.name, "phone": who.phone, "own": bool(link)}

    def act() -> dict[str, Any]:
        used = link or _made_link(who, session, token=token, at=at)
        signup = signing.sign_up(
            session=session,
            person=used.person,
            channel=Signup.Channel.PORTAL,
            link=used,
            by=as_volunteer(used.person),
            at=at,
        )
        return {"status": signup.status, "is_new_link": link is None}

    kept = idempotency.once(scope="session.join", key=key, body=body, at=at, act=act)
    return Joined(status=kept["status"], is_new_link=kept["is_new_link"])


def _made_link(who: Joining, session: Session, *, token: str, at: datetime) -> PersonalLink:
    person, is_new = volunteers.register(
        name=who.name, phone=who.phone, unit=session.unit, by=ANYONE, at=at
    )
    return volunteers.make_link(person=person, token=token, is_confirmed=is_new, by=ANYONE, at=at)


def as_volunteer(person: Person) -> Actor:
    """Return a person as the trail names him who acts without an account.

    His name is masked: the trail outlives him when he asks to be forgotten, his number leads to
    his name as long as it is kept.
    """
    return Actor(
        id=f"person:{person.number}",
        name=mask_name(person.name),
        role=Role.RESIDENT,
        person_number=person.number,
    )


def join_as_staff(*, number: str, by: Actor, at: datetime) -> Signup:
    """Sign up the person behind an account.

    Raises:
        NotVisibleError: no such session for the public, or the account is no person's.
        UnableToSignUpError, LacksCertificateError: see the operation.
    """
    session = public_session(number, at=at)
    person = Person.objects.filter(number=by.person_number or "-").first()
    if person is None:
        raise NotVisibleError("您的账号没有对应的人员，请联系管理员。")
    return signing.sign_up(
        session=session, person=person, channel=Signup.Channel.PORTAL, by=by, at=at
    )


def enter(*, number: str, who: str, role: str = "", by: Actor, at: datetime) -> Signup:
    """Sign up somebody at the desk, by number or name.

    Raises:
        NotVisibleError: no such session of the actor's units.
        InvalidInputError: nobody has this number or name, or several have.
        UnableToSignUpError, LacksCertificateError: see the operation.
    """
    session = access.session_to_lead(number, by=by)
    person = person_named(who, by=by)
    return signing.sign_up(
        session=session, person=person, role=role, channel=Signup.Channel.CONSOLE, by=by, at=at
    )


def person_named(who: str, *, by: Actor) -> Person:
    """Return the one person of the actor's units with a number or name.

    Raises:
        InvalidInputError: there is none, or there are several: their numbers are told.
    """
    who = clean_text(who, field="who", label="人员编号或姓名", most=40, least=1)
    own = Person.objects.filter(is_active=True, unit__path__startswith=by.unit_path or "-")
    found = list(own.filter(Q(number=who) | Q(name=who)).select_related("unit")[: MOST_FOUND + 1])
    if not found:
        message = Phrase("本单位范围内没有“%(who)s”，请核对编号或姓名。", who=who)
        raise InvalidInputError(message, field="who")
    if len(found) > 1:
        listed = joined(
            "、",
            (
                Phrase("%(number)s（%(unit)s）", number=one.number, unit=one.unit.name)
                for one in found[:MOST_FOUND]
            ),
        )
        raise InvalidInputError(
            Phrase("有几位“%(who)s”：%(listed)s。请改填编号。", who=who, listed=listed), field="who"
        )
    return found[0]


def withdraw(*, token: str, number: str, reason: str, at: datetime) -> Signup:
    """Give up one's own place through one's page.

    Raises:
        NotVisibleError: no such sign-up on this page.
        UnableToWithdrawError: it is too late.
    """
    signup = own_signup(token, number)
    reason = clean_text(reason, field="reason", label="原因", most=200)
    by = as_volunteer(signup.person)
    return signing.withdraw(signup=signup, reason=reason, by=by, at=at)


def own_signup(token: str, number: str) -> Signup:
    """Return the present sign-up for a session that a link shows.

    Raises:
        NotVisibleError: there is none.
    """
    link = volunteers.link_of(token)
    own = signups_of(link).filter(session__number=number.replace("\0", ""))
    signup = own.order_by("-pk").select_related("session__site", "session__area", "person").first()
    if signup is None:
        raise NotVisibleError("这个页面上没有这场活动。")
    return signup


def signups_of(link: PersonalLink) -> QuerySet[Signup]:
    """Return what a link shows: all of its person, or what was signed up through it."""
    if link.is_confirmed:
        return Signup.objects.filter(person_id=link.person_id)
    return Signup.objects.filter(link=link)
