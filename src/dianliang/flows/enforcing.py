"""Delegated powers of enforcement (执法权限): granted, taken back, used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core.files import keep_image
from dianliang.domain.directory import power_book, powers
from dianliang.domain.directory.models import Delegation, EnforcementCase, PowerKind
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in for a delegation: some powers, one township, one document."""

    kind_codes: Sequence[str]
    area_code: str
    authority: str
    document: str
    scope: str
    measures: Sequence[str]
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a person fills in for a case."""

    on: date
    area_code: str
    place: str
    found: str
    measure: str
    outcome: str
    outcome_words: str
    photos: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the form offers."""

    kinds: tuple[tuple[str, str], ...]
    towns: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, str], ...]


OUTCOMES = tuple((str(value), str(label)) for value, label in EnforcementCase.Outcome.choices)


def choices(*, by: Actor) -> Choices:
    """Return the powers, the actor's townships, and the measures that a document may name."""
    towns = areas_of(by).filter(level=Area.Level.TOWNSHIP).order_by("path")
    return Choices(
        kinds=tuple(PowerKind.objects.filter(is_active=True).values_list("code", "name")),
        towns=tuple(towns.values_list("code", "name")),
        measures=tuple(powers.MEASURES.items()),
    )


@transaction.atomic
def delegate(*, asked: Asked, by: Actor, at: datetime) -> tuple[Delegation, ...]:
    """Write down what a document delegates to a township: all of its powers, or none.

    Raises:
        InvalidInputError, UnableToDelegateError: a field makes no sense; it is named.
    """
    wanted = tuple(dict.fromkeys(asked.kind_codes))
    kinds = {kind.code: kind for kind in PowerKind.objects.filter(is_active=True)}
    if not wanted or any(code not in kinds for code in wanted):
        raise InvalidInputError("请勾选文件下放的执法事项。", field="kinds")
    town = areas_of(by).filter(code=asked.area_code).first()
    if town is None:
        raise InvalidInputError("请选择本单位服务区域内的乡镇。", field="area")
    authority = clean_text(asked.authority, field="authority", label="下放机关", most=60, least=2)
    document = clean_text(asked.document, field="document", label="文件字号", most=80, least=2)
    scope = clean_text(asked.scope, field="scope", label="范围", most=400)
    return tuple(
        powers.delegate(
            grant=powers.Grant(
                kind=kinds[code],
                area=town,
                authority=authority,
                document=document,
                scope=scope,
                measures=tuple(dict.fromkeys(asked.measures)),
                valid_from=asked.valid_from,
                valid_until=asked.valid_until,
            ),
            by=by,
            at=at,
        )
        for code in wanted
    )


@transaction.atomic
def revoke(*, number: str, on: date, reason: str, by: Actor, at: datetime) -> Delegation:
    """Note that a power was taken back.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDelegateError: see the operation.
    """
    words = clean_text(reason, field="reason", label="收回原因", most=200, least=2)
    delegation = power_book.to_use(number, by=by)
    return powers.revoke(delegation=delegation, on=on, reason=words, by=by, at=at)


@transaction.atomic
def record_case(*, number: str, reported: Reported, by: Actor, at: datetime) -> EnforcementCase:
    """Write down a case in which a delegated power was used.

    Raises:
        NotVisibleError: the delegation is absent, or another's.
        InvalidInputError, UnableToRecordCaseError: a field is missing, or the case lies outside
            what was delegated; nothing is kept, not even photos.
    """
    delegation = power_book.to_use(number, by=by)
    area = Area.objects.filter(code=reported.area_code).first()
    if area is None:
        raise InvalidInputError("请选择案件所在的村或网格。", field="area")
    if len(reported.photos) > powers.MOST_PHOTOS:
        raise InvalidInputError(
            Phrase("照片最多 %(most)s 张。", most=powers.MOST_PHOTOS), field="photos"
        )
    happened = powers.Happened(
        on=reported.on,
        area=area,
        place=clean_text(reported.place, field="place", label="地点", most=120, least=1),
        found=clean_text(reported.found, field="found", label="发现的情况", most=2000, least=2),
        measure=reported.measure,
        outcome=reported.outcome,
        outcome_words=clean_text(
            reported.outcome_words, field="outcome_words", label="结果说明", most=400
        ),
        photos=tuple(keep_image(raw, at=at) for raw in reported.photos),
    )
    return powers.record_case(delegation=delegation, happened=happened, by=by, at=at)
