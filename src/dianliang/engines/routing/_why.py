"""Say why a team has a job: what the next best would cost more, or why nobody else can."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._ability import is_allowed, is_equipped
from dianliang.engines.routing._arrays import Compiled
from dianliang.engines.routing._kernel import Data, Flags, Tour
from dianliang.engines.routing._model import Job
from dianliang.engines.routing._state import linked_to
from dianliang.engines.routing._ties import date_of
from dianliang.engines.routing._ways import is_tied
from dianliang.kernel.phrases import Phrase, joined

LOCKED, IN_SERIES = Phrase("已锁定在此队伍"), Phrase("与同一系列一起排")
BEARS = Phrase("它收回的装备，后面的工单要用")
ALIKE_S = 60.0
"""Less than this is no reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another team for a planned job: what the objective would grow by, or why it cannot."""

    team_id: str
    words: str
    shift: int | None = None
    start_at: datetime | None = None
    price_s: float | None = None


@contextmanager
def lifted(d: Data, tour: Tour, number: int) -> Generator[float, None, None]:
    """Take a planned job out for a while; give what the plan's routes cost less without it."""
    route, position, turned = (
        int(tour.spots[name][number]) for name in ("where", "position", "turned")
    )
    before = _paid(d, tour, route)
    kernel.schedule(d, tour, kernel.drop(d, tour, number))
    try:
        yield before - _paid(d, tour, route)
    finally:
        tour.spots["turned"][number] = turned
        kernel.put_as_turned(d, tour, route, position, number)


def _paid(d: Data, tour: Tour, route: int) -> float:
    """Return what a route costs with its team's share in the balance."""
    price = float(tour.runs["cost"][route])
    if d.balance_price > 0:
        team = int(d.routes["team"][route])
        worked, available = int(tour.worked[team]), int(d.teams["available"][team])
        price += d.balance_price * worked * (worked / max(1, available))
    return price


def fixed_words(compiled: Compiled, tour: Tour, number: int) -> str:
    """Say why a planned job cannot be moved alone; nothing if it can."""
    row = compiled.data.items[number]
    if number in compiled.locked:
        return LOCKED
    if not is_tied(compiled, number):
        return BEARS if _is_bearing(compiled, tour, number) else ""
    if row["group"] < 0:
        return IN_SERIES
    others = (mate for mate in linked_to(compiled.data, row["group"]) if mate != number)
    names = joined("、", (compiled.jobs[mate].id for mate in others))
    return Phrase("与 %(job)s 须同时或按间隔一起做", job=names)


def _is_bearing(compiled: Compiled, tour: Tour, number: int) -> bool:
    """Tell whether a later job of the route is set up with what a job collects."""
    if not compiled.jobs[number].returns:
        return False
    route = int(tour.spots["where"][number])
    with lifted(compiled.data, tour, number):
        home = tour.aboard[route, tour.runs["length"][route]]
        return bool((home["least"] > home["most"]).any())


def why_this_team(compiled: Compiled, tour: Tour, number: int) -> str:
    """Say in a sentence why a planned job is with its team.

    Cost: one look at every position of the plan.
    """
    fixed = fixed_words(compiled, tour, number)
    if fixed:
        return fixed
    d, job = compiled.data, compiled.jobs[number]
    own = d.routes["team"] == d.routes["team"][tour.spots["where"][number]]
    others = d.able[number] & ~own
    if not others.any():
        return _only(compiled, job, own)
    kept = d.able[number].copy()
    d.able[number] = others
    with lifted(d, tour, number) as saved:
        route, _, price, _ = kernel.best_anywhere(d, tour, number, kernel.INFEASIBLE / 2)
    d.able[number] = kept
    team = compiled.routes[int(np.flatnonzero(own)[0])][0]
    if route < 0:
        count = int(np.count_nonzero(np.bincount(d.routes["team"][others])))
        words: str = Phrase("另外 %(n)d 支可选队伍都排不下", n=count)
    else:
        words = compared(compiled.routes[route][0].id, price - saved)
    is_regular = job.preferred_team == team.id
    return Phrase("客户的固定服务队伍；%(why)s", why=words) if is_regular else words


def compared(team_id: str, more_s: float) -> str:
    """Say what another team would cost more, as minutes on the road."""
    minutes = max(1, round(abs(more_s) / 60))
    if abs(more_s) < ALIKE_S:
        return Phrase("与次选 %(team)s 相差不到 1 分钟", team=team_id)
    if more_s < 0:
        return Phrase("改由 %(team)s 还可省 %(n)d 分钟", team=team_id, n=minutes)
    return Phrase("比次选 %(team)s 省 %(n)d 分钟", team=team_id, n=minutes)


def _only(compiled: Compiled, job: Job, own: Flags) -> str:
    rest = {compiled.routes[v][0].id: cannot(compiled, int(v), job) for v in np.flatnonzero(~own)}
    if not rest:
        return Phrase("只有这一支队伍")
    counted = Counter(rest.values()).most_common()
    causes = joined(
        "、", (Phrase("%(n)d 支%(cause)s", n=count, cause=cause) for cause, count in counted)
    )
    return Phrase("唯一符合条件的队伍：其余 %(causes)s", causes=causes)


def cannot(compiled: Compiled, route: int, job: Job) -> str:
    """Say which rule keeps a team from a job on a shift; nothing if none does."""
    team, shift = compiled.routes[route][0], compiled.shift(route)
    is_near = team.areas is None or not job.area or job.area in team.areas
    low = any(team.levels.get(skill, 0) < level for skill, level in job.levels.items())
    rules = (
        (not job.skills <= team.skills_on(shift), Phrase("缺技能")),
        (low, Phrase("技能等级不够")),
        (not is_equipped(team, shift, job, compiled.collected), Phrase("缺装备")),
        (team.id in job.forbidden_teams, Phrase("被客户回避")),
        (not is_near, Phrase("不管这一片")),
        (not is_allowed(team, job), Phrase("未获指定")),
        (shift.only_for is not None and job.id not in shift.only_for, Phrase("班次另有专用")),
    )
    return next((words for is_broken, words in rules if is_broken), "")


def alternatives(compiled: Compiled, tour: Tour, number: int) -> tuple[Alternative, ...]:
    """Return every other team, the cheapest first: at what price it could, or why it cannot."""
    d, job = compiled.data, compiled.jobs[number]
    mine = compiled.routes[int(tour.spots["where"][number])][0].id
    best: dict[str, Alternative] = {}
    with lifted(d, tour, number) as saved:
        for route, (team, shift) in enumerate(compiled.routes):
            if team.id == mine:
                continue
            index, price, begin = kernel.best_in_route(
                d, tour, number, route, kernel.INFEASIBLE / 2
            )
            known = best.get(team.id)
            if index < 0:
                words = cannot(compiled, route, job) or _busy(compiled, route, job)
                best.setdefault(team.id, Alternative(team_id=team.id, words=words))
            elif known is None or known.price_s is None or price - saved < known.price_s:
                best[team.id] = Alternative(
                    team_id=team.id,
                    words=_costs(price - saved),
                    shift=shift,
                    start_at=compiled.instant(begin),
                    price_s=price - saved,
                )
    return tuple(
        sorted(best.values(), key=lambda found: (found.price_s is None, found.price_s or 0.0))
    )


def _busy(compiled: Compiled, route: int, job: Job) -> str:
    """Say whether a team could come if it had nothing else to do."""
    number = compiled.numbers[job.id]
    index, *_ = kernel.best_in_route(
        compiled.supplied(number), compiled.idle, number, route, kernel.INFEASIBLE / 2
    )
    if index >= 0:
        return Phrase("时间已排满")
    on = date_of(compiled.shift(route))
    return Phrase(
        "%(month)s月%(day)s日 的班次与可上门时段或路程对不上", month=f"{on:%m}", day=f"{on:%d}"
    )


def _costs(more_s: float) -> str:
    minutes = round(abs(more_s) / 60)
    if abs(more_s) < ALIKE_S:
        return Phrase("代价相当")
    return Phrase("多 %(n)d 分钟", n=minutes) if more_s > 0 else Phrase("少 %(n)d 分钟", n=minutes)
