"""Check before a plan is published that what it was made from still holds."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dianliang.domain.work.models import Plan, PlannedStop, Visit
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.work.operations.qualifying import unqualified
from dianliang.engines import routing
from dianliang.flows.planning.chosen import scope_of
from dianliang.flows.planning.lines import with_gaps
from dianliang.flows.planning.problem import build
from dianliang.flows.planning.records import lunches_of, skeleton_from, turned_of
from dianliang.flows.planning.repairing import is_repair
from dianliang.flows.planning.terms import terms_of
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import StaleStateError
from dianliang.kernel.phrases import Phrase, joined


class OutdatedError(UnableToPlanError):
    """Raised when lines of a plan can no longer be carried out; `lines` are those."""

    def __init__(self, message: str, *, lines: Sequence[PlannedStop]) -> None:
        super().__init__(message)
        self.lines = tuple(lines)


MOVED_S = 15 * 60
MOST_NAMED = 5
TO_READ = timedelta(minutes=10)


def refuse_if_overtaken(plan: Plan) -> None:
    """Check that a plan which fits another to what happened still follows on the newest.

    Raises:
        StaleStateError: another one was published in between, or this one by whoever pressed
            first.
    """
    old = plan.replaces
    if is_repair(plan) and old is not None and old.status != "PUBLISHED":
        if Plan.objects.filter(pk=plan.pk, status="PUBLISHED").exists():
            raise StaleStateError(
                Phrase("计划 %(number)s 已经生效，不用再按。", number=plan.number)
            )
        raise StaleStateError(
            Phrase(
                "原计划 %(number)s 刚被另一个计划替代，请打开最新的计划，在那里再报一次情况。",
                number=old.number,
            )
        )


def still_as_of(plan: Plan, *, at: datetime) -> datetime:
    """Return the instant as of which a plan is checked before it is published.

    A day that is put right while it runs, or a shift of an incident that begins at once, is full to
    the minute: somebody who reads it for a few minutes before he publishes it makes teams late by
    those minutes, not the plan impossible.
    """
    outcome = plan.outcome or {}
    made = outcome.get("repair", outcome).get("made_at")
    made_at = datetime.fromisoformat(made) if made else at
    return made_at if timedelta(0) <= at - made_at <= TO_READ else at


def refuse_if_outdated(plan: Plan, *, at: datetime) -> None:
    """Lay the plan out again as things stand now; outside the transaction, it takes a moment.

    Who is on the way to a visit or at it is as early or late as he is: that refuses nothing.

    Raises:
        OutdatedError: somebody fell ill, a certificate ended, time has passed; it names what
            no longer fits.
    """
    stops, scope = plan.stops.select_related("job__skill", "team"), scope_of(plan)
    if scope is not None:
        stops = stops.filter(team__code__in=scope)
    lines = {line.job.number: line for line in stops}
    built = build(plan, at=at)
    known = [line for number, line in lines.items() if number in built.jobs]
    start = skeleton_from(known, built, lunches=lunches_of(plan), turned=turned_of(plan))
    kept: dict[str, datetime] = {}
    if start is not None:
        laid = routing.follow_plan(_only(built.problem, lines), start)
        kept = {stop.job_id: stop.start_at for route in laid.routes for stop in route.stops}
    begun = _begun(plan)
    late = [
        line
        for line in known
        if (line.job_id, line.team_id) not in begun
        and (
            line.job.number not in kept
            or (kept[line.job.number] - line.start_at).total_seconds() > MOVED_S
        )
    ]
    if late:
        wrong = [
            Phrase(
                "%(team)s %(at)s 的 %(job)s",
                team=row.team.name,
                at=f"{row.start_at.astimezone(SHANGHAI):%m-%d %H:%M}",
                job=row.job.number,
            )
            for row in late
        ]
        more = Phrase("等 %(n)d 项", n=len(wrong)) if len(wrong) > MOST_NAMED else ""
        help_words = "请另拟一份。" if terms_of(plan.outcome) else "请点“围绕锁定重排”再发布。"
        raise OutdatedError(
            Phrase(
                "有人请假、证书到期或时间已过，下列上门已做不到：%(wrong)s%(more)s"
                "。%(certificates)s%(help_words)s",
                wrong=joined("、", wrong[:MOST_NAMED]),
                more=more,
                certificates=_certificates(known, kept),
                help_words=Phrase(help_words),
            ),
            lines=late,
        )


def _begun(plan: Plan) -> set[tuple[int, int]]:
    """Return the visits of a plan's jobs that teams are on the way to or at: job and team."""
    rows = Visit.objects.filter(job__in=plan.jobs.all(), status__in=["EN_ROUTE", "ARRIVED"])
    return set(rows.values_list("job_id", "team_id"))


def _only(problem: routing.Problem, numbers: Container[str]) -> routing.Problem:
    """Return a problem without the jobs that a plan leaves out: nobody asks again why."""
    return with_gaps(
        replace(
            problem,
            jobs=tuple(job for job in problem.jobs if job.id in numbers),
            locks=tuple(lock for lock in problem.locks if lock.job_id in numbers),
        )
    )


def _certificates(known: Iterable[PlannedStop], kept: Container[str]) -> str:
    """Name the certificates that are behind it, each with its date."""
    words = list(unqualified(line for line in known if line.job.number not in kept))
    return Phrase("%(words)s。", words=joined("；", words[:MOST_NAMED])) if words else ""
