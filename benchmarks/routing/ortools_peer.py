"""OR-Tools' routing as a peer: a first plan by one of its strategies, then guided local search."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.routing.plain import Errand, Key, Plain, Sequences, plainly
from benchmarks.routing.runs import Clock, wall_per_cpu_s
from dianliang.engines.routing import Problem

INSERTION, ARCS = "PARALLEL_CHEAPEST_INSERTION", "PATH_CHEAPEST_ARC"


def ortools(
    problem: Problem, clock: Clock, _threads: int = 1, *, first: str = INSERTION
) -> Sequences:
    """Search with OR-Tools from the first plan that a strategy of it makes."""
    return written(plainly(problem, has_soft_promises=True)).search(clock, first=first)


@dataclass(frozen=True, slots=True)
class Model:
    """A problem in OR-Tools' words; the nodes of its errands come after those of the depots."""

    plain: Plain
    manager: Any
    routing: Any
    depots: int

    def index_of(self, number: int) -> int:
        """Return the index of an errand."""
        return int(self.manager.NodeToIndex(self.depots + number))

    def search(
        self,
        clock: Clock,
        *,
        first: str = INSERTION,
        start: Mapping[Key, Sequence[int]] | None = None,
    ) -> Sequences:
        """Search until the clock is over, from routes of errands' numbers where they are given."""
        from ortools.constraint_solver import pywrapcp, routing_enums_pb2

        asked = pywrapcp.DefaultRoutingSearchParameters()
        asked.first_solution_strategy = getattr(routing_enums_pb2.FirstSolutionStrategy, first)
        further = routing_enums_pb2.LocalSearchMetaheuristic
        asked.local_search_metaheuristic = further.GUIDED_LOCAL_SEARCH
        asked.time_limit.FromMilliseconds(int(3000 * clock.limit_s * wall_per_cpu_s()))
        model = self.routing
        model.AddSearchMonitor(model.solver().CustomLimit(clock.is_over))
        model.AddAtSolutionCallback(clock.note_plan)
        if start is None:
            return self._sequences(model.SolveWithParameters(asked))
        model.CloseModelWithParameters(asked)
        routes = [
            [self.index_of(number) for number in start.get(key, ())] for key in self.plain.keys
        ]
        given = model.ReadAssignmentFromRoutes(routes, True)
        return self._sequences(model.SolveFromAssignmentWithParameters(given, asked))

    def _sequences(self, solution: Any) -> Sequences:
        if solution is None:
            return {}
        found: Sequences = {}
        for vehicle, key in enumerate(self.plain.keys):
            nodes = [self.manager.IndexToNode(index) for index in self._route(solution, vehicle)]
            if nodes:
                found[key] = [self.plain.errands[node - self.depots].id for node in nodes]
        return found

    def _route(self, solution: Any, vehicle: int) -> Iterator[int]:
        model = self.routing
        index = solution.Value(model.NextVar(model.Start(vehicle)))
        while not model.IsEnd(index):
            yield index
            index = solution.Value(model.NextVar(index))


def written(plain: Plain) -> Model:
    """Write a problem as a model of OR-Tools."""
    from ortools.constraint_solver import pywrapcp

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
    _write_vehicles(model, plain, lasts, len(ends))
    able: dict[frozenset[str], list[int]] = {}
    hours = model.GetDimensionOrDie("time")
    for number, errand in enumerate(plain.errands):
        index = manager.NodeToIndex(len(ends) + number)
        _write_errand(model, hours, plain, errand, index, able)
    return Model(plain, manager, model, len(ends))


def _write_vehicles(model: Any, plain: Plain, lasts: int, depots: int) -> None:
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


def _write_errand(
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
