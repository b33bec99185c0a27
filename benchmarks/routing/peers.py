"""The peers, each as a function of one problem: PyVRP, VROOM, OR-Tools' routing and Timefold.

Each writes the problem in its own model, searches for about so many CPU-seconds, counted from the
first line, and gives back who serves what in which order. PyVRP and OR-Tools use one thread and
are stopped by the clock of the process. VROOM uses as many threads as it may and knows only a time
limit on the wall; where other programs crowd the machine it gets more wall time by as much as a
CPU-second then takes. PyVRP comes with the developers' tools, OR-Tools with the
project itself, VROOM with ``uv sync --group peers``, Timefold as its module says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from shutil import which
from typing import Any

import numpy as np

from benchmarks.routing.ortools_peer import ARCS, INSERTION, ortools
from benchmarks.routing.plain import Plain, Sequences, Vehicle, plainly
from benchmarks.routing.runs import Clock, wall_per_cpu_s
from benchmarks.routing.timefold import peer as onjava
from dianliang.engines.routing import Problem

PLENTY = 1_000_000
"""Room for a skill: a vehicle that has it never runs out."""
FOREVER = int(np.iinfo(np.int64).max)
"""What PyVRP takes for no limit, and for the cost of a plan that breaks a rule."""


Solver = Callable[[Problem, Clock, int], Sequences]
"""Takes a problem, a clock and a number of threads."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Someone to be compared with: the function, the module it needs, what it can say.

    Of those that are `variant_of` one name the best counts. What `prepare` does is not timed.
    """

    solve: Solver
    module: str
    has_soft_promises: bool = False
    has_longest_shift: bool = True
    variant_of: str | None = None
    prepare: Callable[[], object] | None = None
    needs_program: str | None = None

    @property
    def is_installed(self) -> bool:
        """Whether its module can be imported, and the program that it needs be found."""
        is_found = self.needs_program is None or which(self.needs_program) is not None
        return is_found and find_spec(self.module) is not None


def pyvrp(problem: Problem, clock: Clock, _threads: int = 1) -> Sequences:
    """Search with PyVRP's iterated local search.

    Skills are loads that only able vehicles have room for; of several windows one client of a
    group is served. A plan that breaks a rule is given back as it is: the checker counts it.
    """
    import pyvrp as lib

    plain = plainly(problem, has_soft_promises=False)
    tokens = plain.tokens
    clients, groups, owner = _pyvrp_clients(lib, plain)
    ends = sorted({place for v in plain.vehicles for place in (v.start, v.end)})
    depot = {place: number for number, place in enumerate(ends)}
    alike: dict[Vehicle, list[int]] = {}
    for number, vehicle in enumerate(plain.vehicles):
        alike.setdefault(vehicle, []).append(number)
    types = [
        lib.VehicleType(
            num_available=len(numbers),
            capacity=[*v.room, *(PLENTY * (token in v.has) for token in tokens)],
            start_depot=depot[v.start],
            end_depot=depot[v.end],
            fixed_cost=v.price,
            tw_early=v.opens,
            tw_late=v.closes,
            shift_duration=FOREVER if v.longest_s is None else v.longest_s,
        )
        for v, numbers in alike.items()
    ]
    data = lib.ProblemData(
        [lib.Location(0, 0) for _ in plain.seconds],
        clients,
        [lib.Depot(location=place) for place in ends],
        types,
        [plain.seconds],  # type: ignore[list-item]  # its stubs know no shape
        [plain.seconds],  # type: ignore[list-item]  # its stubs know no shape
        groups,
    )

    def stop(best_cost: int) -> bool:
        if best_cost < FOREVER:
            clock.note_plan()
        return clock.is_over()

    best = lib.solve(data, stop, seed=1, collect_stats=False, display=False).best
    free = {number: iter(own) for number, own in enumerate(alike.values())}
    return {
        plain.keys[next(free[route.vehicle_type()])]: [
            plain.errands[owner[visit.idx]].id for visit in route if visit.is_client()
        ]
        for route in best.routes()
    }


def _pyvrp_clients(lib: Any, plain: Plain) -> tuple[list[Any], list[Any], list[int]]:
    """Return a client for each window, groups of those that are one errand, and whose they are."""
    clients, groups, owner = list[Any](), list[Any](), list[int]()
    for number, errand in enumerate(plain.errands):
        is_split = len(errand.spans) > 1
        if is_split:
            members = [*range(len(clients), len(clients) + len(errand.spans))]
            groups.append(lib.ClientGroup(members, required=errand.is_required))
        for opens, closes in errand.spans:
            owner.append(number)
            clients.append(
                lib.Client(
                    location=errand.place,
                    delivery=[*errand.load, *(int(t in errand.needs) for t in plain.tokens)],
                    service_duration=errand.service_s,
                    tw_early=opens,
                    tw_late=closes,
                    prize=0 if errand.is_required else errand.worth,
                    required=errand.is_required and not is_split,
                    group=len(groups) - 1 if is_split else None,
                )
            )
    return clients, groups, owner


def vroom(problem: Problem, clock: Clock, threads: int = 1, *, level: int = 5) -> Sequences:
    """Search with VROOM; what a job is worth becomes its priority between 0 and 100."""
    import vroom as lib

    plain = plainly(problem, has_soft_promises=False)
    number_of = {token: number for number, token in enumerate(plain.tokens)}
    dearest = max((errand.worth for errand in plain.errands), default=1)
    task = lib.Input()
    task.set_durations_matrix("car", plain.seconds.astype(np.uint32))
    for number, errand in enumerate(plain.errands):
        if not errand.spans:
            continue
        task.add_job(
            lib.Job(
                number,
                errand.place,
                default_service=errand.service_s,
                delivery=list(errand.load),
                skills={number_of[token] for token in errand.needs},
                priority=max(1, round(100 * errand.worth / dearest)),
                time_windows=[lib.TimeWindow(*span) for span in errand.spans],
            )
        )
    for number, vehicle in enumerate(plain.vehicles):
        task.add_vehicle(
            lib.Vehicle(
                number,
                start=vehicle.start,
                end=vehicle.end,
                capacity=list(vehicle.room),
                skills={number_of[token] for token in vehicle.has if token in number_of},
                time_window=lib.TimeWindow(vehicle.opens, vehicle.closes),
                costs=lib.VehicleCosts(fixed=vehicle.price),
            )
        )
    left_s = max(1.0, clock.limit_s - clock.passed_s()) / threads
    left = timedelta(seconds=left_s * wall_per_cpu_s())
    steps = task.solve(exploration_level=level, nb_threads=threads, timeout=left).routes
    clock.note_plan()
    found: Sequences = {}
    for vehicle_id, kind, job_id in zip(
        steps["vehicle_id"], steps["type"], steps["id"], strict=True
    ):
        if kind == "job":
            errand = plain.errands[int(job_id)]
            found.setdefault(plain.keys[int(vehicle_id)], []).append(errand.id)
    return found


LEVELS = {f"VROOM-{level}": level for level in (1, 3, 5)}
"""VROOM's levels of exploration: the higher, the more starts, each improved less in equal time."""
STARTS = {"OR-Tools": INSERTION, "OR-Tools-arcs": ARCS}
"""OR-Tools' first plans. Insertion serves nobody where no single customer pays for the way."""
PEERS = {
    "PyVRP": Peer(pyvrp, "pyvrp"),
    **{
        name: Peer(
            partial(vroom, level=level), "vroom", has_longest_shift=False, variant_of="VROOM"
        )
        for name, level in LEVELS.items()
    },
    **{
        name: Peer(
            partial(ortools, first=first), "ortools", has_soft_promises=True, variant_of="OR-Tools"
        )
        for name, first in STARTS.items()
    },
    "Timefold": Peer(
        onjava.timefold,
        "timefold",
        has_soft_promises=True,
        prepare=onjava.machine,
        needs_program="javac",
    ),
}
