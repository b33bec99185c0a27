"""Two needs that are one thing become one, and come apart again if that was a mistake."""

from datetime import datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.domain.intake.lifecycle import CLOCK_STOPPED, NEED
from dianliang.domain.intake.models import Need, Participant
from dianliang.domain.intake.operations.handling import UnableToHandleError
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase


@transaction.atomic
def merge(*, need: Need, into: Need, by: Actor, at: datetime) -> Need:
    """Make a need part of another; everyone who asked follows and rates the other one (合并)."""
    if need.pk == into.pk:
        raise UnableToHandleError("不能与自己合并。")
    if into.status in {"MERGED", "CANCELLED", "DECLINED", "CLOSED"}:
        raise UnableToHandleError(Phrase("%(number)s 已结束，不能并入。", number=into.number))
    if need.parts.exclude(job__status="CANCELLED").exists():
        raise UnableToHandleError("本需求已拆出工单，请先撤销工单再合并。")
    if need.status in CLOCK_STOPPED:
        need.pauses.filter(until_at=None).update(until_at=at)
    moved = transitions.apply(
        need,
        "merge",
        lifecycle=NEED,
        by=by,
        at=at,
        note=f"并入 {into.number}",
        changes={"merged_into": into, "clock_stopped_at": None, "closed_at": at},
    )
    Participant.objects.filter(need=need, came_from=None).update(came_from=need)
    Participant.objects.filter(need=need).update(need=into, is_first=False)
    audit.record("intake.need.absorb", target=into, by=by, at=at, after=need.number)
    return moved


@transaction.atomic
def unmerge(*, need: Need, reason: str, by: Actor, at: datetime) -> Need:
    """Undo a merge that was a mistake: who asked for this need follows and rates it again (拆回).

    Those of needs that were merged into this one before come back with it.

    Raises:
        InvalidInputError: there is no reason.
    """
    if not reason:
        raise InvalidInputError("拆回必须说明原因。", field="reason")
    into = need.merged_into
    moved = transitions.apply(
        need,
        "unmerge",
        lifecycle=NEED,
        by=by,
        at=at,
        note=reason,
        changes={"merged_into": None, "closed_at": None},
    )
    back = Participant.objects.filter(came_from__in=[need.pk, *_merged_into(need)])
    back.update(need=need, is_first=False)
    own = Participant.objects.filter(came_from=need)
    first = own.order_by("pk").first()
    own.update(came_from=None)
    if first is not None:
        Participant.objects.filter(pk=first.pk).update(is_first=True)
    if into is not None:
        audit.record("intake.need.release", target=into, by=by, at=at, after=need.number)
    return moved


def _merged_into(need: Need) -> list[int]:
    """Return the keys of all needs that were merged into one, over any number of steps."""
    found: list[int] = []
    layer = [need.pk]
    while layer:
        layer = list(Need.objects.filter(merged_into__in=layer).values_list("pk", flat=True))
        found += layer
    return found
