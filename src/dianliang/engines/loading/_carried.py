"""What a transformer carried point by point, as far as that is known."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dianliang.engines.loading._curves import NO_W, Ints64
from dianliang.engines.loading._loads import Loads, Span
from dianliang.engines.loading._network import Network, Phase
from dianliang.engines.loading._rules import DEFAULT_RULES, Rules

UNNAMED_MOST = 0.1
"""With more meters of unknown phase than this share nobody can say how even the phases are."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carried:
    """The load of a transformer at each point of `span` in W, `NO_W` where it is not known.

    `thrice_w` has the shape (3, points): thrice the load of each phase, what the transformer would
    carry if all three were like it; None where the meters do not name their phases.
    """

    number: str
    span: Span
    load_w: Ints64
    thrice_w: Ints64 | None


def carried(loads: Loads, place: int, *, rules: Rules = DEFAULT_RULES) -> Carried:
    """Return what one transformer carried; `place` is its position in the network."""
    slots = slice(*loads.network.first_slot[place : place + 2])
    known = known_points(loads, slots, rules)
    total: Ints64 = loads.load[slots].sum(axis=0)
    thrice = None
    if names_its_phases(loads.network, slots):
        thrice = np.where(known, thrice_by_phase(loads, slots), NO_W)
    return Carried(
        number=loads.network.transformers[place].number,
        span=loads.span,
        load_w=np.where(known, total, NO_W),
        thrice_w=thrice,
    )


def known_points(loads: Loads, slots: slice, rules: Rules) -> Any:
    """Tell at which points enough of a transformer's meters were read, and can be believed."""
    expected = int(loads.network.expected[slots].sum())
    present = loads.present(slots)
    enough = present * rules.least_read.denominator >= expected * rules.least_read.numerator
    return enough & (present > 0) & ~unbelieved_points(loads, slots, rules)


def unbelieved_points(loads: Loads, slots: slice, rules: Rules) -> Any:
    """Tell at which points more was read than the transformer can carry, either way."""
    owners = {place for place, _ in loads.network.slots[slots]}
    capacity_kva = sum(loads.network.transformers[place].capacity_kva for place in owners)
    most_w = float(rules.most_share * rules.power_factor) * capacity_kva * 1000
    return np.abs(loads.load[slots].sum(axis=0)) > most_w


def names_its_phases(network: Network, slots: slice) -> bool:
    """Tell whether there are meters on all three phases, and few of which nobody knows."""
    expected = {
        phase: int(count)
        for (_, phase), count in zip(network.slots[slots], network.expected[slots], strict=True)
    }
    named = all(expected.get(phase) for phase in (Phase.A, Phase.B, Phase.C))
    unnamed = expected.get(Phase.UNKNOWN, 0)
    return named and unnamed <= UNNAMED_MOST * sum(expected.values())


def thrice_by_phase(loads: Loads, slots: slice) -> Ints64:
    """Return thrice the load of each phase. What draws from all three draws a third from each."""
    by_phase = np.zeros((3, loads.load.shape[1]), np.int64)
    for slot in range(slots.start, slots.stop):
        phase = loads.network.slots[slot][1]
        if phase < Phase.ALL:
            by_phase[phase] += 3 * loads.load[slot]
        elif phase is Phase.ALL:
            by_phase += loads.load[slot]
    return by_phase
