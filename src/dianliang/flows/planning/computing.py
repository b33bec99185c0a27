"""Where plans are computed: on threads of this process, or by an executor that is configured."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.conf import settings
from django.utils.module_loading import import_string

from dianliang.engines import routing
from dianliang.kernel.errors import DomainError


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
            f"分片计算的程序“{settings.PLANNING_EXECUTOR}”无法载入（{refusal}），"
            "请联系管理员核对 DIANLIANG_PLANNING_EXECUTOR，或去掉它在本机计算。"
        ) from refusal
    with made if isinstance(made, AbstractContextManager) else nullcontext(made) as executor:
        yield executor
