"""Hand areas over from one person to another: one, or many at once, all or none."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dianliang.domain.territory.models import Area
from dianliang.domain.workforce import charges
from dianliang.domain.workforce.charging import cells_of, kinds, people_of
from dianliang.domain.workforce.models import Charge, ChargeKind, Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.text import clean_text

MOST_CELLS = 400
MOST_TOLD = 8


@transaction.atomic
def hand_over(
    *,
    codes: Sequence[str],
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
    wanted = tuple(dict.fromkeys(codes))
    if not wanted:
        raise InvalidInputError("请至少勾选一个区域。", field="cells")
    if len(wanted) > MOST_CELLS:
        raise InvalidInputError(f"一次最多交接 {MOST_CELLS} 个区域。", field="cells")
    kind, person = kind_of(kind_code), person_of(person_number, by=by)
    words = clean_text(reason, field="reason", label="交接原因", most=200, least=1)
    known = {area.code: area for area in cells_of(by).filter(code__in=wanted)}
    wrong = [f"{code}：不在您的区域内。" for code in wanted if code not in known]
    for code in wanted:
        if code in known:
            wrong += _try(known[code], kind, person, from_on, words, by=by, at=at)
    if wrong:
        more = f"\n……另有 {len(wrong) - MOST_TOLD} 处" if len(wrong) > MOST_TOLD else ""
        told = "\n".join(wrong[:MOST_TOLD])
        raise InvalidInputError(f"没有交接任何区域：\n{told}{more}", field="cells")
    return len(wanted)


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
def take_back(*, charge_id: int, reason: str, by: Actor, at: datetime) -> str:
    """Take back a hand-over that is to come; return the name of its area.

    Raises:
        NotVisibleError: absent, or not of the actor's areas.
        UnableToHandOverError, InvalidInputError: it has begun; there is no reason.
    """
    rows = Charge.objects.select_for_update(of=("self",)).select_related("area", "kind", "person")
    charge = rows.filter(pk=charge_id, area__in=cells_of(by)).first()
    if charge is None:
        raise NotVisibleError("没有找到这次交接。")
    words = clean_text(reason, field="reason", label="撤回原因", most=200, least=1)
    charges.take_back(charge=charge, reason=words, by=by, at=at)
    return charge.area.name


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
        message = f"本单位在岗人员中没有编号 {number[:24]}，请从列表中选择。"
        raise InvalidInputError(message, field="person")
    return found
