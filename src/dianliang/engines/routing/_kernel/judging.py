# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Judge a change: what it costs, and take it, or take it back."""

from dianliang.engines.routing._kernel.mates import is_first_out
from dianliang.engines.routing._kernel.records import (
    INFEASIBLE,
    Data,
    Floats,
    Scratch,
    Tour,
    compiled,
    entry,
)
from dianliang.engines.routing._kernel.timing import (
    balance,
    schedule_from,
)


@compiled
def change(d: Data, s: Tour, w: Scratch, count: int, touched: int) -> float:
    """Return how much dearer the plan is than before this iteration; INFEASIBLE over a budget.

    To leave a job out can break a rule, where the way over it is quicker than the way past it.
    """
    price, is_over = 0.0, False
    for i in range(touched):
        price += s.runs[w.touched[i]].cost - s.runs[w.touched[i]].old_cost
        team = d.routes[w.touched[i]].team
        is_over |= s.worked[team] > d.teams[team].budget or s.runs[w.touched[i]].broken != 0
        if d.balance_price > 0 and w.old_worked[team] >= 0:
            price += balance(d, team, s.worked[team]) - balance(d, team, w.old_worked[team])
        w.old_worked[team] = -1
    for i in range(count):
        job = w.removed[i]
        price += d.items[job].penalty * ((s.spots[job].where < 0) - s.spots[job].was_out)
        if is_first_out(d, s, w, job):
            price += s.loyal[d.items[job].series] - w.old_loyal[d.items[job].series]
    return INFEASIBLE if is_over else price


@compiled
def undo(d: Data, s: Tour, w: Scratch, count: int, touched: int) -> None:
    """Bring every touched route back to what it was."""
    for i in range(count):
        job = w.removed[i]
        s.spots[job].anchor, s.spots[job].where = s.spots[job].old_anchor, -1
        s.spots[job].turned = s.spots[job].old_turned
        if d.items[job].series >= 0:
            s.loyal[d.items[job].series] = w.old_loyal[d.items[job].series]
    for i in range(touched):
        v = w.touched[i]
        first = min(s.runs[v].length, s.runs[v].old_length)
        for p in range(first):
            item = w.old_sequence[v, p]
            if s.stops[v, p].item != item or abs(s.spots[item].tried) == w.counters[0]:
                first = p
                break
        s.runs[v].length = s.runs[v].old_length
        for p in range(first, s.runs[v].length):
            s.stops[v, p].item = w.old_sequence[v, p]
        schedule_from(d, s, v, first)


@entry
def keep_best(s: Tour, b: Tour) -> None:
    """Copy what has changed since the last best plan into it."""
    for v in range(s.runs.shape[0]):
        if s.runs[v].changed:
            s.runs[v].changed = False
            b.runs[v].length = s.runs[v].length
            for p in range(s.runs[v].length):
                b.stops[v, p].item = s.stops[v, p].item
    for series in range(s.loyal.shape[0]):
        b.loyal[series] = s.loyal[series]
    for item in range(s.spots.shape[0]):
        b.spots[item].anchor = s.spots[item].anchor
        b.spots[item].turned = s.spots[item].turned


@compiled
def take(s: Tour, w: Scratch, b: Tour, totals: Floats, price: float, touched: int) -> None:
    """Keep a change of the present plan, as the best plan too if it is."""
    totals[0] += price
    for i in range(touched):
        s.runs[w.touched[i]].changed = True
    if totals[0] < totals[1] - 1e-6:
        totals[1] = totals[0]
        keep_best(s, b)
