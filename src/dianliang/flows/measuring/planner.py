"""How large a trial has to be for a wanted interval, before anybody begins it."""

from dataclasses import dataclass

from dianliang.engines import measurement
from dianliang.engines.measurement import BadFiguresError, Plan, Spread
from dianliang.kernel.errors import InvalidInputError

LEVEL = 0.9
DEFAULTS = Spread()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted and known: shares of energy; `machines` may take part, `most_days` a turn.

    `machine`, `day` and `reading` are standard deviations of a machine, a day and a quarter hour;
    `rho` is the correlation of readings that follow each other.
    """

    wanted: float
    machines: int
    most_days: int = 14
    machine: float = DEFAULTS.machine
    day: float = DEFAULTS.day
    reading: float = DEFAULTS.reading
    rho: float = DEFAULTS.rho


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The smallest trials that reach the wish, and how far one pair for one day would reach."""

    plans: tuple[Plan, ...]
    one_pair: float


def planned(wish: Wish) -> Planned:
    """Return the smallest crossover and the smallest pairs that do; none where nothing does.

    Beside them stands the half-width of two pairs for one day, the least that has an interval.

    Raises:
        InvalidInputError: a figure cannot be; the message says which.
    """
    spread = Spread(machine=wish.machine, day=wish.day, reading=wish.reading, rho=wish.rho)
    try:
        plans = measurement.planned(
            wanted=wish.wanted,
            spread=spread,
            machines=wish.machines,
            level=LEVEL,
            most_days=wish.most_days,
        )
        least = measurement.half_width(
            units=2, days=1, spells=1, is_crossover=False, spread=spread, level=LEVEL
        )
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal
    return Planned(plans=plans, one_pair=least)
