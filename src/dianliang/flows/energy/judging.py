"""Judge transformers in some days, and follow what goes on before and after them to its end."""

from collections.abc import Sequence
from datetime import date, timedelta

from dianliang.engines.loading import (
    DEFAULT_RULES,
    MINUTES,
    POINTS,
    Network,
    Rules,
    Run,
    Span,
    TransformerLoad,
    judge,
)
from dianliang.flows.energy.running import Executor, summed
from dianliang.integrations.curve_store import CurveStore

EVER = Span(date(1970, 1, 1), date(2200, 1, 1))
STEP = 7
"""Each time a run goes on beyond what was read, so many times as many days are read beside."""
MOST_DAYS = 400
"""More are not read on either side: each phase of a transformer takes a kilobyte a day."""


def judged(
    store: CurveStore,
    network: Network,
    span: Span,
    *,
    rules: Rules = DEFAULT_RULES,
    executor: Executor | None = None,
) -> list[TransformerLoad]:
    """Judge every transformer in some days; runs that touch them are told whole.

    Days beside them are read as long as a run reaches the edge and more is stored, up to
    `MOST_DAYS` on either side. Cost: one pass, and one more for each time that a run goes on.

    Raises:
        CurveStoreError: the store is damaged, or its register is not that of `network`.
    """
    stored = store.stored(EVER) or span
    margin = timedelta(days=_least_margin(rules))
    while True:
        wide = Span(
            max(min(stored.from_on, span.from_on), span.from_on - margin),
            min(max(stored.until_on, span.until_on), span.until_on + margin),
        )
        loads = summed(store, network, wide, rules=rules, executor=executor)
        found = judge(loads, rules=rules, of=span)
        runs = [run for one in found for run in one.runs]
        is_whole = not (
            (wide.from_on > stored.from_on and _reach_back(runs, wide, rules))
            or (wide.until_on < stored.until_on and _reach_on(runs, wide, rules))
        )
        if is_whole or margin.days >= MOST_DAYS:
            return found
        margin = min(margin * STEP, timedelta(days=MOST_DAYS))


def _least_margin(rules: Rules) -> int:
    """Return the days beside that hold the shortest run there is, gaps and all."""
    longest = max(rules.phases.points, *(rule.points for rule in rules.loads))
    return min(MOST_DAYS, -(-longest * (rules.bridged_points + 1) // POINTS))


def _reach_back(runs: Sequence[Run], wide: Span, rules: Rules) -> bool:
    """Tell whether a run begins so early that it may have begun on a day not read."""
    return any(
        run.may_begin_before
        and (run.on - wide.from_on).days * POINTS + run.minute // MINUTES <= rules.bridged_points
        for run in runs
    )


def _reach_on(runs: Sequence[Run], wide: Span, rules: Rules) -> bool:
    """Tell whether a run ends so late that it may go on on a day not read."""
    return any(
        run.may_go_on
        and (wide.until_on - run.on).days * POINTS
        - (run.minute // MINUTES + run.points + run.bridged)
        <= rules.bridged_points
        for run in runs
    )
