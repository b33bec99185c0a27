"""Open a list of whom to call, write down each call, close the list."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.care.lifecycle import ALERT, CONTACT, STILL_TO_CALL
from dianliang.domain.care.models import Alert, Call, Contact
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

LIFE_SUPPORT_RANK = 0
NEAR = timedelta(days=366)
"""An outage that lies further off is a slip of the pen, which no database need be able to keep."""


class UnableToCloseAlertError(DomainError):
    """Somebody whose life depends on power has not been reached."""

    code = "care.unable-to-close-alert"


@transaction.atomic
def open_alert(
    *,
    kind: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime | None,
    areas: Sequence[Area],
    unit: Unit,
    about: str = "",
    affected: Iterable[tuple[int, str, int]],
    by: Actor,
    at: datetime,
) -> Alert:
    """Open a list of whom to call in an outage or before bad weather.

    `affected` are key, special kind and level of customers. Life support is called first, then
    the closest care.

    Raises:
        InvalidInputError: kind, areas or period make no sense; the field is named.
    """
    if kind not in Alert.Kind.values:
        raise InvalidInputError("请选择停电或预警的类别。", field="kind")
    if not areas:
        raise InvalidInputError("请至少选择一个影响区域。", field="areas")
    for moment, field, label in (
        (starts_at, "starts_at", "开始时间"),
        (ends_at, "ends_at", "结束时间"),
    ):
        if moment is not None and abs(moment - at) > NEAR:
            message = Phrase("%(label)s应在今天前后一年之内，请检查年份。", label=Phrase(label))
            raise InvalidInputError(message, field=field)
    if ends_at is not None and ends_at <= starts_at:
        raise InvalidInputError("预计结束应晚于开始。", field="ends_at")
    alert = Alert.objects.create(
        number=next_number("TD", at=at),
        kind=kind,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        unit=unit,
        about=about,
        opened_by=by.name,
        opened_at=at,
    )
    alert.areas.set(areas)
    rows = sorted((_rank(kind, level), pk) for pk, kind, level in affected)
    Contact.objects.bulk_create(
        (Contact(alert=alert, customer_id=pk, rank=rank) for rank, pk in rows), batch_size=500
    )
    audit.record("care.alert.open", target=alert, by=by, at=at, after=f"{len(rows)} 户")
    return alert


def _rank(special_kind: str, level: int) -> int:
    return LIFE_SUPPORT_RANK if special_kind == Customer.SpecialKind.LIFE_SUPPORT else level


@transaction.atomic
def note_call(
    *, contact: Contact, verb: str, note: str, job: Job | None, by: Actor, at: datetime
) -> Contact:
    """Write down a call and what came of it.

    Raises:
        IllegalTransitionError, StaleStateError: somebody was quicker; nothing is written.
    """
    if contact.alert.status != "OPEN":
        raise InvalidInputError("这份联系清单已结束，不能再登记。", field="verb")
    changes = {"called_at": at, "called_by": by.name, "calls_count": F("calls_count") + 1}
    if job is not None:
        changes["job"] = job
    transitions.apply(contact, verb, lifecycle=CONTACT, by=by, at=at, changes=changes)
    Call.objects.create(
        contact=contact,
        at=at,
        by_id=by.id,
        by_name=by.name,
        outcome=contact.status,
        note=note,
    )
    return contact


@transaction.atomic
def close(*, alert: Alert, reason: str, by: Actor, at: datetime) -> Alert:
    """End the calling. Whoever was not reached needs a reason; life support must be reached.

    Raises:
        UnableToCloseAlertError: life support was not reached, or others and there is no reason.
    """
    left = alert.contacts.filter(status__in=STILL_TO_CALL)
    if vital := left.filter(rank=LIFE_SUPPORT_RANK).count():
        message = Phrase(
            "还有 %(vital)s 户生命支持客户没有联系上，不能结束。请派人上门或登记需要帮助。",
            vital=vital,
        )
        raise UnableToCloseAlertError(message)
    if left.exists() and not reason.strip():
        message = Phrase("还有 %(count)s 户没有联系上，请写明原因后再结束。", count=left.count())
        raise UnableToCloseAlertError(message, field="reason")
    return transitions.apply(
        alert, "close", lifecycle=ALERT, by=by, at=at, note=reason, changes={"closed_at": at}
    )
