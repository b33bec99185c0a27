"""What an employee does in a call: put somebody forward, himself perhaps, and vote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from dianliang.domain.directory.models import Unit
from dianliang.domain.honours import access, ballots
from dianliang.domain.honours.models import Call, Category, Nominee, Objection
from dianliang.domain.honours.operations import nominating
from dianliang.domain.honours.operations.nominating import Subject
from dianliang.domain.honours.queries.calls import notice
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows.branches.choices import words
from dianliang.flows.honours import deeds
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

SELF = "self"
"""Stands for the actor where somebody is named."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Who is put forward: a category's key, a name or number (`self` for oneself), why."""

    category: str
    subject: str
    words: str


@transaction.atomic
def nominate(*, number: str, put: Put, by: Actor, at: datetime) -> Nominee:
    """Put somebody forward; the records of the call's period that speak for him are attached.

    Raises:
        NotVisibleError: the actor has nothing to do with the call.
        InvalidInputError, UnableToNominateError: a field makes no sense; it is named.
    """
    call = access.call_to_join(number, by=by)
    category = _category(call, put.category)
    subject = _subject(category, call, put.subject, by)
    found = deeds.found(subject, since=call.since, until=call.until)
    return nominating.nominate(
        category=category,
        subject=subject,
        words=words(put.words, field="words", label="推荐理由", most=1000, least=4),
        deeds=found,
        hours=deeds.hours(subject, since=call.since, until=call.until),
        by=by,
        at=at,
    )


def _category(call: Call, key: str) -> Category:
    wanted = int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else 0
    found = call.categories.select_related("call__unit").filter(pk=wanted).first()
    if found is None:
        raise InvalidInputError("请选择评选类别。", field="category")
    return found


def _subject(category: Category, call: Call, asked: str, by: Actor) -> Subject:
    name = clean_text(asked, field="subject", label="提名对象", most=60, least=1)
    within = call.unit.path
    if category.holder == "person":
        people = Person.objects.filter(is_active=True, unit__path__startswith=within)
        wanted = by.person_number if name == SELF else name
        rows = people.select_related("unit")
        found = list(rows.filter(number=wanted)) or list(rows.filter(name=wanted)[:6])
        return Subject(person=_only(found, name))
    if category.holder == "team":
        teams = Team.objects.filter(unit__path__startswith=within).select_related("unit")
        named = list(teams.filter(code=name)) or list(teams.filter(name=name)[:6])
        return Subject(team=_only(named, name))
    units = Unit.objects.filter(path__startswith=within, valid_until=None)
    is_branch = category.holder == "branch"
    units = units.filter(kind="branch") if is_branch else units.exclude(kind="branch")
    return Subject(
        held_by=_only(list(units.filter(code=name)) or list(units.filter(name=name)), name)
    )


def _only(found: Sequence[T], name: str) -> T:
    if not found:
        message = Phrase("主办单位里没有“%(name)s”，请填编号或全名。", name=name)
        raise InvalidInputError(message, field="subject")
    if len(found) > 1:
        raise InvalidInputError(
            Phrase("“%(name)s”有同名的，请填编号。", name=name), field="subject"
        )
    return found[0]


def withdraw(*, number: str, nominee: str, by: Actor, at: datetime) -> Nominee:
    """Take a nomination back; see the operation.

    Raises:
        NotVisibleError, UnableToNominateError, IllegalTransitionError: see the operation.
    """
    call = access.call_to_join(number, by=by)
    rows = Nominee.objects.filter(category__call=call).select_related("category__call", "person")
    found = None if "\0" in nominee else rows.filter(number=nominee).first()
    if found is None:
        raise NotVisibleError("没有找到这个提名。")
    return nominating.withdraw(nominee=found, by=by, at=at)


def vote(*, number: str, chosen: Sequence[str], by: Actor, at: datetime) -> None:
    """Cast the actor's one vote. No key of the form is kept: its fingerprint could be guessed.

    Raises:
        NotVisibleError: the actor has nothing to do with the call.
        UnableToVoteError: the vote is not open, he has voted, or chose what cannot be chosen.
    """
    with transaction.atomic():
        call = access.call_to_join(number, by=by)
        today = at.astimezone(SHANGHAI).date()
        if call.status != "VOTING" or today > call.vote_until:
            raise ballots.UnableToVoteError("现在不能投票：还没有开始，或已经截止。")
        ballots.cast(call=call, chosen=chosen, by=by, at=at)


def object_in_public(
    *, number: str, nominee: str, words: str, name: str, contact: str, at: datetime
) -> Objection:
    """Object to somebody on notice; name and contact are read by those who decide only.

    Raises:
        NotVisibleError: there is no such notice.
        InvalidInputError, UnableToNominateError: a field makes no sense, or the notice is over.
    """
    shown = notice(number, at=at)
    if nominee not in {row.number for _, row in shown.rows}:
        raise NotVisibleError("没有找到这一项公示。")
    found = Nominee.objects.select_related("category__call").get(number=nominee)
    return nominating.make_objection(
        nominee=found,
        words=clean_text(words, field="words", label="异议内容", most=500, least=4),
        name=clean_text(name, field="name", label="姓名", most=40, least=1),
        contact=clean_text(contact, field="contact", label="联系方式", most=40, least=4),
        at=at,
    )
