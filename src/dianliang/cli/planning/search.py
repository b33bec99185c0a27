"""Search for a plan at a terminal: a line that tells how far it is, Ctrl-C that keeps the best."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from dianliang.cli.planning.arguments import Asked
from dianliang.engines import routing
from dianliang.integrations.plan_files.figures import span

TOLD_EVERY_S = 0.2
CLEAR = "\r\033[K"


@dataclass(slots=True)
class Interruption:
    """Whether somebody wants the search to stop."""

    is_asked: bool = False


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Turn the first Ctrl-C into a wish to stop; the second gives up."""
    wish = Interruption()

    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        if wish.is_asked:
            raise KeyboardInterrupt
        wish.is_asked = True
        tell("正在停下，保留目前最好的方案……（再按一次 Ctrl-C 放弃）\n")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield wish
    finally:
        signal.signal(signal.SIGINT, before)


def tell(words: str) -> None:
    """Write over the line of progress; a file or a pipe gets nothing."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{CLEAR}{words}")
        sys.stderr.flush()


def search(problem: routing.Problem, *, asked: Asked, start: routing.Plan | None) -> routing.Plan:
    """Plan a problem for as long as was asked, or until Ctrl-C."""
    with interruptible() as interruption:
        compiling = "" if routing.is_warm() else "，第一次要编译约半分钟"
        tell(f"准备路线引擎{compiling}……")
        routing.warm()  # before the clock of the search begins
        began = told_at = time.monotonic()

        def report(told: "routing.Progress") -> bool:
            nonlocal told_at
            now = time.monotonic()
            if now - told_at >= TOLD_EVERY_S:
                told_at = now
                placed = len(problem.jobs) - told.unassigned
                tell(
                    f"已用 {now - began:.0f} 秒（{told.share:.0%}），第 {told.iteration} 轮，"
                    f"排进 {placed}/{len(problem.jobs)}，总代价折合行车 {span(told.best)}"
                )
            return not interruption.is_asked

        plan = routing.solve(
            problem,
            stop=_stop(asked),
            seed=asked.seed,
            params=routing.Params(workers=asked.workers),
            start=start,
            progress=report,
        )
        tell("")
    return plan


def _stop(asked: Asked) -> routing.StopCriterion:
    if asked.iterations is not None:
        return routing.MaxIterations(limit=asked.iterations)
    return routing.MaxSeconds(limit_s=asked.seconds, clock=time.monotonic)
