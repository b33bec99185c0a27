"""What a recipient sees and says under his own link, without an account."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.domain.outreach import access
from dianliang.domain.outreach.lifecycle import ACKNOWLEDGED, READ
from dianliang.domain.outreach.models import Delivery, Recipient
from dianliang.domain.outreach.operations import preferences
from dianliang.domain.outreach.operations.receipts import Said, take_in
from dianliang.flows.outreach.words import filled, said_to
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.masking import mask_name

HERE = "本页"
"""Stands for the link in the words of the page that it leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message as its reader sees it; a person's name is starred: a link may be passed on."""

    title: str
    unit_name: str
    phone: str
    text: str
    is_acknowledged: bool
    has_opted_out: bool


def _held(token: str) -> tuple[Recipient, Delivery]:
    """Return who holds a link, and the last message that left for him."""
    recipient = access.holder(token)
    sent = recipient.deliveries.filter(batch__isnull=False, stage__gt=0)
    delivery = sent.select_related("round__wording").order_by("-round__serial").first()
    if delivery is None:
        raise NotVisibleError("没有找到这条通知，请核对链接。")
    return recipient, delivery


@transaction.atomic
def read(*, token: str, counts: bool, at: datetime) -> Notice:
    """Return the message under a link; opened by a person it counts as read.

    Raises:
        NotVisibleError: nobody holds this link, or nothing was sent to him.
    """
    recipient, delivery = _held(token)
    if counts and delivery.stage < READ:
        _say(delivery, READ, at=at)
    outreach = recipient.outreach
    said = preferences.standing([recipient.phone_index])
    return Notice(
        title=outreach.title,
        unit_name=outreach.unit.name,
        phone=outreach.unit.public_phone,
        text=filled(
            delivery.round.wording.text, name=_shown(recipient), unit=outreach.unit.name, link=HERE
        ),
        is_acknowledged=recipient.stage >= ACKNOWLEDGED,
        has_opted_out=said.get(recipient.phone_index) is False,
    )


@transaction.atomic
def acknowledge(*, token: str, at: datetime) -> None:
    """Let a recipient confirm that he knows (确认).

    Raises:
        NotVisibleError: nobody holds this link.
    """
    _recipient, delivery = _held(token)
    if delivery.stage < ACKNOWLEDGED:
        _say(delivery, ACKNOWLEDGED, at=at)


@transaction.atomic
def opt_out(*, token: str, agrees: bool, at: datetime) -> None:
    """Let a recipient say that he wants no more of this, or does again (拒收、恢复).

    Raises:
        NotVisibleError: nobody holds this link, or it is known no more whose it is.
    """
    recipient, _delivery = _held(token)
    if not recipient.phone_index:
        raise NotVisibleError("没有找到这条通知，请核对链接。")
    if preferences.standing([recipient.phone_index]).get(recipient.phone_index) is agrees:
        return
    by = _reader(recipient)
    preferences.say(
        phone_index=recipient.phone_index,
        agrees=agrees,
        how="page",
        words="",
        unit=recipient.outreach.unit,
        by=by,
        at=at,
    )


def _shown(recipient: Recipient) -> str:
    name, _phone = said_to(recipient)
    return name if recipient.kind == "enterprise" else mask_name(name)


def _say(delivery: Delivery, stage: int, *, at: datetime) -> None:
    said = Said(number=delivery.number, stage=stage, said_at=at)
    take_in([said], source="page", source_ref="", by=_reader(delivery.recipient), at=at)


def _reader(recipient: Recipient) -> Actor:
    role = Role.ENTERPRISE if recipient.kind == "enterprise" else Role.RESIDENT
    return Actor(
        id=f"recipient:{recipient.outreach_id}:{recipient.serial}", name="收件人", role=role
    )
