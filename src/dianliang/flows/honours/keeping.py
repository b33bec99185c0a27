"""The register of honours and media reports: what a person fills in, and photos of certificates."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction

from dianliang.core import files
from dianliang.domain.directory.models import Unit
from dianliang.domain.honours import access
from dianliang.domain.honours.models import Honour, MediaReport
from dianliang.domain.honours.operations import register
from dianliang.domain.honours.operations.nominating import Subject
from dianliang.domain.honours.operations.register import Entry
from dianliang.domain.honours.queries.register import HOLDERS, LEVELS
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows.branches.choices import record_of, unit_of, words
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in for an honour; `name` is a number, a code or a full name."""

    title: str
    level: str
    issuer: str
    on: date
    holder: str
    name: str
    photo: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person fills in for a media report; `record` may be empty."""

    outlet: str
    level: str
    title: str
    on: date
    link: str
    unit: str
    record: str


@transaction.atomic
def enter(*, asked: Asked, by: Actor, at: datetime) -> Honour:
    """Enter an honour.

    Raises:
        InvalidInputError, UnableToHonourError: a field makes no sense; it is named.
    """
    entry = Entry(
        title=words(asked.title, field="title", label="荣誉名称", most=80, least=2),
        level=choice(asked.level, LEVELS, field="level", label="级别"),
        issuer=words(asked.issuer, field="issuer", label="授予单位", most=80, least=2),
        on=asked.on,
        holder=choice(asked.holder, HOLDERS, field="holder", label="获得者类别"),
        subject=subject_of(asked.holder, asked.name, by=by),
    )
    evidence = files.keep_image(asked.photo, at=at, field="photo") if asked.photo else None
    return register.enter(entry=entry, evidence=evidence, by=by, at=at)


def choice(value: str, offered: Container[str], *, field: str, label: str) -> str:
    """Return a value that was offered.

    Raises:
        InvalidInputError: it was not.
    """
    if value not in offered:
        raise InvalidInputError(Phrase("请选择%(label)s。", label=Phrase(label)), field=field)
    return value


def subject_of(holder: str, name: str, *, by: Actor) -> Subject:
    """Return the holder that a number, a code or a full name means among the actor's units.

    Raises:
        InvalidInputError: nothing, or several, are meant.
    """
    asked = words(name, field="name", label="获得者", most=60, least=1)
    path = by.unit_path or "-"
    if holder == "person":
        people = Person.objects.filter(unit__path__startswith=path).select_related("unit")
        found = list(people.filter(number=asked)) or list(people.filter(name=asked)[:6])
        return Subject(person=_only(found, asked))
    if holder == "team":
        teams = Team.objects.filter(unit__path__startswith=path).select_related("unit")
        named = list(teams.filter(code=asked)) or list(teams.filter(name=asked)[:6])
        return Subject(team=_only(named, asked))
    units = Unit.objects.filter(path__startswith=path)
    units = units.filter(kind="branch") if holder == "branch" else units.exclude(kind="branch")
    held = list(units.filter(code=asked)) or list(units.filter(name=asked)[:6])
    return Subject(held_by=_only(held, asked))


def _only(found: Sequence[T], asked: str) -> T:
    if not found:
        message = Phrase("本单位范围内没有“%(asked)s”，请填编号、编码或全名。", asked=asked)
        raise InvalidInputError(message, field="name")
    if len(found) > 1:
        raise InvalidInputError(
            Phrase("“%(asked)s”有同名的，请填编号。", asked=asked), field="name"
        )
    return found[0]


def show_as_model(*, number: str, story: str, by: Actor, at: datetime) -> Honour:
    """Show an honour among the models, or no more; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToHonourError: see the operation.
    """
    told = words(story, field="story", label="事迹简介", most=1000, least=0)
    return register.show_as_model(honour=_honour(number, by), story=told, by=by, at=at)


def revoke(*, number: str, reason: str, by: Actor, at: datetime) -> Honour:
    """Take an honour back; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    why = words(reason, field="reason", label="撤销原因", most=200, least=2)
    return register.revoke(honour=_honour(number, by), reason=why, by=by, at=at)


def photo_of(*, number: str, by: Actor) -> bytes:
    """Return the photo of an honour's certificate.

    Raises:
        NotVisibleError: there is none, or it is another's.
    """
    found = access.honour_to_see(number, by=by)
    if found.evidence is None:
        raise NotVisibleError("没有证书照片。")
    return files.read(found.evidence)


def report(*, told: Told, by: Actor, at: datetime) -> MediaReport:
    """Enter a media report.

    Raises:
        InvalidInputError, UnableToHonourError: a field makes no sense; it is named.
    """
    return register.report(
        outlet=words(told.outlet, field="outlet", label="媒体", most=60, least=2),
        level=choice(told.level, LEVELS, field="level", label="级别"),
        title=words(told.title, field="title", label="标题", most=120, least=2),
        on=told.on,
        link=words(told.link, field="link", label="链接", most=300, least=0),
        unit=unit_of(told.unit, by=by, field="unit", label="报道单位"),
        record=record_of(told.record, by=by),
        by=by,
        at=at,
    )


def _honour(number: str, by: Actor) -> Honour:
    found = access.honour_to_see(number, by=by)
    if not access.may_write(found.unit.path, by=by):
        raise NotVisibleError("没有找到这项荣誉。")
    return found
