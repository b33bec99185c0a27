"""Small worlds for home care: a few customers, some for pairs, drawn by hypothesis."""

import numpy as np
from hypothesis import strategies as st

from dianliang.engines.routing.homecare import (
    Care,
    Carer,
    Customer,
    HomeCareProblem,
    HomeCareWeights,
)

SKILLS = ("repair", "care")


def line(*kilometres: float) -> np.ndarray:
    """Return travel between places on one road, a unit of time a kilometre."""
    at = np.array(kilometres, float)
    return np.abs(at[:, None] - at[None, :])


def single(name: str = "A", *, place: int = 1, opens: float = 0, due: float = 100) -> Customer:
    care = Care(skill="repair", duration=10)
    return Customer(id=name, place=place, opens_at=opens, due_at=due, cares=(care,))


def pair(
    name: str = "P", *, place: int = 1, opens: float = 0, due: float = 100, lag=(0.0, 0.0)
) -> Customer:
    cares = (Care(skill="repair", duration=10), Care(skill="care", duration=20))
    return Customer(
        id=name,
        place=place,
        opens_at=opens,
        due_at=due,
        cares=cares,
        lag_from=lag[0],
        lag_to=lag[1],
    )


def crew(count: int = 2) -> tuple[Carer, ...]:
    return tuple(Carer(id=f"C{i}", skills=frozenset(SKILLS)) for i in range(count))


@st.composite
def problems(draw, *, most: int = 9, carers: int = 4) -> HomeCareProblem:
    """Draw a problem that can be solved: the first two carers can do everything."""
    count = draw(st.integers(0, most))
    staff = draw(st.integers(2, carers))
    seed = draw(st.integers(0, 2**16))
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, 60, (count + 2, 2))
    travel = np.round(np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(-1)), 3)

    def customer(number: int) -> Customer:
        opens = float(rng.integers(0, 200))
        lag_from = float(rng.choice([0, 0, 0.1, 12, 40]))
        lag_to = lag_from + float(rng.choice([0, 0, 0.3, 30]))
        cares = tuple(
            Care(skill=str(skill), duration=float(rng.integers(0, 30)))
            for skill in rng.choice(SKILLS, int(rng.integers(1, 3)))
        )
        is_pair = len(cares) == 2
        return Customer(
            id=f"K{number}",
            place=number + 2,
            opens_at=opens,
            due_at=opens + float(rng.integers(0, 80)),
            cares=cares,
            lag_from=lag_from if is_pair else 0.0,
            lag_to=lag_to if is_pair else 0.0,
        )

    helpers = tuple(
        Carer(
            id=f"C{i}",
            skills=frozenset(SKILLS if i < 2 else SKILLS[i % 2 :][:1]),
            place=int(rng.integers(0, 2)),
            starts_at=float(rng.integers(0, 40)),
        )
        for i in range(staff)
    )
    weights = draw(
        st.sampled_from(
            (
                HomeCareWeights(),
                HomeCareWeights(travel=1, total_tardiness=5, worst_tardiness=0),
                HomeCareWeights(travel=1, total_tardiness=0, worst_tardiness=2),
            )
        )
    )
    return HomeCareProblem(
        customers=tuple(customer(number) for number in range(count)),
        carers=helpers,
        travel=travel,
        weights=weights,
    )
