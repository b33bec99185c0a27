"""A file of readings that is sent in: kept, looked at in the background, then stored or let go."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import audit, files, jobs
from dianliang.core.models import BackgroundJob, StoredFile
from dianliang.core.numbers import next_number
from dianliang.core.waiting import note_of
from dianliang.engines.loading import rows_of
from dianliang.flows.energy import taking_in
from dianliang.flows.energy.taking_in import Taken
from dianliang.flows.readings.owning import firms_of, refuse_foreign
from dianliang.flows.readings.preview import Preview, preview_of, told
from dianliang.flows.relief import curves
from dianliang.integrations.curve_store import CurveStore, register
from dianliang.integrations.meter_files import Hints
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError, StaleStateError
from dianliang.kernel.phrases import Phrase, kept, phrase_of

LOOK, TAKE = "readings.look", "readings.take"
PREFIX = "DS"
WRITERS = frozenset({Role.DISPATCHER})
SUFFIXES = frozenset({".csv", ".txt", ".xlsx", ".xls", ".parquet"})
MOST_BYTES = 32 * 1024 * 1024
"""A thousand meters' month of 96 points a day; what is larger is taken in on the command line."""
MOST_MULTIPLIER = 50_000
MEDIA = "application/x-meter-readings"
KEPT_FOR = timedelta(days=1)
"""So long a file waits for somebody to confirm it."""
MOST_SHOWN = 30
READING, STORING = Phrase("读文件、查质量"), Phrase("写入曲线库")
GIVEN_UP = Phrase("处理多次中断，请再上传一次；仍不行请联系管理员查看后台任务。")
GONE = Phrase("这份文件已经放弃或过期，请重新上传。")


class UnableToTakeInError(DomainError):
    """The file cannot be looked at, or taken in, now."""

    code = "readings.unable-to-take-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """How far the actor's last file is: a share and a note, or why it was given up."""

    is_going_on: bool
    share: float
    note: str
    failed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What came of an import in a month: meter-days that are new, known, or newer than stored."""

    month: str
    new: int
    same: int
    replaced: int
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """A file that was taken in, by whom and when, with its months."""

    number: str
    name: str
    by: str
    at: datetime
    meters: int
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the page shows: what goes on, why a file was refused, one to confirm, those stored."""

    going: Going
    refusal: str
    preview: Preview | None
    taken: tuple[TakenIn, ...]
    months: tuple[str, ...]


@transaction.atomic
def order_look(*, content: bytes, name: str, hints: Hints, by: Actor, at: datetime) -> str:
    """Keep a file and have it looked at in the background; return its number. Nothing is stored.

    Raises:
        NotVisibleError: the actor takes nothing in.
        UnableToTakeInError: a file of the actor is still being worked on.
        InvalidInputError: it is empty, too large, of another kind, or the multiplier cannot be.
    """
    _require_writer(by)
    name = Path(name.replace("\0", "")).name[-80:] or "readings"
    _refuse_file(content, name)
    if hints.multiplier and not 1 <= hints.multiplier <= MOST_MULTIPLIER:
        words = Phrase("倍率应在 1 到 %(most)d 之间。", most=MOST_MULTIPLIER)
        raise InvalidInputError(words, field="multiplier")
    if jobs.unfinished(LOOK, by=by) or jobs.unfinished(TAKE, by=by):
        raise UnableToTakeInError(Phrase("您的上一份文件还在处理，请等它完成。"), field="file")
    last = _last(LOOK, by=by)
    if last is not None:
        _drop(last.payload["token"])
    with files.workshop() as folder:
        path = Path(folder) / "sent"
        path.write_bytes(content)
        stored = files.keep_made(path, media_type=MEDIA, at=at)
    number = next_number(PREFIX, at=at)
    payload = {
        "number": number,
        "token": stored.token,
        "name": name,
        "hints": asdict(hints),
        "by": {
            "name": by.name,
            "unit_path": by.unit_path,
            "unit_code": by.unit_code,
            "area_path": by.area_path,
        },
    }
    jobs.enqueue(LOOK, payload, by=by, at=at, max_attempts=2)
    return number


@transaction.atomic
def confirm(*, number: str, by: Actor, at: datetime) -> None:
    """Have a file that was looked at stored in the background (确认导入), once.

    Raises:
        NotVisibleError: the actor takes nothing in.
        StaleStateError: it is not the file that was looked at last, or it is gone.
    """
    look = _waiting(number, by=by)
    key = f"{TAKE}:{look.payload['number']}"
    jobs.enqueue(TAKE, look.payload, by=by, at=at, key=key, max_attempts=3)


@transaction.atomic
def discard(*, number: str, by: Actor, at: datetime) -> None:
    """Let a file go that was looked at (放弃); nothing of it was stored.

    Raises:
        NotVisibleError, StaleStateError: see `confirm`.
    """
    look = _waiting(number, by=by)
    _drop(look.payload["token"])
    audit.record_about(
        "readings.file.discard",
        target_type="readings.file",
        target_id=number,
        by=by,
        at=at,
        before=look.payload["name"],
    )


def forget_old(*, at: datetime) -> int:
    """Delete files that nobody confirmed within a day; return how many."""
    return files.drop(StoredFile.objects.filter(media_type=MEDIA, created_at__lt=at - KEPT_FOR))


@jobs.handler(LOOK)
def look_in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Read a file as an import would, judge its readings, and keep what the page shows."""
    context.progress(0.1, str(READING))
    try:
        return {"preview": _looked_at(context)}
    except DomainError as refusal:
        _drop(context.payload["token"])
        return {"error": kept(refusal.message)}


@jobs.handler(TAKE)
def take_in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Store a file that was confirmed; done again it changes nothing."""
    context.progress(0.2, str(READING))
    at, by, payload = context.clock(), _actor_of(context), context.payload
    try:
        with files.workshop() as folder:
            path, hints = _laid_down(Path(folder), payload), Hints(**payload["hints"])
            store = curves.store()
            _readable(taking_in.look_at(store, path, hints, at=at), store, by=by)
            context.progress(0.6, str(STORING))
            taken = taking_in.take_in(store, path, hints, at=at)
    except DomainError as refusal:
        return {"error": kept(refusal.message)}
    months = [asdict(one) for one in taken.added]
    with transaction.atomic():
        audit.record_about(
            "readings.file.take_in",
            target_type="readings.file",
            target_id=payload["number"],
            by=by,
            at=at,
            after=f"{taken.source} {taken.readings.meters}",
        )
        _drop(payload["token"])
    return {"months": months, "meters": taken.readings.meters}


def desk(*, by: Actor) -> Desk:
    """Return what the page shows; six queries.

    Raises:
        CurveStoreError: the store is damaged.
    """
    look, take = _last(LOOK, by=by), _last(TAKE, by=by)
    if look and take and take.payload["number"] != look.payload["number"]:
        take = None
    last = take or look
    refused = (last.result or {}).get("error", "") if last else ""
    said = (look.result or {}).get("preview") if look and not take else None
    is_waiting = bool(said and look and _file(look.payload["token"]))
    return Desk(
        going=_going(last),
        refusal=phrase_of(refused),
        preview=preview_of(look.payload["number"], said) if is_waiting and look and said else None,
        taken=_taken(by=by),
        months=tuple(curves.store().months()),
    )


def _going(job: BackgroundJob | None) -> Going:
    is_going_on = job is not None and job.status in jobs.GOING_ON
    is_failed = job is not None and job.status == BackgroundJob.Status.FAILED
    return Going(
        is_going_on=is_going_on,
        share=job.progress_share if job else 0.0,
        note=note_of(job),
        failed=GIVEN_UP if is_failed else "",
    )


def _taken(*, by: Actor) -> tuple[TakenIn, ...]:
    """Return the files that were taken in for the actor's units, the latest first. One query."""
    if not by.unit_path:
        return ()
    rows = BackgroundJob.objects.filter(
        kind=TAKE,
        status=BackgroundJob.Status.DONE,
        payload__by__unit_path__startswith=by.unit_path,
    ).order_by("-pk")
    return tuple(
        TakenIn(
            number=row.payload["number"],
            name=row.payload["name"],
            by=row.payload["by"]["name"],
            at=row.finished_at or row.created_at,
            meters=row.result["meters"],
            months=tuple(Month(**one) for one in row.result["months"]),
        )
        for row in rows[:MOST_SHOWN]
        if row.result and "months" in row.result
    )


def _require_writer(by: Actor) -> None:
    if by.role not in WRITERS or not by.unit_path:
        raise NotVisibleError("没有找到这个页面。")


def _refuse_file(content: bytes, name: str) -> None:
    if not content:
        raise InvalidInputError(Phrase("文件是空的。"), field="file")
    if len(content) > MOST_BYTES:
        words = Phrase("文件超过 32 MB，请按月份或台区拆分，或用命令行 dianliang energy import。")
        raise InvalidInputError(words, field="file")
    if Path(name).suffix.lower() not in SUFFIXES:
        words = Phrase("只收 CSV、Excel、Parquet 文件，这份是“%(name)s”。", name=name)
        raise InvalidInputError(words, field="file")


def _looked_at(context: jobs.JobContext) -> dict[str, Any]:
    payload, by, store = context.payload, _actor_of(context), curves.store()
    hints = Hints(**payload["hints"])
    with files.workshop() as folder:
        path = _laid_down(Path(folder), payload)
        taken = taking_in.look_at(store, path, hints, at=context.clock())
    numbers = _readable(taken, store, by=by)
    context.progress(0.7, str(READING))
    firms = firms_of(numbers, by=by)
    return told(taken, register(store.root), hints=hints, firms=firms)


def _readable(taken: Taken, store: CurveStore, *, by: Actor) -> tuple[str, ...]:
    """Return the meters of a file, none of them a neighbour's."""
    numbers = tuple(rows_of(taken.readings.batch).numbers)
    refuse_foreign(numbers, register(store.root), by=by)
    return numbers


def _laid_down(folder: Path, payload: Mapping[str, Any]) -> Path:
    """Lay the kept file down under the name it came with: its ending says what it is."""
    stored = _file(payload["token"])
    if stored is None:
        raise UnableToTakeInError(GONE)
    path = folder / str(payload["name"])
    shutil.copyfile(files.path_of(stored.sha256), path)
    return path


def _waiting(number: str, *, by: Actor) -> BackgroundJob:
    """Return the look that the actor may confirm or let go; locked, so that he does one of both."""
    _require_writer(by)
    look = _last(LOOK, by=by, is_locked=True)
    if look is None or look.payload["number"] != number or "preview" not in (look.result or {}):
        raise StaleStateError(GONE)
    is_taken = BackgroundJob.objects.filter(key=f"{TAKE}:{number}").exists()
    if is_taken or _file(look.payload["token"]) is None:
        raise StaleStateError(GONE)
    return look


def _last(kind: str, *, by: Actor, is_locked: bool = False) -> BackgroundJob | None:
    rows: QuerySet[BackgroundJob] = BackgroundJob.objects.filter(kind=kind, created_by=by.id)
    if is_locked:
        rows = rows.select_for_update()
    return rows.order_by("-pk").first()


def _file(token: str) -> StoredFile | None:
    return StoredFile.objects.filter(token=token, media_type=MEDIA).first()


def _drop(token: str) -> None:
    files.drop(StoredFile.objects.filter(token=token, media_type=MEDIA))


def _actor_of(context: jobs.JobContext) -> Actor:
    return Actor(id=context.created_by, role=Role.DISPATCHER, **context.payload["by"])
