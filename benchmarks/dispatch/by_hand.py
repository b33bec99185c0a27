"""The dispatch that people make on the telephone: the gravest task to the nearest able team.

Tasks in the order of their grade and then of their time; each goes to the nearest team, from where
that is by then, which may do it, has the gear left and is done before its shift ends. That is what
a desk does with a list and a map, without ever taking a decision back.
"""

from datetime import datetime, timedelta
from typing import Any

from dianliang.engines import routing
from dianliang.flows.planning.records import skeleton_of
from dianliang.kernel.geo import GeoPoint


def dispatched(built: Any) -> routing.Plan:
    """Return the plan that the rule makes, priced by the same engine."""
    problem = built.problem
    weights = problem.weights
    where: dict[str, GeoPoint] = {team.id: team.shifts[0].start for team in problem.teams}
    free: dict[str, datetime] = {team.id: team.shifts[0].window.start for team in problem.teams}
    left = {team.id: dict(team.gear_on(team.shifts[0])) for team in problem.teams}
    orders: dict[Any, list[str]] = {}
    far = datetime.max.replace(tzinfo=problem.teams[0].shifts[0].window.start.tzinfo)
    for job in sorted(problem.jobs, key=lambda j: (-weights.worth(j), j.due_at or far)):
        for team in sorted(problem.teams, key=lambda t: where[t.id].distance_m(job.at)):
            shift = team.shifts[0]
            if not job.skills <= team.skills_on(shift):
                continue
            if any(left[team.id].get(kind, 0) < count for kind, count in job.gear.items()):
                continue
            there, _ = problem.travel.between(where[team.id], job.at)
            home, _ = problem.travel.between(job.at, shift.end or shift.start)
            done = free[team.id] + timedelta(seconds=there + job.duration_s)
            if done + timedelta(seconds=home) > shift.window.end:
                continue
            where[team.id], free[team.id] = job.at, done
            for kind, count in job.gear.items():
                left[team.id][kind] -= count
            orders.setdefault((team.id, built.days[team.id][0]), []).append(job.id)
            break
    return routing.follow_plan(problem, skeleton_of(orders, built))
