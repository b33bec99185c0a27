"""What a second person held against its document: tariffs, factors and prices share these columns.

A version counts only once somebody else than who recorded it has compared it with its source. The
check can be withdrawn with a reason; it stays on record. Each room keeps a table of its own, with
the key to its versions and constraints by name.
"""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

SAYS_WHAT = ~Q(document="") & ~Q(words="")
WITHDRAWN_WITH_WORDS = Q(withdrawn_at=None, withdrawn_by="", withdrawn_words="") | Q(
    withdrawn_at__isnull=False
) & ~Q(withdrawn_by="") & ~Q(withdrawn_words="")


class HeldAgainstDocument(models.Model):
    """Somebody compared a version with its document; a withdrawn check stays."""

    document = models.CharField("对照的文件", max_length=200)
    words = models.CharField("核对了什么", max_length=300)
    checked_by = models.CharField("核对人账号", max_length=64)
    checked_name = models.CharField("核对人", max_length=64)
    checked_person = models.CharField("核对人编号", max_length=24, blank=True)
    checked_at = models.DateTimeField("核对时间")
    withdrawn_by = models.CharField("撤回人", max_length=64, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_words = models.CharField("撤回原因", max_length=300, blank=True)

    class Meta:
        abstract = True


def withdraw(checks: QuerySet[Any], *, words: str, name: str, at: datetime) -> bool:
    """Take back whichever of these checks counts; tell whether there was one."""
    standing = checks.filter(withdrawn_at=None)
    return bool(standing.update(withdrawn_by=name, withdrawn_at=at, withdrawn_words=words))
