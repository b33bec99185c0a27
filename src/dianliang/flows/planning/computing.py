"""Where plans are computed: on threads of this process, or by an executor that is configured."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from dianliang.core import jobs as background
from dianliang.core.models import BackgroundJob
from dianliang.domain.work.models import Plan
from dianliang.engines import routing
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

LEAST_PATIENCE = 6_000
PATIENCE_PER_JOB = 2_000
"""Rounds without a better plan after which more time would hardly help.

A search cools down over its whole time: of a large plan it must not be cut short while it is warm.
"""


AROUND_S = 5
"""What building a plan, checking and explaining it takes beside the search."""


class NoExecutorError(DomainError):
    """Raised when what is configured to compute large plans cannot be had."""

    code = "planning.no-executor"


def compute(
    problem: routing.Problem,
    *,
    stop: routing.StopCriterion,
    seed: int,
    start: routing.Plan | None,
    progress: "Callable[[routing.Progress], bool] | None",
) -> routing.Plan:
    """Plan a problem; if it is large, its regions go to the executor that is configured.

    Without one they are improved on `PLANNING_THREADS` threads of this process. A small problem
    never leaves it: the way would take longer than the work.

    Raises:
        NoExecutorError: the executor cannot be loaded.
        InvalidProblemError: the problem contradicts itself.
    """
    params = routing.Params(workers=settings.PLANNING_THREADS)
    with _executor() if params.has_regions(jobs=len(problem.jobs)) else nullcontext() as executor:
        return routing.solve(
            problem,
            stop=stop,
            seed=seed,
            params=params,
            start=start,
            progress=progress,
            executor=executor,
        )


def order(kind: str, plan: Plan, *, seconds: int, by: Actor, at: datetime) -> BackgroundJob:
    """Queue the computation of a plan; those behind it are told how long its search may take."""
    asked = {"plan": plan.number}
    expected_s = seconds + AROUND_S
    return background.enqueue(kind, asked, by=by, at=at, max_attempts=3, expected_s=expected_s)


@contextmanager
def _executor() -> "Iterator[routing.Executor | None]":
    """Give what the configured factory makes, and close it at the end if it can be closed."""
    if not settings.PLANNING_EXECUTOR:
        yield None
        return
    try:
        made = import_string(settings.PLANNING_EXECUTOR)()
    except ImportError as refusal:
        raise NoExecutorError(
            Phrase(
                "分片计算的程序“%(executor)s”无法载入（%(refusal)s），请联"
                "系管理员核对 DIANLIANG_PLANNING_EXECUTOR，或去掉它在本机计算。",
                executor=settings.PLANNING_EXECUTOR,
                refusal=f"{refusal}",
            )
        ) from refusal
    with made if isinstance(made, AbstractContextManager) else nullcontext(made) as executor:
        yield executor


def enough(*, seconds: int, jobs: int) -> routing.StopCriterion:
    """Stop when the time is up, or when a long search has found nothing better."""
    time_is_up = routing.MaxSeconds(limit_s=seconds, clock=time.monotonic)
    patience = max(LEAST_PATIENCE, PATIENCE_PER_JOB * jobs)
    return routing.FirstOf(criteria=(time_is_up, routing.NoImprovement(patience=patience)))


def reporter(
    context: background.JobContext, *, jobs: int, limit_s: int
) -> "Callable[[routing.Progress], bool]":
    """Return what tells the queue twice a second how far the search has come."""
    began = told_at = time.monotonic()

    def report(told: "routing.Progress") -> bool:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at < 0.5:
            return True
        told_at = now
        share = min(1.0, (now - began) / limit_s)
        words = Phrase(
            "寻找更好的排法：目前最好排入 %(placed)d/%(jobs)d，第 %(n)d 轮",
            placed=jobs - told.unassigned,
            jobs=jobs,
            n=told.iteration,
        )
        return context.progress(0.03 + 0.94 * share, words)

    return report
