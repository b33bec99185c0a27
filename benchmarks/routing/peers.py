"""The peers, each as a function of one problem: PyVRP, VROOM and OR-Tools' routing.

Each writes the problem in its own model, searches for about so many CPU-seconds, counted from the
first line, and gives back who serves what in which order. PyVRP and OR-Tools use one thread and
are stopped by the clock of the process. VROOM uses as many threads as it may and knows only a time
limit on the wall; where other programs crowd the machine it gets more wall time by as much as a
CPU-second then takes. PyVRP comes with the developers' tools, the other two with
``uv sync --group peers``.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.routing.plain import Errand, Plain, Sequences, Vehicle, plainly
from dianliang.engines.routing import Problem

PLENTY = 1_000_000
"""Room for a skill: a vehicle that has it never runs out."""
FOREVER = int(np.iinfo(np.int64).max)
"""What PyVRP takes for no limit, and for the cost of a plan that breaks a rule."""


@dataclass(slots=True)
class Clock:
    """CPU-seconds of a run, and when the first whole plan stood."""

    limit_s: float
    began: float = field(default_factory=time.process_time)
    first_s: float | None = None

    def passed_s(self) -> float:
        """Return the CPU-seconds since the beginning."""
        return time.process_time() - self.began

    def is_over(self) -> bool:
        """Tell whether the time is used up."""
        return self.passed_s() >= self.limit_s

    def note_plan(self) -> None:
        """Note that a whole plan stands, unless one stood before."""
        if self.first_s is None:
            self.first_s = self.passed_s()


Solver = Callable[[Problem, Clock, int], Sequences]
"""Takes a problem, a clock and a number of threads."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Someone to be compared with: the function, the module it needs, what it can say."""

    solve: Solver
    module: str
    has_soft_promises: bool = False
    has_longest_shift: bool = True

    @property
    def is_installed(self) -> bool:
        """Whether its module can be imported."""
        return find_spec(self.module) is not None


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


def wall_per_cpu_s(sample_s: float = 0.5) -> float:
    """Measure how many seconds on the wall a CPU-second takes just now, at least 1."""
    wall, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < sample_s:
        pass
    return max(1.0, (time.perf_counter() - wall) / sample_s)


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


def ortools(problem: Problem, clock: Clock, _threads: int = 1) -> Sequences:
    """Search with OR-Tools: cheapest insertion in parallel, then guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    plain = plainly(problem, has_soft_promises=True)
    ends = sorted({place for v in plain.vehicles for place in (v.start, v.end)})
    node_of = {place: node for node, place in enumerate(ends)}
    places = np.array([*ends, *(errand.place for errand in plain.errands)])
    legs = plain.seconds[np.ix_(places, places)]
    service = np.array([0] * len(ends) + [errand.service_s for errand in plain.errands])
    manager = pywrapcp.RoutingIndexManager(
        len(places),
        len(plain.vehicles),
        [node_of[v.start] for v in plain.vehicles],
        [node_of[v.end] for v in plain.vehicles],
    )
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(legs.tolist()))
    lasts = model.RegisterTransitMatrix((legs + service[:, None]).tolist())
    _ortools_vehicles(model, plain, lasts, len(ends))
    able: dict[frozenset[str], list[int]] = {}
    hours = model.GetDimensionOrDie("time")
    for number, errand in enumerate(plain.errands):
        index = manager.NodeToIndex(len(ends) + number)
        _ortools_errand(model, hours, plain, errand, index, able)
    asked = pywrapcp.DefaultRoutingSearchParameters()
    first, further = routing_enums_pb2.FirstSolutionStrategy, routing_enums_pb2
    asked.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = further.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromMilliseconds(int(3000 * clock.limit_s * wall_per_cpu_s()))
    model.AddSearchMonitor(model.solver().CustomLimit(clock.is_over))
    model.AddAtSolutionCallback(clock.note_plan)
    solution = model.SolveWithParameters(asked)
    if solution is None:
        return {}
    return {
        key: [plain.errands[manager.IndexToNode(index) - len(ends)].id for index in indices]
        for vehicle, key in enumerate(plain.keys)
        if (indices := list(_ortools_route(model, solution, vehicle)))
    }


def _ortools_vehicles(model: Any, plain: Plain, lasts: int, depots: int) -> None:
    horizon = max(v.closes for v in plain.vehicles)
    model.AddDimension(lasts, horizon, horizon, False, "time")
    hours = model.GetDimensionOrDie("time")
    for number, vehicle in enumerate(plain.vehicles):
        for index in (model.Start(number), model.End(number)):
            hours.CumulVar(index).SetRange(vehicle.opens, vehicle.closes)
        if vehicle.longest_s is not None:
            hours.SetSpanUpperBoundForVehicle(vehicle.longest_s, number)
        model.SetFixedCostOfVehicle(vehicle.price, number)
    for kind in range(len(plain.vehicles[0].room)):
        loads = [0] * depots + [errand.load[kind] for errand in plain.errands]
        aboard = model.RegisterUnaryTransitVector(loads)
        room = [vehicle.room[kind] for vehicle in plain.vehicles]
        model.AddDimensionWithVehicleCapacity(aboard, 0, room, True, f"gear{kind}")


def _ortools_errand(
    model: Any,
    hours: Any,
    plain: Plain,
    errand: Errand,
    index: int,
    able: dict[frozenset[str], list[int]],
) -> None:
    begin = hours.CumulVar(index)
    if errand.spans:
        begin.SetRange(errand.spans[0][0], errand.spans[-1][1])
    for (_, shut), (opens, _) in zip(errand.spans, errand.spans[1:], strict=False):
        if shut + 1 < opens:
            begin.RemoveInterval(shut + 1, opens - 1)
    if errand.due is not None:
        hours.SetCumulVarSoftUpperBound(index, max(0, errand.due), plain.late_per_s)
    model.AddDisjunction([index], errand.worth)
    if errand.needs or not errand.spans:
        if errand.needs not in able:
            able[errand.needs] = [
                number for number, v in enumerate(plain.vehicles) if errand.needs <= v.has
            ]
        model.VehicleVar(index).SetValues([-1, *(able[errand.needs] if errand.spans else [])])


def _ortools_route(model: Any, solution: Any, vehicle: int) -> Iterator[int]:
    index = solution.Value(model.NextVar(model.Start(vehicle)))
    while not model.IsEnd(index):
        yield index
        index = solution.Value(model.NextVar(index))


LEVELS = {f"VROOM-{level}": level for level in (1, 3, 5)}
"""VROOM's levels of exploration: the higher, the more starts, each improved less in equal time."""
PEERS = {
    "PyVRP": Peer(pyvrp, "pyvrp"),
    **{
        name: Peer(partial(vroom, level=level), "vroom", has_longest_shift=False)
        for name, level in LEVELS.items()
    },
    "OR-Tools": Peer(ortools, "ortools", has_soft_promises=True),
}
