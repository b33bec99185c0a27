"""All files at once, in the background: one archive of PDF and Word files, or one bound PDF."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from dianliang.core import audit, files, jobs
from dianliang.core.models import BackgroundJob, StoredFile
from dianliang.core.waiting import note_of
from dianliang.domain.insight import villages
from dianliang.domain.network import access
from dianliang.domain.territory.models import Area
from dianliang.flows.village_file.compiling import compile_files
from dianliang.flows.village_file.model import VillageFile, from_body
from dianliang.flows.village_file.paper import TITLE, document_of
from dianliang.integrations.documents.model import Document
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

EXPORT = "village.export"
KINDS = {"zip": "PDF 和 Word 压缩包", "pdf": "合订 PDF"}
MEDIA = {"zip": "application/zip", "pdf": "application/pdf"}
KEPT_FOR = timedelta(days=7)
"""An archive of a whole county does not lie about for ever."""
MOST_UNFINISHED = 2
UNSAFE = '\\/:*?"<>|'


class UnableToExportError(DomainError):
    """The files cannot be exported now."""

    code = "village.unable-to-export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export as its owner sees it: going on, ready, failed."""

    number: int
    kind: str
    kind_label: str
    on: date
    villages: int
    asked_at: datetime
    status: str
    progress_share: float
    progress_note: str
    size_bytes: int

    @property
    def is_going_on(self) -> bool:
        """Tell whether its file is still to come."""
        return self.status in jobs.GOING_ON

    @property
    def is_ready(self) -> bool:
        """Tell whether its file can be fetched."""
        return self.status == BackgroundJob.Status.DONE and self.size_bytes > 0


@transaction.atomic
def order(*, kind: str, on: date | None, by: Actor, at: datetime) -> BackgroundJob:
    """Have the files of all the actor's villages printed, as of a day or as they are now.

    Raises:
        InvalidInputError: the kind or the day makes no sense.
        UnableToExportError: there are no villages, or enough is going on for this person.
    """
    today = at.astimezone(SHANGHAI).date()
    if kind not in KINDS:
        raise InvalidInputError("请选择压缩包或合订 PDF。", field="kind")
    if on is not None and on > today:
        raise InvalidInputError("日期不能晚于今天。", field="on")
    if jobs.unfinished(EXPORT, by=by) >= MOST_UNFINISHED:
        raise UnableToExportError("您已有两个导出任务在进行，请等它们完成。")
    codes = list(access.villages_of(by).values_list("code", flat=True))
    if not codes:
        raise UnableToExportError("您的单位没有服务的村社区。")
    past = on.isoformat() if on is not None and on < today else ""
    if on is not None and past and not villages.is_kept_by(codes, on):
        raise UnableToExportError(
            Phrase("%(on)s 还没有任何一村建档，请选较晚的日期。", on=on), field="on"
        )
    payload = {"kind": kind, "on": past, "codes": codes, "asked_on": (on or today).isoformat()}
    job = jobs.enqueue(EXPORT, payload, by=by, at=at, max_attempts=2)
    audit.record_about(
        "insight.villageversion.export",
        target_type="insight.villageversion",
        target_id=f"{len(codes)} 村",
        by=by,
        at=at,
        after=f"{kind} {on or today}",
    )
    return job


def exports(*, by: Actor) -> tuple[Export, ...]:
    """Return the actor's latest exports, newest first."""
    mine = BackgroundJob.objects.filter(kind=EXPORT, created_by=by.id).order_by("-pk")
    return tuple(_export(job) for job in mine[:5])


def export(number: int, *, by: Actor) -> Export:
    """Return one of the actor's exports.

    Raises:
        NotVisibleError: it is absent or somebody else's.
    """
    return _export(_job(number, by=by))


def _job(number: int, *, by: Actor) -> BackgroundJob:
    job = BackgroundJob.objects.filter(kind=EXPORT, created_by=by.id, pk=number).first()
    if job is None:
        raise NotVisibleError("没有找到这次导出。")
    return job


def _export(job: BackgroundJob) -> Export:
    return Export(
        number=job.pk,
        kind=job.payload["kind"],
        kind_label=KINDS[job.payload["kind"]],
        on=date.fromisoformat(job.payload["asked_on"]),
        villages=len(job.payload["codes"]),
        asked_at=job.created_at,
        status=job.status,
        progress_share=job.progress_share,
        progress_note=note_of(job),
        size_bytes=(job.result or {}).get("size_bytes", 0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A finished export: where it lies, what it is called."""

    path: Path
    name: str
    media_type: str


def fetch(number: int, *, by: Actor, at: datetime) -> Fetched:
    """Return the file of an export; that it was fetched is on record.

    Raises:
        NotVisibleError: it is absent, somebody else's, not ready, or was cleared away.
    """
    job = _job(number, by=by)
    token = (job.result or {}).get("token", "")
    stored = StoredFile.objects.filter(token=token).first()
    if stored is None:
        raise NotVisibleError("这次导出还没有完成，或文件已过期，请重新导出。")
    audit.record_about(
        "insight.villageversion.fetch",
        target_type="insight.villageversion",
        target_id=str(job.pk),
        by=by,
        at=at,
    )
    kind = job.payload["kind"]
    name = f"{TITLE}-{len(job.payload['codes'])}村-{job.payload['asked_on']}.{kind}"
    return Fetched(path=files.path_of(stored.sha256), name=name, media_type=MEDIA[kind])


@jobs.handler(EXPORT)
def export_in_background(context: jobs.JobContext) -> dict[str, Any] | None:
    """Print the files and keep the result for whoever asked."""
    payload, at = context.payload, context.clock()
    context.progress(0.01, "正在汇总档案")
    found = _files(payload, at=at)
    with files.workshop() as folder:
        made = Path(folder) / f"files.{payload['kind']}"
        write = {"zip": _archive, "pdf": _bound}[payload["kind"]]
        write(made, found, at=at.astimezone(SHANGHAI), context=context)
        stored = files.keep_made(made, media_type=MEDIA[payload["kind"]], at=context.clock())
    return {"token": stored.token, "size_bytes": stored.size_bytes, "villages": len(found)}


def _files(payload: Mapping[str, Any], *, at: datetime) -> list[tuple[VillageFile, Document]]:
    """Return the files with their descriptions, village by village in tree order."""
    own = list(Area.objects.filter(code__in=payload["codes"]).select_related("parent"))
    if not payload["on"]:
        on = at.astimezone(SHANGHAI).date()
        now = compile_files(own, at=at)
        return [(now[area.pk], document_of(now[area.pk], on=on, version=None)) for area in own]
    on = date.fromisoformat(payload["on"])
    kept = villages.all_as_of([area.pk for area in own], on)
    found = []
    for area in own:
        if area.pk in kept:
            file = from_body(kept[area.pk].body)
            number = kept[area.pk].row.number
            found.append((file, document_of(file, on=on, version=number)))
    return found


def _archive(
    path: Path,
    found: Sequence[tuple[VillageFile, Document]],
    *,
    at: datetime,
    context: jobs.JobContext,
) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for place, (file, document) in enumerate(found):
            context.progress(0.05 + 0.94 * place / len(found), f"{place}/{len(found)} 村")
            name = f"{_safe(file.township)}/{_safe(document.title)}-{file.code}"
            archive.writestr(f"{name}.pdf", pdf([document], title=document.title, made_at=at))
            archive.writestr(f"{name}.docx", word([document], title=document.title, made_at=at))


def _bound(
    path: Path,
    found: Sequence[tuple[VillageFile, Document]],
    *,
    at: datetime,
    context: jobs.JobContext,
) -> None:
    context.progress(0.2, f"正在排版 {len(found)} 村")
    documents = [document for _, document in found]
    path.write_bytes(pdf(documents, title=f"{TITLE}（{len(found)} 村）", made_at=at))


def _safe(name: str) -> str:
    """Return a name as one part of a path: it leads nowhere else, and every system unpacks it."""
    plain = "".join("_" if c in UNSAFE else c for c in name if c.isprintable())
    return plain.strip(". ") or "_"


@transaction.atomic
def forget_old(*, at: datetime) -> int:
    """Delete the files of exports that are older than a week; return how many went."""
    old = BackgroundJob.objects.filter(
        kind=EXPORT, finished_at__lt=at - KEPT_FOR, result__token__isnull=False
    )
    tokens = [(job.pk, (job.result or {})["token"]) for job in old]
    gone = files.drop(StoredFile.objects.filter(token__in=[token for _, token in tokens]))
    BackgroundJob.objects.filter(pk__in=[pk for pk, _ in tokens]).update(result={})
    return gone
