"""Say what becomes of every area: by which measures, or why not and what would be enough."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from dianliang.engines.relief._judging import is_kept, limit_kw, room_kw, strain, windows
from dianliang.engines.relief._model import Area, Finding, Measure, Outcome, Problem, Profile
from dianliang.engines.relief._options import FEN, Option, fen
from dianliang.kernel.phrases import Phrase

LACKING = {
    (True, False): Phrase(
        "所列措施里最省的是 %(n)d 项、%(cost)s 元、%(units)d 台；再有 %(lacking)s 元就能做"
    ),
    (False, True): Phrase(
        "所列措施里最省的是 %(n)d 项、%(cost)s 元、%(units)d 台；再有 %(more)d 台就能做"
    ),
    (True, True): Phrase(
        "所列措施里最省的是 %(n)d 项、%(cost)s 元、%(units)d 台；"
        "再有 %(lacking)s 元、%(more)d 台就能做"
    ),
}
"""What is said by what is missing: money, transformers."""


def explained(
    problem: Problem, taken: Collection[str], cheapest: Mapping[str, Option]
) -> tuple[Finding, ...]:
    """Return what a choice of measures means for each area, in their order."""
    return tuple(_findings(problem, frozenset(taken), cheapest))


def loads_after(problem: Problem, taken: Collection[str]) -> dict[str, Profile]:
    """Return each area's load with the measures done, in kW."""
    loads = {area.id: area.loads_kw.astype(np.float64) for area in problem.areas}
    for measure in problem.measures:
        if measure.id in taken:
            loads[measure.area_id] -= measure.relief_kw
            if measure.to_area is not None:
                loads[measure.to_area] += measure.relief_kw
    return loads


def areas_after(problem: Problem, taken: Collection[str]) -> dict[str, Area]:
    """Return each area with the transformer that stands there when the measures are done."""
    areas = {area.id: area for area in problem.areas}
    for each in problem.measures:
        if each.id in taken and each.to_capacity_kva is not None:
            areas[each.area_id] = replace(areas[each.area_id], capacity_kva=each.to_capacity_kva)
    return areas


def _findings(
    problem: Problem, taken: frozenset[str], cheapest: Mapping[str, Option]
) -> Iterator[Finding]:
    after, larger = loads_after(problem, taken), areas_after(problem, taken)
    own = dict[str, list[Measure]]()
    for measure in problem.measures:
        own.setdefault(measure.area_id, []).append(measure)
    done = [measure for measure in problem.measures if measure.id in taken]
    left_fen, left_units = _left(problem, done)
    for area in problem.areas:
        mine = [measure for measure in own.get(area.id, ()) if measure.id in taken]
        finding = Finding(
            area_id=area.id,
            outcome=Outcome.FINE,
            before=strain(area.loads_kw, area, problem.target, problem.begins),
            after=strain(after[area.id], larger[area.id], problem.target, problem.begins),
            words=Phrase("不需治理"),
            measures=tuple(measure.id for measure in mine),
            cost_cny=sum(measure.cost_cny for measure in mine),
            units=sum(measure.units for measure in mine),
        )
        if is_kept(area.loads_kw, area, problem.screen, problem.begins):
            yield finding
        elif is_kept(after[area.id], larger[area.id], problem.target, problem.begins):
            yield _relieved(finding)
        elif area.id in cheapest:
            option = cheapest[area.id]
            is_free = _stands_beside(problem, after, larger, taken, option)
            yield _not_chosen(finding, option, left_fen, left_units, is_free=is_free)
        else:
            yield _no_means(finding, area, own.get(area.id, []), problem)


def _left(problem: Problem, done: Collection[Measure]) -> tuple[int | None, int | None]:
    """Return what the limits leave: fen and units, None where there is no limit."""
    spent = sum(fen(measure.cost_cny) for measure in done)
    used = sum(measure.units for measure in done)
    return (
        None if problem.budget_cny is None else fen(problem.budget_cny) - spent,
        None if problem.most_units is None else problem.most_units - used,
    )


def _relieved(finding: Finding) -> Finding:
    words = Phrase(
        "做 %(n)d 项措施，最高负载率由 %(before).0f%% 降到 %(after).0f%%",
        n=len(finding.measures),
        before=100 * finding.before.highest,
        after=100 * finding.after.highest,
    )
    if not finding.measures:
        words = Phrase(
            "相邻台区的措施已使最高负载率由 %(before).0f%% 降到 %(after).0f%%",
            before=100 * finding.before.highest,
            after=100 * finding.after.highest,
        )
    return replace(finding, outcome=Outcome.RELIEVED, words=words)


def _stands_beside(
    problem: Problem,
    after: Mapping[str, Profile],
    now: Mapping[str, Area],
    taken: frozenset[str],
    option: Option,
) -> bool:
    """Tell whether a set can be done on top of a plan without undoing anything of it."""
    new = [
        measure
        for measure in problem.measures
        if measure.id in option.measures and measure.id not in taken
    ]
    held = {measure.excludes for measure in problem.measures if measure.id in taken} - {None}
    if any(measure.excludes in held for measure in new):
        return False
    loads = dict[str, Profile]()
    for measure in new:
        for area_id, sign in ((measure.area_id, -1.0), (measure.to_area, 1.0)):
            if area_id is not None:
                before = loads.get(area_id, after[area_id])
                loads[area_id] = before + sign * measure.relief_kw
    then = {**now}
    for measure in new:
        if measure.to_capacity_kva is not None:
            own = then[measure.area_id]
            then[own.id] = replace(own, capacity_kva=measure.to_capacity_kva)
    must_keep = {*option.relieved, *(each.to_area for each in new if each.to_area is not None)}
    return all(
        is_kept(load, then[id_], problem.target, problem.begins)
        or not (id_ in must_keep or is_kept(after[id_], now[id_], problem.target, problem.begins))
        for id_, load in chain(loads.items(), ((id_, after[id_]) for id_ in must_keep - {*loads}))
    )


def _not_chosen(
    finding: Finding,
    option: Option,
    left_fen: int | None,
    left_units: int | None,
    *,
    is_free: bool,
) -> Finding:
    lacking_fen = 0 if left_fen is None else max(0, option.cost_fen - left_fen)
    lacking_units = 0 if left_units is None else max(0, option.units - left_units)
    told: dict[str, int | str] = {
        "n": len(option.measures),
        "cost": f"{option.cost_fen / FEN:,.0f}",
        "units": option.units,
    }
    if not is_free:
        lacking_fen = lacking_units = 0
        message = Phrase(
            "所列措施里最省的是 %(n)d 项、%(cost)s 元、%(units)d 台，但与已选的措施不能同时做"
        )
    elif lacking_fen or lacking_units:
        message = LACKING[bool(lacking_fen), bool(lacking_units)]
        told |= {"lacking": f"{lacking_fen / FEN:,.0f}", "more": lacking_units}
    else:
        message = Phrase("所列措施里最省的是 %(n)d 项、%(cost)s 元、%(units)d 台，这次没有选")
    return replace(
        finding,
        outcome=Outcome.NOT_CHOSEN,
        words=Phrase(message, **told),
        cheapest=option.measures,
        lacking_cny=lacking_fen / FEN,
        lacking_units=lacking_units,
    )


def _no_means(finding: Finding, area: Area, own: Sequence[Measure], problem: Problem) -> Finding:
    """Say what would still be too much with everything done that goes together."""
    best = dict[tuple[str, str], Profile]()
    for measure in own:
        name = measure.excludes or ("measure", measure.id)
        relief = measure.relief_kw + room_kw(measure, area, problem.target)
        other = best.get(name)
        if other is None or relief.sum() > other.sum():
            best[name] = relief
    left = area.loads_kw - sum(best.values(), np.zeros(1))
    lacking = lacking_kw(left, area, problem)
    if not own:
        words = Phrase("没有可做的措施，需再减 %(kw).0f kW", kw=lacking)
    elif lacking <= 0:
        words = Phrase("本台区的措施足够，但负荷转不到有余量的台区")
    else:
        words = Phrase("%(n)d 项措施都做，仍需再减 %(kw).0f kW", n=len(best), kw=lacking)
    return replace(finding, outcome=Outcome.NO_MEANS, words=words)


def lacking_kw(loads_kw: Profile, area: Area, problem: Problem) -> float:
    """Return by how much a load must fall at every point so that it keeps the target."""
    rule = problem.target
    firsts = windows(problem.begins, len(loads_kw), rule.points)
    if not len(firsts):
        return 0.0
    rows = firsts[:, None] + np.arange(rule.points)
    return max(0.0, float(loads_kw[rows].min(axis=1).max()) - limit_kw(area, rule))
