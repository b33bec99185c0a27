"""One solver on one problem in a process of its own: what it found, and what it took."""

import multiprocessing
import resource
import signal
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from benchmarks.routing.cases import villages
from benchmarks.routing.peers import PEERS
from benchmarks.routing.plain import Sequences, sequences_of
from benchmarks.routing.runs import Clock
from dianliang.engines.routing import MaxIterations, Params, Problem, Progress, solve

OURS = "ours"
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Measured:
    """Sequences, CPU- and wall seconds, when the first whole plan stood, the most memory held.

    `trouble` says why there is no plan.
    """

    sequences: Sequences = field(default_factory=dict[tuple[str, int], list[str]])
    cpu_s: float = 0.0
    wall_s: float = 0.0
    first_s: float | None = None
    memory_mb: float = 0.0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class UntilOver:
    """Stop when a run's clock does: what comes before the search counts too."""

    clock: Clock

    def share(self, *, iteration: int, best: float) -> float:
        """Return the share of the CPU time that is used up."""
        del iteration, best
        return self.clock.passed_s() / self.clock.limit_s


def ours(problem: Problem, clock: Clock, *, workers: int) -> Sequences:
    """Plan with our engine; the explanation of what is left out comes after the limit."""

    def progress(_: Progress) -> bool:
        clock.note_plan()
        return True

    params = Params(workers=workers)
    return sequences_of(solve(problem, stop=UntilOver(clock), params=params, progress=progress))


def measured(solver: str, problem: Problem, *, limit_s: float, workers: int) -> Measured:
    """Run a solver in a fresh process.

    The system ends one that uses more than twice its CPU time and a minute. CPU time, so that a
    crowded machine is nobody's fault.
    """
    here, there = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=_run, args=(there, solver, problem, limit_s, workers))
    process.start()
    there.close()
    try:
        found: Measured = here.recv()
    except EOFError:
        process.join()
        overran = process.exitcode == -signal.SIGXCPU
        found = Measured(trouble="nothing in twice the time" if overran else "died")
    process.join()
    return found


def _run(answer: Connection, solver: str, problem: Problem, limit_s: float, workers: int) -> None:
    if solver == OURS:
        solve(villages(count=3, stations=2), stop=MaxIterations(limit=200))
    elif (prepare := PEERS[solver].prepare) is not None:
        prepare()
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + 2 * limit_s + 60), most))
    wall, clock = time.perf_counter(), Clock(limit_s)
    try:
        if solver == OURS:
            found = ours(problem, clock, workers=workers)
        else:
            found = PEERS[solver].solve(problem, clock, workers)
    except (ValueError, MemoryError, RuntimeError) as error:
        answer.send(Measured(trouble=str(error) or type(error).__name__))
        return
    answer.send(
        Measured(
            sequences=found,
            cpu_s=clock.passed_s(),
            wall_s=time.perf_counter() - wall,
            first_s=clock.first_s,
            memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )
    )
