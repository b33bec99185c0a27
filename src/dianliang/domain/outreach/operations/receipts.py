"""What came back: kept as it was said, and folded into where each message stands."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dianliang.core import audit
from dianliang.domain.outreach.lifecycle import DELIVERED, FAILED, PLANNED
from dianliang.domain.outreach.models import Delivery, Receipt, Recipient
from dianliang.kernel.actor import Actor

CHUNK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A receipt as somebody sent it: about which message, what, when.

    `is_dated`: it said when itself; else `said_at` is when it came, and means nothing if it comes
    again.
    """

    number: str
    stage: int
    said_at: datetime
    reason: str = ""
    is_dated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How many receipts were new, came before, or are about messages that nobody knows."""

    new: int
    known: int
    strange: tuple[str, ...]


def take_in(
    said: Sequence[Said], *, source: str, source_ref: str, by: Actor, at: datetime
) -> Taken:
    """Keep receipts, and let messages and recipients climb (收回执). In pieces, so that none waits.

    Receipts may come twice and in any order: the result is the same.
    """
    new, strange = 0, list[str]()
    for start in range(0, len(said), CHUNK):
        fresh, lost = _take_chunk(said[start : start + CHUNK], source, source_ref, at)
        new += fresh
        strange += lost
    if source in {"callback", "file"} and said:
        audit.record_about(
            "outreach.receipts",
            target_type="outreach.receipt",
            target_id=source_ref[:64],
            by=by,
            at=at,
            after=f"{new} 条新回执，{len(said) - new - len(strange)} 条已有，{len(strange)} 条不明",
        )
    known = len(said) - new - len(strange)
    return Taken(new=new, known=known, strange=tuple(strange))


def _take_chunk(
    said: Sequence[Said], source: str, source_ref: str, at: datetime
) -> tuple[int, list[str]]:
    # What never left cannot come back: a receipt about it is a mistake of its sender.
    rows = Delivery.objects.filter(number__in={one.number for one in said}).exclude(stage=PLANNED)
    own = {row.number: row for row in rows.select_related("recipient", "round")}
    known = {one.number for one in said} & own.keys()
    about = [one for one in said if one.number in known]
    before = {
        (row[0], row[1], row[2])
        for row in Receipt.objects.filter(
            delivery__in=[own[number].pk for number in known], source=source
        ).values_list("delivery_id", "stage", "said_at")
    }
    rungs = {(message, stage) for message, stage, _ in before}
    fresh: dict[tuple[int, int, datetime], Receipt] = {}
    for one in about:
        key = (own[one.number].pk, one.stage, one.said_at)
        if not (key in before if one.is_dated else key[:2] in rungs):
            fresh[key] = Receipt(
                delivery=own[one.number],
                stage=one.stage,
                reason=one.reason[:120],
                said_at=one.said_at,
                source=source,
                source_ref=source_ref[:80],
                received_at=at,
            )
    with transaction.atomic():
        # Two calls at once may bring the same receipt: the second changes nothing.
        Receipt.objects.bulk_create(fresh.values(), batch_size=CHUNK, ignore_conflicts=True)
        _fold(fresh.values())
    return len(fresh), [one.number for one in said if one.number not in known]


def _fold(receipts: Iterable[Receipt]) -> None:
    """Let each message, and who got it, climb to the highest rung that is proved."""
    highest: dict[int, int] = {}
    failed: dict[str, list[Delivery]] = defaultdict(list)
    recipients: dict[int, int] = {}
    for row in receipts:
        recipients[row.delivery_id] = row.delivery.recipient_id
        if row.stage == FAILED:
            failed[row.reason or "通道报告失败"].append(row.delivery)
        else:
            highest[row.delivery_id] = max(row.stage, highest.get(row.delivery_id, 0))
    by_stage: dict[int, list[int]] = defaultdict(list)
    for key, stage in highest.items():
        by_stage[stage].append(key)
    for stage, keys in by_stage.items():
        _climb(keys, [recipients[key] for key in keys], stage)
    for reason, messages in failed.items():
        _fail(messages, reason)


def _climb(keys: Sequence[int], recipients: Sequence[int], stage: int) -> None:
    Delivery.objects.filter(pk__in=keys, stage__lt=stage).update(stage=stage, failure="")
    for who in (Q(pk__in=recipients), Q(lead__in=recipients)):
        Recipient.objects.filter(who, stage__lt=stage).update(stage=stage, failure="")


def _fail(messages: Sequence[Delivery], reason: str) -> None:
    """Say that messages failed, unless they are known to have arrived.

    Their readers count as failed only by their latest message: an older one no longer matters.
    """
    keys = [row.pk for row in messages]
    Delivery.objects.filter(pk__in=keys, stage__lt=DELIVERED).update(failure=reason)
    latest = [row.recipient_id for row in messages if row.round.serial == row.recipient.due_round]
    for who in (Q(pk__in=latest), Q(lead__in=latest)):
        Recipient.objects.filter(who, stage__lt=DELIVERED).update(failure=reason)
