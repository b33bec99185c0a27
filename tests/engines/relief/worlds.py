"""Problems that hypothesis draws."""

import numpy as np
from hypothesis import strategies as st

from dianliang.engines.relief import Area, Kind, Measure, Problem, Rule

POINTS = 6


def profiles(low, high):
    return st.lists(st.integers(low, high), min_size=POINTS, max_size=POINTS).map(
        lambda values: np.array(values, float)
    )


@st.composite
def problems(draw, most_measures=6):
    """Up to three transformers of 100 kW, with measures that move load, and larger ones."""
    names = [f"T{n}" for n in range(draw(st.integers(1, 3)))]
    areas = tuple(
        Area(
            id=name,
            capacity_kva=100,
            power_factor=1.0,
            loads_kw=draw(profiles(50, 140)),
            value=draw(st.integers(0, 3)),
            enlarging_cny=draw(st.none() | st.integers(0, 9).map(float)),
        )
        for name in names
    )
    measures = []
    for n in range(draw(st.integers(0, most_measures))):
        area = draw(st.sampled_from(names))
        others = [name for name in names if name != area]
        is_moved = bool(others) and draw(st.booleans())
        larger = None if is_moved else draw(st.none() | st.sampled_from([125.0, 160.0]))
        kind = Kind.TRANSFER if is_moved else Kind.ENLARGE if larger else Kind.DEDICATED
        measures.append(
            Measure(
                id=f"M{n}",
                area_id=area,
                kind=kind,
                relief_kw=np.zeros(POINTS) if larger else draw(profiles(-10, 50)),
                cost_cny=float(draw(st.integers(0, 5))),
                units=draw(st.integers(0, 2)),
                to_area=draw(st.sampled_from(others)) if is_moved else None,
                group=None if larger else draw(st.none() | st.sampled_from("AB")),
                to_capacity_kva=larger,
            )
        )
    return Problem(
        areas=areas,
        measures=tuple(measures),
        budget_cny=draw(st.none() | st.integers(0, 10).map(float)),
        most_units=draw(st.none() | st.integers(0, 4)),
        screen=Rule(limit=1.0, points=2),
        target=Rule(limit=0.8, points=draw(st.integers(1, 2))),
        begins=draw(st.sampled_from([(0,), (0, 3)])),
    )
