"""Answer questions about a finished plan on demand: why this team, what would make it on time."""

from dataclasses import dataclass, replace

from dianliang.engines.routing._arrays import Compiled
from dianliang.engines.routing._explain import MOST_FIXES, cheapest_first
from dianliang.engines.routing._fixing import promised
from dianliang.engines.routing._kernel import Tour
from dianliang.engines.routing._model import (
    Fix,
    FixKind,
    Job,
    Plan,
    Problem,
    Reason,
    ReasonCode,
)
from dianliang.engines.routing._reasons import reasons
from dianliang.engines.routing._solve import compiled_or_refused, follow
from dianliang.engines.routing._state import Search
from dianliang.engines.routing._ways import Ways
from dianliang.engines.routing._why import (
    Alternative,
    alternatives,
    fixed_words,
    lifted,
    why_this_team,
)
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a team has a job, and what every other team would cost more or lacks."""

    words: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A planned job that begins after its promise: what binds it, and what would make it on time.

    The price of a fix is what the plan would cost more than with the job late, effort included.
    """

    job_id: str
    late_s: int
    reasons: tuple[Reason, ...]
    fix: Fix | None
    others: tuple[Fix, ...] = ()


def why(problem: Problem, plan: Plan, *, job_id: str) -> Why:
    """Say why a planned job is with its team. Cost: milliseconds on 300 jobs.

    A price is the difference of the objective if only this job moved to that team. What is locked
    or tied to other jobs has no alternatives.

    Raises:
        InvalidProblemError: the problem contradicts itself.
        ValueError: the plan does not serve the job.
    """
    compiled, tour, number = _laid(problem, plan, job_id)
    words = why_this_team(compiled, tour, number)
    if fixed_words(compiled, tour, number):
        return Why(words=words, alternatives=())
    return Why(words=words, alternatives=alternatives(compiled, tour, number))


def explain_late(problem: Problem, plan: Plan, *, job_id: str) -> Late | None:
    """Say what keeps a planned job from being on time and what would help; None if it is.

    A fix is made with `apply_fix` on the problem with the promise as a rule (`promised`). What is
    locked, tied to other jobs, or promised for before anybody is at work has none.

    Raises:
        InvalidProblemError: the problem contradicts itself.
        ValueError: the plan does not serve the job.
    """
    compiled, tour, number = _laid(problem, plan, job_id)
    job, stop = compiled.jobs[number], plan.stop_of(job_id)
    if stop is None or job.due_at is None or stop[1].late_s <= 0:
        return None
    late = Late(job_id=job_id, late_s=stop[1].late_s, reasons=(), fix=None)
    fixed = fixed_words(compiled, tour, number)
    if fixed:
        code = ReasonCode.LOCK if number in compiled.locked else ReasonCode.TIED
        words = Phrase("%(fixed)s，不能单独提前。", fixed=fixed)
        return replace(late, reasons=(Reason(code=code, words=words),))
    if all(compiled.shift(route).window.start > job.due_at for route in range(len(tour.runs))):
        words = Phrase("承诺时限早于第一个班次开始，无论如何都赶不上。")
        return replace(late, reasons=(Reason(code=ReasonCode.OUTSIDE_SHIFTS, words=words),))
    with lifted(compiled.data, tour, number) as saved:
        pass
    return _timely(promised(problem, job_id=job_id), plan, late, saved)


def _timely(hard: Problem, plan: Plan, late: Late, saved: float) -> Late:
    """Explain a job as if it had been left out for not being on time."""
    compiled, tour = _follow(hard, without(plan, late.job_id))
    number = compiled.numbers[late.job_id]
    job = compiled.jobs[number]
    ways = Ways(hard, compiled, tour, by=job.due_at)
    anyway = ways.best(number)
    fixes = tuple(
        replace(fix, price_s=fix.price_s - saved, words=_in_time(fix))
        for fix in cheapest_first(ways, number, anyway)
    )
    return replace(
        late,
        reasons=(_cause(hard, compiled, job, more_s=anyway.price - saved if anyway else None),),
        fix=fixes[0] if fixes else None,
        others=fixes[1:MOST_FIXES],
    )


def _in_time(fix: Fix) -> str:
    if fix.kind is FixKind.ANYWAY and isinstance(fix.words, Phrase):
        return Phrase("改为准时：%(team)s %(when)s", **fix.words.values)
    return fix.words


def _cause(hard: Problem, compiled: Compiled, job: Job, *, more_s: float | None) -> Reason:
    if more_s is not None:
        words = Phrase(
            "准时也排得下，但整个计划要多花约 %(n)d 分钟，超过误时的代价。",
            n=max(1, round(more_s / 60)),
        )
        if more_s <= 0:
            words = Phrase("准时也排得下，而且更省：可以直接改。")
        return Reason(code=ReasonCode.NOT_WORTH, words=words)
    if (
        not compiled.data.items["last"][compiled.numbers[job.id]]
        > (compiled.data.items["first"][compiled.numbers[job.id]])
    ):
        words = Phrase("客户的可上门时段都在承诺时限之后。")
        return Reason(code=ReasonCode.WINDOW, words=words)
    why_not = next(reasons(hard, compiled, job))
    if why_not.code is ReasonCode.FULL:
        words = Phrase("承诺时限之前，%(why)s", why=why_not.words)
        return replace(why_not, words=words)
    return why_not


def without(plan: Plan, job_id: str) -> Plan:
    """Return a plan that no longer serves a job; times stay as they were."""
    return replace(
        plan,
        routes=tuple(
            replace(route, stops=tuple(stop for stop in route.stops if stop.job_id != job_id))
            for route in plan.routes
        ),
    )


def _follow(problem: Problem, plan: Plan) -> tuple[Compiled, Tour]:
    compiled = compiled_or_refused(problem)
    if compiled is None:
        raise ValueError("没有队伍在岗。")
    search = Search.begin(compiled.data, seed=1)
    follow(compiled, search, plan)
    return compiled, search.tour


def _laid(problem: Problem, plan: Plan, job_id: str) -> tuple[Compiled, Tour, int]:
    compiled, tour = _follow(problem, plan)
    number = compiled.numbers.get(job_id, -1)
    if number < 0 or tour.spots["where"][number] < 0:
        raise ValueError(Phrase("计划里没有排入工单 %(job_id)s。", job_id=job_id))
    return compiled, tour, number
