"""What a unit does about a measure: shown, reported, approved by the unit above."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Sum

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.domain.policies import access
from dianliang.domain.policies.lifecycle import DUTY
from dianliang.domain.policies.models import Measure, PolicyDuty, PolicyEvidence
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase


class UnableToDoError(DomainError):
    """The duty cannot be shown, reported or decided like this."""

    code = "policies.unable-to-do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the records of the system show: how many, and the first of them by number."""

    quantity: int
    records: Sequence[Sequence[str]]


def _lock(duty: PolicyDuty, *fields: str) -> None:
    rows = PolicyDuty.objects.select_for_update(no_key=True)
    duty.refresh_from_db(fields=fields, from_queryset=rows)


def _require_open(duty: PolicyDuty) -> None:
    _lock(duty, "status")
    if duty.status != "OPEN":
        message = Phrase(
            "任务现在是“%(status)s”，不能这样做，请刷新。", status=Phrase(duty.get_status_display())
        )
        raise UnableToDoError(message)


@transaction.atomic
def prove(
    *,
    duty: PolicyDuty,
    words: str,
    quantity: int | None,
    record: tuple[str, str],
    file: StoredFile | None,
    by: Actor,
    at: datetime,
) -> PolicyEvidence:
    """Add what shows that something was done (加佐证).

    Raises:
        UnableToDoError: it is not open, a quantity is missing or does not belong, or the record
            is there already.
    """
    _require_open(duty)
    counts_by_hand = duty.measure.kind == Measure.Kind.QUANTITY
    if counts_by_hand and not quantity:
        raise UnableToDoError("请填写这条佐证对应的数量。", field="quantity")
    if not (record[1] or file):
        raise UnableToDoError("请填写记录编号，或上传文件。", field="record")
    same = duty.evidence.filter(withdrawn_at=None, file__sha256=file.sha256) if file else None
    if same is not None and same.exists():
        raise UnableToDoError("这份文件已经是这项任务的佐证。", field="file")
    try:
        with transaction.atomic():
            made = PolicyEvidence.objects.create(
                duty=duty,
                words=words,
                quantity=quantity if counts_by_hand else None,
                record_kind=record[0],
                record_number=record[1],
                file=file,
                added_by=by.name,
                added_at=at,
            )
    except IntegrityError as error:
        message = Phrase("记录 %(record)s 已经是这项任务的佐证。", record=record[1])
        raise UnableToDoError(message, field="record") from error
    audit.record("policies.policyduty.prove", target=duty, by=by, at=at, after=record[1] or words)
    return made


@transaction.atomic
def withdraw(*, duty: PolicyDuty, evidence: int, by: Actor, at: datetime) -> None:
    """Take evidence back that was added by mistake (撤回佐证); it stays on record.

    Raises:
        UnableToDoError: the duty is not open, or has no such evidence.
    """
    _require_open(duty)
    if not duty.evidence.filter(pk=evidence, withdrawn_at=None).update(withdrawn_at=at):
        raise UnableToDoError("这条佐证已撤回，请刷新。")
    audit.record("policies.policyduty.withdraw", target=duty, by=by, at=at, after=f"{evidence}")


@transaction.atomic
def report(
    *, duty: PolicyDuty, counted: Counted | None, words: str, by: Actor, at: datetime
) -> PolicyDuty:
    """Report a duty as done (报落实). What can be counted is written down as counted now.

    Raises:
        UnableToDoError: nothing shows it, or too little was done and no words say why.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    _require_open(duty)
    shown = duty.evidence.filter(withdrawn_at=None)
    quantity = counted.quantity if counted else shown.aggregate(sum=Sum("quantity"))["sum"]
    if counted is None and not shown.exists():
        raise UnableToDoError("请先加佐证（记录编号或文件），再报落实。")
    if duty.least and (quantity or 0) < duty.least and not words:
        message = Phrase(
            "目标 %(least)s，现在 %(quantity)s。未达目标请写明原因。",
            least=duty.least,
            quantity=quantity or 0,
        )
        raise UnableToDoError(message, field="reason")
    changes = {
        "quantity": quantity,
        "records": [list(row) for row in counted.records] if counted else [],
        "reported_by": by.id,
        "reported_name": by.name,
        "reported_at": at,
    }
    return transitions.apply(
        duty, "report", lifecycle=DUTY, by=by, at=at, note=words, changes=changes
    )


@transaction.atomic
def decide(*, duty: PolicyDuty, verb: str, words: str, by: Actor, at: datetime) -> PolicyDuty:
    """Approve a duty, send it back or open it again (审核): the unit above, never who reported.

    Raises:
        UnableToDoError: the actor is not the one to decide, or gives no reason to send it back.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    _lock(duty, "reported_by", "reported_at")
    if not access.may_decide(duty, by=by):
        raise UnableToDoError("应由上级单位、且不是报送人的人审核。")
    if verb != "approve" and not words:
        raise UnableToDoError("请写明原因。", field="reason")
    changes: dict[str, object] = {"decided_by": by.name, "done_on": None, "done_under": None}
    if verb == "approve":
        reported = duty.reported_at or at
        changes["done_on"] = reported.astimezone(SHANGHAI).date()
        changes["done_under"] = duty.measure.edition.serial
    return transitions.apply(duty, verb, lifecycle=DUTY, by=by, at=at, note=words, changes=changes)


@transaction.atomic
def cancel(*, duty: PolicyDuty, words: str, by: Actor, at: datetime) -> PolicyDuty:
    """Take a duty back from a unit (取消).

    Raises:
        UnableToDoError: no reason is given.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not words:
        raise UnableToDoError("请写明原因。", field="reason")
    return transitions.apply(duty, "cancel", lifecycle=DUTY, by=by, at=at, note=words)
