"""Baselines of projects: proposed by one, confirmed by another, never changed afterwards."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.domain.grid_projects.lifecycle import BASELINE
from dianliang.domain.grid_projects.models import Baseline, BaselineDay, Milestone, Project
from dianliang.domain.grid_projects.operations.projects import UnableToBuildError, require_span
from dianliang.engines.scheduling import Step, faults_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase, joined


@transaction.atomic
def propose(
    *,
    project: Project,
    starts_on: date,
    days: Mapping[str, date],
    reason: str,
    by: Actor,
    at: datetime,
) -> Baseline:
    """Propose planned days for all milestones, by code; it counts once somebody else confirms it.

    Raises:
        UnableToBuildError: a day is missing or before what it waits for, all are named; another
            proposal waits; the project is over; its milestones wait for each other in a circle.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if project.status in {"ENERGISED", "CLOSED", "DROPPED"}:
        raise UnableToBuildError("工程已投运、关闭或取消，不能再改基准计划。")
    if project.baselines.filter(status="PROPOSED").exists():
        raise UnableToBuildError("已有一版基准计划待复核，请先复核。")
    require_span(project, starts_on, field="starts_on")
    rows = list(project.milestones.prefetch_related("after"))
    _require_order(rows, days, starts_on)
    for on in days.values():
        require_span(project, on, field="days")
    last = project.baselines.order_by("-version").first()
    made = Baseline.objects.create(
        project=project,
        version=last.version + 1 if last else 1,
        starts_on=starts_on,
        reason=reason,
        proposed_by=by.name,
        proposed_by_account=by.id,
        proposed_person=by.person_number,
        proposed_at=at,
    )
    BaselineDay.objects.bulk_create(
        BaselineDay(baseline=made, milestone=row, planned_on=days[row.code]) for row in rows
    )
    after = str(max(days.values()))
    audit.record(
        "grid_projects.baseline.propose", target=made, by=by, at=at, after=after, reason=reason
    )
    return made


@transaction.atomic
def confirm(*, baseline: Baseline, by: Actor, at: datetime) -> Baseline:
    """Put a proposed baseline in force; the one before it stays readable (复核通过).

    Raises:
        UnableToBuildError: it was proposed by the same person.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    Project.objects.select_for_update(of=("self",)).get(pk=baseline.project_id)
    _require_somebody_else(baseline, by)
    for old in Baseline.objects.filter(project=baseline.project_id, status="IN_FORCE"):
        transitions.apply(old, "replace", lifecycle=BASELINE, by=by, at=at)
    decided = {"decided_by": by.name, "decided_person": by.person_number, "decided_at": at}
    return transitions.apply(baseline, "confirm", lifecycle=BASELINE, by=by, at=at, changes=decided)


@transaction.atomic
def refuse(*, baseline: Baseline, reason: str, by: Actor, at: datetime) -> Baseline:
    """Refuse a proposed baseline (不通过).

    Raises:
        UnableToBuildError: it was proposed by the same person.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    _require_somebody_else(baseline, by)
    decided = {"decided_by": by.name, "decided_person": by.person_number, "decided_at": at}
    return transitions.apply(
        baseline, "refuse", lifecycle=BASELINE, by=by, at=at, note=reason, changes=decided
    )


def _require_somebody_else(baseline: Baseline, by: Actor) -> None:
    account, person = baseline.proposed_by_account, baseline.proposed_person
    if by.is_who(account=account, name=baseline.proposed_by, person=person):
        raise UnableToBuildError("基准计划要由编制人以外的人复核。")


def _require_order(rows: list[Milestone], days: Mapping[str, date], starts_on: date) -> None:
    missing = [row.name for row in rows if row.code not in days]
    if missing:
        message = Phrase("每个里程碑都要有计划日期，还缺：%(names)s。", names=joined("、", missing))
        raise UnableToBuildError(message, field="days")
    _require_no_circle(rows)
    wrong: list[str] = []
    for row in rows:
        if days[row.code] < starts_on:
            wrong.append(Phrase("“%(name)s”早于计划起算日 %(on)s", name=row.name, on=starts_on))
        wrong += [
            Phrase("“%(name)s”早于它所等待的“%(before)s”", name=row.name, before=before.name)
            for before in row.after.all()
            if days[before.code] > days[row.code]
        ]
    if wrong:
        message = Phrase("计划日期的先后不对：%(wrong)s。", wrong=joined("；", wrong))
        raise UnableToBuildError(message, field="days")


def _require_no_circle(rows: list[Milestone]) -> None:
    """Refuse milestones that wait for each other: with equal days their order would pass."""
    names = {row.pk: row.name for row in rows}
    steps = [
        Step(code=row.name, days=0, after=tuple(names[b.pk] for b in row.after.all()))
        for row in rows
    ]
    circle = [fault for fault in faults_of(steps=steps) if fault.kind == "circle"]
    if circle:
        found = joined("、", [circle[0].code, *circle[0].others])
        message = Phrase("里程碑互相等待，排不出先后：%(names)s。请管理员改正。", names=found)
        raise UnableToBuildError(message, field="days")
