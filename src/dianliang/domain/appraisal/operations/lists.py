"""Every write about task lists: published, handed out to who holds a post, closed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number, next_numbers
from dianliang.domain.appraisal.lifecycle import DUTY, LIST
from dianliang.domain.appraisal.models import Duty, Edition, ListItem, RuleBook, TaskList
from dianliang.domain.appraisal.periods import period_of, title_of
from dianliang.domain.branches.models import Branch
from dianliang.domain.branches.rules import belonging_on, holders, is_alive
from dianliang.domain.directory.models import Unit
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

MEMBER = "党员"
FARTHEST_DAYS = 400


class UnableToListError(DomainError):
    """The task list cannot be published, handed out or closed like this."""

    code = "appraisal.unable-to-list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What records show of a duty: how much, since which day it is done, and the records."""

    counted: int
    done_on: date | None
    records: Sequence[Sequence[object]]


@transaction.atomic
def publish(*, edition: Edition, unit: Unit, on: date, by: Actor, at: datetime) -> TaskList:
    """Publish a unit's task list for the period in which a day lies, and hand it out (发布清单).

    Raises:
        UnableToListError: the edition is not published, the period is far or has its list, or
            no branch has anybody to do something.
    """
    if edition.status != "IN_FORCE" or edition.book.kind != RuleBook.Kind.TASKS:
        raise UnableToListError("请选择已发布的任务清单模板。", field="book")
    today = at.astimezone(SHANGHAI).date()
    if abs((on - today).days) > FARTHEST_DAYS:
        raise UnableToListError("期间应在前后一年之内，请核对日期。", field="on")
    since, until = period_of(edition.book.period, on)
    type(edition.book).objects.select_for_update(no_key=True).get(pk=edition.book_id)
    twin = TaskList.objects.filter(edition__book=edition.book, unit=unit, since=since)
    if twin.exclude(status="WITHDRAWN").exists():
        raise UnableToListError(
            Phrase("%(name)s这一期的清单已经发布。", name=unit.name), field="on"
        )
    made = TaskList.objects.create(
        number=next_number("QD", at=at),
        title=f"{title_of(edition.book.period, since)} {edition.book.name}",
        edition=edition,
        unit=unit,
        since=since,
        until=until,
        published_by=by.name,
        published_at=at,
    )
    count = _hand_out(made, on=max(since, min(today, until)), at=at)
    if not count:
        raise UnableToListError("这些支部还没有人任职，也没有党员，先登记再发布。", field="unit")
    audit.record(
        "appraisal.tasklist.publish",
        target=made,
        by=by,
        at=at,
        after=f"{since} {until}",
        reason=f"{edition}，{count} 项",
    )
    return made


@transaction.atomic
def hand_out(*, task_list: TaskList, by: Actor, at: datetime) -> tuple[int, int]:
    """Give new holders of posts what they lack, and take from former ones what is open (补发).

    Returns how many duties were added and how many cancelled.

    Raises:
        UnableToListError: the list is not going on.
    """
    _require_open(TaskList.objects.select_for_update(no_key=True).get(pk=task_list.pk))
    today = at.astimezone(SHANGHAI).date()
    on = max(task_list.since, min(today, task_list.until))
    due = {(branch.pk, person, item.pk) for branch, person, item in _due(task_list, on=on)}
    gone = [
        duty
        for duty in task_list.duties.filter(status="OPEN", item__isnull=False)
        if (duty.branch_id, duty.person_id, duty.item_id) not in due
    ]
    for duty in gone:
        transitions.apply(duty, "cancel", lifecycle=DUTY, by=by, at=at, note="不再任职或已转出")
    added = _hand_out(task_list, on=on, at=at)
    audit.record(
        "appraisal.tasklist.hand_out",
        target=task_list,
        by=by,
        at=at,
        after=f"补发 {added}，取消 {len(gone)}",
    )
    return added, len(gone)


def _hand_out(task_list: TaskList, *, on: date, at: datetime) -> int:
    # Who comes back to a post finds his duty again; what somebody cancelled stays cancelled.
    # What has evidence stays as it was cancelled: the evidence is kept with it.
    idle = task_list.duties.filter(item__isnull=False, status="CANCELLED", decided_by="")
    idle.filter(evidence=None).delete()
    had = set(
        task_list.duties.filter(item__isnull=False).values_list("branch_id", "person_id", "item_id")
    )
    missing = [row for row in _due(task_list, on=on) if (row[0].pk, row[1], row[2].pk) not in had]
    numbers = next_numbers("ZR", count=len(missing), at=at) if missing else []
    Duty.objects.bulk_create(
        Duty(
            number=number,
            task_list=task_list,
            kind=Duty.Kind.FIXED,
            item=item,
            branch=branch,
            person_id=person,
            post_name=item.post.name if item.post else MEMBER,
            title=item.title,
            measure=item.measure,
            whose=item.whose,
            least=item.least,
            weight=item.weight,
            due_on=due_on(item, since=task_list.since, until=task_list.until),
            is_generated=task_list.is_generated,
        )
        for number, (branch, person, item) in zip(numbers, missing, strict=True)
    )
    return len(missing)


def due_on(item: ListItem, *, since: date, until: date) -> date:
    """Return the last day for an item: a day of the period counted from 1, at most its last."""
    if item.due_day is None:
        return until
    return min(since + timedelta(days=item.due_day - 1), until)


def _due(task_list: TaskList, *, on: date) -> Iterable[tuple[Branch, int, ListItem]]:
    """Yield who does what on a day: holders of posts, and every member what is for all."""
    branches = {
        branch.pk: branch for branch in branches_of(task_list.unit.path) if is_alive(branch, on=on)
    }
    members: dict[int, list[int]] = {key: [] for key in branches}
    for person, branch_id in belonging_on(on=on).items():
        if branch_id in members:
            members[branch_id].append(person)
    held = holders(list(branches), on=on)
    for item in task_list.edition.items.select_related("post"):
        for key, branch in branches.items():
            if item.post_id is None:
                yield from ((branch, person, item) for person in members[key])
                continue
            posting = held.get((key, item.post_id))
            if posting is not None and posting.person_id is not None:
                yield branch, posting.person_id, item


def branches_of(path: str) -> Collection[Branch]:
    """Return the ordinary branches of a unit and below, in the order of the register."""
    rows = Branch.objects.filter(kind=Branch.Kind.ORDINARY, unit__path__startswith=path)
    return rows.select_related("unit").order_by("unit__path")


@transaction.atomic
def close(*, task_list: TaskList, shown: Mapping[int, Shown], by: Actor, at: datetime) -> TaskList:
    """Close a list (结算): what records show is written down with the records, the rest is missed.

    `shown` holds every open duty with a measure, by its key.

    Raises:
        UnableToListError: the period is not over, or something waits for a decision.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if at.astimezone(SHANGHAI).date() <= task_list.until:
        message = Phrase("这一期到 %(until)s 才结束，结束后再结算。", until=task_list.until)
        raise UnableToListError(message)
    TaskList.objects.select_for_update(no_key=True).get(pk=task_list.pk)
    waiting = task_list.duties.filter(status__in=["PROPOSED", "REPORTED"])
    if waiting.exists():
        numbers = "、".join(waiting.values_list("number", flat=True)[:5])
        message = Phrase(
            "还有 %(count)s 项等待批准或确认（%(numbers)s），处理后再结算。",
            count=waiting.count(),
            numbers=numbers,
        )
        raise UnableToListError(message)
    for duty in task_list.duties.filter(status="OPEN"):
        found = shown.get(duty.pk)
        changes: dict[str, object] = {}
        if found is not None:
            changes = {"counted": found.counted, "records": [*map(list, found.records)]}
        is_done = found is not None and found.done_on is not None
        if is_done and found is not None:
            changes["done_on"] = found.done_on
        verb = "settle" if is_done else "miss"
        transitions.apply(duty, verb, lifecycle=DUTY, by=by, at=at, changes=changes)
    return transitions.apply(
        task_list, "close", lifecycle=LIST, by=by, at=at, changes={"closed_at": at}
    )


@transaction.atomic
def withdraw(*, task_list: TaskList, reason: str, by: Actor, at: datetime) -> TaskList:
    """Take a list back that was published by mistake (撤回).

    Raises:
        UnableToListError: there is no reason, or somebody has reported something already.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToListError("请写明撤回原因。", field="reason")
    TaskList.objects.select_for_update(no_key=True).get(pk=task_list.pk)
    if task_list.duties.filter(status__in=["REPORTED", "DONE"]).exists():
        raise UnableToListError("已有人报告完成，不能撤回。")
    return transitions.apply(task_list, "withdraw", lifecycle=LIST, by=by, at=at, note=reason)


def _require_open(task_list: TaskList) -> None:
    if task_list.status != "OPEN":
        raise UnableToListError("这份清单已结算或撤回，不能再改。")
