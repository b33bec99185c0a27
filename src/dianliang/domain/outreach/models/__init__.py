"""What this room keeps."""

from dianliang.domain.outreach.models.audience import Preference, Recipient
from dianliang.domain.outreach.models.messages import Batch, Delivery, Receipt, Round
from dianliang.domain.outreach.models.outreach import Channel, Outreach, Wording

__all__ = [
    "Batch",
    "Channel",
    "Delivery",
    "Outreach",
    "Preference",
    "Receipt",
    "Recipient",
    "Round",
    "Wording",
]
