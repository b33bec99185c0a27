"""Lay many plans over one problem: what a search by brute force does thousands of times.

`follow_plan` compiles its problem each time and says why each job is left out; here the problem is
compiled once, and nobody reads reasons.
"""

from collections.abc import Callable

from dianliang.engines.routing import Plan, Problem, Unassigned
from dianliang.engines.routing._render import empty_plan, render
from dianliang.engines.routing._solve import compiled_or_refused, follow
from dianliang.engines.routing._state import Search


def laid_over(problem: Problem) -> Callable[[Plan], Plan]:
    """Return what lays a plan over the problem as `follow_plan` does, without reasons."""
    compiled = compiled_or_refused(problem)
    if compiled is None:
        return lambda plan: empty_plan(problem, seed=plan.seed)
    untold = {job.id: Unassigned(job_id=job.id, reasons=(), fix=None) for job in problem.jobs}

    def lay(plan: Plan) -> Plan:
        search = Search.begin(compiled.data, seed=1)
        follow(compiled, search, plan)
        return render(problem, compiled, search, seed=plan.seed, iterations=0, told=untold)

    return lay
