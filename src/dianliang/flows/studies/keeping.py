"""Ask for a study (计算书), see how far it is, and keep what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dianliang.core import jobs
from dianliang.core.models import BackgroundJob
from dianliang.core.waiting import note_of
from dianliang.domain.relief import operations, study_queries
from dianliang.domain.relief.models import Study
from dianliang.domain.relief.operations import Studied, UnableToRelieveError
from dianliang.domain.relief.study_queries import StudyRow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.phrases import Phrase, kept, phrase_of
from dianliang.kernel.text import clean_text

ASKERS = frozenset({Role.DISPATCHER})
MOST_TITLE = 60
Computes = Callable[[jobs.JobContext, dict[str, Any]], Studied]


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """How far the actor's last study of a kind is: a share and a note, or why it failed."""

    is_going_on: bool
    share: float
    note: str
    failed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Studies:
    """The studies of a kind that the actor sees, and what goes on."""

    rows: tuple[StudyRow, ...]
    going: Going


def job_kind(kind: str) -> str:
    """Return the kind of the jobs that make studies of a kind."""
    return f"study.{kind}"


def order(kind: str, asked: dict[str, Any], *, title: str, by: Actor, at: datetime) -> None:
    """Ask for a study (计算); a person has one of a kind at a time.

    Raises:
        NotVisibleError: the actor asks for none.
        UnableToRelieveError: the actor's last one is still being made.
        InvalidInputError: the title is too long.
    """
    if by.role not in ASKERS:
        raise NotVisibleError("没有找到这个页面。")
    title = clean_text(title, field="title", label="名称", most=MOST_TITLE, least=2)
    if jobs.unfinished(job_kind(kind), by=by):
        raise UnableToRelieveError(Phrase("您的上一份还在计算，请等它完成。"), field="title")
    payload = {
        "asked": asked,
        "title": title,
        "by": {
            "name": by.name,
            "unit_path": by.unit_path,
            "unit_code": by.unit_code,
            "area_path": by.area_path,
        },
    }
    jobs.enqueue(job_kind(kind), payload, by=by, at=at, max_attempts=2)


def made(context: jobs.JobContext, compute: Computes) -> dict[str, Any]:
    """Compute and keep a study; a refusal becomes what the page says."""
    try:
        study = compute(context, context.payload["asked"])
    except DomainError as refusal:
        return {"error": kept(refusal.message)}
    by = actor_of(context)
    return {"study": operations.keep_study(made=study, by=by, at=context.clock()).number}


def actor_of(context: jobs.JobContext) -> Actor:
    """Return who asked for the study of a job."""
    return Actor(id=context.created_by, role=Role.DISPATCHER, **context.payload["by"])


def studies(kind: str, *, by: Actor) -> Studies:
    """Return the actor's studies of a kind, newest first. Three queries."""
    rows = study_queries.studies(kind=kind, unit_path=by.unit_path)
    return Studies(rows=rows, going=_going(kind, by=by))


def _going(kind: str, *, by: Actor) -> Going:
    mine = BackgroundJob.objects.filter(kind=job_kind(kind), created_by=by.id)
    job = mine.order_by("-pk").first()
    if job is None:
        return Going(is_going_on=False, share=0.0, note="", failed="")
    failed = phrase_of((job.result or {}).get("error", ""))
    if job.status == BackgroundJob.Status.FAILED:
        failed = Phrase("计算多次中断，请再试一次；仍不行请联系管理员查看后台任务。")
    return Going(
        is_going_on=job.status in jobs.GOING_ON,
        share=job.progress_share,
        note=note_of(job),
        failed=failed,
    )


def study(kind: str, number: str, *, by: Actor) -> StudyRow:
    """Return one study.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = study_queries.study(kind=kind, number=number, unit_path=by.unit_path)
    if found is None:
        raise NotVisibleError("没有找到这份计算书。")
    return found


def detail(row: StudyRow) -> dict[str, Any]:
    """Return the details of a study that was found."""
    return study_queries.detail(row.number)


def keep(study_made: Studied, *, by: Actor, at: datetime, is_generated: bool) -> Study:
    """Keep a study that was computed outside a job, as the demo does."""
    return operations.keep_study(made=study_made, by=by, at=at, is_generated=is_generated)
