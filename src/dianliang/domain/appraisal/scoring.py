"""How figures become scores and places. Pure: the same figures give the same result in any order.

Scores have two decimals, rounded half up, so that a sum on paper is the sum on the page.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a ranking (1 is best), and how many share it."""

    place: int
    sharing: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """A duty's weight and state, as far as its score goes."""

    weight: int
    is_special: bool
    is_done: bool
    is_late: bool


def rounded(value: Decimal) -> Decimal:
    """Return a value with two decimals, rounded half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def score_of(value: Decimal, *, full_at: Decimal, weight: int) -> Decimal:
    """Return what a figure earns: the whole weight from `full_at` up, a share of it below."""
    share = min(max(value, Decimal(0)) / full_at, Decimal(1))
    return rounded(share * weight)


def rank(scores: Mapping[str, Decimal]) -> dict[str, Place]:
    """Give places by score, highest first; equals share a place and the next one is left out."""
    ordered = sorted(scores.values(), reverse=True)
    first = {score: place for place, score in reversed(list(enumerate(ordered, start=1)))}
    shared = Counter(ordered)
    return {key: Place(first[score], shared[score]) for key, score in scores.items()}


def band_of(score: Decimal, bands: Iterable[tuple[str, Decimal]]) -> str:
    """Return the name of the highest band that a score reaches, or none."""
    reached = [(least, name) for name, least in bands if score >= least]
    return max(reached)[1] if reached else ""


def tones_of(bands: Iterable[tuple[str, Decimal]]) -> dict[str, str]:
    """Return the colour of each band: the best is good, the worst a warning, between them none."""
    names = [name for _, name in sorted((least, name) for name, least in bands)]
    tones = dict.fromkeys(names, "")
    if names:
        tones[names[0]] = "warn"
        tones[names[-1]] = "good"
    return tones


def reached_on(quantities: Sequence[tuple[date, int]], *, least: int) -> date | None:
    """Return the day on which quantities in order of days first add up to `least`, or None.

    Taken back later, it is not reached: the sum over all days has to hold as well.
    """
    total, found = 0, None
    for on, quantity in sorted(quantities):
        total += quantity
        if total >= least and found is None:
            found = on
    return found if total >= least else None


def sheet_score(duties: Iterable[Weighed], *, late_percent: int, most_special: int) -> Decimal:
    """Return the score of one person's duties of a list: 100 for all fixed ones, special on top.

    Fixed ones share 100 by weight, so that who holds two posts is not worth two people. What is
    done late earns `late_percent` of its weight; what special duties add is capped.
    """
    fixed = special = Decimal(0)
    whole = 0
    for duty in duties:
        percent = 0 if not duty.is_done else late_percent if duty.is_late else 100
        earned = Decimal(duty.weight * percent) / 100
        if duty.is_special:
            special += earned
        else:
            whole += duty.weight
            fixed += earned
    share = fixed * 100 / whole if whole else Decimal(0)
    return rounded(share + min(special, Decimal(most_special)))
