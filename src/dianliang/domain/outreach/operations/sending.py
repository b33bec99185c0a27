"""Messages on their way out: planned in a round, taken in batches, handed over, or given up.

A batch is written before anything leaves. Whoever finds one that is not handed over knows that it
may have left, and asks the channel, or sends it again under the same numbers.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from dianliang.core import audit
from dianliang.domain.outreach.lifecycle import CLAIMED, HANDED, PLANNED
from dianliang.domain.outreach.models import (
    Batch,
    Channel,
    Delivery,
    Outreach,
    Recipient,
    Round,
)
from dianliang.domain.outreach.operations.receipts import Said, take_in
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import DomainError

PLAN_CHUNK = 500
MINUTE = timedelta(minutes=1)


class UnableToHandOverError(DomainError):
    """The batch is not there to be handed over."""

    code = "outreach.unable-to-hand-over"


def plan_chunk(round_: Round, *, after: int) -> tuple[int, int]:
    """Write messages for some who are due; return the last key looked at and how many were new.

    A message that is there stays: written twice is written once. Everything is made ready before
    the write gate is taken.
    """
    due = Recipient.objects.filter(
        outreach=round_.outreach_id, due_round=round_.serial, pk__gt=after
    )
    rows = list(due.order_by("pk").values_list("pk", "serial")[:PLAN_CHUNK])
    if not rows:
        return after, 0
    had = set(
        round_.deliveries.filter(recipient__in=[key for key, _serial in rows]).values_list(
            "recipient_id", flat=True
        )
    )
    number = round_.outreach.number
    fresh = [
        Delivery(number=f"{number}-{serial}-{round_.serial}", round=round_, recipient_id=key)
        for key, serial in rows
        if key not in had
    ]
    Delivery.objects.bulk_create(fresh, batch_size=500)
    return rows[-1][0], len(fresh)


def room(channel: Channel, *, at: datetime) -> int:
    """Return how many more messages a channel may take now: its pace is over all outreach.

    A file waits until somebody fetches it: it knows no pace.
    """
    if channel.kind == Channel.Kind.FILE:
        return channel.batch_size
    lately = Batch.objects.filter(channel=channel, is_void=False, claimed_at__gt=at - MINUTE)
    used = lately.aggregate(sum=Sum("size"))["sum"] or 0
    return max(0, channel.per_minute - used)


@transaction.atomic
def claim(round_: Round, *, at: datetime) -> Batch | None:
    """Take the next batch of a round, as far as the channel's pace allows; None without any.

    Two who claim at once get different messages.
    """
    outreach = Outreach.objects.select_for_update(no_key=True).get(pk=round_.outreach_id)
    if outreach.status != "SENDING":
        return None
    channel = Channel.objects.select_for_update(no_key=True).get(pk=round_.channel_id)
    most = min(channel.batch_size, room(channel, at=at))
    waiting = round_.deliveries.filter(stage=PLANNED, failure="").order_by("pk")
    found = list(waiting.values_list("pk", flat=True)[:most])
    if not found:
        return None
    serial = round_.batches.count() + 1
    made = Batch.objects.create(
        number=f"{outreach.number}-{round_.serial}-B{serial:03d}",
        round=round_,
        channel=channel,
        size=len(found),
        claimed_at=at,
    )
    Delivery.objects.filter(pk__in=found).update(stage=CLAIMED, batch=made)
    return made


def in_doubt(round_: Round) -> Batch | None:
    """Return a batch that was taken and may or may not have left."""
    return round_.batches.filter(handed_at=None, is_void=False).order_by("pk").first()


def try_again(batch: Batch, *, at: datetime) -> bool:
    """Count one more attempt at a batch; False if it was handed over or taken back meanwhile."""
    mine = Batch.objects.filter(pk=batch.pk, handed_at=None, is_void=False, attempts=batch.attempts)
    if not mine.update(attempts=batch.attempts + 1, tried_at=at, trouble=""):
        return False
    batch.attempts += 1
    return True


@transaction.atomic
def handed(batch: Batch, *, refused: Mapping[str, str], by: Actor, at: datetime) -> None:
    """Write down that a batch has left (已移交); `refused` names single messages with why.

    Raises:
        UnableToHandOverError: it was handed over or taken back before.
    """
    mine = Batch.objects.filter(pk=batch.pk, handed_at=None, is_void=False)
    # Another process may have taken it, whose clock is a little ahead of ours.
    if not mine.update(handed_at=max(at, batch.claimed_at), trouble=""):
        raise UnableToHandOverError("这个批次已经移交或退回，请刷新。")
    left = batch.deliveries.filter(stage=CLAIMED, failure="").exclude(number__in=list(refused))
    Recipient.objects.filter(pk__in=left.values("recipient_id"), stage__lt=HANDED).update(
        stage=HANDED, failure=""
    )
    Recipient.objects.filter(lead__in=left.values("recipient_id"), stage__lt=HANDED).update(
        stage=HANDED, failure=""
    )
    left.update(stage=HANDED)
    _refuse(refused, source_ref=batch.number, at=at)
    audit.record(
        "outreach.batch.hand_over",
        target=batch,
        by=by,
        at=at,
        after=f"{batch.size - len(refused)} 条移交，{len(refused)} 条被拒",
    )


def _refuse(refused: Mapping[str, str], *, source_ref: str, at: datetime) -> None:
    said = [
        Said(number=number, stage=-1, said_at=at, reason=why[:120] or "通道拒收")
        for number, why in refused.items()
    ]
    take_in(said, source="handover", source_ref=source_ref, by=SYSTEM, at=at)


@transaction.atomic
def skip(refused: Mapping[str, str], *, batch: Batch, at: datetime) -> None:
    """Leave out messages of a batch that must not leave, with why: their reader has opted out."""
    _refuse(refused, source_ref=batch.number, at=at)


def troubled(batch: Batch, *, words: str) -> None:
    """Keep why a batch could not be handed over this time; it will be tried again."""
    Batch.objects.filter(pk=batch.pk, handed_at=None).update(trouble=words[:300])


@transaction.atomic
def take_back(batch: Batch, *, words: str, at: datetime) -> None:
    """Put the messages of a batch back that the channel has refused as a whole (退回批次)."""
    mine = Batch.objects.filter(pk=batch.pk, handed_at=None, is_void=False)
    if not mine.update(is_void=True, trouble=words[:300]):
        return
    waiting = Delivery.objects.filter(batch=batch, stage=CLAIMED)
    waiting.update(stage=PLANNED, batch=None)
    audit.record("outreach.batch.take_back", target=batch, by=SYSTEM, at=at, reason=words[:300])


@transaction.atomic
def fetched(batch: Batch, *, by: Actor, at: datetime) -> Batch:
    """Write down that somebody has taken a batch as a file; the first time it is handed over.

    Raises:
        UnableToHandOverError: nothing more of its outreach is to leave.
    """
    outreach = Outreach.objects.select_for_update(no_key=True).get(pk=batch.round.outreach_id)
    batch = Batch.objects.select_for_update().select_related("round").get(pk=batch.pk)
    if batch.handed_at is None:
        if outreach.status != "SENDING":
            words = f"触达{outreach.get_status_display()}，没有下载过的批次不能移交。"
            raise UnableToHandOverError(words)
        handed(batch, refused={}, by=by, at=at)
    Batch.objects.filter(pk=batch.pk).update(fetched=batch.fetched + 1)
    audit.record(
        "outreach.batch.fetch", target=batch, by=by, at=at, after=f"第 {batch.fetched + 1} 次下载"
    )
    return batch
