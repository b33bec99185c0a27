"""Keep a new version of the table of an exchange; earlier ones stay."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from dianliang.core import audit
from dianliang.domain.hours.mapping import Column, stored
from dianliang.domain.hours.models import ExchangeMapping
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import StaleStateError


@transaction.atomic
def keep(*, columns: Sequence[Column], words: str, by: Actor, at: datetime) -> ExchangeMapping:
    """Let a table be in force from now on.

    Raises:
        StaleStateError: somebody else kept one in the same moment.
    """
    last = ExchangeMapping.objects.aggregate(last=Max("version"))["last"] or 0
    kept, is_new = ExchangeMapping.objects.get_or_create(
        version=last + 1,
        defaults={
            "rows": [stored(column) for column in columns],
            "words": words,
            "made_by": by.name,
            "made_at": at,
        },
    )
    if not is_new:
        raise StaleStateError("映射刚被他人更新，请刷新后再试。")
    after = f"第 {kept.version} 版，{len(columns)} 列"
    audit.record("hours.exchangemapping.keep", target=kept, by=by, at=at, after=after, reason=words)
    return kept
