"""Hand areas over from one person to another: one, or many at once, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.domain.territory.models import Area
from dianliang.domain.workforce import charges
from dianliang.domain.workforce.charging import cells_of, kinds, people_of
from dianliang.domain.workforce.models import Charge, ChargeKind, Person
from dianliang.flows.staffing import parting
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text

MOST_CELLS = 400
MOST_TOLD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """Which areas are meant: some by code, all of a township that the kind is for, all of a person.

    They add up. `of_person` means what he would answer for on the day of the hand-over.
    """

    codes: Sequence[str] = ()
    towns: Sequence[str] = ()
    of_person: str = ""


@transaction.atomic
def hand_over(
    *,
    meant: Meant,
    kind_code: str,
    person_number: str,
    from_on: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> int:
    """Let one person, or nobody (an empty number), answer for areas from a day on.

    Raises:
        InvalidInputError: no area, an unknown one, kind or person; or some areas cannot be
            handed over: each is named, and none is.
    """
    kind, person = kind_of(kind_code), person_of(person_number, by=by)
    wanted = _codes(meant, kind, from_on, by=by)
    if not wanted:
        raise InvalidInputError("请至少勾选一个区域。", field="cells")
    if len(wanted) > MOST_CELLS:
        raise InvalidInputError(
            Phrase("一次最多交接 %(most_cells)s 个区域。", most_cells=MOST_CELLS), field="cells"
        )
    words = clean_text(reason, field="reason", label="交接原因", most=200, least=1)
    known = {area.code: area for area in cells_of(by).filter(code__in=wanted)}
    wrong: list[str] = [
        Phrase("%(code)s：不在您的区域内。", code=code) for code in wanted if code not in known
    ]
    for code in wanted:
        if code in known:
            wrong += _try(known[code], kind, person, from_on, words, by=by, at=at)
    if wrong:
        more = (
            Phrase("\n……另有 %(n)s 处", n=len(wrong) - MOST_TOLD) if len(wrong) > MOST_TOLD else ""
        )
        told = joined("\n", wrong[:MOST_TOLD])
        raise InvalidInputError(
            Phrase("没有交接任何区域：\n%(told)s%(more)s", told=told, more=more), field="cells"
        )
    return len(wanted)


def _codes(meant: Meant, kind: ChargeKind, on: date, *, by: Actor) -> tuple[str, ...]:
    """Return the codes of the areas that are meant, each once."""
    cells, found = cells_of(by), list(meant.codes)
    for town in cells.filter(code__in=meant.towns):
        below = cells.filter(path__startswith=town.path, level__in=kind.levels)
        found += below.exclude(pk=town.pk).order_by("path").values_list("code", flat=True)
    if meant.of_person:
        rows = Charge.objects.filter(area__in=cells, kind=kind, from_on__lte=on)
        newest = {
            row.area.code: row for row in rows.select_related("area", "person").order_by("from_on")
        }
        held = [code for code, row in newest.items() if _holds(row, meant.of_person)]
        if not held:
            message = Phrase(
                "%(on)s 没有区域由 %(number)s 担任%(kind)s，请核对编号。",
                on=on,
                number=meant.of_person[:24],
                kind=kind.name,
            )
            raise InvalidInputError(message, field="of_person")
        found += held
    return tuple(dict.fromkeys(found))


def _holds(row: Charge, number: str) -> bool:
    return row.person is not None and row.person.number == number


def _try(
    area: Area,
    kind: ChargeKind,
    person: Person | None,
    from_on: date,
    reason: str,
    *,
    by: Actor,
    at: datetime,
) -> list[str]:
    try:
        charges.hand_over(
            area=area,
            kind=kind,
            person=person,
            from_on=from_on,
            reason=reason,
            by=by,
            at=at,
        )
    except DomainError as refusal:
        return [refusal.message]
    return []


@transaction.atomic
def take_back(
    *, code: str, kind_code: str, from_on: date, reason: str, by: Actor, at: datetime
) -> str:
    """Take back the hand-over of an area that is to come on a day; return the area's name.

    Raises:
        NotVisibleError: absent, or not of the actor's areas.
        UnableToHandOverError, InvalidInputError: it has begun; there is no reason.
    """
    rows = Charge.objects.select_for_update(of=("self",)).select_related("area", "kind", "person")
    charge = rows.filter(
        area__in=cells_of(by), area__code=code, kind__code=kind_code, from_on=from_on
    ).first()
    if charge is None:
        raise NotVisibleError("没有找到这次交接。")
    words = clean_text(reason, field="reason", label="撤回原因", most=200, least=1)
    charges.take_back(charge=charge, reason=words, by=by, at=at)
    return charge.area.name


@transaction.atomic
def leave_office(*, person_number: str, on: date, reason: str, by: Actor, at: datetime) -> Person:
    """Note that one of the actor's people serves no longer; his roles and memberships end, too.

    Raises:
        InvalidInputError: nobody there has this number, or there is no reason.
        UnableToHandOverError: see the operation.
    """
    words = clean_text(reason, field="reason", label="离岗原因", most=200, least=1)
    person = person_of(person_number, by=by)
    if person is None:
        raise InvalidInputError("请填写离岗人的编号。", field="person")
    charges.leave_office(person=person, on=on, reason=words, by=by, at=at)
    parting.part(person=person, on=on, by=by, at=at)
    return person


def kind_of(code: str) -> ChargeKind:
    """Return a kind of responsibility.

    Raises:
        InvalidInputError: there is none with this code.
    """
    found = next((kind for kind in kinds() if kind.code == code), None)
    if found is None:
        raise InvalidInputError("请选择责任类别。", field="kind")
    return found


def person_of(number: str, *, by: Actor) -> Person | None:
    """Return somebody of the actor's units, or nobody for an empty number.

    Raises:
        InvalidInputError: nobody there has this number.
    """
    if not number:
        return None
    found = people_of(by).filter(number=number).first()
    if found is None:
        message = Phrase(
            "本单位在岗人员中没有编号 %(number)s，请从列表中选择。", number=number[:24]
        )
        raise InvalidInputError(message, field="person")
    return found
