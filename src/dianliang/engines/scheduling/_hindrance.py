"""What hindrances cost a project: days of its end, never days of waiting.

The method is the collapsed as-built analysis (SCL Delay and Disruption Protocol, 2nd edition
2017, 11.6; AACE 29R-03, 3.8): take a hindrance out of what happened and see when the project
would have ended. What lies beside the critical path costs nothing, however long it lasted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dianliang.engines.scheduling._network import Schedule, Step, schedule, with_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    """Something that kept a step from going on, on the days [`from_on`, `until_on`)."""

    code: str
    step: str
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What one hindrance cost: `low_days` and `high_days` differ where others acted as well.

    One end is what the project gains without this hindrance while the others stay, the other what
    it gains without it once the others are gone. `blocked_days` is how long the step waited.
    """

    code: str
    blocked_days: int
    low_days: int
    high_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDays:
    """What each hindrance cost, and all together: the parts need not add up to the whole."""

    each: tuple[Lost, ...]
    joint_days: int


def lost_days(
    *, steps: Sequence[Step], starts_on: date, as_of: date, hindrances: Sequence[Hindrance]
) -> LostDays:
    """Return the days by which the project ends later because of hindrances.

    Only days within a step count, days that another hindrance blocks as well go with none alone,
    and a step that took no longer than planned lost nothing: its hindrance was made good.
    Cost: two schedules per hindrance.

    Raises:
        BrokenNetworkError: see `schedule`.
        KeyError: a hindrance names a step that is not there.
    """
    real = schedule(steps=steps, starts_on=starts_on, as_of=as_of)
    planned = {step.code: step.days for step in steps}
    blocked = {h.code: _blocked(real, h) for h in hindrances}

    def ends_without(gone: Collection[str]) -> int:
        left = _lengths(real, planned, hindrances, blocked, gone)
        return with_days(real, steps, left).ends_on.toordinal()

    everything = [h.code for h in hindrances]
    end, best = ends_without(()), ends_without(everything)
    each = []
    for one in hindrances:
        alone = end - ends_without([one.code])
        at_last = ends_without([code for code in everything if code != one.code]) - best
        each.append(
            Lost(
                code=one.code,
                blocked_days=len(blocked[one.code]),
                low_days=min(alone, at_last),
                high_days=max(alone, at_last),
            )
        )
    return LostDays(each=tuple(each), joint_days=end - best)


def _blocked(real: Schedule, hindrance: Hindrance) -> frozenset[int]:
    step = real.of(hindrance.step)
    first = max(step.starts_on, hindrance.from_on).toordinal()
    return frozenset(range(first, min(step.ends_on, hindrance.until_on).toordinal()))


def _lengths(
    real: Schedule,
    planned: Mapping[str, int],
    hindrances: Sequence[Hindrance],
    blocked: Mapping[str, frozenset[int]],
    gone: Collection[str],
) -> dict[str, int]:
    """Return how long the steps would have taken with some of the hindrances gone."""
    lengths = {}
    for step in real.steps:
        here = [h.code for h in hindrances if h.step == step.code]
        freed = set[int]().union(*(blocked[code] for code in here if code in gone))
        freed -= set[int]().union(*(blocked[code] for code in here if code not in gone))
        shortest = min(step.days, planned[step.code])
        lengths[step.code] = max(shortest, step.days - len(freed))
    return lengths
