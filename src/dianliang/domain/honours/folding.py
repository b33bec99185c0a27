"""Of two people who are one: one line in each register of voters, one nomination."""

from collections.abc import Mapping
from typing import Any

from dianliang.domain.honours.models import Nominee, Voter
from dianliang.domain.workforce.folding import UnableToFoldError
from dianliang.domain.workforce.models import Person
from dianliang.kernel.phrases import Phrase


def voters(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Leave one line in each register that both are in, ticked when one of them has voted.

    Nobody knows which ballot to take out again, so that two votes are told before they are counted.

    Raises:
        UnableToFoldError: both have voted in a round that is going on.
    """
    held = {(row.call_id, row.round): row for row in Voter.objects.filter(person=kept)}
    dropped = []
    for other in Voter.objects.filter(person=gone).select_related("call"):
        own = held.get((other.call_id, other.round))
        if own is None:
            continue
        call = other.call
        if own.has_voted and other.has_voted and (call.status, call.round) == ("VOTING", own.round):
            message = Phrase(
                "两人都已在“%(title)s”（%(number)s）投票，一人只能投一票。请先取消"
                "这次评选，或计票后再合并，并请审计员查明。",
                title=call.title,
                number=call.number,
            )
            raise UnableToFoldError(message)
        if other.has_voted and not own.has_voted:
            Voter.objects.filter(pk=own.pk).update(has_voted=True)
        dropped.append(f"{call.number} {other.round}")
        other.delete()
    return {"voters": dropped} if dropped else {}


def nominees(kept: Person, gone: Person) -> Mapping[str, Any]:
    """See that nobody stands twice in a category.

    Raises:
        UnableToFoldError: both were nominated in one; which nomination holds is for people to say.
    """
    standing = Nominee.objects.exclude(status="WITHDRAWN")
    both = standing.filter(
        person=gone, category__in=standing.filter(person=kept).values("category")
    )
    twice = both.select_related("category__call").first()
    if twice is not None:
        message = Phrase(
            "两人都被提名“%(title)s”（%(number)s），一人只能提名一次。请先撤回"
            "其中一个提名，再合并。",
            title=twice.category.call.title,
            number=twice.number,
        )
        raise UnableToFoldError(message)
    return {}


FOLDS = (voters, nominees)
