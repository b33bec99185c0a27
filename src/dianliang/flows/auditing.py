"""Reading the trail, taking it away, proving it whole: each of these is on the trail itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter
from django.db import transaction

from dianliang.core import audit, jobs, seal
from dianliang.core.models import AuditEvent, BackgroundJob
from dianliang.domain.insight import deeds, trail
from dianliang.domain.insight.trail import Asked, Detail, Entry, Page
from dianliang.kernel.actor import ROLE_LABELS, Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

VERIFY = "audit.verify"
MOST_EXPORTED = 20_000
MOST_BREAKS = 20
KIND = AuditEvent._meta.label_lower
HEADINGS = (
    "序号",
    "时间",
    "设备时间",
    "操作者",
    "登录名",
    "身份",
    "单位",
    "对象",
    "对象编号",
    "动作",
    "之前",
    "之后",
    "说明",
    "结果",
)


class TooMuchToExportError(DomainError):
    """More events are asked for than one workbook takes."""

    code = "audit.too-much-to-export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The latest verification of the whole chain: going on, or what it found."""

    status: str
    asked_at: datetime
    finished_at: datetime | None
    progress_share: float
    seals: int
    sealed_events: int
    breaks: tuple[str, ...]
    head: str

    @property
    def is_going_on(self) -> bool:
        """Tell whether its result is still to come."""
        return self.status in jobs.GOING_ON

    @property
    def is_sound(self) -> bool:
        """Tell whether it ended and found nothing."""
        return self.status == BackgroundJob.Status.DONE and not self.breaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """How far the chain reaches, and its latest verification from these pages."""

    standing: seal.Standing
    check: Check | None


def read(
    asked: Asked, *, by: Actor, at: datetime, older_than: int | None = None
) -> tuple[Page, Chain]:
    """Return a page of the trail and the state of its chain; the reading is on record."""
    found = trail.page(asked, by=by, older_than=older_than)
    _record("read", about=_about(asked), by=by, at=at, reason="；".join(conditions(asked)))
    return found, chain()


def open_event(number: int, *, by: Actor, at: datetime) -> tuple[Detail, Chain]:
    """Return one event with its seal; the reading is on record.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    found = trail.detail(number, by=by)
    _record("open", about=str(number), by=by, at=at)
    return found, chain()


def chain() -> Chain:
    """Return the state of the chain."""
    job = BackgroundJob.objects.filter(kind=VERIFY).order_by("-pk").first()
    return Chain(standing=seal.standing(), check=_check(job) if job else None)


def _check(job: BackgroundJob) -> Check:
    found: dict[str, Any] = job.result or {}
    return Check(
        status=job.status,
        asked_at=job.created_at,
        finished_at=job.finished_at,
        progress_share=job.progress_share,
        seals=found.get("seals", 0),
        sealed_events=found.get("sealed_events", 0),
        breaks=tuple(found.get("breaks", ())),
        head=found.get("head", ""),
    )


@transaction.atomic
def start_check(*, by: Actor, at: datetime) -> None:
    """Have the whole chain verified in the background; one verification at a time is enough."""
    if jobs.is_going_on(VERIFY):
        return
    job = jobs.enqueue(VERIFY, {}, by=by, at=at)
    _record("verify", about=f"{VERIFY} {job.pk}", by=by, at=at)


@jobs.handler(VERIFY)
def check_in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Recompute the chain seal by seal, so that the lease is renewed long before it ends."""
    verdict = seal.verify(report=context.progress)
    return {
        "seals": verdict.seals,
        "sealed_events": verdict.sealed_events,
        "breaks": verdict.breaks[:MOST_BREAKS],
        "head": verdict.head,
    }


def workbook(asked: Asked, *, by: Actor, at: datetime) -> bytes:
    """Return the events asked for as Excel; the export is on record.

    Raises:
        TooMuchToExportError: there are more than a workbook takes.
    """
    if trail.is_longer_than(MOST_EXPORTED, asked=asked, by=by):
        message = Phrase(
            "超过 %(most)s 条，一次导不完。请缩短时间段或加筛选条件，分几次导出。",
            most=MOST_EXPORTED,
        )
        raise TooMuchToExportError(message)
    told = (
        *conditions(asked),
        f"范围：{by.unit_code or '无'} 及下级单位",
        f"导出人：{by.name}（{ROLE_LABELS[by.role]}）",
        f"导出时间：{_local(at)}",
        "电话、户号、证件号等长数字以 * 代替；时间为北京时间。",
    )
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("审计事件")
    sheet.set_column(0, len(HEADINGS) - 1, 18)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True, "bg_color": "#DCEBEA"}))
    count = 0
    for count, entry in enumerate(trail.every_entry(asked, by=by), start=1):
        sheet.write_row(count, 0, _cells(entry))
    book.add_worksheet("口径").write_column(0, 0, told)
    book.close()
    reason = "；".join((*conditions(asked), f"共 {count} 条"))
    _record("export", about=_about(asked), by=by, at=at, reason=reason)
    return out.getvalue()


def conditions(asked: Asked) -> tuple[str, ...]:
    """Say in words what was asked for."""
    role = ROLE_LABELS[Role(asked.role)] if asked.role in list(Role) else asked.role
    outcomes = dict(AuditEvent.Outcome.choices)
    given = (
        ("对象", deeds.heading(asked.kind) if asked.number and asked.kind else ""),
        ("对象编号", asked.number),
        ("期间", "" if asked.number else _period(asked)),
        ("操作者", asked.who),
        ("身份", role),
        ("动作", _action(asked.action)),
        ("结果", outcomes.get(asked.outcome, asked.outcome)),
    )
    return tuple(f"{label}：{value}" for label, value in given if value)


def _action(action: str) -> str:
    if action.endswith(deeds.WHOLE):
        return f"{deeds.heading(action.removesuffix(deeds.WHOLE))}（全部）"
    return deeds.word(action) if action else ""


def _period(asked: Asked) -> str:
    last = (asked.end - timedelta(microseconds=1)).astimezone(SHANGHAI)
    return f"{asked.start.astimezone(SHANGHAI):%Y-%m-%d} 至 {last:%Y-%m-%d}"


def _about(asked: Asked) -> str:
    return asked.number or _period(asked)


def _record(verb: str, *, about: str, by: Actor, at: datetime, reason: str = "") -> None:
    audit.record_about(
        f"{KIND}.{verb}", target_type=KIND, target_id=about, by=by, at=at, reason=reason
    )


def _cells(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.number,
        _local(entry.at),
        _local(entry.device_at) if entry.device_at else "",
        entry.actor_name,
        entry.actor_id,
        entry.role_label,
        entry.unit_name,
        entry.kind,
        entry.object_number,
        entry.action,
        entry.before,
        entry.after,
        entry.reason,
        entry.outcome_label,
    )


def _local(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
