"""Write what a table of key customers says: all of it or nothing, in a handful of statements."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit
from dianliang.core.checks import InvalidRowsError
from dianliang.domain.catalog.models import Checklist
from dianliang.domain.key_customers.keys import phone_key
from dianliang.domain.key_customers.models import (
    Feed,
    GradeDecision,
    KeyCustomer,
    OwnSupply,
)
from dianliang.domain.key_customers.operations.register import decision_fields
from dianliang.domain.key_customers.told import Graded, Source, Supply
from dianliang.flows.key_customers import sheets
from dianliang.flows.key_customers.reading import CHECKLISTS, USUAL_CHECKLIST, Brought, Line
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase

BATCH = 500
KEPT = ("is_generated", "number", "id")
"""What an import never changes of a customer that is there."""


@transaction.atomic
def write(brought: Brought, *, by: Actor, at: datetime, only_check: bool = False) -> dict[str, int]:
    """Take customers in or bring them up to date by their numbers; return how many of each.

    Raises:
        InvalidRowsError: a number belongs to another unit's customer, or names none.
    """
    present = {row.number: row for row in _present(brought)}
    _require_own(brought, present, by=by)
    usual = dict(Checklist.objects.values_list("code", "pk"))
    changed = [_row(line, present.get(line.number), usual=usual) for line in brought.lines]
    dirty = [row for row, is_changed in changed if is_changed]
    before = {row.number: _grade(row) for row in present.values()}
    if dirty:
        names = [f.name for f in KeyCustomer._meta.concrete_fields if f.name not in KEPT]
        KeyCustomer.objects.bulk_create(
            dirty,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["number"],
            update_fields=names,
        )
    keys = dict(KeyCustomer.objects.values_list("number", "pk"))
    decided = _decide(brought.lines, before, keys, by=by, at=at)
    fed = _replace_feeds(brought.lines, keys)
    supplied = _replace_supplies(brought.supplies, keys)
    new = [line.number for line in brought.lines if line.number not in present]
    touched = {row.number for row in dirty} | decided | fed | supplied
    _record(touched, keys, set(new), by=by, at=at)
    transaction.set_rollback(only_check)
    return {
        "rows": len(brought.lines),
        "new": len(new),
        "changed": len(touched) - len(new),
        "supplies": sum(map(len, brought.supplies.values())),
    }


def _present(brought: Brought) -> list[KeyCustomer]:
    wanted = {line.number for line in brought.lines} | set(brought.supplies)
    rows = KeyCustomer.objects.select_related("unit").select_for_update(of=("self",))
    return [row for row in rows.order_by("pk").iterator(chunk_size=2000) if row.number in wanted]


def _require_own(brought: Brought, present: Mapping[str, KeyCustomer], *, by: Actor) -> None:
    told = {line.number: line.row for line in brought.lines}
    wrong = [
        Phrase(
            "“%(sheet)s”表 第 %(row)d 行：编号 %(number)s 已被其他单位使用，请换一个。",
            sheet=sheets.CUSTOMERS,
            row=told[number],
            number=number,
        )
        for number, row in present.items()
        if number in told and not by.reaches_unit(row.unit.path)
    ]
    wrong += [
        Phrase(
            "“%(sheet)s”表：编号 %(number)s 在“%(customers)s”表和系统中都没有，请改正。",
            sheet=sheets.SUPPLIES,
            number=number,
            customers=sheets.CUSTOMERS,
        )
        for number in brought.supplies
        if number not in told
        and (number not in present or not by.reaches_unit(present[number].unit.path))
    ]
    if wrong:
        raise InvalidRowsError(wrong)


def _row(
    line: Line, present: KeyCustomer | None, *, usual: Mapping[str, int]
) -> tuple[KeyCustomer, bool]:
    """Return a customer as it is to be, and whether that differs from what is there."""
    values: dict[str, Any] = {**line.fields, **line.contact}
    if "phone" in values:
        values["phone_index"] = phone_key(values["phone"])
    values |= {
        "grade": line.graded.grade,
        "begins_on": line.graded.begins_on,
        "ends_on": line.graded.ends_on,
    }
    if present is None:
        kind = str(values["kind"])
        values.setdefault("checklist_id", usual[CHECKLISTS.get(kind, USUAL_CHECKLIST)])
        return KeyCustomer(number=line.number, **values), True
    is_changed = any(getattr(present, name) != value for name, value in values.items())
    if is_changed:
        kept = {f.attname: getattr(present, f.attname) for f in KeyCustomer._meta.concrete_fields}
        kept.pop("id")
        return KeyCustomer(**{**kept, **values}), True
    return present, False


def _grade(row: KeyCustomer) -> tuple[Any, ...]:
    return row.grade, row.begins_on, row.ends_on


def _decide(
    lines: Sequence[Line],
    before: Mapping[str, tuple[Any, ...]],
    keys: Mapping[str, int],
    *,
    by: Actor,
    at: datetime,
) -> set[str]:
    """Append a decision for each grade that is new or another than before."""
    fresh = [line for line in lines if before.get(line.number) != _of(line.graded)]
    GradeDecision.objects.bulk_create(
        (
            GradeDecision(
                customer_id=keys[line.number], **decision_fields(line.graded, by=by, at=at)
            )
            for line in fresh
        ),
        batch_size=BATCH,
    )
    return {line.number for line in fresh}


def _of(graded: Graded) -> tuple[Any, ...]:
    return graded.grade, graded.begins_on, graded.ends_on


def _replace_feeds(lines: Sequence[Line], keys: Mapping[str, int]) -> set[str]:
    told = {line.number: line.sources for line in lines if line.sources is not None}
    there: dict[int, set[Source]] = {}
    columns = ("customer_id", "feeder_id", "transformer_id", "is_main")
    for customer, feeder, transformer, is_main in Feed.objects.values_list(*columns):
        source = Source(feeder_id=feeder, transformer_id=transformer, is_main=is_main)
        there.setdefault(customer, set()).add(source)
    others = {
        number: sources
        for number, sources in told.items()
        if set(sources) != there.get(keys[number], set())
    }
    _forget(Feed, others, keys)
    Feed.objects.bulk_create(
        (
            Feed(
                customer_id=keys[number],
                feeder_id=source.feeder_id,
                transformer_id=source.transformer_id,
                is_main=source.is_main,
            )
            for number, sources in others.items()
            for source in sources
        ),
        batch_size=BATCH,
    )
    return set(others)


def _replace_supplies(told: Mapping[str, Sequence[Supply]], keys: Mapping[str, int]) -> set[str]:
    there: dict[int, list[Supply]] = {}
    columns = ("customer_id", "kind", "power_kva", "power_kw", "autonomy_h", "tested_on")
    for customer, *values in OwnSupply.objects.order_by("pk").values_list(*columns):
        supply = Supply(**dict(zip(columns[1:], values, strict=True)))
        there.setdefault(customer, []).append(supply)
    others = {
        number: supplies
        for number, supplies in told.items()
        if list(supplies) != there.get(keys[number], [])
    }
    _forget(OwnSupply, others, keys)
    OwnSupply.objects.bulk_create(
        (
            OwnSupply(
                customer_id=keys[number],
                kind=supply.kind,
                power_kva=supply.power_kva,
                power_kw=supply.power_kw,
                autonomy_h=supply.autonomy_h,
                tested_on=supply.tested_on,
            )
            for number, supplies in others.items()
            for supply in supplies
        ),
        batch_size=BATCH,
    )
    return set(others)


def _forget(
    model: type[Feed] | type[OwnSupply], told: Mapping[str, object], keys: Mapping[str, int]
) -> None:
    pks = [keys[number] for number in told]
    for start in range(0, len(pks), BATCH):
        model.objects.filter(customer__in=pks[start : start + BATCH]).delete()


def _record(
    touched: set[str], keys: Mapping[str, int], new: set[str], *, by: Actor, at: datetime
) -> None:
    audit.record_each(
        "key_customers.keycustomer.import",
        targets=(
            (KeyCustomer(pk=keys[number], number=number), "新建" if number in new else "更新")
            for number in sorted(touched)
        ),
        by=by,
        at=at,
    )
