"""One small problem and a plan of it that was really searched, for every way to write a plan."""

from functools import cache

from dianliang.engines import routing
from dianliang.integrations.plan_files.loaded import Label, Loaded
from tests.engines.routing.worlds import job, team, window

TEAMS = (
    team("=HYPERLINK(1)", days=2, gear={"梯": 1}, total_limit_s=30_000),
    team("二班", skills=("care",)),
)
JOBS = (
    job("J0", km_east=2, windows=(window(9, 10),), skills=frozenset({"repair"})),
    job("J1", km_east=3, due_at=window(8, 8.55).end, priority=routing.Priority.MUST),
    job("J2", km_east=-4, minutes=60, gear={"梯": 1}, area="东乡"),
    job("J3", km_east=5, skills=frozenset({"dive"})),
    job("J4", km_east=6, minutes=30, preferred_team="二班"),
)
LABELS = {"J0": Label(title="=1+1", address="+86"), "J3": Label(title="@下水", address="-1")}


@cache
def solved() -> tuple[Loaded, routing.Plan]:
    """Return the problem as if it came from a file, and its plan."""
    problem = routing.Problem(jobs=JOBS, teams=TEAMS)
    plan = routing.solve(problem, stop=routing.MaxIterations(limit=300))
    assert routing.check(problem, plan) == ()
    return Loaded(problem=problem, labels=LABELS, notices=("请看一眼。",)), plan
