"""Compile the kernel of home care before somebody waits for it."""

import numpy as np

from dianliang.engines.routing.homecare._model import Care, Carer, Customer, HomeCareProblem
from dianliang.engines.routing.homecare._solve import solve_home_care
from dianliang.engines.routing.stop import MaxIterations


def warm() -> None:
    """Have everything compiled that a plan of pairs and single visits needs, unless it is kept."""
    cares = (Care(skill="s", duration=1.0), Care(skill="s", duration=1.0))
    problem = HomeCareProblem(
        customers=(
            Customer(id="single", place=1, opens_at=0.0, due_at=9.0, cares=cares[:1]),
            Customer(id="pair", place=2, opens_at=0.0, due_at=9.0, cares=cares),
        ),
        carers=tuple(Carer(id=name, skills=frozenset({"s"})) for name in "AB"),
        travel=np.ones((3, 3)) - np.eye(3),
    )
    solve_home_care(problem, stop=MaxIterations(limit=20))
