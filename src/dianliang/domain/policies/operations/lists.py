"""A list and its editions: written down, published, replaced; handed to units."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number, next_numbers
from dianliang.domain.directory.models import Unit
from dianliang.domain.policies.lifecycle import DUTY, EDITION
from dianliang.domain.policies.models import Measure, PolicyDuty, PolicyEdition, PolicyList
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

KEY_BYTES = 8


class UnableToListError(DomainError):
    """The list cannot be written, published or handed out like this."""

    code = "policies.unable-to-list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a list is, checked."""

    title: str
    short_name: str
    unit: Unit
    source: str
    document_number: str
    issued_on: date
    link: str
    file: StoredFile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One measure as it is to stand in a draft; `key` carries on one of an earlier edition."""

    position: int
    title: str
    words: str
    kind: str
    counts: str
    narrows: str
    unit_word: str
    least: int | None
    due_on: date
    key: str = ""


@transaction.atomic
def begin(*, outline: Outline, by: Actor, at: datetime) -> PolicyList:
    """Write a list down, with an empty first draft (登记清单).

    Raises:
        UnableToListError: it is dated ahead.
    """
    if outline.issued_on > at.astimezone(SHANGHAI).date():
        raise UnableToListError("发文日期不能晚于今天。", field="issued_on")
    made = PolicyList.objects.create(
        number=next_number("ZC", at=at),
        title=outline.title,
        short_name=outline.short_name,
        unit=outline.unit,
        source=outline.source,
        document_number=outline.document_number,
        issued_on=outline.issued_on,
        link=outline.link,
        file=outline.file,
        created_by=by.name,
        created_at=at,
    )
    PolicyEdition.objects.create(policy=made, serial=1, drafted_by=by.name)
    audit.record("policies.policylist.begin", target=made, by=by, at=at, after=made.title)
    return made


@transaction.atomic
def revise(*, policy: PolicyList, words: str, by: Actor, at: datetime) -> PolicyEdition:
    """Draft a new edition from the one in force (修订); its measures keep their keys.

    Raises:
        UnableToListError: there is a draft, or nothing that is in force.
    """
    current = policy.editions.filter(status="PUBLISHED").first()
    if current is None:
        raise UnableToListError("还没有发布的版本，请直接改草稿。")
    serial = (policy.editions.aggregate(last=Max("serial"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            made = PolicyEdition.objects.create(
                policy=policy, serial=serial, words=words, drafted_by=by.name
            )
    except IntegrityError as error:
        raise UnableToListError("已有一个草稿，请先发布或放弃它。") from error
    for measure in current.measures.all():
        measure.pk, measure.edition = None, made
        measure._state.adding = True  # noqa: SLF001 (Django's own way to copy a row)
        measure.save()
    audit.record(
        "policies.policylist.revise", target=policy, by=by, at=at, after=str(made), reason=words
    )
    return made


def _lock(policy: PolicyList) -> None:
    PolicyList.objects.select_for_update(no_key=True).get(pk=policy.pk)


def _draft_of(policy: PolicyList) -> PolicyEdition:
    draft = policy.editions.select_for_update(no_key=True).filter(status="DRAFT").first()
    if draft is None:
        raise UnableToListError("已发布的版本不能再改，请先“修订”出一个新版本的草稿。")
    return draft


@transaction.atomic
def put(*, policy: PolicyList, clauses: Sequence[Clause], by: Actor, at: datetime) -> None:
    """Put measures into the draft: one at a place that is taken replaces it (写措施).

    Raises:
        UnableToListError: there is no draft.
    """
    draft = _draft_of(policy)
    for clause in clauses:
        before = draft.measures.filter(position=clause.position).first()
        key = clause.key or (before.key if before else secrets.token_hex(KEY_BYTES))
        fields = {
            "title": clause.title,
            "words": clause.words,
            "kind": clause.kind,
            "counts": clause.counts,
            "narrows": clause.narrows,
            "unit_word": clause.unit_word,
            "least": clause.least,
            "due_on": clause.due_on,
            "key": key,
        }
        Measure.objects.update_or_create(edition=draft, position=clause.position, defaults=fields)
    audit.record("policies.policylist.put", target=policy, by=by, at=at, after=f"{len(clauses)} 条")


@transaction.atomic
def strike(*, policy: PolicyList, position: int, by: Actor, at: datetime) -> None:
    """Take a measure out of the draft (删去一条).

    Raises:
        UnableToListError: there is no draft, or no such measure in it.
    """
    gone, _ = _draft_of(policy).measures.filter(position=position).delete()
    if not gone:
        raise UnableToListError(Phrase("草稿里没有第 %(position)s 条。", position=position))
    audit.record("policies.policylist.strike", target=policy, by=by, at=at, after=f"{position}")


@transaction.atomic
def publish(*, policy: PolicyList, by: Actor, at: datetime) -> PolicyEdition:
    """Publish the draft (发布): it never changes again, and what was done stays done.

    Duties go over to the measures that carry their key; those whose measure is gone are cancelled
    where nothing was done yet. Units that had anything get what is new.

    Raises:
        UnableToListError: there is no draft, it is empty, or its measures are not 1, 2, 3 ….
        StaleStateError: somebody else published it.
    """
    _lock(policy)
    draft = _draft_of(policy)
    measures = list(draft.measures.order_by("position"))
    if [m.position for m in measures] != list(range(1, len(measures) + 1)) or not measures:
        raise UnableToListError("措施应从第 1 条起连续编号，至少一条。")
    before = policy.editions.filter(status="PUBLISHED").first()
    if before is not None:
        transitions.apply(before, "supersede", lifecycle=EDITION, by=by, at=at)
    changes = {"published_by": by.name, "published_at": at}
    transitions.apply(draft, "publish", lifecycle=EDITION, by=by, at=at, changes=changes)
    if before is not None:
        _carry_over(policy, before, measures, by=by, at=at)
    return draft


def _carry_over(
    policy: PolicyList,
    before: PolicyEdition,
    measures: Sequence[Measure],
    *,
    by: Actor,
    at: datetime,
) -> None:
    now_in_force = {measure.key: measure for measure in measures}
    live = policy.duties.exclude(status="CANCELLED").select_related("measure", "unit")
    units = {duty.unit_id: duty.unit for duty in live}
    for duty in live:
        measure = now_in_force.get(duty.key)
        if measure is None:
            if duty.status != "DONE":
                note = "新版本不再有这一条"
                transitions.apply(duty, "cancel", lifecycle=DUTY, by=by, at=at, note=note)
            continue
        # What a unit was told on its own stays; what followed the measure follows it still.
        follows = duty.status != "DONE"
        if follows and duty.due_on == duty.measure.due_on:
            duty.due_on = measure.due_on
        if follows and duty.least == duty.measure.least:
            duty.least = measure.least
        duty.measure = measure
        duty.save(update_fields=["measure", "due_on", "least"])
    old = set(before.measures.values_list("key", flat=True))
    fresh = [measure for measure in measures if measure.key not in old]
    if fresh and units:
        hand_out(
            policy=policy,
            measures=fresh,
            units=list(units.values()),
            helpers=[],
            due_on=None,
            least=None,
            by=by,
            at=at,
        )


@transaction.atomic
def drop(*, policy: PolicyList, reason: str, by: Actor, at: datetime) -> PolicyEdition:
    """Give a draft up (放弃草稿).

    Raises:
        UnableToListError: there is none.
    """
    draft = _draft_of(policy)
    return transitions.apply(draft, "drop", lifecycle=EDITION, by=by, at=at, note=reason)


@transaction.atomic
def hand_out(
    *,
    policy: PolicyList,
    measures: Sequence[Measure],
    units: Sequence[Unit],
    helpers: Sequence[Unit],
    due_on: date | None,
    least: int | None,
    by: Actor,
    at: datetime,
) -> list[PolicyDuty]:
    """Hand measures of the edition in force to units (交办); what a unit has already stays.

    Raises:
        UnableToListError: a measure is not of the edition in force, or all have it already.
    """
    _lock(policy)
    in_force = Measure.objects.filter(edition__policy=policy, edition__status="PUBLISHED")
    if {measure.pk for measure in measures} - set(in_force.values_list("pk", flat=True)):
        raise UnableToListError("只能交办已发布版本的措施。")
    had = set(policy.duties.exclude(status="CANCELLED").values_list("key", "unit_id"))
    missing = [(m, unit) for m in measures for unit in units if (m.key, unit.pk) not in had]
    if not missing:
        raise UnableToListError("所选单位都已有这些任务。")
    numbers = next_numbers("LS", count=len(missing), at=at)
    made = PolicyDuty.objects.bulk_create(
        PolicyDuty(
            number=number,
            policy=policy,
            measure=measure,
            key=measure.key,
            unit=unit,
            due_on=due_on or measure.due_on,
            least=(least or measure.least) if measure.kind != Measure.Kind.DONE else None,
            is_generated=policy.is_generated,
        )
        for number, (measure, unit) in zip(numbers, missing, strict=True)
    )
    through = PolicyDuty.helpers.through
    through.objects.bulk_create(
        through(policyduty_id=duty.pk, unit_id=unit.pk)
        for duty in made
        for unit in helpers
        if unit.pk != duty.unit_id
    )
    audit.record_each(
        "policies.policyduty.hand_out",
        targets=((duty, f"{duty.unit.name} {duty.due_on}") for duty in made),
        by=by,
        at=at,
    )
    return made
