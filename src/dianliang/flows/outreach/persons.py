"""What outreach keeps of a person: handed out when he asks, forgotten when he asks. Counts stay."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.domain.customers.models import Customer
from dianliang.domain.outreach.lifecycle import STAGES
from dianliang.domain.outreach.models import Outreach, Preference, Recipient
from dianliang.domain.outreach.operations import outreach as operations
from dianliang.domain.outreach.phones import index_of
from dianliang.kernel.actor import SYSTEM

FORGOTTEN = "超过保存期限没有再发送，到期自动结束"


def kept(phone: str, customers: Iterable[Customer]) -> dict[str, Any]:
    """Return the outreach that a person was in, and what he said about being written to."""
    index = index_of(phone)
    said = Preference.objects.filter(phone_index=index or "-").order_by("pk")
    return {
        "outreach": [
            {
                "number": row.outreach.number,
                "title": row.outreach.title,
                "name": row.name,
                "phone": row.phone,
                "messages": [
                    [
                        message.number,
                        message.round.wording.text,
                        [[STAGES[r.stage], r.said_at.isoformat()] for r in message.receipts.all()],
                    ]
                    for message in row.deliveries.select_related("round__wording").order_by("pk")
                ],
            }
            for row in _own(index, customers).select_related("outreach").order_by("pk")
        ],
        "outreach_wishes": [
            [str(row), row.get_how_display(), row.words, row.said_at.isoformat()] for row in said
        ],
    }


def _own(index: str, customers: Iterable[Customer]) -> QuerySet[Recipient]:
    return Recipient.objects.filter(
        Q(phone_index=index or "-") | Q(customer__in=[row.pk for row in customers])
    )


def forget(phone: str, customers: Iterable[Customer]) -> None:
    """Forget who a recipient was. That he refused stays, as a fingerprint: it must be obeyed."""
    index = index_of(phone)
    _empty(_own(index, customers))
    Preference.objects.filter(phone_index=index or "-").update(words="")


def expire(*, before: datetime, at: datetime) -> None:
    """Forget the recipients of outreach that ended long ago: what was counted stays.

    What nobody has ended ends here, once nothing of it was begun since: otherwise its recipients
    would be kept for ever.
    """
    _end_forgotten(before=before, at=at)
    ended = Q(outreach__status__in=["CLOSED", "DROPPED"], outreach__created_at__lt=before)
    empty = {"customer": None, "token_hash": None, "phone_index": "", "name": ""}
    _empty(Recipient.objects.filter(ended).exclude(**empty))


def _end_forgotten(*, before: datetime, at: datetime) -> None:
    open_ = Outreach.objects.filter(created_at__lt=before).exclude(
        status__in=["CLOSED", "DROPPED", "PREPARING"]
    )
    for outreach in open_.exclude(rounds__started_at__gte=before).order_by("pk"):
        verb = "close" if outreach.status in {"SENDING", "PAUSED"} else "drop"
        operations.move(outreach=outreach, verb=verb, reason=FORGOTTEN, by=SYSTEM, at=at)


def _empty(rows: QuerySet[Recipient]) -> None:
    rows.update(customer=None, name="", phone="", phone_index="", token_hash=None)
