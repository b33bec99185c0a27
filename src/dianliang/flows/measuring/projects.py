"""Measurement projects: opened, filled from a table, computed in the background, stated."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import jobs
from dianliang.domain.directory.models import Unit
from dianliang.domain.energy import access
from dianliang.domain.energy.models import MeasurementProject
from dianliang.domain.energy.operations import measuring as operations
from dianliang.domain.energy.operations.measuring import UnableToMeasureError
from dianliang.domain.energy.queries import claims as claim_book
from dianliang.domain.energy.queries.holding import of_whole_meters
from dianliang.domain.energy.queries.measuring import (
    SENTENCES,
    WHOLE_SENTENCES,
    ProjectRow,
    project_row,
)
from dianliang.domain.energy.shapes import ClaimDraft, ClaimRow, EvidenceDraft, ProjectDraft
from dianliang.flows import claims
from dianliang.flows.measuring import bringing, computing
from dianliang.flows.measuring.bringing import Wanted
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.phrases import Phrase, in_a_row, kept

KIND = "energy.measure"
OPTIONS = {
    "weather": "C",
    "calendar": "C",
    "production": "B",
    "trial": "B",
    "hourly": "C",
    "samples": "A",
    "bills": "D",
}
"""IPMVP's option of each design."""
WHOLE = "C"


@transaction.atomic
def open_project(*, draft: ProjectDraft, unit_code: str, by: Actor, at: datetime) -> ProjectRow:
    """Open a measurement project.

    Raises:
        UnableToMeasureError: something is missing or cannot be.
        NotVisibleError: the actor opens none, or not for this unit.
    """
    unit = Unit.objects.filter(code=unit_code).first()
    if unit is None or not by.reaches_unit(unit.path) or by.role not in access.WRITERS:
        raise NotVisibleError("没有找到这个单位。")
    return project_row(operations.open_project(draft=draft, unit=unit, by=by, at=at))


@transaction.atomic
def take_in(
    *,
    number: str,
    content: bytes,
    name: str,
    by: Actor,
    at: datetime,
    wanted: Wanted | None = None,
) -> None:
    """Give a project its readings and have it computed in the background.

    Raises:
        NotVisibleError: it is absent, another's, or the actor only reads.
        UnreadableSheetError, InvalidRowsError, InvalidInputError: see `bringing.read`; nothing is
            kept.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    project = _to_write(number, by=by)
    if project.finding_number or project.design not in bringing.DESIGNS:
        words = Phrase("这个项目的读数取自电表曲线，请到企业的页面重新核实。")
        raise UnableToMeasureError(words, field="file")
    filled = bringing.read(
        content, name=name, design=project.design, wanted=wanted or Wanted(), by=by
    )
    found = filled.brought
    operations.take_in(
        project=project,
        rows=found.rows,
        source=found.name,
        digest=found.digest,
        agreed=filled.agreed,
        by=by,
        at=at,
    )
    jobs.enqueue(KIND, {"number": number}, by=by, at=at)


@transaction.atomic
def note_event(
    *,
    number: str,
    name: str,
    first: date,
    last: date,
    kwh_per_day: float | None,
    by: Actor,
    at: datetime,
) -> None:
    """Note a non-routine event and compute anew.

    Raises:
        NotVisibleError, UnableToMeasureError, IllegalTransitionError, StaleStateError: see
            `operations.note_event`.
    """
    project = _to_write(number, by=by)
    event = {
        "name": name[:60],
        "first": first.isoformat(),
        "last": last.isoformat(),
        "kwh_per_day": kwh_per_day,
    }
    operations.note_event(project=project, event=event, by=by, at=at)
    jobs.enqueue(KIND, {"number": number}, by=by, at=at)


@jobs.handler(KIND)
def compute_in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Compute a project that waits; one that somebody changed meanwhile has a job of its own."""
    number = str(context.payload["number"])
    compute(number=number, at=context.clock())
    return {"number": number}


def compute(*, number: str, at: datetime) -> None:
    """Compute a project if it waits for it, and keep what came out or why nothing can.

    Computed outside of the transaction: a year of curves takes long to read. A project that was
    changed meanwhile has a job of its own.
    """
    waiting = MeasurementProject.objects.filter(number=number, status="READY").first()
    if waiting is None:
        return
    result, refusal = None, ""
    try:
        result = _computed(waiting)
    except DomainError as refused:
        refusal = refused.message
    with transaction.atomic():
        rows = MeasurementProject.objects.select_for_update().filter(number=number, status="READY")
        project = rows.first()
        if project is not None and _given(project) == _given(waiting):
            operations.keep_result(project=project, result=result, refusal=refusal, at=at)


def _given(project: MeasurementProject) -> tuple[Any, ...]:
    return project.digest, project.events, project.agreed


def _computed(project: MeasurementProject) -> dict[str, Any]:
    rows, digest = project.rows, ""
    if project.design == "hourly":
        rows, digest = bringing.with_curves(rows, project.agreed["meters"])
    return {**_plain(computing.computed(_asked(project), rows)), "curves": digest}


def _plain(found: computing.Result) -> dict[str, Any]:
    """Return a result as it is stored: sentences with their parts."""
    said = {name: [kept(one) for one in getattr(found, name)] for name in SENTENCES}
    whole = {name: kept(getattr(found, name)) for name in WHOLE_SENTENCES}
    return {**asdict(found), **said, **whole}


@transaction.atomic
def state(*, number: str, reason: str, by: Actor, at: datetime) -> ClaimRow:
    """State what was computed as a claim (登记为声明), or with why there is no interval.

    Raises:
        NotVisibleError: it is absent or another's.
        UnableToMeasureError: nothing is computed, or another project has stated the same change.
        UnableToClaimError, IllegalTransitionError, StaleStateError: see `claims.restate_claim`.
    """
    project = _to_write(number, by=by)
    if project.result is None:
        raise UnableToMeasureError("还没有算出结果，不能登记。")
    row = project_row(project)
    words = reason.strip() or "读数或事件有变化，重新计算。"
    draft = _draft(row)
    _refuse_counted(draft)
    made = claims.restate_claim(draft=draft, reason=words, by=by, at=at)
    operations.lead_on(project=project, verb="state", reason=made.number, by=by, at=at)
    return made


@transaction.atomic
def close(*, number: str, reason: str, by: Actor, at: datetime) -> None:
    """Close a project; its claim stays.

    Raises:
        NotVisibleError, IllegalTransitionError, NotYourTurnError, StaleStateError: see above.
        UnableToMeasureError: there is no reason.
    """
    if not reason.strip():
        raise UnableToMeasureError("请写明原因。", field="reason")
    project = _to_write(number, by=by)
    operations.lead_on(project=project, verb="close", reason=reason, by=by, at=at)


def stated(number: str, *, by: Actor) -> ClaimRow | None:
    """Return the claim that a project's saving is stated as."""
    finding = access.project_to_see(number, by=by).finding_number
    key = claim_key(number, finding=finding)
    return claim_book.by_key([key], by=by).get(key)


def claim_key(number: str, *, finding: str = "") -> str:
    """Return the key under which a project's saving is stated: a finding has one at a time."""
    return f"enterprise-finding:{finding}" if finding else f"measure:{number}"


def _refuse_counted(draft: ClaimDraft) -> None:
    """Refuse the change of a firm's whole meters where another claim holds it for these days.

    Whole meters (IPMVP option C) show all measures of a firm together: two claims are one saving.
    """
    if draft.option != WHOLE or draft.subject_kind != "firm":
        return
    other = of_whole_meters(draft)
    if other is not None:
        words = Phrase(
            "这户企业整户电表的变化已经登记为 %(claim)s（测量项目 %(project)s），数据期重叠；"
            "同一变化只能登记一次，请在那个项目里一并说明这项措施。",
            claim=other.number,
            project=other.project or "—",
        )
        raise UnableToMeasureError(words, field="acted_on")


def _to_write(number: str, *, by: Actor) -> MeasurementProject:
    if by.role not in access.WRITERS | {SYSTEM.role}:
        raise NotVisibleError("没有找到这个测量项目。")
    return access.project_to_see(number, by=by)


def _asked(project: MeasurementProject) -> computing.Asked:
    return computing.Asked(
        design=project.design,
        measure_on=project.measure_on.isoformat(),
        events=project.events,
        before=project.efficiency_before,
        after=project.efficiency_after,
        share=project.part_share,
        agreed=project.agreed,
    )


def _draft(row: ProjectRow) -> ClaimDraft:
    told = row.result or {}
    has_interval = told["level"] is not None
    base, report = told["base"], told["report"]
    refused = in_a_row(told["refusals"], most=300) or Phrase("测量设计给不出区间。")
    return ClaimDraft(
        title=Phrase("%(title)s%(what)s", title=row.title, what=_what(told)),
        kind="saving" if told["measure"] == "kWh" else "efficiency",
        value=told["value"],
        measure=told["measure"],
        low=told["low"],
        high=told["high"],
        confidence=told["level"],
        no_interval="" if has_interval else refused,
        option=OPTIONS[row.design],
        method=told["method"],
        engine=computing.ENGINE,
        engine_version=computing.VERSION,
        boundary=row.boundary,
        base_from_on=_day(base, 0),
        base_until_on=_day(base, 1),
        from_on=_day(report, 0) or row.measure_on,
        until_on=_day(report, 1) or row.measure_on + timedelta(days=1),
        findings=[
            *told["findings"],
            *(Phrase("请核对：%(what)s", what=one) for one in told["to_check"]),
        ],
        held_back=told["held_back"],
        subject_kind="firm" if row.subject_number else "measurement",
        subject_number=row.subject_number or row.number,
        subject_name=row.subject_name,
        status=told["status"],
        evidence=_evidence(row),
        unit_code=row.unit_code,
        key=claim_key(row.number, finding=row.finding_number),
        is_generated=row.is_generated,
    )


def _evidence(row: ProjectRow) -> list[EvidenceDraft]:
    found = [
        EvidenceDraft(kind="finding", number=row.finding_number, words=Phrase("用电分析的发现"))
    ]
    return [
        EvidenceDraft(kind="measurement", number=row.number, words=row.title),
        EvidenceDraft(kind="readings", words=row.source, digest=row.digest),
        *(found if row.finding_number else ()),
        *_weather(row),
        *_curves(row),
    ]


def _weather(row: ProjectRow) -> list[EvidenceDraft]:
    """Name where the temperatures of a finding's effect were imported."""
    number = row.agreed.get("weather", "")
    file = row.agreed.get("weather_source", "")
    words = Phrase("气温取自测量项目 %(number)s 导入的“%(file)s”", number=number, file=file)
    return [EvidenceDraft(kind="measurement", number=number, words=words)] if number else []


def _curves(row: ProjectRow) -> list[EvidenceDraft]:
    digest = (row.result or {}).get("curves", "")
    meters = "、".join(row.agreed.get("meters", ()))[:110]
    words = Phrase("电表曲线 %(meters)s", meters=meters)
    return [EvidenceDraft(kind="readings", words=words, digest=digest)] if digest else []


def _what(told: Mapping[str, Any]) -> str:
    """Name what was measured: nobody is to read less than nothing as a saving."""
    if told["value"] < 0:
        return Phrase("节能量（负数，用电增加）")
    return Phrase("节能量") if told["measure"] == "kWh" else Phrase("节能率")


def _day(period: list[str] | None, end: int) -> date | None:
    """Return the begin of a period, or its end as the day after the last."""
    if period is None:
        return None
    return date.fromisoformat(period[end][:10]) + timedelta(days=end)
