"""Requests that come during the day: ``python -m benchmarks.routing.dynamic --seconds 2``.

The first customers of published VRPTW instances (Gehring & Homberger; no set of dynamic instances
lies beside the project); half of them, drawn with a seed, become known only during the day, early
enough to be driven to from the depot, and not before may anybody be there. The day is cut into
epochs. At the beginning of each, everyone plans what is known and not begun; a team leaves as late
as it may, and what it has set out for by the next epoch stands. At the end everyone's day is one
plan of the whole instance, priced by our objective and verified by the checker, and compared with
what the engine finds in as many seconds knowing everything beforehand.

Peers have no call to plan again. Each gets the rest of the day as a fresh problem, with teams where
they are, from when they are free, with the room they have left; ours gets the same and its own last
plan to start from. ``--instance R1_10_3 --customers 60 --epochs 4 --seconds 1`` takes a minute.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from benchmarks.routing.instances import DATA, EPOCH, windowed
from benchmarks.routing.measuring import OURS, UntilOver
from benchmarks.routing.peers import PEERS
from benchmarks.routing.plain import Key, Sequences, priced, sequences_of
from benchmarks.routing.runs import Clock
from dianliang.engines.routing import Job, Plan, Problem, Route, Team, check, solve, warm
from dianliang.kernel.periods import TimeWindow

INSTANCES = ("R1_10_3", "C2_10_3", "RC2_10_3")
TRIED = ("PyVRP", "VROOM-1", "OR-Tools")
LATE_SHARE = 0.5
Solver = Callable[[Problem, Clock, Plan | None], Sequences]


@dataclass(frozen=True, slots=True)
class Day:
    """An instance's first customers, and from when each of them is known."""

    problem: Problem
    known_at: Mapping[str, datetime]
    closes: datetime


def drawn(problem: Problem, *, customers: int, epochs: int, seed: int = 1) -> Day:
    """Return a day in which some customers come late, early enough to be driven to."""
    rng = np.random.default_rng(seed)
    jobs, depot = problem.jobs[:customers], problem.teams[0].shifts[0]
    closes = depot.window.end
    epoch_s = (closes - EPOCH).total_seconds() / epochs
    known_at: dict[str, datetime] = {}
    shown = list[Job]()
    for job in jobs:
        (window,) = job.windows
        way_s = float(problem.travel.table([depot.start], [job.at])[0, 0])
        last_s = (window.end - EPOCH).total_seconds() - job.duration_s - way_s - epoch_s
        is_late = rng.random() < LATE_SHARE
        at = EPOCH + timedelta(seconds=is_late * round(rng.uniform(0, max(0.0, last_s))))
        known_at[job.id] = at
        shown.append(replace(job, windows=(TimeWindow(max(window.start, at), window.end),)))
    own = replace(problem, jobs=tuple(shown), teams=problem.teams[:customers])
    return Day(own, known_at, closes)


@dataclass(slots=True)
class State:
    """What a team has begun, where it is after that, and from when it is free."""

    team: Team
    free_at: datetime
    done: list[Job]

    def rest_of_day(self, now: datetime) -> Team | None:
        """Return the team as it stands; None if it can begin nothing more."""
        shift = self.team.shifts[0]
        opens = max(self.free_at, now)
        if opens >= shift.window.end:
            return None
        gear = dict(self.team.gear)
        for job in self.done:
            for kind, count in job.gear.items():
                gear[kind] -= count
        place = self.done[-1].at if self.done else shift.start
        window = TimeWindow(opens, shift.window.end)
        rest = replace(shift, window=window, start=place, end=shift.end or shift.start)
        return replace(self.team, shifts=(rest,), gear=gear)


def lived(day: Day, solver: Solver, *, epochs: int, seconds: float) -> Plan:
    """Let a solver live through a day; return what was driven as one plan of the whole."""
    states = {team.id: State(team, EPOCH, []) for team in day.problem.teams}
    step, kept, last = (day.closes - EPOCH) / epochs, frozenset[str](), None
    for number in range(epochs):
        now = EPOCH + number * step
        until = now + step if number + 1 < epochs else None
        jobs = tuple(
            job for job in day.problem.jobs if day.known_at[job.id] <= now and job.id not in kept
        )
        teams = [rest for state in states.values() if (rest := state.rest_of_day(now))]
        if not jobs or not teams:
            continue
        rest_of_day = replace(day.problem, jobs=jobs, teams=tuple(teams))
        last = priced(rest_of_day, solver(rest_of_day, Clock(seconds), last))
        for route in last.routes:
            _set_out(states[route.team_id], route, {job.id: job for job in jobs}, until)
        kept = frozenset(job.id for state in states.values() for job in state.done)
    driven: dict[Key, list[str]] = {
        (name, 0): [job.id for job in state.done] for name, state in states.items() if state.done
    }
    return priced(day.problem, driven)


def _set_out(state: State, route: Route, jobs: Mapping[str, Job], until: datetime | None) -> None:
    """Note the visits for which a team has set out by an instant, leaving as late as it may."""
    for stop in route.stops:
        if until is not None and stop.start_at - timedelta(seconds=stop.travel_s) >= until:
            break
        state.done.append(jobs[stop.job_id])
        state.free_at = stop.depart_at


def ours(problem: Problem, clock: Clock, last: Plan | None) -> Sequences:
    """Plan the rest of a day, setting out from the last plan."""
    return sequences_of(solve(problem, stop=UntilOver(clock), start=last))


def peer(name: str) -> Solver:
    """Return a peer as someone who plans from nothing each time."""

    def act(problem: Problem, clock: Clock, last: Plan | None) -> Sequences:
        del last
        return PEERS[name].solve(problem, clock, 1)

    return act


def told(name: str, problem: Problem, plan: Plan, hindsight: Plan) -> None:
    """Print a solver's day beside a day without surprises."""
    broken = check(problem, plan)
    more = 100 * (plan.objective.travel_s / hindsight.objective.travel_s - 1)
    print(
        f"  {name:12} not served {len(plan.unassigned):4}  travel {plan.objective.travel_s:11,}"
        f"  more than with foresight {more:6.2f} %"
        + (f"  BREAKS {len(broken)} rules" if broken else ""),
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Live through the days of some instances with every solver."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instance", nargs="+", default=[*INSTANCES])
    parser.add_argument("--customers", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2, help="CPU-seconds at each epoch")
    parser.add_argument("--peer", choices=PEERS, nargs="*", default=[*TRIED])
    asked = parser.parse_args(arguments)
    warm()
    for name in asked.instance:
        whole = windowed(DATA / "vrptw" / f"{name}.vrp", "vrptw").problem
        day = drawn(whole, customers=asked.customers, epochs=asked.epochs)
        late = sum(at > EPOCH for at in day.known_at.values())
        print(f"dynamic {name}, {asked.customers} customers, {late} of them known later")
        foresight = Clock(asked.seconds * asked.epochs)
        hindsight = solve(day.problem, stop=UntilOver(foresight))
        print(f"  foresight    travel {hindsight.objective.travel_s:11,}")
        solvers: dict[str, Solver] = {OURS: ours, **{each: peer(each) for each in asked.peer}}
        for solver_name, solver in solvers.items():
            found = lived(day, solver, epochs=asked.epochs, seconds=asked.seconds)
            told(solver_name, day.problem, found, hindsight)


if __name__ == "__main__":
    main()
