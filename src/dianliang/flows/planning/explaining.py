"""Answer for one visit of a plan: why this team, and if it is late, what would help."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.work.models import Job, Plan
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.work.queries.plan_page import FIX_LABELS
from dianliang.domain.work.queries.plan_rows import FixRow
from dianliang.engines import routing
from dianliang.flows.planning.chosen import locked_lines
from dianliang.flows.planning.drafting import plan_of
from dianliang.flows.planning.happened import happened_from
from dianliang.flows.planning.problem import Built, build, build_from
from dianliang.flows.planning.records import lunches_of, relaxations_of, skeleton_from, turned_of
from dianliang.flows.planning.scene import Asked
from dianliang.flows.planning.terms import terms_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTeam:
    """Another team for a visit: when it could come and what that would cost, or what it lacks."""

    name: str
    words: str
    start_at: datetime | None
    price_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Why a team has a visit, what the others would cost, and what would bring it in time."""

    words: str
    others: tuple[OtherTeam, ...]
    late_s: int
    late_reasons: tuple[str, ...]
    fixes: tuple[FixRow, ...]


def explain(*, number: str, job_number: str, by: Actor, at: datetime) -> Explained:
    """Say why a visit is with its team, against every other team. Cost: milliseconds.

    A plan that can still be changed is explained as things stand now, one that teams follow as
    they stood when it was made.

    Raises:
        NotVisibleError: the plan is unknown or foreign.
        UnableToPlanError: the plan does not serve the job, or it would not fit any more.
    """
    plan = plan_of(number, by=by)
    built = build(plan, at=at) if plan.status == "READY" else _as_it_was(plan)
    laid, late = laid_and_late(plan, built, job_number)
    try:
        found = routing.why(built.problem, laid, job_id=job_number)
    except ValueError as gone:
        raise _outdated(job_number) from gone
    fixes = [late.fix, *late.others] if late and late.fix else []
    return Explained(
        words=built.readable(found.words),
        others=tuple(_other(built, one) for one in found.alternatives),
        late_s=late.late_s if late else 0,
        late_reasons=tuple(built.readable(r.words) for r in late.reasons) if late else (),
        fixes=tuple(
            FixRow(
                choice=choice,
                kind_label=FIX_LABELS.get(fix.kind, ""),
                words=built.readable(fix.words),
                price_s=fix.price_s,
            )
            for choice, fix in enumerate(fixes)
        ),
    )


def laid_and_late(
    plan: Plan, built: Built, job_number: str
) -> "tuple[routing.Plan, routing.Late | None]":
    """Return a stored plan laid over its problem, and why one of its visits is late, if it is.

    Raises:
        UnableToPlanError: the plan does not serve the job, or it would not fit any more.
    """
    lines = plan.stops.select_related("job", "team")
    stored = skeleton_from(lines, built, lunches=lunches_of(plan), turned=turned_of(plan))
    if stored is None:
        raise _outdated(job_number)
    laid = routing.follow_plan(built.problem, stored)
    if laid.stop_of(job_number) is None:
        raise _outdated(job_number)
    return laid, routing.explain_late(built.problem, laid, job_id=job_number)


def _outdated(job_number: str) -> UnableToPlanError:
    return UnableToPlanError(
        Phrase(
            "%(job_number)s 没有排在这个计划里，或按现在的情况已排不下，无法说明。",
            job_number=job_number,
        )
    )


def _as_it_was(plan: Plan) -> Built:
    """Return the problem as it was when the plan was made, with the visits that are done since."""
    planned = plan.stops.values("job_id")
    left = plan.unplanned.values("job_id")
    jobs = Job.objects.filter(pk__in=planned) | Job.objects.filter(pk__in=left)
    rows = list(jobs.select_related("unit"))
    asked = Asked(
        jobs=rows,
        teams=list(plan.teams.all()),
        first_on=plan.first_on,
        last_on=plan.last_on,
        relaxations=relaxations_of(plan),
        locked=locked_lines(plan),
        happened=happened_from(plan.outcome),
        eased=frozenset(job.number for job in rows),
        terms=terms_of(plan.outcome),
    )
    return build_from(asked, at=plan.created_at)


def _other(built: Built, one: "routing.Alternative") -> OtherTeam:
    return OtherTeam(
        name=built.teams[one.team_id].name,
        words=built.readable(one.words),
        start_at=one.start_at,
        price_s=one.price_s,
    )
