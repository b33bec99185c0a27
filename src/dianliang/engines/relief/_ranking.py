"""Order single measures by what they take off for their price."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from dianliang.engines.relief._judging import HOURS_A_POINT, is_kept, limit_kw, room_kw, strain
from dianliang.engines.relief._model import Area, Measure, Problem

TEN_THOUSAND_CNY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """What a measure does alone: energy above the target's limit that it takes off, in kWh.

    `kwh_per_10k_cny` is that for 10 000 CNY, None where the measure costs the company nothing.
    """

    measure_id: str
    area_id: str
    relieved_kwh: float
    highest_before: float
    highest_after: float
    is_enough: bool
    cost_cny: float
    kwh_per_10k_cny: float | None


def ranked(problem: Problem) -> tuple[Rank, ...]:
    """Return the measures of areas to be relieved, most relief for the money first.

    What costs nothing comes before everything, by the energy that it takes off.
    """
    areas = {area.id: area for area in problem.areas}
    own = dict[str, list[Measure]]()
    for measure in problem.measures:
        own.setdefault(measure.area_id, []).append(measure)
    found = list[Rank]()
    for area_id, measures in own.items():
        area = areas[area_id]
        if not is_kept(area.loads_kw, area, problem.screen, problem.begins):
            found += _ranks(problem, area, measures)
    found.sort(
        key=lambda each: (
            each.kwh_per_10k_cny is not None,
            -(each.kwh_per_10k_cny or 0.0),
            -each.relieved_kwh,
            each.measure_id,
        )
    )
    return tuple(found)


def _ranks(problem: Problem, area: Area, measures: list[Measure]) -> Iterator[Rank]:
    limit, before = limit_kw(area, problem.target), area.loads_kw
    over = np.clip(before - limit, 0, None).sum()
    for measure in measures:
        after = before - measure.relief_kw
        room = room_kw(measure, area, problem.target)
        taken_kwh = float(over - np.clip(after - limit - room, 0, None).sum()) * HOURS_A_POINT
        cost = measure.cost_cny
        then = replace(area, capacity_kva=measure.to_capacity_kva or area.capacity_kva)
        told = strain(after, then, problem.target, problem.begins)
        yield Rank(
            measure_id=measure.id,
            area_id=area.id,
            relieved_kwh=taken_kwh,
            highest_before=float(before.max()) / (area.capacity_kva * area.power_factor),
            highest_after=told.highest,
            is_enough=told.run_points < problem.target.points,
            cost_cny=cost,
            kwh_per_10k_cny=taken_kwh / cost * TEN_THOUSAND_CNY if cost else None,
        )
