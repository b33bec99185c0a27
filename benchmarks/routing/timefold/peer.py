"""Timefold's solver 1.24, the one that its last Python package brings, on one core.

Optional: only where the package and a Java development kit of 17 or later are found::

    python3.11 -m venv /tmp/timefold && /tmp/timefold/bin/pip install timefold==1.24.0b0
    PYTHONPATH=…/site-packages python -m benchmarks.routing --peer Timefold …

The model is in Java (`Rounds.java`), built by ``javac`` and handed over through the package's own
bridge. A model in Python is translated by the package: with 1000 places its tables alone took more
than 200 CPU-seconds, and it then tried 3000 moves in a second. Configured as its makers set out:
cheapest insertion, then late acceptance with moves that change, swap and reverse; one thread.
Selection of what lies near is in the paid edition only.

Java's start and the model's build come before the clock, as does what our engine builds once.
After that the whole process counts, with the threads that compile and collect; another thread looks
at its CPU time twenty times a second and tells the search to end. One processor is declared to
Java, so that it collects with one thread.
"""

import atexit
import shutil
import subprocess
import tempfile
import threading
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.routing.plain import Plain, Sequences, plainly
from benchmarks.routing.runs import Clock
from dianliang.engines.routing import Problem

SOURCE = Path(__file__).with_name("Rounds.java")
NEVER_S = int(np.iinfo(np.int32).max) // 2
"""For no limit: twice of it still is a number of 32 bits."""
LOOKS_AGAIN_S = 0.05


@cache
def machine() -> Any:
    """Build the model, start Java, and return the model's class, in which the others are nested."""
    import jpype
    import timefold.solver
    from _jpyinterpreter import get_default_jvm_path

    jars = [str(path) for path in files("timefold.solver.jars").iterdir()]
    built = tempfile.mkdtemp(prefix="timefold-model-")
    atexit.register(shutil.rmtree, built, ignore_errors=True)
    classes = ["-d", built, "-cp", ":".join(jar for jar in jars if jar.endswith(".jar"))]
    subprocess.run(["javac", *classes, str(SOURCE)], check=True)
    timefold.solver.init(
        get_default_jvm_path(), "-XX:ActiveProcessorCount=1", "-Xmx3g", path=[built]
    )
    return jpype.JClass("rounds.Rounds")


def timefold(problem: Problem, clock: Clock, _threads: int = 1) -> Sequences:
    """Search with Timefold; a plan that breaks a rule is given back as it is."""
    plain = plainly(problem, has_soft_promises=True)
    rounds = machine()
    solver = _solver(rounds, kinds=len(plain.vehicles[0].room))
    _note_first(solver, clock)
    task, is_done = _written(rounds, plain), threading.Event()
    threading.Thread(target=_end_in_time, args=(solver, clock, is_done), daemon=True).start()
    best = solver.solve(task)
    is_done.set()
    return {
        plain.keys[int(vehicle.number)]: [
            plain.errands[int(visit.number)].id for visit in vehicle.visits
        ]
        for vehicle in best.vehicles
        if len(vehicle.visits)
    }


def _written(rounds: Any, plain: Plain) -> Any:
    """Return the problem as the model's objects."""
    import jpype

    seconds = jpype.JArray.of(plain.seconds.astype(np.int32))
    needs = sorted({errand.needs for errand in plain.errands}, key=sorted)
    kind_of = {kind: number for number, kind in enumerate(needs)}
    task = rounds()
    for number, vehicle in enumerate(plain.vehicles):
        longest = NEVER_S if vehicle.longest_s is None else vehicle.longest_s
        numbers = (vehicle.start, vehicle.end, vehicle.opens, vehicle.closes, longest)
        able = [kind <= vehicle.has for kind in needs]
        task.vehicles.add(
            rounds.Vehicle(number, seconds, [*numbers, vehicle.price], [*vehicle.room], able)
        )
    for number, errand in enumerate(plain.errands):
        if not errand.spans:
            continue
        due = NEVER_S if errand.due is None else errand.due
        numbers = (errand.place, errand.service_s, kind_of[errand.needs], errand.worth, due)
        opens, closes = zip(*errand.spans, strict=True)
        task.visits.add(
            rounds.Visit(
                number,
                seconds,
                [*numbers, plain.late_per_s],
                list(opens),
                list(closes),
                list(errand.load),
            )
        )
    return task


def _solver(rounds: Any, *, kinds: int) -> Any:
    import jpype

    core = jpype.JPackage("ai").timefold.solver.core
    rounds.Rules.kindsOfGear = kinds
    config = core.config.solver.SolverConfig()
    config.withSolutionClass(rounds)
    config.withEntityClasses(rounds.Vehicle, rounds.Visit)
    config.withConstraintProviderClass(rounds.Rules)
    config.withEnvironmentMode(core.config.solver.EnvironmentMode.NO_ASSERT)
    config.withRandomSeed(jpype.java.lang.Long(1))
    config.withTerminationSpentLimit(jpype.java.time.Duration.ofDays(1))
    return core.api.solver.SolverFactory.create(config).buildSolver()


def _note_first(solver: Any, clock: Clock) -> None:
    import jpype

    def changed(event: Any) -> None:
        if event.isNewBestSolutionInitialized() and event.getNewBestScore().isFeasible():
            clock.note_plan()

    kind = "ai.timefold.solver.core.api.solver.event.SolverEventListener"
    solver.addEventListener(jpype.JProxy(kind, dict={"bestSolutionChanged": changed}))


def _end_in_time(solver: Any, clock: Clock, is_done: threading.Event) -> None:
    """Tell it to end as often as it takes: it forgets what it was told before it began."""
    while not is_done.wait(LOOKS_AGAIN_S):
        if clock.is_over():
            solver.terminateEarly()
