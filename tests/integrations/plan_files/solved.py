"""One small problem and a plan of it that was really searched, for every way to write a plan."""

from dataclasses import replace
from functools import cache

from dianliang.engines import routing
from dianliang.integrations.plan_files.documents.document import problem_document, read_problem
from dianliang.integrations.plan_files.loaded import Label, Loaded
from tests.engines.routing.worlds import dike, job, km_east, team, window

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


@cache
def lit() -> tuple[Loaded, routing.Plan]:
    """Return a dike that two teams cannot finish, as read from a file, and a plan of it."""
    dyke = dike(path=(km_east(2), km_east(8), km_east(8, 4)), value_per_km=20_000.0)
    dyke = replace(dyke, measured_m=15_000.0)
    problem = routing.Problem(jobs=(JOBS[0],), teams=(team("A"), team("B")), lines=(dyke,))
    labels = {"D": Label(title="圩堤亮灯", address="西圩"), **LABELS}
    loaded = read_problem(problem_document(problem, labels=labels), name="圩堤.json")
    plan = routing.solve(loaded.problem, stop=routing.MaxIterations(limit=600))
    assert routing.check(loaded.problem, plan) == ()
    return loaded, plan
