"""The ballot: one vote each, and no way back from the sums to who gave them.

The secret is kept by what is not stored: see `models.ballots` and decision 14.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.honours.models import Box, Call, Nominee, Voter
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

DIGITS = 6
"""Of every sum: a box has the same length whatever is in it."""
CAST = "ballots"
LEAST_VOTERS = 5
"""Of fewer the sums would tell what one of them voted."""


class UnableToVoteError(DomainError):
    """This vote cannot be cast."""

    code = "honours.unable-to-vote"


class BrokenBoxError(DomainError):
    """What is in the box does not fit the register: nothing is counted."""

    code = "honours.broken-box"


def lay_out(call: Call, *, people: Collection[Person], nominees: Collection[Nominee]) -> None:
    """Write the register and an empty box for the call's present round."""
    Voter.objects.bulk_create(
        Voter(call=call, round=call.round, person=person) for person in people
    )
    sums = dict.fromkeys([CAST, *(nominee.number for nominee in nominees)], 0)
    Box.objects.create(call=call, round=call.round, sealed=_sealed(sums))


def hold(call: Call) -> None:
    """Let no vote fall into the present box until the transaction ends."""
    list(Box.objects.select_for_update().filter(call=call, round=call.round))


@transaction.atomic
def cast(*, call: Call, chosen: Collection[str], by: Actor, at: datetime) -> None:
    """Cast one vote: tick the voter, add to the sums.

    The box is locked first, so that votes queue and none is lost; of two by one person the second
    finds himself ticked. The trail learns who voted, which the register says too.

    Raises:
        UnableToVoteError: the vote is over, the actor may not vote here, has voted, or chose what
            cannot be chosen.
    """
    box = Box.objects.select_for_update().get(call=call, round=call.round)
    # Whoever counts holds the box as well: no vote falls into one that was counted meanwhile.
    if not Call.objects.filter(pk=call.pk, status="VOTING", round=call.round).exists():
        raise UnableToVoteError("投票刚刚截止，这一票没有投出。")
    sums = _opened(box)
    _require_choice(call, chosen, sums)
    rows = Voter.objects.filter(call=call, round=call.round, person__number=by.person_number or "-")
    if not rows.exists():
        raise UnableToVoteError("您不在这次评选的投票名册中。")
    if rows.filter(has_voted=False).update(has_voted=True) != 1:
        raise UnableToVoteError("您已经投过票，一人一票，投出后不能更改。")
    for number in (CAST, *chosen):
        sums[number] += 1
    Box.objects.filter(pk=box.pk).update(sealed=_sealed(sums))
    audit.record("honours.call.cast", target=call, by=by, at=at)


def _require_choice(call: Call, chosen: Collection[str], sums: Mapping[str, int]) -> None:
    """Refuse a vote for too many, for one twice, or for somebody who does not stand."""
    if len(set(chosen)) != len(chosen) or CAST in chosen or not set(chosen) <= sums.keys():
        raise UnableToVoteError("选票上有不在候选名单中的人，请刷新后重新选择。")
    if not chosen:
        raise UnableToVoteError("请至少选择一名候选人。")
    rows = Nominee.objects.filter(number__in=chosen).select_related("category")
    found = [row.category for row in rows]
    for category in call.categories.all():
        count = sum(one.pk == category.pk for one in found)
        if count > category.seats:
            message = Phrase(
                "“%(name)s”最多选 %(seats)s 名，您选了 %(count)s 名。",
                name=category.name,
                seats=category.seats,
                count=count,
            )
            raise UnableToVoteError(message)


def turnout(call: Call) -> tuple[int, int]:
    """Return how many have voted in the present round, and how many may."""
    rows = Voter.objects.filter(call=call, round=call.round)
    return rows.filter(has_voted=True).count(), rows.count()


@transaction.atomic
def count(call: Call) -> Mapping[str, int]:
    """Open the box of the present round and return the sums by the number of the nominee.

    Raises:
        BrokenBoxError: there are more or fewer ballots in it than voters in the register.
    """
    sums = _opened(Box.objects.select_for_update().get(call=call, round=call.round))
    cast_count = sums.pop(CAST)
    ticked, _ = turnout(call)
    if cast_count != ticked or any(votes > cast_count for votes in sums.values()):
        message = Phrase(
            "票箱里有 %(cast)s 张票，名册上有 %(ticked)s 人投票，不能计票，请联系审计员。",
            cast=cast_count,
            ticked=ticked,
        )
        raise BrokenBoxError(message)
    return sums


def _sealed(sums: Mapping[str, int]) -> str:
    return ";".join(f"{key}={value:0{DIGITS}d}" for key, value in sums.items())


def _opened(box: Box) -> dict[str, int]:
    pairs = (part.split("=") for part in box.sealed.split(";"))
    return {key: int(value) for key, value in pairs}
