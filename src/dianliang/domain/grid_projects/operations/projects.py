"""Open grid projects, move them on, and keep their milestones and task forces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.grid_projects.lifecycle import PROJECT
from dianliang.domain.grid_projects.models import (
    Member,
    Milestone,
    NormDuration,
    Project,
    StepTemplate,
)
from dianliang.domain.network.models import Feeder
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined

PREFIX = "GC"
IS_MOVED_BY_GATE = frozenset({"start", "energise"})
"""Verbs that happen with a milestone, never by themselves."""
DAYS_BEFORE, DAYS_AFTER = timedelta(days=3653), timedelta(days=7305)
"""Ten years before a project was taken in and twenty after it lie all days that it is about."""


class UnableToBuildError(DomainError):
    """The project cannot be opened, moved or measured like this."""

    code = "grid_projects.unable-to-build"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a project is: sizes in km and MVA, money in CNY."""

    name: str
    kind: str
    voltage: str
    unit: Unit
    areas: Sequence[Area]
    length_km: float | None = None
    capacity_mva: float | None = None
    budget_cny: Decimal | None = None
    feeder: Feeder | None = None
    task_force: Unit | None = None
    is_generated: bool = field(default=False)


@transaction.atomic
def open_project(*, details: Details, by: Actor, at: datetime) -> Project:
    """Take a project in, with the milestones of its kind (列入储备).

    Raises:
        UnableToBuildError: no area, or its kind has no milestones to begin with, or broken ones.
    """
    if not details.areas:
        raise UnableToBuildError("请选择工程涉及的乡镇或村。", field="areas")
    known = list(StepTemplate.objects.filter(kind=details.kind))
    steps = [step for step in known if step.is_active]
    if not steps:
        raise UnableToBuildError("这类工程没有里程碑模板，请管理员先设置。", field="kind")
    project = Project.objects.create(
        number=next_number(PREFIX, at=at),
        name=details.name,
        kind=details.kind,
        voltage=details.voltage,
        unit=details.unit,
        length_km=details.length_km,
        capacity_mva=details.capacity_mva,
        budget_cny=details.budget_cny,
        feeder=details.feeder,
        task_force=details.task_force,
        opened_at=at,
        opened_by=by.name,
        is_generated=details.is_generated,
    )
    project.areas.set(details.areas)
    add_steps(project, steps, known=known)
    audit.record("grid_projects.project.open", target=project, by=by, at=at, after=project.name)
    return project


def add_steps(
    project: Project, steps: Sequence[StepTemplate], *, known: Sequence[StepTemplate]
) -> None:
    """Give a project the milestones of a template, with what each waits for.

    `known` are all steps of the kind: one that is switched off is waited for by nobody.

    Raises:
        UnableToBuildError: a step waits for itself, a later one, or one that is unknown.
    """
    for step in steps:
        wrong = step.wrong_after(known)
        if wrong:
            raise UnableToBuildError(wrong, field="kind")
    made = {
        step.step: Milestone.objects.create(
            project=project,
            code=step.step,
            name=step.name,
            position=step.position,
            gate=step.gate,
        )
        for step in steps
    }
    for step in steps:
        made[step.step].after.set([made[code] for code in step.after if code in made])


@transaction.atomic
def move(*, project: Project, verb: str, reason: str, by: Actor, at: datetime) -> Project:
    """Approve, pause, resume, close or drop a project.

    Raises:
        UnableToBuildError: it comes with a milestone, lacks a plan or reason, or has open issues.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if verb in IS_MOVED_BY_GATE:
        message = "请在“里程碑”里登记开工或投运的实际日期，工程随之开工或投运。"
        raise UnableToBuildError(message)
    PROJECT.target(project.status, verb, role=by.role)
    if verb == "approve" and not project.baselines.filter(status="IN_FORCE").exists():
        message = "核准前要有复核通过的基准计划，请先编制并由另一人复核。"
        raise UnableToBuildError(message)
    if verb in {"pause", "drop", "close"} and not reason:
        raise UnableToBuildError("请写明原因或总结。", field="reason")
    if verb == "close":
        _require_settled(project)
    changes = {
        "pause_reason": reason if verb == "pause" else "",
        "lessons": reason if verb == "close" else project.lessons,
    }
    return transitions.apply(
        project, verb, lifecycle=PROJECT, by=by, at=at, note=reason, changes=changes
    )


@transaction.atomic
def reach(*, milestone: Milestone, on: date, by: Actor, at: datetime) -> Milestone:
    """Write down the day on which a milestone was reached; a gate moves the project with it.

    Raises:
        UnableToBuildError: what it waits for was not reached, or the day makes no sense.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=milestone.project_id)
    milestone.refresh_from_db()
    _require_alive(project)
    if milestone.actual_on is not None:
        raise UnableToBuildError("这个里程碑已经登记，改日期请用“更正”。", field="on")
    _require_day(milestone, on, at=at)
    if not project.baselines.filter(status="IN_FORCE").exists():
        raise UnableToBuildError("先要有复核通过的基准计划，才能登记里程碑。")
    milestone.actual_on, milestone.forecast_on = on, None
    milestone.save(update_fields=["actual_on", "forecast_on"])
    audit.record("grid_projects.milestone.reach", target=milestone, by=by, at=at, after=str(on))
    if milestone.gate:
        transitions.apply(project, milestone.gate, lifecycle=PROJECT, by=by, at=at, note=str(on))
    return milestone


@transaction.atomic
def correct(*, milestone: Milestone, on: date, reason: str, by: Actor, at: datetime) -> Milestone:
    """Correct the day on which a milestone was reached; the trail keeps the old one.

    Raises:
        UnableToBuildError: it was not reached, the project is closed, or the day makes no sense.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=milestone.project_id)
    milestone.refresh_from_db()
    _require_alive(project)
    if milestone.actual_on is None:
        raise UnableToBuildError("这个里程碑还没有登记实际日期。", field="on")
    _require_day(milestone, on, at=at)
    later = milestone.before.filter(actual_on__lt=on).first()
    if later is not None:
        message = Phrase(
            "“%(name)s”在 %(on)s 已完成，不能早于它所等待的里程碑。",
            name=later.name,
            on=later.actual_on,
        )
        raise UnableToBuildError(message, field="on")
    before, milestone.actual_on = milestone.actual_on, on
    milestone.save(update_fields=["actual_on"])
    audit.record(
        "grid_projects.milestone.correct",
        target=milestone,
        by=by,
        at=at,
        before=str(before),
        after=str(on),
        reason=reason,
    )
    return milestone


@transaction.atomic
def forecast(
    *, milestone: Milestone, on: date | None, responsible: str, by: Actor, at: datetime
) -> Milestone:
    """Say when an open milestone is expected and who answers for it (预计).

    Raises:
        UnableToBuildError: it was reached, the project is closed, or the day has passed.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=milestone.project_id)
    milestone.refresh_from_db()
    require_forecast(project, milestone, on, at=at)
    before = milestone.forecast_on
    milestone.forecast_on, milestone.responsible = on, responsible
    milestone.save(update_fields=["forecast_on", "responsible"])
    audit.record(
        "grid_projects.milestone.forecast",
        target=milestone,
        by=by,
        at=at,
        before=str(before or ""),
        after=f"{on or ''} {responsible}".strip(),
    )
    return milestone


@transaction.atomic
def seat(
    *,
    project: Project,
    post: str,
    person: Person | None,
    unit: Unit | None,
    organisation: str,
    from_on: date,
    by: Actor,
    at: datetime,
) -> Member:
    """Take somebody into the task force; a new leader relieves the one before him.

    Raises:
        UnableToBuildError: the post is unknown, nobody is named, the day is ahead, or the project
            is closed.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    _require_alive(project)
    _require_seat_day(project, from_on, field="from_on", at=at)
    if post not in Member.Post.values:
        raise UnableToBuildError("请选择专班职责。", field="post")
    if person is None and not organisation:
        raise UnableToBuildError("请填本单位人员，或外单位的名称与职务。", field="organisation")
    if post == Member.Post.LEADER:
        for leader in project.members.filter(post=post, until_on=None):
            leader.until_on = max(from_on, leader.from_on)
            leader.save(update_fields=["until_on"])
    made = Member.objects.create(
        project=project,
        post=post,
        person=person,
        unit=unit or (person.unit if person else None),
        organisation=organisation,
        from_on=from_on,
    )
    after = f"{made.get_post_display()} {person.number if person else organisation}"
    audit.record("grid_projects.project.seat", target=project, by=by, at=at, after=after)
    return made


@transaction.atomic
def leave(*, member: Member, on: date, by: Actor, at: datetime) -> Member:
    """Let somebody leave the task force.

    Raises:
        UnableToBuildError: he left already, or before he came, or the day is ahead.
    """
    if member.until_on is not None or on < member.from_on:
        raise UnableToBuildError("这位成员已经离开，或离开日期早于加入日期。", field="on")
    _require_seat_day(member.project, on, field="on", at=at)
    member.until_on = on
    member.save(update_fields=["until_on"])
    after = f"{member.get_post_display()} {on}"
    audit.record("grid_projects.project.leave", target=member.project, by=by, at=at, after=after)
    return member


@transaction.atomic
def state_norm(*, values: Mapping[str, object], by: Actor, at: datetime) -> NormDuration:
    """State a norm duration with its source, from a day on (登记参照工期).

    Raises:
        UnableToBuildError: one of that kind counts from that day on already.
    """
    key = {name: values[name] for name in ("kind", "voltage", "from_on")}
    made, is_new = NormDuration.objects.get_or_create(
        **key, defaults={**values, "entered_by": by.name, "entered_at": at}
    )
    if not is_new:
        message = "这一天起已有参照工期；改动请用新的起用日期另登记一版。"
        raise UnableToBuildError(message, field="from_on")
    after = f"{made.days} 天 {made.source}"
    audit.record("grid_projects.normduration.state", target=made, by=by, at=at, after=after)
    return made


def require_forecast(
    project: Project, milestone: Milestone, on: date | None, *, at: datetime
) -> None:
    """Refuse to expect a milestone that was reached, or on a day that has passed.

    Raises:
        UnableToBuildError: that, or the project is closed, or the day makes no sense.
    """
    _require_alive(project)
    if milestone.actual_on is not None:
        raise UnableToBuildError("已完成的里程碑不再有预计日期。", field="on")
    if on is not None and on < at.astimezone(SHANGHAI).date():
        raise UnableToBuildError("预计日期不能早于今天。", field="on")
    if on is not None:
        require_span(project, on, field="on")


def require_span(project: Project, on: date, *, field: str) -> None:
    """Refuse a day that no project taken in then can be about.

    Raises:
        UnableToBuildError: it lies ten years before the project was taken in, or twenty after it.
    """
    opened_on = project.opened_at.astimezone(SHANGHAI).date()
    first, last = opened_on - DAYS_BEFORE, opened_on + DAYS_AFTER
    if not first <= on <= last:
        message = Phrase(
            "日期 %(on)s 不合理，应在 %(first)s 到 %(last)s 之间。",
            on=on.isoformat(),
            first=first.isoformat(),
            last=last.isoformat(),
        )
        raise UnableToBuildError(message, field=field)


def _require_seat_day(project: Project, on: date, *, field: str, at: datetime) -> None:
    """Refuse a change of the task force on a day ahead: who sits there now would lose his seat."""
    if on > at.astimezone(SHANGHAI).date():
        message = "加入或离开专班的日期不能晚于今天，请到那一天再登记。"
        raise UnableToBuildError(message, field=field)
    require_span(project, on, field=field)


def _require_alive(project: Project) -> None:
    if project.status in {"CLOSED", "DROPPED"}:
        raise UnableToBuildError("工程已关闭或取消，不能再改。")


def _require_settled(project: Project) -> None:
    left = project.issues.exclude(status__in=["VERIFIED", "WITHDRAWN"])
    numbers = [issue.number for issue in left[:5]]
    if numbers:
        message = Phrase(
            "还有属地问题没有核实：%(numbers)s，处理完再关闭工程。", numbers=joined("、", numbers)
        )
        raise UnableToBuildError(message)


def _require_day(milestone: Milestone, on: date, *, at: datetime) -> None:
    if on > at.astimezone(SHANGHAI).date():
        raise UnableToBuildError("实际日期不能晚于今天。", field="on")
    require_span(milestone.project, on, field="on")
    for earlier in milestone.after.all():
        if earlier.actual_on is None:
            message = Phrase("“%(name)s”还没有完成，请先登记它的实际日期。", name=earlier.name)
            raise UnableToBuildError(message, field="on")
        if earlier.actual_on > on:
            message = Phrase(
                "“%(name)s”在 %(on)s 才完成，实际日期不能更早。",
                name=earlier.name,
                on=earlier.actual_on,
            )
            raise UnableToBuildError(message, field="on")
