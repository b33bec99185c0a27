"""Who wants to hear from us: said, and obeyed from then on."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.directory.models import Unit
from dianliang.domain.outreach.models import Preference
from dianliang.domain.outreach.phones import index_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError

CHUNK = 500


@transaction.atomic
def say(
    *,
    phone_index: str,
    agrees: bool,
    how: str,
    words: str,
    unit: Unit | None,
    by: Actor,
    at: datetime,
) -> Preference:
    """Write down what somebody wants (登记接收意愿); it holds for every outreach from now on.

    `unit` is where he said so: his words are for nobody below it or beside it.
    """
    made = Preference.objects.create(
        phone_index=phone_index,
        agrees=agrees,
        how=how,
        words=words,
        unit=unit,
        said_at=at,
        said_by=by.name,
    )
    audit.record(
        "outreach.preference.say",
        target=made,
        by=by,
        at=at,
        after=f"{made} · {made.get_how_display()}",
    )
    return made


def say_of(
    *,
    phone: str,
    agrees: bool,
    how: str,
    words: str,
    unit: Unit | None,
    by: Actor,
    at: datetime,
) -> None:
    """Write down what somebody at a telephone wants; see `say`.

    Raises:
        InvalidInputError: it is no mobile number, or nobody knows how it was said.
    """
    index = index_of(phone)
    if not index:
        raise InvalidInputError("请填写 11 位手机号。", field="phone")
    if how not in Preference.How.values:
        raise InvalidInputError("请选择是怎样表示的。", field="how")
    say(phone_index=index, agrees=agrees, how=how, words=words, unit=unit, by=by, at=at)


def standing(indexes: Collection[str]) -> dict[str, bool]:
    """Return what was last said at telephones; who said nothing is left out."""
    wanted, found = sorted(set(indexes) - {""}), dict[str, bool]()
    for start in range(0, len(wanted), CHUNK):
        rows = Preference.objects.filter(phone_index__in=wanted[start : start + CHUNK])
        found.update(rows.order_by("pk").values_list("phone_index", "agrees"))
    return found


def excluded_for(index: str, *, basis: str, said: dict[str, bool]) -> str:
    """Return why nothing may be sent to a telephone; empty where it may."""
    if not index:
        return "no_phone"
    if said.get(index) is False:
        return "opted_out"
    return "no_consent" if basis == "consent" and not said.get(index) else ""
