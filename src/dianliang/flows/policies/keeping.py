"""Policy lists as forms describe them, and the steps of a duty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.core.papers import keep_paper
from dianliang.domain.directory.models import Unit
from dianliang.domain.policies import access, queries
from dianliang.domain.policies.models import (
    Measure,
    PolicyDuty,
    PolicyEdition,
    PolicyEvidence,
    PolicyList,
)
from dianliang.domain.policies.operations import duties, lists
from dianliang.domain.policies.operations.lists import Clause, Outline, UnableToListError
from dianliang.domain.policies.queries import COUNTS
from dianliang.flows.branches.choices import record_of
from dianliang.flows.policies.counting import counted
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

KINDS: Mapping[str, str] = {str(code): str(label) for code, label in Measure.Kind.choices}
MOST_MEASURES, MOST_QUANTITY = 200, 10_000_000
COUNTED_IN: Mapping[str, str] = {"needs": "件", "visits": "次", "reached": "户"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list as a form describes it. Codes and text come from outside, checked here."""

    title: str
    short_name: str
    unit: str
    source: str
    document_number: str
    issued_on: date
    link: str
    paper: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A measure as a form or a row of a table describes it."""

    position: int
    title: str
    words: str
    kind: str
    counts: str
    narrows: str
    unit_word: str
    least: int | None
    due_on: date


def units(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the units that the actor may hand something to, or lead a list for."""
    rows = Unit.objects.filter(path__startswith=by.unit_path or "-").exclude(
        kind__in=[Unit.Kind.BRANCH, Unit.Kind.GOVERNMENT]
    )
    return tuple(rows.values_list("code", "name"))


def _unit(code: str, *, by: Actor, field: str, label: str) -> Unit:
    found = Unit.objects.filter(code=code.replace("\0", "")).first()
    if found is None or not by.reaches_unit(found.path):
        raise InvalidInputError(
            Phrase("请选择本单位范围内的%(label)s。", label=Phrase(label)), field=field
        )
    return found


@transaction.atomic
def begin(*, asked: Asked, by: Actor, at: datetime) -> PolicyList:
    """Write a list down.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
        UnableToListError: see the operation.
    """
    link = clean_text(asked.link, field="link", label="原文网址", most=300)
    if link and not link.startswith(("https://", "http://")):
        raise InvalidInputError("原文网址应以 http:// 或 https:// 开头。", field="link")
    outline = Outline(
        title=clean_text(asked.title, field="title", label="名称", most=80, least=2),
        short_name=clean_text(asked.short_name, field="short_name", label="简称", most=20, least=2),
        unit=_unit(asked.unit, by=by, field="unit", label="牵头单位"),
        source=clean_text(asked.source, field="source", label="发文单位", most=80, least=2),
        document_number=clean_text(asked.document_number, field="reference", label="文号", most=60),
        issued_on=asked.issued_on,
        link=link,
        file=keep_paper(asked.paper, at=at, field="paper") if asked.paper else None,
    )
    return lists.begin(outline=outline, by=by, at=at)


def clause(put: Put) -> Clause:
    """Return a measure, checked.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    if put.kind not in KINDS:
        raise InvalidInputError("请选择完成口径。", field="kind")
    if not 1 <= put.position <= MOST_MEASURES:
        raise InvalidInputError(
            Phrase("第几条应为 1 到 %(most)s。", most=MOST_MEASURES), field="position"
        )
    made = Clause(
        position=put.position,
        title=clean_text(put.title, field="title", label="措施", most=120, least=2),
        words=clean_text(put.words, field="words", label="内容", most=1000),
        kind=put.kind,
        counts="",
        narrows="",
        unit_word="",
        least=None,
        due_on=put.due_on,
    )
    if put.kind == Measure.Kind.DONE:
        return made
    if put.least is None or not 0 < put.least <= MOST_QUANTITY:
        raise InvalidInputError(
            Phrase("目标数量应为 1 到 %(most)s。", most=MOST_QUANTITY), field="least"
        )
    if put.kind == Measure.Kind.QUANTITY:
        word = clean_text(put.unit_word, field="unit_word", label="计量单位", most=12, least=1)
        return replace(made, unit_word=word, least=put.least)
    if put.counts not in COUNTS:
        raise InvalidInputError("请选择记录来源。", field="counts")
    narrows = clean_text(put.narrows, field="narrows", label="记录条件", most=40)
    return replace(
        made,
        counts=put.counts,
        narrows=narrows if put.counts != "visits" else "",
        unit_word=COUNTED_IN[put.counts],
        least=put.least,
    )


def put(*, number: str, asked: Put, by: Actor, at: datetime) -> None:
    """Put one measure into the draft.

    Raises:
        NotVisibleError, InvalidInputError, UnableToListError: see the operation.
    """
    policy = access.to_lead(number, by=by)
    lists.put(policy=policy, clauses=[clause(asked)], by=by, at=at)


def strike(*, number: str, position: int, by: Actor, at: datetime) -> None:
    """Take one measure out of the draft.

    Raises:
        NotVisibleError, UnableToListError: see the operation.
    """
    lists.strike(policy=access.to_lead(number, by=by), position=position, by=by, at=at)


def publish(*, number: str, by: Actor, at: datetime) -> PolicyEdition:
    """Publish the draft.

    Raises:
        NotVisibleError, UnableToListError: see the operation.
    """
    return lists.publish(policy=access.to_lead(number, by=by), by=by, at=at)


def revise(*, number: str, reason: str, by: Actor, at: datetime) -> PolicyEdition:
    """Draft a new edition from the one in force.

    Raises:
        NotVisibleError, InvalidInputError, UnableToListError: see the operation.
    """
    words = clean_text(reason, field="reason", label="修订说明", most=300, least=2)
    return lists.revise(policy=access.to_lead(number, by=by), words=words, by=by, at=at)


def drop(*, number: str, reason: str, by: Actor, at: datetime) -> PolicyEdition:
    """Give the draft up.

    Raises:
        NotVisibleError, InvalidInputError, UnableToListError: see the operation.
    """
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    return lists.drop(policy=access.to_lead(number, by=by), reason=words, by=by, at=at)


@transaction.atomic
def hand_out(
    *,
    number: str,
    positions: Sequence[str],
    leads: Sequence[str],
    helpers: Sequence[str],
    due_on: date | None,
    least: int | None,
    by: Actor,
    at: datetime,
) -> list[PolicyDuty]:
    """Hand measures of the edition in force to units.

    Raises:
        NotVisibleError: the list is absent or another's.
        InvalidInputError: no measure or unit was chosen, or one is not the actor's.
        UnableToListError: see the operation.
    """
    policy = access.to_lead(number, by=by)
    edition = policy.editions.filter(status="PUBLISHED").first()
    if edition is None:
        raise UnableToListError("请先发布清单，再交办。")
    wanted = {int(text) for text in positions if text.isdecimal() and len(text) < 4}
    measures = list(edition.measures.filter(position__in=wanted))
    if not measures:
        raise InvalidInputError("请选择要交办的措施。", field="positions")
    if not leads:
        raise InvalidInputError("请选择责任单位。", field="leads")
    return lists.hand_out(
        policy=policy,
        measures=measures,
        units=[_unit(code, by=by, field="leads", label="责任单位") for code in leads],
        helpers=[_unit(code, by=by, field="helpers", label="配合单位") for code in helpers],
        due_on=due_on,
        least=least,
        by=by,
        at=at,
    )


@transaction.atomic
def prove(
    *,
    number: str,
    text: str,
    quantity: int | None,
    record: str,
    content: bytes | None,
    by: Actor,
    at: datetime,
) -> PolicyEvidence:
    """Add what shows that something was done, for a unit of the actor's or one he helps.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDoError: see the operation.
    """
    duty = access.duty_to_do(number, by=by)
    words = clean_text(text, field="words", label="做了什么", most=300, least=2)
    found = record_of(record, by=by)
    file: StoredFile | None = keep_paper(content, at=at, field="file") if content else None
    return duties.prove(
        duty=duty, words=words, quantity=quantity, record=found, file=file, by=by, at=at
    )


def withdraw(*, number: str, evidence: int, by: Actor, at: datetime) -> None:
    """Take evidence back.

    Raises:
        NotVisibleError, UnableToDoError: see the operation.
    """
    duties.withdraw(duty=access.duty_to_do(number, by=by), evidence=evidence, by=by, at=at)


@transaction.atomic
def report(*, number: str, reason: str, by: Actor, at: datetime) -> PolicyDuty:
    """Report a duty as done, for the unit that does it.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDoError, IllegalTransitionError: see the
            operation.
    """
    duty = access.duty_to_do(number, by=by)
    if not by.reaches_unit(duty.unit.path):
        raise NotVisibleError(access.NO_DUTY)
    words = clean_text(reason, field="reason", label="说明", most=300)
    return duties.report(duty=duty, counted=counted(duty), words=words, by=by, at=at)


def decide(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> PolicyDuty:
    """Approve a duty, send it back, or open it again, for the unit above.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDoError, IllegalTransitionError: see the
            operation.
    """
    words = clean_text(reason, field="reason", label="审核意见", most=300)
    duty = access.duty_to_see(number, by=by)
    return duties.decide(duty=duty, verb=verb, words=words, by=by, at=at)


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> PolicyDuty:
    """Take a duty back, for the unit that leads the list.

    Raises:
        NotVisibleError, InvalidInputError, UnableToDoError, IllegalTransitionError: see the
            operation.
    """
    words = clean_text(reason, field="reason", label="原因", most=300)
    duty = access.duty_to_see(number, by=by)
    access.to_lead(duty.policy.number, by=by)
    return duties.cancel(duty=duty, words=words, by=by, at=at)


def shown(*, number: str, by: Actor) -> tuple[int | None, tuple[tuple[str, ...], ...]]:
    """Return what the records show of a duty now, or (None, ()) where a person says so himself.

    Raises:
        NotVisibleError: it is absent or no concern of the actor's.
    """
    found = counted(access.duty_to_see(number, by=by))
    if found is None:
        return None, ()
    return found.quantity, tuple(tuple(str(cell) for cell in row) for row in found.records)


def paper(*, number: str, by: Actor) -> tuple[bytes, str]:
    """Return the document of a list and its type.

    Raises:
        NotVisibleError: it is absent, another's, or has none.
    """
    policy = access.to_see(number, by=by)
    if policy.file is None:
        raise NotVisibleError("没有上传原文。")
    return files.read(policy.file), policy.file.media_type


def evidence_file(*, number: str, token: str, by: Actor, on: date) -> tuple[bytes, str]:
    """Return evidence that was uploaded, and its type.

    Raises:
        NotVisibleError: there is none that the actor may see.
    """
    found = queries.duty(number, by=by, on=on)
    row = next((one for one in found.evidence if one.token and one.token == token), None)
    if row is None:
        raise NotVisibleError("没有这份佐证。")
    return files.read_token(token), row.media_type
