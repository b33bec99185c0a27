"""Bring a table of key customers: kept sealed, worked off in the background, told how far it is."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import audit, jobs, transitions
from dianliang.core.models import BackgroundJob
from dianliang.core.numbers import next_number
from dianliang.core.rows import Rows
from dianliang.core.sheets import UnreadableSheetError
from dianliang.core.waiting import note_of
from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers import access, queries
from dianliang.domain.key_customers.lifecycle import TABLE
from dianliang.domain.key_customers.models import BroughtTable
from dianliang.domain.key_customers.queries import TableRow, kept_faults
from dianliang.flows.key_customers.reading import read
from dianliang.flows.key_customers.writing import write
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

IMPORT = "key_customers.import"
MOST_BYTES = 10 * 1024 * 1024
OF_ACTOR = ("id", "name", "role", "unit_path", "area_path", "unit_code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """A table with how far its work has come."""

    row: TableRow
    share: float
    note: str


@transaction.atomic
def bring(*, content: bytes, name: str, only_check: bool, by: Actor, at: datetime) -> BroughtTable:
    """Keep a table and have it worked off; with `only_check` everything is tried and taken back.

    Raises:
        NotVisibleError: the actor keeps no register.
        UnreadableSheetError: the file is too large.
    """
    unit = Unit.objects.filter(code=by.unit_code).first()
    if by.role not in access.WRITERS or unit is None:
        raise NotVisibleError("您的岗位不登记重要客户。")
    if len(content) > MOST_BYTES:
        raise UnreadableSheetError("文件超过 10 MB，请拆分后再导入。", field="table")
    row = BroughtTable.objects.create(
        number=next_number("ZD", at=at),
        unit=unit,
        name=clean_text(name, field="table", label="文件名", most=120) or "重要客户表",
        body=base64.b64encode(content).decode(),
        only_check=only_check,
        brought_at=at,
        brought_by=by.name,
        account=by.id,
    )
    payload = {"table": row.number, "by": {key: getattr(by, key) for key in OF_ACTOR}}
    job = jobs.enqueue(IMPORT, payload, by=by, at=at, max_attempts=3)
    BroughtTable.objects.filter(pk=row.pk).update(background_job_id=job.pk)
    audit.record("key_customers.broughttable.bring", target=row, by=by, at=at, after=row.name)
    return row


def _give_up(context: jobs.JobContext) -> None:
    row = _waiting(context)
    if row is not None:
        words = Phrase("导入多次中断，什么都没有写入。请再试一次；仍不行请联系管理员查看后台任务。")
        _end(row, "give_up", {"faults": kept_faults([words])}, at=context.clock())


@jobs.handler(IMPORT, given_up=_give_up)
def import_in_background(context: jobs.JobContext) -> dict[str, Any] | None:
    """Work a table off once: what it wrote and that it is done are one transaction."""
    row = _waiting(context)
    if row is None:
        return None
    told = context.payload["by"]
    by = Actor(**{**told, "role": Role(told["role"])})
    try:
        brought = read(base64.b64decode(row.body), by=by, report=context.progress)
        context.progress(0.65, f"正在写入 {len(brought.lines)} 户")
        with transaction.atomic():
            at = context.clock()
            outcome = write(brought, by=by, at=at, only_check=row.only_check)
            _end(row, "finish", {"outcome": outcome}, at=at)
    except jobs.JobCancelledError:
        raise
    except DomainError as refusal:
        faults = getattr(refusal, "rows", (refusal.message,))
        _end(row, "refuse", {"faults": kept_faults(faults)}, at=context.clock())
        return {"faults": len(faults)}
    return outcome


def _waiting(context: jobs.JobContext) -> BroughtTable | None:
    return BroughtTable.objects.filter(number=context.payload["table"], status="WAITING").first()


def _end(row: BroughtTable, verb: str, changes: Mapping[str, Any], *, at: datetime) -> None:
    """Move a table to its end and forget what it held: it names people."""
    ended = {**changes, "body": "", "ended_at": at}
    transitions.apply(row, verb, lifecycle=TABLE, by=SYSTEM, at=at, changes=ended)


def brought(*, by: Actor) -> Sequence[Going]:
    """Return the tables of the actor's units, the latest first, with how far each has come."""
    return Rows(access.tables(by), _all_going)


def _all_going(found: QuerySet[BroughtTable]) -> Sequence[Going]:
    rows = [queries.table_row(row) for row in found]
    ids = [row.job_id for row in rows if row.status == "WAITING" and row.job_id]
    going = {job.pk: job for job in BackgroundJob.objects.filter(pk__in=ids)}
    return [_going(row, going.get(row.job_id or 0)) for row in rows]


def one(number: str, *, by: Actor) -> Going:
    """Return a table of the actor's units.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    row = queries.table_row(access.table_to_see(number, by=by))
    job = BackgroundJob.objects.filter(pk=row.job_id or 0).first()
    return _going(row, job if row.status == "WAITING" else None)


def _going(row: TableRow, job: BackgroundJob | None) -> Going:
    return Going(
        row=row,
        share=job.progress_share if job else 1.0,
        note=note_of(job),
    )
