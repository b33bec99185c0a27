"""Channels as an administrator describes them."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from dianliang.domain.outreach.models import Channel
from dianliang.domain.outreach.operations import channels
from dianliang.integrations.messaging import guard
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

_CODE = re.compile(r"[A-Za-z0-9-]{2,24}")
MOST_PER_MINUTE, MOST_IN_BATCH = 60_000, 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A channel as a form describes it."""

    code: str
    name: str
    kind: str
    address: str
    secret: str
    per_minute: int
    batch_size: int


def set_up(*, asked: Asked, by: Actor, at: datetime) -> Channel:
    """Set a channel up.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
        UnableToSetUpError: see the operation.
    """
    if not _CODE.fullmatch(asked.code):
        raise InvalidInputError("通道编码用 2 到 24 个字母、数字或短横。", field="code")
    if asked.kind not in Channel.Kind.values:
        raise InvalidInputError("请选择方式。", field="kind")
    if not 1 <= asked.per_minute <= MOST_PER_MINUTE:
        raise InvalidInputError(
            Phrase("每分钟条数应为 1 到 %(n)d。", n=MOST_PER_MINUTE), field="per_minute"
        )
    if not 1 <= asked.batch_size <= MOST_IN_BATCH:
        raise InvalidInputError(
            Phrase("每批条数应为 1 到 %(n)d。", n=MOST_IN_BATCH), field="batch_size"
        )
    address = clean_text(asked.address, field="address", label="网址", most=300)
    if address:
        guard.checked(address, trusted=settings.OUTREACH_HOSTS)
    return channels.set_up(
        code=asked.code,
        name=clean_text(asked.name, field="name", label="名称", most=60, least=2),
        kind=asked.kind,
        address=address,
        secret=clean_text(asked.secret, field="secret", label="密钥", most=200),
        per_minute=asked.per_minute,
        batch_size=asked.batch_size,
        by=by,
        at=at,
    )


def switch(*, code: str, is_active: bool, by: Actor, at: datetime) -> Channel:
    """Take a channel out of use, or into it again.

    Raises:
        NotVisibleError: there is none with this code.
    """
    found = Channel.objects.filter(code=code.replace("\0", "")).first()
    if found is None:
        raise NotVisibleError("没有这个通道。")
    return channels.switch(channel=found, is_active=is_active, by=by, at=at)
