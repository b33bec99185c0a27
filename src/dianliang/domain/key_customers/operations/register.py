"""Take key customers in, change them, decide on their grade, take them out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit
from dianliang.core.fields import blind_index
from dianliang.core.numbers import next_number
from dianliang.domain.key_customers.keys import phone_key
from dianliang.domain.key_customers.models import (
    Feed,
    Grade,
    GradeDecision,
    KeyCustomer,
    OwnSupply,
)
from dianliang.domain.key_customers.told import Graded, Source, Supply, ToldCustomer
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

CHUNK = 500


class UnableToKeepCustomerError(DomainError):
    """The register cannot hold a key customer like this."""

    code = "key_customers.unable-to-keep"


@transaction.atomic
def take_in(
    *, told: ToldCustomer, graded: Graded, number: str = "", by: Actor, at: datetime
) -> KeyCustomer:
    """Write a key customer down with the decision on its grade; without a number it gets one.

    Raises:
        UnableToKeepCustomerError: the number is taken.
        InvalidInputError: a field contradicts itself; it is named.
    """
    number = number or next_number("ZK", at=at)
    if KeyCustomer.objects.filter(number=number).exists():
        message = Phrase(
            "重要客户编号 %(number)s 已有，请换一个编号，或打开原来的档案修改。", number=number
        )
        raise UnableToKeepCustomerError(message, field="number")
    require_period(graded)
    customer = KeyCustomer.objects.create(
        number=number,
        grade=graded.grade,
        begins_on=graded.begins_on,
        ends_on=graded.ends_on,
        **_fields(told),
        **_contact(told),
    )
    _replace_parts(customer, told)
    _decide(customer, graded, by=by, at=at)
    audit.record(
        "key_customers.keycustomer.take_in", target=customer, by=by, at=at, after=graded.grade
    )
    return customer


@transaction.atomic
def change(
    *, customer: KeyCustomer, told: ToldCustomer, seen: str, by: Actor, at: datetime
) -> KeyCustomer:
    """Bring the register up to date; the grade has its own decision.

    Raises:
        UnableToKeepCustomerError: somebody changed it since the form was opened.
        InvalidInputError: a field contradicts itself; it is named.
    """
    locked = KeyCustomer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if seen != version(locked):
        message = "这份档案刚被他人修改，请刷新后核对，再保存一次。"
        raise UnableToKeepCustomerError(message, field="seen")
    values = {**_fields(told), **_contact(told)}
    before = {name: getattr(locked, name) for name in values}
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(values))
    _replace_parts(locked, told)
    changed = [
        str(field.verbose_name)
        for field in KeyCustomer._meta.concrete_fields
        if field.name in values and before[field.name] != values[field.name]
    ]
    audit.record(
        "key_customers.keycustomer.change",
        target=locked,
        by=by,
        at=at,
        after="、".join(changed),
    )
    return locked


def version(customer: KeyCustomer) -> str:
    """Return what tells whether the register has changed since a form was opened."""
    parts: list[object] = [getattr(customer, f.attname) for f in KeyCustomer._meta.concrete_fields]
    parts += Feed.objects.filter(customer=customer).order_by("pk").values_list("pk", flat=True)
    parts += OwnSupply.objects.filter(customer=customer).order_by("pk").values_list("pk", flat=True)
    return blind_index("|".join(map(str, parts)), context="key_customer.version")[:16]


def _fields(told: ToldCustomer) -> dict[str, Any]:
    if told.tie_in not in KeyCustomer.TieIn.values:
        raise InvalidInputError("请选择应急电源接口的情况。", field="tie_in")
    if told.kind not in KeyCustomer.Kind.values:
        raise InvalidInputError("请选择重要客户的类别。", field="kind")
    return {
        "name": told.name,
        "kind": told.kind,
        "unit": told.unit,
        "area": told.area,
        "checklist": told.checklist,
        "address": told.address,
        "lat": told.point.lat if told.point else None,
        "lon": told.point.lon if told.point else None,
        "tie_in": told.tie_in,
        "cable_m": told.cable_m,
        "plug": told.plug,
        "note": told.note,
    }


def _contact(told: ToldCustomer) -> dict[str, str]:
    found = {"contact": told.contact} if told.contact else {}
    if told.phone:
        found |= {"phone": told.phone, "phone_index": phone_key(told.phone)}
    return found


def _replace_parts(customer: KeyCustomer, told: ToldCustomer) -> None:
    if told.sources is not None:
        require_one_main(told.sources)
        customer.feeds.all().delete()
        Feed.objects.bulk_create(_feed(customer, source) for source in told.sources)
    if told.supplies is not None:
        customer.supplies.all().delete()
        OwnSupply.objects.bulk_create(_supply(customer, supply) for supply in told.supplies)


def _feed(customer: KeyCustomer, source: Source) -> Feed:
    return Feed(
        customer=customer,
        feeder_id=source.feeder_id,
        transformer_id=source.transformer_id,
        is_main=source.is_main,
    )


def _supply(customer: KeyCustomer, supply: Supply) -> OwnSupply:
    return OwnSupply(
        customer=customer,
        kind=supply.kind,
        power_kva=supply.power_kva,
        power_kw=supply.power_kw,
        autonomy_h=supply.autonomy_h,
        tested_on=supply.tested_on,
    )


def require_one_main(sources: Sequence[Source]) -> None:
    """Refuse sources of which none or several are the main one, or one that comes twice.

    Raises:
        InvalidInputError: they do.
    """
    things = [(source.feeder_id, source.transformer_id) for source in sources]
    if len(set(things)) < len(things):
        raise InvalidInputError("同一线路或变压器只能填一次。", field="sources")
    if sources and sum(source.is_main for source in sources) != 1:
        raise InvalidInputError("请指定一路主供电源，其余为备用。", field="sources")


def require_period(graded: Graded) -> None:
    """Refuse a temporary grade without its period, and a lasting one with a period.

    Raises:
        InvalidInputError: it contradicts itself; the field is named.
    """
    if graded.grade not in Grade.values:
        raise InvalidInputError("等级应为特级、一级、二级或临时。", field="grade")
    if graded.grade == Grade.TEMPORARY:
        if graded.begins_on is None or graded.ends_on is None:
            raise InvalidInputError("临时重要客户要填起始日和截止日。", field="ends_on")
        if graded.ends_on <= graded.begins_on:
            raise InvalidInputError("临时截止日应晚于起始日（截止日当天不再算）。", field="ends_on")
    elif graded.begins_on or graded.ends_on:
        raise InvalidInputError("只有临时重要客户才填起止日期。", field="begins_on")


@transaction.atomic
def decide_grade(
    *, customer: KeyCustomer, graded: Graded, by: Actor, at: datetime
) -> GradeDecision:
    """Write a decision on the grade down; it holds from now on, the earlier ones stay on record.

    Raises:
        InvalidInputError: the grade contradicts itself, or nothing says who decided.
    """
    require_period(graded)
    if not graded.document:
        raise InvalidInputError("请写明认定文号或依据。", field="document")
    KeyCustomer.objects.filter(pk=customer.pk).update(
        grade=graded.grade, begins_on=graded.begins_on, ends_on=graded.ends_on
    )
    before = customer.grade
    decision = _decide(customer, graded, by=by, at=at)
    audit.record(
        "key_customers.keycustomer.decide_grade",
        target=customer,
        by=by,
        at=at,
        before=before,
        after=graded.grade,
        reason=graded.document,
    )
    return decision


def _decide(customer: KeyCustomer, graded: Graded, *, by: Actor, at: datetime) -> GradeDecision:
    return GradeDecision.objects.create(**decision_fields(graded, by=by, at=at), customer=customer)


def decision_fields(graded: Graded, *, by: Actor, at: datetime) -> Mapping[str, Any]:
    """Return what a decision on a grade keeps, but for whose it is."""
    return {
        "grade": graded.grade,
        "begins_on": graded.begins_on,
        "ends_on": graded.ends_on,
        "decided_on": graded.decided_on,
        "document": graded.document,
        "recorded_at": at,
        "recorded_by": by.name,
    }


@transaction.atomic
def remove(*, customer: KeyCustomer, on: date, reason: str, by: Actor, at: datetime) -> KeyCustomer:
    """Take a customer out of the register from a day on; what happened to it stays.

    Raises:
        UnableToKeepCustomerError: it is out already.
        InvalidInputError: there is no reason.
    """
    if not reason:
        raise InvalidInputError("请写明移出的原因。", field="reason")
    if not KeyCustomer.objects.filter(pk=customer.pk, removed_on=None).update(removed_on=on):
        raise UnableToKeepCustomerError(
            Phrase("%(customer_number)s 已移出，请刷新。", customer_number=customer.number),
            field="reason",
        )
    customer.removed_on = on
    audit.record("key_customers.keycustomer.remove", target=customer, by=by, at=at, reason=reason)
    return customer


@transaction.atomic
def put_back(*, customer: KeyCustomer, reason: str, by: Actor, at: datetime) -> KeyCustomer:
    """Put a customer back that was taken out.

    Raises:
        UnableToKeepCustomerError: it is in the register.
        InvalidInputError: there is no reason.
    """
    if not reason:
        raise InvalidInputError("请写明恢复的原因。", field="reason")
    out = KeyCustomer.objects.filter(pk=customer.pk, removed_on__isnull=False)
    if not out.update(removed_on=None):
        raise UnableToKeepCustomerError(
            Phrase("%(customer_number)s 没有移出，请刷新。", customer_number=customer.number),
            field="reason",
        )
    customer.removed_on = None
    audit.record("key_customers.keycustomer.put_back", target=customer, by=by, at=at, reason=reason)
    return customer


def reveal(*, customer: KeyCustomer, reason: str, by: Actor, at: datetime) -> None:
    """Note for which reason a contact is shown.

    Raises:
        InvalidInputError: there is no reason.
    """
    if len(reason) < 2:
        raise InvalidInputError("请写明查看联系方式的原因。", field="reason")
    audit.record("key_customers.keycustomer.reveal", target=customer, by=by, at=at, reason=reason)
