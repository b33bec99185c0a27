"""Say what a piece of gear needs from time to time, and write down that it was done."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from dianliang.core import audit
from dianliang.core.models import StoredFile
from dianliang.domain.resources.models import Resource, Upkeep, UpkeepRecord
from dianliang.domain.resources.operations.things import UnableToKeepError, move
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

MOST_DAYS = 3650


@transaction.atomic
def plan(
    *,
    resource: Resource,
    name: str,
    every_days: int | None,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Upkeep:
    """Let something be done to a piece by a day, and perhaps again and again (安排检验保养).

    Raises:
        UnableToKeepError: it is planned already, its period is none, or the piece was scrapped.
    """
    if every_days is not None and not 1 <= every_days <= MOST_DAYS:
        raise UnableToKeepError(
            Phrase("周期应在 1 到 %(most)s 天之间。", most=MOST_DAYS), field="every_days"
        )
    if resource.status == "SCRAPPED":
        raise UnableToKeepError("报废的装备不再安排检验保养。")
    try:
        with transaction.atomic():
            made = Upkeep.objects.create(
                resource=resource, name=name, every_days=every_days, due_on=due_on
            )
    except IntegrityError as taken:
        raise UnableToKeepError(
            Phrase("“%(name)s”已经安排过。", name=name), field="name"
        ) from taken
    audit.record("resources.upkeep.plan", target=resource, by=by, at=at, after=f"{name} {due_on}")
    return made


@transaction.atomic
def record(
    *,
    upkeep: Upkeep,
    done_on: date,
    is_passed: bool,
    words: str,
    paper: StoredFile | None,
    by: Actor,
    at: datetime,
) -> UpkeepRecord:
    """Write down that it was done; what passed falls due again after its period (登记检验结果).

    What failed stays due, so that the piece goes nowhere; a free piece goes to be repaired.

    Raises:
        UnableToKeepError: done in the future, earlier than the last time, or failed without words.
    """
    today = at.astimezone(SHANGHAI).date()
    upkeep = Upkeep.objects.select_for_update().get(pk=upkeep.pk)
    last = upkeep.records.first()
    if done_on > today or (last is not None and done_on < last.done_on):
        message = "完成日期不能晚于今天，也不能早于上一次。"
        raise UnableToKeepError(message, field="done_on")
    if not is_passed and not words:
        raise UnableToKeepError("不合格请写明问题。", field="words")
    next_due = done_on + timedelta(days=upkeep.every_days) if upkeep.every_days else None
    made = UpkeepRecord.objects.create(
        upkeep=upkeep,
        done_on=done_on,
        is_passed=is_passed,
        words=words,
        next_due_on=next_due if is_passed else None,
        paper=paper,
        recorded_by=by.name,
        recorded_at=at,
    )
    resource = upkeep.resource
    if is_passed:
        upkeep.due_on = next_due
    else:
        upkeep.due_on = min(upkeep.due_on or done_on, done_on) - timedelta(days=1)
    upkeep.save(update_fields=["due_on"])
    outcome = "合格" if is_passed else "不合格"
    told = f"{upkeep.name} {done_on} {outcome}"
    audit.record("resources.upkeep.record", target=resource, by=by, at=at, after=told, reason=words)
    if not is_passed and resource.status == "FREE":
        move(resource=resource, verb="repair", words=f"{upkeep.name}不合格：{words}", by=by, at=at)
    return made
