"""Agreements with townships and villages (共建协议): drafted, signed, renewed, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core.papers import keep_paper
from dianliang.domain.directory import agreement_book, agreements
from dianliang.domain.directory.agreements import Terms
from dianliang.domain.directory.models import Agreement, Annex, Unit
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import spoken_name
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in for an agreement."""

    title: str
    kind: str
    scope: str
    unit_codes: Sequence[str]
    area_codes: Sequence[str]
    valid_from: date
    valid_until: date | None
    remind_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the form offers."""

    kinds: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]
    areas: tuple[tuple[str, str], ...]


def choices(*, by: Actor) -> Choices:
    """Return the parties that the actor may name: his units, and his townships and villages."""
    own = Unit.objects.filter(path__startswith=by.unit_path or "-")
    units = own.exclude(kind=Unit.Kind.BRANCH)
    areas = areas_of(by).filter(level__in=agreements.PARTY_LEVELS).select_related("parent")
    return Choices(
        kinds=tuple((str(value), str(label)) for value, label in Agreement.Kind.choices),
        units=tuple((unit.code, unit.name) for unit in units),
        areas=tuple((area.code, _place(area)) for area in areas.order_by("path")),
    )


def keep_draft(*, number: str, asked: Asked, by: Actor, at: datetime) -> Agreement:
    """Write a new draft (an empty number), or change one.

    Raises:
        NotVisibleError: absent, or another's.
        UnableToAgreeError, InvalidInputError: a field makes no sense; it is named.
    """
    terms = _terms(asked, by=by)
    if not number:
        return agreements.draft(terms=terms, by=by, at=at)
    agreement = agreement_book.to_change(number, by=by)
    return agreements.amend(agreement=agreement, terms=terms, by=by, at=at)


def sign(*, number: str, signed_on: date, by: Actor, at: datetime) -> Agreement:
    """Let a draft count from now on.

    Raises:
        NotVisibleError, UnableToAgreeError, IllegalTransitionError: see the operation.
    """
    agreement = agreement_book.to_change(number, by=by)
    return agreements.sign(agreement=agreement, signed_on=signed_on, by=by, at=at)


def renew(
    *, number: str, signed_on: date, valid_until: date | None, by: Actor, at: datetime
) -> Agreement:
    """Let an agreement go on.

    Raises:
        NotVisibleError, UnableToAgreeError, IllegalTransitionError: see the operation.
    """
    agreement = agreement_book.to_change(number, by=by)
    return agreements.renew(
        agreement=agreement, signed_on=signed_on, valid_until=valid_until, by=by, at=at
    )


def end(*, number: str, by: Actor, at: datetime) -> Agreement:
    """Note that the last day has passed.

    Raises:
        NotVisibleError, UnableToAgreeError, IllegalTransitionError: see the operation.
    """
    agreement = agreement_book.to_change(number, by=by)
    return agreements.end(agreement=agreement, by=by, at=at)


def terminate(*, number: str, on: date, reason: str, by: Actor, at: datetime) -> Agreement:
    """End an agreement early, for a reason.

    Raises:
        NotVisibleError, InvalidInputError, UnableToAgreeError: see the operation.
    """
    words = clean_text(reason, field="reason", label="终止原因", most=200, least=2)
    agreement = agreement_book.to_change(number, by=by)
    return agreements.terminate(agreement=agreement, on=on, reason=words, by=by, at=at)


@transaction.atomic
def attach(*, number: str, title: str, content: bytes, by: Actor, at: datetime) -> Annex:
    """Keep a scan or a photo with an agreement.

    Raises:
        NotVisibleError: absent, or another's.
        InvalidInputError, UnableToAgreeError: no PDF and no photo, damaged, or too many.
    """
    agreement = agreement_book.to_change(number, by=by)
    words = clean_text(title, field="title", label="附件名称", most=80, least=1)
    file = keep_paper(content, at=at, field="annex")
    return agreements.attach(agreement=agreement, title=words, file=file, by=by, at=at)


def end_expired(*, at: datetime) -> int:
    """End every agreement whose last day has passed; return how many."""
    on = at.astimezone(SHANGHAI).date()
    found = list(agreement_book.expired(on=on))
    for agreement in found:
        agreements.end(agreement=agreement, by=SYSTEM, at=at)
    return len(found)


def _terms(asked: Asked, *, by: Actor) -> Terms:
    offered = choices(by=by)
    units, areas = dict(offered.units), dict(offered.areas)
    if any(code not in units for code in asked.unit_codes):
        raise InvalidInputError("单位方应在本单位范围内，请重新选择。", field="units")
    if any(code not in areas for code in asked.area_codes):
        raise InvalidInputError("乡镇与村应在本单位服务区域内，请重新选择。", field="areas")
    return Terms(
        title=clean_text(asked.title, field="title", label="协议名称", most=80, least=2),
        kind=asked.kind,
        scope=clean_text(asked.scope, field="scope", label="约定内容", most=4000, least=2),
        units=tuple(Unit.objects.filter(code__in=asked.unit_codes)),
        areas=tuple(Area.objects.filter(code__in=asked.area_codes)),
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
        remind_days=asked.remind_days,
    )


def _place(area: Area) -> str:
    name = spoken_name(area.name)
    if area.level == Area.Level.VILLAGE and area.parent is not None:
        return f"{area.parent.name} {name}"
    return name
