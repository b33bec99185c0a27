"""Keep a new version of the table of an exchange; earlier ones stay."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from dianliang.core import audit
from dianliang.domain.hours.mapping import Column, stored
from dianliang.domain.hours.models import ExchangeMapping
from dianliang.kernel.actor import Actor


@transaction.atomic
def keep(*, columns: Sequence[Column], words: str, by: Actor, at: datetime) -> ExchangeMapping:
    """Let a table be in force from now on."""
    last = ExchangeMapping.objects.select_for_update().aggregate(last=Max("version"))["last"] or 0
    kept = ExchangeMapping.objects.create(
        version=last + 1,
        rows=[stored(column) for column in columns],
        words=words,
        made_by=by.name,
        made_at=at,
    )
    after = f"第 {kept.version} 版，{len(columns)} 列"
    audit.record("hours.exchangemapping.keep", target=kept, by=by, at=at, after=after, reason=words)
    return kept
