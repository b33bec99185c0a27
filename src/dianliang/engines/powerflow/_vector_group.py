"""Vector groups as plates write them: Dyn11, Yyn0, YNd11 (IEC 60076-1)."""

import re
from dataclasses import dataclass

PATTERN = re.compile(r"^(D|YN|Y|ZN|Z)(d|yn|y|zn|z)(\d{1,2})$")
WINDINGS = {"y": 0, "yn": 1, "d": 2, "z": 3, "zn": 4}
"""Numbers of power-grid-model's WindingType."""
TURNING = {"y": 0, "d": 1, "z": 1}


@dataclass(frozen=True, slots=True)
class VectorGroup:
    """Windings of both sides and the clock between them."""

    high: int
    low: int
    clock: int


def vector_group(text: str) -> VectorGroup | None:
    """Return what a vector group says; None where there is no such group.

    A delta or zigzag on one side turns by an odd clock, on both or none by an even one.
    """
    match = PATTERN.match(text.strip())
    if match is None:
        return None
    high, low, clock = match[1].lower(), match[2], int(match[3])
    if clock > 11 or (TURNING[high[0]] + TURNING[low[0]]) % 2 != clock % 2:
        return None
    return VectorGroup(WINDINGS[high], WINDINGS[low], clock)


def has_neutral(text: str) -> bool:
    """Tell whether the low side brings its neutral out, which single-phase loads need."""
    group = vector_group(text)
    return group is not None and group.low in (WINDINGS["yn"], WINDINGS["zn"])
