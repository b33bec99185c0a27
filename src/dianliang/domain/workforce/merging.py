"""Make one person of two rows: every reference moves, the old number leads to the kept one."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from dianliang.core import audit
from dianliang.core.models import User
from dianliang.core.numbers import next_number
from dianliang.domain.workforce import folding
from dianliang.domain.workforce.models import NotTheSame, Person, PersonMerge
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError
from dianliang.kernel.masking import mask_name
from dianliang.kernel.phrases import Phrase

FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full_name"),
    "phone": ("phone", "phone_index"),
    "document": ("document_kind", "document", "document_index"),
    "born": ("born", "minor_until"),
    "unit": ("unit",),
    "title": ("title",),
    "account": ("user",),
}
"""What is chosen as one: a field of the page with the columns behind it."""
LABELS = {
    "name": "姓名",
    "phone": "电话",
    "document": "证件",
    "born": "出生日期",
    "unit": "单位",
    "title": "岗位",
    "account": "登录账号",
}
Fold = Callable[[Person, Person], Mapping[str, Any]]
"""Puts one kind of record of two people together, before what is left moves; tells what it dropped.

It is given the kept person and the one who goes.
"""


class UnableToMergeError(DomainError):
    """The two rows cannot become one; the message says what must be put right first."""

    code = "workforce.unable-to-merge"


@transaction.atomic
def merge(
    *,
    kept: Person,
    gone: Person,
    take: Collection[str],
    reason: str,
    folds: Collection[Fold],
    by: Actor,
    at: datetime,
) -> PersonMerge:
    """Make `gone` one with `kept` (合并人员): all or nothing.

    `take` names the fields (of `FIELDS`) whose value comes from the one who goes; what the kept
    one lacks comes from there anyway. `folds` belong to other rooms: they put together what both
    have of one thing, such as a part in one activity. Whatever else points to the one who goes is
    found through the database's own keys, so that no room is forgotten.

    Raises:
        UnableToMergeError: they are one row, one is gone, they show different documents, both have
            accounts and the actor is no administrator, or both have a record of which there can
            be one only.
    """
    kept, gone = _locked(kept, gone)
    _refuse(kept, gone, reason=reason, by=by)
    record = _told(gone)
    dropped: dict[str, Any] = {}
    for fold in (*folding.FOLDS, *folds):
        dropped |= fold(kept, gone)
    moved = _moved(kept, gone)
    _join_unlike(kept, gone)
    _close_account(kept, gone, take, by=by, at=at)
    values = _values(kept, gone, take)
    into, old_number, old_name, old_unit = kept.number, gone.number, gone.name, gone.unit
    gone.delete()
    for name, value in values.items():
        setattr(kept, name, value)
    kept.save()
    row = PersonMerge.objects.create(
        number=next_number("RH", at=at),
        person=kept,
        into_number=into,
        gone_number=old_number,
        gone_name=old_name,
        unit=old_unit,
        gone_record=json.dumps({"record": record, "dropped": dropped}, ensure_ascii=False),
        moved=moved,
        reason=reason,
        merged_at=at,
        merged_by=by.name,
    )
    audit.record(
        "workforce.person.merge",
        target=kept,
        by=by,
        at=at,
        before=old_number,
        after=into,
        reason=f"{reason}；{_counted(moved)}",
    )
    return row


@transaction.atomic
def tell_apart(
    *, first: Person, second: Person, reason: str, by: Actor, at: datetime
) -> NotTheSame:
    """Note that two who seemed one are two (确认不同人), so that nobody is asked again.

    Raises:
        UnableToMergeError: there is no reason, or they are one row.
    """
    if not reason:
        raise UnableToMergeError("请写明依据。", field="reason")
    if first.pk == second.pk:
        raise UnableToMergeError("这是同一条人员记录。")
    low, high = sorted((first, second), key=lambda person: person.pk)
    row, _ = NotTheSame.objects.update_or_create(
        first=low,
        second=high,
        defaults={"reason": reason, "decided_at": at, "decided_by": by.name},
    )
    audit.record(
        "workforce.person.tell_apart",
        target=low,
        by=by,
        at=at,
        after=high.number,
        reason=reason,
    )
    return row


def found_by(number: str) -> Person | None:
    """Return the person with a number, also one that a merge has taken away."""
    person = Person.objects.select_related("unit").filter(number=number).first()
    if person is None:
        merged = PersonMerge.objects.select_related("person__unit").filter(gone_number=number)
        row = merged.first()
        person = row.person if row else None
    return person


def numbers_of(person: Person) -> tuple[str, ...]:
    """Return all numbers that lead to a person, his own first: for records that keep numbers."""
    merges = PersonMerge.objects.filter(person=person).order_by("pk")
    return (person.number, *merges.values_list("gone_number", flat=True))


def _locked(kept: Person, gone: Person) -> tuple[Person, Person]:
    """Lock both rows, always in one order: two who merge at once wait, and the later is told."""
    if kept.pk == gone.pk:
        raise UnableToMergeError("这是同一条人员记录，不用合并。")
    rows = Person.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk]).order_by("pk")
    found = {row.pk: row for row in rows}
    for person in (kept, gone):
        if person.pk not in found:
            raise UnableToMergeError(
                Phrase(
                    "%(person)s（%(person_number)s）刚被他人合并，请刷新后再看。",
                    person=person.name,
                    person_number=person.number,
                )
            )
    return found[kept.pk], found[gone.pk]


def _refuse(kept: Person, gone: Person, *, reason: str, by: Actor) -> None:
    if not reason:
        raise UnableToMergeError("请写明认定为同一人的依据。", field="reason")
    if kept.document and gone.document and kept.document_kind == gone.document_kind:
        message = "两人登记了不同的证件号码，不是同一人；若有一个号码写错，请先改正。"
        raise UnableToMergeError(message, field="document")
    if kept.user_id and gone.user_id and by.role is not Role.ADMINISTRATOR:
        message = "两人都有登录账号，合并会停用其中一个，请由管理员办理。"
        raise UnableToMergeError(message, field="account")


def _told(person: Person) -> dict[str, Any]:
    """Return a person's row as it was, sealed with the merge."""
    hidden = {"id", "phone_index", "document_index"}
    return {
        field.name: str(field.value_from_object(person) or "")
        for field in Person._meta.concrete_fields
        if field.name not in hidden
    }


def _relations() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every key of the whole database that points to a person."""
    for relation in Person._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            yield relation.related_model, relation.field.name


def _moved(kept: Person, gone: Person) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for model, name in _relations():
        rows = model._default_manager.filter(**{name: gone})
        keys = list(rows.values_list("pk", flat=True))
        if not keys:
            continue
        if model is NotTheSame:
            continue
        try:
            with transaction.atomic():
                rows.update(**{name: kept})
        except IntegrityError:
            keys = _one_by_one(model, name, keys, kept)
        counts[str(model._meta.verbose_name)] += len(keys)
    return dict(counts)


def _one_by_one(model: type[models.Model], name: str, keys: list[Any], kept: Person) -> list[Any]:
    """Move rows singly; in a plain list of people one who is there twice is there once.

    Raises:
        UnableToMergeError: both have a record of which one person can have one only.
    """
    moved = []
    for key in keys:
        row = model._default_manager.filter(pk=key)
        try:
            with transaction.atomic():
                row.update(**{name: kept})
        except IntegrityError as error:
            if model._meta.auto_created:
                row.delete()
                continue
            message = Phrase(
                "“%(what)s”中的“%(first)s”转给%(kept)s会与他已有的记录冲突（一人只能有一条，或经办人不能是受益人）。请先处理其中一条，再合并。",
                what=model._meta.verbose_name,
                first=row.first(),
                kept=kept.name,
            )
            raise UnableToMergeError(message) from error
        moved.append(key)
    return moved


def _join_unlike(kept: Person, gone: Person) -> None:
    """Let what was said about the one who goes and others count for the kept one."""
    rows = NotTheSame.objects.filter(Q(first=gone) | Q(second=gone))
    for row in list(rows):
        other = row.second_id if row.first_id == gone.pk else row.first_id
        row.delete()
        if other == kept.pk:
            continue
        NotTheSame.objects.get_or_create(
            first_id=min(other, kept.pk),
            second_id=max(other, kept.pk),
            defaults={
                "reason": row.reason,
                "decided_at": row.decided_at,
                "decided_by": row.decided_by,
            },
        )


def _close_account(
    kept: Person, gone: Person, take: Collection[str], *, by: Actor, at: datetime
) -> None:
    """Close the account that is not kept; what it was allowed is not handed to the other one."""
    if kept.user is None or gone.user is None:
        return
    closed = kept.user if "account" in take else gone.user
    User.objects.filter(pk=closed.pk).update(is_active=False)
    audit.record_about(
        "account.close",
        target_type="core.user",
        target_id=closed.username,
        by=by,
        at=at,
        reason=f"人员合并：{gone.number} → {kept.number}",
    )


def _values(kept: Person, gone: Person, take: Collection[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field, columns in FIELDS.items():
        lacks = not getattr(kept, columns[-1] if field == "document" else columns[0])
        if field in take or lacks:
            values |= {column: getattr(gone, column) for column in columns}
    whole = gone.whole_name if "name" in take else kept.whole_name
    is_minor = bool(values.get("minor_until", kept.minor_until))
    values |= {"name": mask_name(whole) if is_minor else whole}
    values |= {"full_name": whole if is_minor else ""}
    values["is_party_member"] = kept.is_party_member or gone.is_party_member
    values["is_active"] = kept.is_active or gone.is_active
    values["left_on"] = None if values["is_active"] else kept.left_on or gone.left_on
    return values


def _counted(moved: Mapping[str, int]) -> str:
    return "、".join(f"{name} {count}" for name, count in moved.items()) or "没有其他记录"
