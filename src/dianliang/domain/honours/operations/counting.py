"""Who is chosen: most votes first, ties by the published rule, as many as there are seats."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from dianliang.domain.honours.models import Nominee

Placed = tuple[Nominee, int, bool]


def placed(
    nominees: Sequence[Nominee],
    *,
    votes: Mapping[str, int],
    deeds: Mapping[str, int],
    seats: int,
    ties: str,
) -> list[Placed]:
    """Return each nominee with his place and whether he is chosen; votes and deeds by his number.

    Places are shared by those whom the rule of ties does not part. With the rule `all` everybody
    at the place of the last seat is chosen, so that there may be more than seats; with the others
    the rule parts them, at last by the number of the nomination. Who got no vote is not chosen.
    """

    def key(nominee: Nominee) -> tuple[Any, ...]:
        most = -votes[nominee.number]
        if ties == "all":
            return (most,)
        fewest = -deeds[nominee.number] if ties == "deeds" else 0
        return (most, fewest, nominee.nominated_at, nominee.number)

    found: list[Placed] = []
    for _, group in groupby(sorted(nominees, key=key), key=key):
        place, share = len(found) + 1, list(group)
        found += [(one, place, place <= seats and votes[one.number] > 0) for one in share]
    return found
