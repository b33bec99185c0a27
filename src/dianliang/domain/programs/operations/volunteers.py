"""Volunteers from the public: who they are, and the links that open their pages."""

import hashlib
import re
from datetime import datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit
from dianliang.core.fields import blind_index
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.models import PersonalLink, Volunteer
from dianliang.domain.workforce import keys
from dianliang.domain.workforce.models import Person, RoleKind
from dianliang.domain.workforce.registering import Details, give_role, register_person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

TITLE = "志愿者"
ROLE = "volunteer"


def hashed(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def name_key(name: str) -> str:
    """Return by what a volunteer's name is looked up."""
    return blind_index(re.sub(r"\s", "", name), context="volunteer.name")


def known(*, name: str, phone: str) -> Person | None:
    """Return who has given this name and this number before, here or at the desk."""
    index = keys.phone_key(phone)
    found = Volunteer.objects.select_related("person").filter(
        phone_index=index, name_index=name_key(name)
    )
    volunteer = found.first()
    if volunteer is not None:
        return volunteer.person
    same = list(Person.objects.filter(phone_index=index, name=name, is_active=True)[:2])
    return same[0] if len(same) == 1 else None


def register(*, name: str, phone: str, unit: Unit, by: Actor, at: datetime) -> tuple[Person, bool]:
    """Return the person of a name and number, and whether he is new.

    Of two that arrive at once with the same name and number the second gets the first's person.
    """
    person = known(name=name, phone=phone)
    if person is not None:
        return person, False
    try:
        with transaction.atomic():
            return _registered(name, phone, unit, by=by, at=at), True
    except IntegrityError:
        person = known(name=name, phone=phone)
        if person is None:
            raise
        return person, False


def _registered(name: str, phone: str, unit: Unit, *, by: Actor, at: datetime) -> Person:
    details = Details(name=name, unit=unit, phone=phone, title=TITLE)
    person = register_person(details=details, number=next_number("ZY", at=at), by=by, at=at)
    kind = RoleKind.objects.filter(code=ROLE).first()
    if kind is not None:
        on = at.astimezone(SHANGHAI).date()
        give_role(person=person, kind=kind, valid_from=on, valid_until=None, note="", by=by, at=at)
    Volunteer.objects.create(
        person=person,
        phone_index=keys.phone_key(phone),
        name_index=name_key(name),
        agreed_at=at,
    )
    return person


@transaction.atomic
def make_link(
    *, person: Person, token: str, is_confirmed: bool, by: Actor, at: datetime
) -> PersonalLink:
    """Keep a link of a person; made again with the same token it is the same link."""
    link, is_new = PersonalLink.objects.get_or_create(
        token_hash=hashed(token),
        defaults={"person": person, "is_confirmed": is_confirmed, "made_at": at},
    )
    if is_new:
        audit.record_about(
            "programs.personallink.make",
            target_type=link._meta.label_lower,
            target_id=person.number,
            by=by,
            at=at,
            after="已核实" if is_confirmed else "未核实",
        )
    return link


def link_of(token: str) -> PersonalLink:
    """Return the open link of a token.

    Raises:
        NotVisibleError: there is none.
    """
    found = PersonalLink.objects.select_related("person__unit").filter(
        token_hash=hashed(token), closed_at=None
    )
    link = found.first()
    if link is None:
        raise NotVisibleError("没有找到这个个人页，请核对链接。")
    return link


def confirm(link: PersonalLink) -> None:
    """Let a link show all of its person: its holder was seen on site."""
    PersonalLink.objects.filter(pk=link.pk).update(is_confirmed=True)
