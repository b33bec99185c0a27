"""Make a plan real: what teams see, without booking anybody twice."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_numbers
from dianliang.domain.work.lifecycle import PLAN, VISIT, VISIT_COMMITTED, VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, PlannedStop, Visit
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.work.operations.qualifying import unqualified
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import StaleStateError
from dianliang.kernel.phrases import Phrase, joined

KEPT = timedelta(minutes=15)
"""A confirmed visit is kept if the plan's line differs from it by no more than this."""
MOST_NAMED = 5
NOBODY: Mapping[str, str] = {}


@transaction.atomic
def publish(
    *,
    plan: Plan,
    revision: int,
    by: Actor,
    at: datetime,
    eased: Mapping[str, str] = NOBODY,
    scope: Collection[str] | None = None,
    without_ended: bool = False,
) -> list[Visit]:
    """Publish a plan: visits for the teams, jobs scheduled, the replaced plan superseded.

    A visit that somebody has accepted or begun stays as it is, unless its job is in `eased`: what
    happened changes it, and its value is the state in which the dispatcher saw it. One that stays
    with its team and day is retimed, not replaced. Where only the teams in `scope` were planned
    anew, the visits of all others go over to the plan as they are. What was done or given up
    meanwhile refuses the plan, or is just left out (`without_ended`): in an emergency crews finish
    something every minute. Of two people who publish at once one wins and the other is told.

    Raises:
        StaleStateError: the plan was changed or published meanwhile.
        IllegalTransitionError: it is not ready.
        UnableToPlanError: a job was done, cancelled or given away, a visit was accepted, a team got
            other visits meanwhile, or nobody of a team holds a certificate that counts; it names
            them.
    """
    if not Plan.objects.filter(pk=plan.pk, revision=revision).update(revision=revision + 1):
        raise StaleStateError("该计划刚被他人修改或发布，请刷新后再试。")
    plan.revision = revision + 1
    transitions.apply(plan, "publish", lifecycle=PLAN, by=by, at=at, changes={"published_at": at})
    if plan.replaces is not None and plan.replaces.status == "PUBLISHED":
        transitions.apply(plan.replaces, "supersede", lifecycle=PLAN, by=by, at=at)
    rows = plan.stops.select_related("job__unit", "job__skill", "team")
    jobs = plan.jobs.all()
    if scope is not None:
        rows = rows.filter(team__code__in=scope)
        _hand_over_others(plan, scope)
        open_ones = Visit.objects.filter(team__code__in=scope, status__in=VISIT_OPEN)
        jobs = jobs.filter(Q(pk__in=open_ones.values("job")) | Q(pk__in=rows.values("job")))
    if without_ended:
        rows = rows.exclude(job__status__in=["DONE", "CANCELLED"])
    lines = list(rows.order_by("on", "team", "sequence"))
    _hold_teams(lines)
    current = _open_visits(jobs, lines)
    _refuse_if_overtaken(plan, lines, current, eased)
    made = _visits(lines, current, eased, by=by, at=at)
    _withdraw_dropped(plan, jobs, {line.job_id for line in lines}, eased, by=by, at=at)
    return made


def _hand_over_others(plan: Plan, scope: Collection[str]) -> None:
    """Let the visits of teams that were not planned anew follow the plan, as they are."""
    others = Visit.objects.filter(plan=plan.replaces, status__in=VISIT_OPEN)
    others.exclude(team__code__in=scope).update(plan=plan)


def _hold_teams(lines: Sequence[PlannedStop]) -> None:
    """Lock the teams' rows, so that two plans for one team are published one after the other."""
    held = Team.objects.select_for_update(no_key=True).filter(
        pk__in={line.team_id for line in lines}
    )
    list(held.order_by("pk").values_list("pk", flat=True))


def _open_visits(jobs: QuerySet[Job], lines: Sequence[PlannedStop]) -> dict[int, Visit]:
    """Return the open visits by job: of the jobs, and of the lines' teams on their days."""
    days = {line.on for line in lines}
    of_teams = Visit.objects.filter(team__in={line.team_id for line in lines}, on__in=days)
    of_jobs = Visit.objects.filter(job__in=jobs)
    numbers = {
        pk
        for visits in (of_teams, of_jobs)
        for pk in visits.filter(status__in=VISIT_OPEN).values_list("pk", flat=True)
    }
    # A plan tells its outcome at length, and each row would read it anew.
    rows = Visit.objects.select_related("job", "team", "plan").defer("plan__outcome")
    return {visit.job_id: visit for visit in rows.filter(pk__in=numbers)}


def _refuse_if_overtaken(
    plan: Plan,
    lines: Sequence[PlannedStop],
    current: dict[int, Visit],
    eased: Mapping[str, str],
) -> None:
    found = [*_jobs_gone(plan, lines), *_confirmed_elsewhere(lines, current, eased)]
    found += _begun_meanwhile(plan, lines, current, eased)
    found += _unknown_visits(plan, lines, current)
    found += unqualified(line for line in lines if not _is_kept(line, current, eased))
    if found:
        more = Phrase("等 %(n)d 项", n=len(found)) if len(found) > MOST_NAMED else ""
        words = joined("；", found[:MOST_NAMED])
        raise UnableToPlanError(
            Phrase(
                "编排之后情况有变：%(words)s%(more)s。请点“围绕锁定重排”再发布。",
                words=words,
                more=more,
            )
        )


def _is_kept(line: PlannedStop, current: Mapping[int, Visit], eased: Mapping[str, str]) -> bool:
    """Tell whether a line is a visit that its team has accepted and that stays as it is."""
    visit = current.get(line.job_id)
    return visit is not None and visit.status in VISIT_COMMITTED and line.job.number not in eased


def _jobs_gone(plan: Plan, lines: Sequence[PlannedStop]) -> Iterator[str]:
    for line in lines:
        job = line.job
        if job.status not in {"OPEN", "SCHEDULED"}:
            yield Phrase(
                "工单 %(number)s %(status)s",
                number=job.number,
                status=Phrase(job.get_status_display()),
            )
        elif not job.unit.path.startswith(plan.unit.path):
            yield Phrase(
                "工单 %(number)s 已转由%(name)s承办", number=job.number, name=job.unit.name
            )
        elif job.forbidden_team_id == line.team_id:
            yield Phrase(
                "工单 %(number)s 的诉求人要求换队，不能再派%(name)s",
                number=job.number,
                name=line.team.name,
            )


def _confirmed_elsewhere(
    lines: Sequence[PlannedStop], current: dict[int, Visit], eased: Mapping[str, str]
) -> Iterator[str]:
    for line in lines:
        visit = current.get(line.job_id)
        if visit is None or visit.status not in VISIT_COMMITTED:
            continue
        is_kept = (visit.team_id, visit.on) == (line.team_id, line.on)
        if visit.job.number in eased and (is_kept or eased[visit.job.number] == visit.status):
            continue
        is_promised = visit.status == "ACCEPTED"  # who is on the way is as early or late as he is
        if not is_kept or (is_promised and abs(visit.depart_at - line.depart_at) > KEPT):
            at = visit.arrive_at.astimezone(SHANGHAI)
            yield Phrase(
                "工单 %(number)s %(name)s已接单（%(at)s），不能改动",
                number=line.job.number,
                name=visit.team.name,
                at=f"{at:%m-%d %H:%M}",
            )


def _begun_meanwhile(
    plan: Plan,
    lines: Sequence[PlannedStop],
    current: dict[int, Visit],
    eased: Mapping[str, str],
) -> Iterator[str]:
    """Yield the visits that were to be taken back and that teams have begun since."""
    kept = {line.job_id for line in lines}
    for visit in current.values():
        seen = eased.get(visit.job.number)
        if seen is not None and visit.job_id not in kept and visit.status != seen:
            yield Phrase(
                "工单 %(number)s %(name)s%(status)s",
                number=visit.job.number,
                name=visit.team.name,
                status=Phrase(visit.get_status_display()),
            )


def _unknown_visits(
    plan: Plan, lines: Sequence[PlannedStop], current: dict[int, Visit]
) -> Iterator[str]:
    """Yield the team days that got visits which this plan does not know."""
    known = set(plan.jobs.values_list("pk", flat=True))
    lanes = {(line.team_id, line.on) for line in lines}
    strange: dict[tuple[str, str], int] = {}
    for visit in current.values():
        if visit.job_id not in known and (visit.team_id, visit.on) in lanes:
            source: str = (
                Phrase("（计划 %(number)s）", number=visit.plan.number) if visit.plan else ""
            )
            key = (f"{visit.team.name} {visit.on:%m-%d}", source)
            strange[key] = strange.get(key, 0) + 1
    for (lane, source), count in strange.items():
        yield Phrase(
            "%(lane)s 另有 %(count)s 个上门%(source)s，会重复占用该队",
            lane=lane,
            count=count,
            source=Phrase(source),
        )


def _visits(
    lines: Sequence[PlannedStop],
    current: Mapping[int, Visit],
    eased: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
) -> list[Visit]:
    """Make, retime or keep the visit of each line; of a confirmed one only the order may change."""
    told: list[Visit] = []
    fresh, same = list[PlannedStop](), list[Visit]()
    for line in lines:
        visit = current.get(line.job_id)
        if visit is None:
            fresh.append(line)
        elif visit.status in VISIT_COMMITTED and visit.job.number not in eased:
            Visit.objects.filter(pk=visit.pk).update(sequence=line.sequence)
        elif (visit.team_id, visit.on) != (line.team_id, line.on):
            words = f"计划 {line.plan.number} 调整"
            ended = {"ended_at": at, "reason": words}
            transitions.apply(
                visit, "withdraw", lifecycle=VISIT, by=by, at=at, note=words, changes=ended
            )
            fresh.append(line)
        elif _is_same(visit, line):
            same.append(visit)
        else:
            told.append(_retime(visit, line, by=by, at=at))
    _carry_over(same, lines)
    return [*told, *same, *_made(fresh, by=by, at=at)]


def _is_same(visit: Visit, line: PlannedStop) -> bool:
    """Tell whether nobody has to be told anything new."""
    return (visit.sequence, visit.arrive_at, visit.depart_at) == (
        *(line.sequence, line.arrive_at, line.depart_at),
    )


def _carry_over(visits: Sequence[Visit], lines: Sequence[PlannedStop]) -> None:
    """Let visits that stay as they are follow the new plan."""
    for status in {visit.status for visit in visits}:
        keys = [visit.pk for visit in visits if visit.status == status]
        rows = Visit.objects.filter(pk__in=keys, status=status)
        if rows.update(plan=lines[0].plan) != len(keys):
            raise StaleStateError("有上门单刚被队伍处理，请刷新后再试。")


def _made(lines: Sequence[PlannedStop], *, by: Actor, at: datetime) -> list[Visit]:
    """Make the visits of lines that have none."""
    if not lines:
        return []
    numbers = next_numbers("SM", count=len(lines), at=at)
    visits = Visit.objects.bulk_create(
        (
            Visit(
                number=number,
                job=line.job,
                team=line.team,
                plan=line.plan,
                on=line.on,
                sequence=line.sequence,
                arrive_at=line.arrive_at,
                depart_at=line.depart_at,
            )
            for number, line in zip(numbers, lines, strict=True)
        ),
        batch_size=500,
    )
    audit.record_each(
        "work.visit.plan", targets=[(visit, visit.status) for visit in visits], by=by, at=at
    )
    waiting = [line.job for line in lines if line.job.status == "OPEN"]
    job_operations.schedule_each(jobs=waiting, by=by, at=at)
    return visits


def _retime(visit: Visit, line: PlannedStop, *, by: Actor, at: datetime) -> Visit:
    fields = {"plan": line.plan, "sequence": line.sequence}
    fields |= {"arrive_at": line.arrive_at, "depart_at": line.depart_at}
    if not Visit.objects.filter(pk=visit.pk, status=visit.status).update(**fields):
        raise StaleStateError(
            Phrase("上门单 %(number)s 刚被队伍处理，请刷新后再试。", number=visit.number)
        )
    was = visit.arrive_at.astimezone(SHANGHAI)
    words = f"{was:%m-%d %H:%M} → {line.arrive_at.astimezone(SHANGHAI):%m-%d %H:%M}"
    for name, value in fields.items():
        setattr(visit, name, value)
    audit.record("work.visit.retime", target=visit, by=by, at=at, reason=words)
    return visit


def _withdraw_dropped(
    plan: Plan,
    jobs: QuerySet[Job],
    kept: set[int],
    eased: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Take back visits that the new plan leaves out and that nobody has accepted, or may change."""
    may_go = Q(status="SCHEDULED") | Q(status__in=["ACCEPTED", "EN_ROUTE"], job__number__in=eased)
    dropped = Visit.objects.filter(may_go, job__in=jobs)
    for visit in dropped.exclude(job_id__in=kept).select_related("job"):
        words = f"计划 {plan.number} 未排入"
        ended = {"ended_at": at, "reason": words}
        transitions.apply(
            visit, "withdraw", lifecycle=VISIT, by=by, at=at, note=words, changes=ended
        )
        if visit.job.status == "SCHEDULED":
            job: Job = visit.job
            job_operations.unschedule(job=job, reason="新计划未排入", by=by, at=at)
