"""Ways out: set up, changed, closed."""

from datetime import datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit
from dianliang.domain.outreach.models import Channel
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

LEAST_SECRET = 16


class UnableToSetUpError(DomainError):
    """The channel cannot be set up like this."""

    code = "outreach.unable-to-set-up"


@transaction.atomic
def set_up(
    *,
    code: str,
    name: str,
    kind: str,
    address: str,
    secret: str,
    per_minute: int,
    batch_size: int,
    by: Actor,
    at: datetime,
) -> Channel:
    """Set a channel up (设置通道).

    Raises:
        UnableToSetUpError: the code is taken, or address or secret do not fit the kind.
    """
    is_sent = kind != Channel.Kind.FILE
    if is_sent != bool(address):
        words = "请填写通道的网址。" if is_sent else "文件移交不用填网址。"
        raise UnableToSetUpError(words, field="address")
    if is_sent and len(secret) < LEAST_SECRET:
        message = Phrase("密钥至少 %(n)d 个字符，用于签名和核对回执。", n=LEAST_SECRET)
        raise UnableToSetUpError(message, field="secret")
    try:
        with transaction.atomic():
            made = Channel.objects.create(
                code=code,
                name=name,
                kind=kind,
                address=address,
                secret=secret if is_sent else "",
                per_minute=per_minute,
                batch_size=batch_size,
                set_up_by=by.name,
                set_up_at=at,
            )
    except IntegrityError as error:
        raise UnableToSetUpError(
            Phrase("通道编码 %(code)s 已有，请换一个。", code=code), field="code"
        ) from error
    audit.record("outreach.channel.set_up", target=made, by=by, at=at, after=f"{code} {address}")
    return made


@transaction.atomic
def switch(*, channel: Channel, is_active: bool, by: Actor, at: datetime) -> Channel:
    """Take a channel out of use, or into it again (停用、启用)."""
    channel.is_active = is_active
    channel.save(update_fields=["is_active"])
    told = "启用" if is_active else "停用"
    audit.record("outreach.channel.switch", target=channel, by=by, at=at, after=told)
    return channel
