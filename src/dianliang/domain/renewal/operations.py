"""Every write about the rebuilding of villages (千村改造), seed row 003-08."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.renewal.conditions import (
    UnableToRenewError,
    hold,
    require_later,
    require_measured,
    require_past,
    require_sooner,
    state_of,
)
from dianliang.domain.renewal.lifecycle import STEP
from dianliang.domain.renewal.models import (
    Delay,
    IndicatorKind,
    Party,
    Project,
    Reading,
    Stage,
    Step,
)
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

FARTHEST_DAYS = 5 * 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something takes longer."""

    cause: str
    words: str


@transaction.atomic
def open_project(
    *, area: Area, batch: str, unit: Unit, starts_on: date | None, by: Actor, at: datetime
) -> Project:
    """Take a village in, with all stages (列入改造).

    With a day to start on, each stage is planned to end after its usual days.

    Raises:
        UnableToRenewError: it is no village, is in already, or starts too far from today.
    """
    if starts_on is not None and _is_far(starts_on, at=at):
        raise UnableToRenewError(
            Phrase("开始日期 %(starts_on)s 离今天太远，请核对。", starts_on=starts_on),
            field="starts_on",
        )
    if area.level != Area.Level.VILLAGE:
        raise UnableToRenewError(
            Phrase("%(area_name)s不是村（社区），不能列入改造。", area_name=area.name), field="area"
        )
    project, is_new = Project.objects.get_or_create(
        area=area,
        defaults={
            "number": next_number("GZ", at=at),
            "batch": batch,
            "unit": unit,
            "opened_at": at,
            "opened_by": by.name,
        },
    )
    if not is_new:
        message = Phrase(
            "%(area_name)s已列入改造（%(project_number)s，%(batch)s）。",
            area_name=area.name,
            project_number=project.number,
            batch=project.batch,
        )
        raise UnableToRenewError(message, field="area")
    ends_on = starts_on
    steps = []
    for stage in Stage.objects.filter(is_active=True):
        ends_on = ends_on + timedelta(days=stage.usual_days) if ends_on else None
        steps.append(
            Step(
                project=project,
                stage=stage,
                party=stage.party,
                planned_on=ends_on,
                first_planned_on=ends_on,
            )
        )
    Step.objects.bulk_create(steps)
    audit.record(
        "renewal.project.open", target=project, by=by, at=at, after=area.name, reason=batch
    )
    return project


@transaction.atomic
def plan(
    *,
    step: Step,
    planned_on: date,
    party: str,
    responsible: str,
    reason: Reason | None,
    by: Actor,
    at: datetime,
) -> Step:
    """Say who answers for a stage and by when (排计划); a later day than before needs a reason.

    Raises:
        UnableToRenewError: the stage is done, the day makes no sense, or moves back without a
            reason.
    """
    held = Step.objects.select_for_update(of=("self",)).select_related("project", "stage")
    step = held.get(pk=step.pk)
    if step.status == "DONE":
        message = Phrase("“%(name)s”已完成，不能再改计划；需要返工请先退回。", name=step.stage.name)
        raise UnableToRenewError(message, field="planned_on")
    if party not in Party.values:
        raise UnableToRenewError("请选择责任方。", field="party")
    if _is_far(planned_on, at=at):
        raise UnableToRenewError(
            Phrase("计划日期 %(planned_on)s 离今天太远，请核对。", planned_on=planned_on),
            field="planned_on",
        )
    before = step.planned_on
    if before is not None and planned_on > before:
        _note_delay(step, before, planned_on, reason, by=by, at=at)
    step.planned_on = planned_on
    step.first_planned_on = step.first_planned_on or planned_on
    step.party, step.responsible = party, responsible
    step.save(update_fields=["planned_on", "first_planned_on", "party", "responsible"])
    audit.record(
        "renewal.step.plan",
        target=step,
        by=by,
        at=at,
        before=str(before or ""),
        after=str(planned_on),
        reason=reason.words if reason else "",
    )
    return step


@transaction.atomic
def begin(*, step: Step, on: date, by: Actor, at: datetime) -> Step:
    """Begin a stage (开始).

    Raises:
        UnableToRenewError: a stage before it is not far enough, or the day makes no sense.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    require_past(on, at=at)
    hold(step.project_id)
    for earlier in _earlier(step):
        is_free = step.stage.may_overlap and earlier.status == "RUNNING"
        if earlier.status != "DONE" and not is_free:
            message = Phrase(
                "“%(name)s”%(state)s，还不能开始“%(stage)s”。",
                name=earlier.stage.name,
                state=state_of(earlier),
                stage=step.stage.name,
            )
            raise UnableToRenewError(message)
        if earlier.begun_on is not None and on < earlier.begun_on:
            message = Phrase(
                "不能早于“%(name)s”的开始日期 %(begun_on)s。",
                name=earlier.stage.name,
                begun_on=earlier.begun_on,
            )
            raise UnableToRenewError(message, field="on")
    return _move(step, "begin", by=by, at=at, note=f"{on}", begun_on=on)


@transaction.atomic
def finish(*, step: Step, on: date, reason: Reason | None, by: Actor, at: datetime) -> Step:
    """End a stage (完成); one that ends late needs a reason.

    Raises:
        UnableToRenewError: a stage before it is not done, an indicator has not been measured
            after the work, it is late without a reason, or the day makes no sense.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    require_past(on, at=at)
    hold(step.project_id)
    if step.begun_on is not None and on < step.begun_on:
        raise UnableToRenewError(
            Phrase("完成日期不能早于开始日期 %(begun_on)s。", begun_on=step.begun_on), field="on"
        )
    for earlier in _earlier(step):
        if earlier.status != "DONE":
            message = Phrase(
                "“%(name)s”%(state)s，“%(stage)s”还不能完成。",
                name=earlier.stage.name,
                state=state_of(earlier),
                stage=step.stage.name,
            )
            raise UnableToRenewError(message)
        if earlier.done_on is not None and on < earlier.done_on:
            message = Phrase(
                "不能早于“%(name)s”的完成日期 %(done_on)s。",
                name=earlier.stage.name,
                done_on=earlier.done_on,
            )
            raise UnableToRenewError(message, field="on")
    if step.stage.needs_after:
        require_measured(step)
    if step.status == "RUNNING" and step.planned_on is not None and on > step.planned_on:
        _note_delay(step, step.planned_on, on, reason, by=by, at=at)
    return _move(step, "finish", by=by, at=at, note=f"{on}", done_on=on)


@transaction.atomic
def send_back(*, step: Step, reason: str, by: Actor, at: datetime) -> Step:
    """Have a stage done again (退回重做).

    Raises:
        UnableToRenewError: there is no reason, or a later stage stands on it.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToRenewError("请写明退回原因。", field="reason")
    hold(step.project_id)
    rows = Step.objects.filter(project=step.project, stage__position__gt=step.stage.position)
    later = rows.select_related("stage").order_by("-stage__position")
    standing = next((row for row in later if row.needs_earlier), None)
    if standing is not None:
        message = Phrase(
            "“%(name)s”%(state)s，不能退回“%(stage)s”。",
            name=standing.stage.name,
            state=state_of(standing),
            stage=step.stage.name,
        )
        raise UnableToRenewError(message)
    return _move(step, "send_back", by=by, at=at, note=reason, done_on=None)


@transaction.atomic
def measure(
    *,
    project: Project,
    moment: str,
    values: Mapping[str, float],
    on: date,
    by: Actor,
    at: datetime,
) -> int:
    """Write down indicators as they are ``before`` or ``after`` the work (填指标); return how many.

    The work is every stage up to the one that needs the values of after: those are measured once
    it is done, those of before not later than that.

    Raises:
        UnableToRenewError: an unknown indicator, a value that cannot be, a day that lies ahead,
            one of after while the work goes on or before its last day, or one of before that is
            later than that or not earlier than one of after.
    """
    require_past(on, at=at)
    hold(project.pk)
    kinds = {kind.code: kind for kind in IndicatorKind.objects.filter(is_active=True)}
    for code, value in values.items():
        if code not in kinds:
            raise UnableToRenewError(Phrase("没有指标 %(code)s。", code=code), field=code)
        most = kinds[code].most
        if value < 0 or (most is not None and value > most):
            bounds = Phrase("不小于 0")
            if most is not None:
                bounds = Phrase("0 到 %(most)s", most=f"{most:g}")
            message = Phrase(
                "%(name)s应为%(bounds)s，现为 %(value)s。",
                name=kinds[code].name,
                bounds=bounds,
                value=f"{value:g}",
            )
            raise UnableToRenewError(message, field=code)
    if moment == "after":
        require_later(project, on)
    else:
        require_sooner(project, on)
    for code, value in values.items():
        told = {moment: value, f"{moment}_on": on}
        Reading.objects.update_or_create(project=project, kind=kinds[code], defaults=told)
    if values:
        told_all = "，".join(f"{kinds[code].name} {value:g}" for code, value in values.items())
        label = "改造前" if moment == "before" else "改造后"
        audit.record(
            "renewal.project.measure", target=project, by=by, at=at, after=label, reason=told_all
        )
    return len(values)


def _is_far(on: date, *, at: datetime) -> bool:
    return abs((on - at.astimezone(SHANGHAI).date()).days) > FARTHEST_DAYS


def _earlier(step: Step) -> list[Step]:
    rows = Step.objects.filter(project=step.project, stage__position__lt=step.stage.position)
    return list(rows.select_related("stage").order_by("stage__position"))


def _note_delay(
    step: Step, before: date, after: date, reason: Reason | None, *, by: Actor, at: datetime
) -> None:
    if reason is None or reason.cause not in Delay.Cause.values or not reason.words:
        days = (after - before).days
        message = Phrase(
            "“%(name)s”比计划晚 %(days)s 天，请选择延期原因并写明说明。",
            name=step.stage.name,
            days=days,
        )
        raise UnableToRenewError(message, field="cause")
    Delay.objects.create(
        step=step,
        cause=reason.cause,
        words=reason.words,
        planned_before=before,
        planned_after=after,
        noted_at=at,
        noted_by=by.name,
    )


def _move(step: Step, verb: str, *, by: Actor, at: datetime, note: str, **changes: object) -> Step:
    return transitions.apply(step, verb, lifecycle=STEP, by=by, at=at, note=note, changes=changes)
