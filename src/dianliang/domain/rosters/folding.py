"""Of two people who are one: a turn that both have is one turn, and nobody swaps with himself."""

from collections.abc import Mapping
from typing import Any

from dianliang.domain.rosters.lifecycle import SWAP_OPEN
from dianliang.domain.rosters.models import Swap, Turn
from dianliang.domain.workforce.models import Person


def turns(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Make one turn of two on one shift; it is live, planned or fixed if either was."""
    own = {row.shift_id: row for row in Turn.objects.filter(person=kept)}
    dropped = []
    for other in Turn.objects.filter(person=gone, shift__in=own).select_related("shift__roster"):
        mine = own[other.shift_id]
        mine.is_planned |= other.is_planned
        mine.is_live |= other.is_live
        mine.is_fixed |= other.is_fixed
        mine.exempt_because = mine.exempt_because or other.exempt_because
        mine.save()
        dropped.append(f"{other.shift.roster.number} {other.shift.position}")
        other.delete()
    return {"turns": dropped} if dropped else {}


def swaps(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Drop swaps between the two, and of two open ones that give the same turn the later."""
    both = [kept, gone]
    between = Swap.objects.filter(giver__in=both, taker__in=both)
    dropped = list(between.values_list("number", flat=True))
    between.delete()
    is_open = Swap.objects.filter(status__in=SWAP_OPEN)
    given = is_open.filter(giver=kept).values("shift")
    twice = is_open.filter(giver=gone, shift__in=given)
    dropped += list(twice.values_list("number", flat=True))
    Swap.objects.filter(pk__in=list(twice.values_list("pk", flat=True))).delete()
    return {"swaps": dropped} if dropped else {}


FOLDS = (turns, swaps)
