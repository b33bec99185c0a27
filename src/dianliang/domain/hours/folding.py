"""Of two people who are one: a minute that both were credited with must not count twice."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from dianliang.domain.hours.doubting import standing
from dianliang.domain.hours.lifecycle import COUNTS
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.workforce.folding import UnableToFoldError
from dianliang.domain.workforce.models import Person
from dianliang.kernel.phrases import Phrase


def hours(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Let the records of the one who goes follow those of the kept one.

    A source that both have a record of goes on as a further version. Nothing is dropped.

    Raises:
        UnableToFoldError: counted time of the two overlaps; one of the records is named, to be
            refused or taken back first.
    """
    counted = standing(HourRecord.objects.filter(status__in=COUNTS))
    for mine in counted.filter(person=kept).order_by("started_at", "pk"):
        other = counted.filter(
            person=gone, started_at__lt=mine.ended_at, ended_at__gt=mine.started_at
        ).first()
        if other is not None:
            message = Phrase(
                "两人的志愿时长 %(mine_number)s 与 %(other_number)s 重叠，同一段时间不能计两次。",
                mine_number=mine.number,
                other_number=other.number,
            )
            raise UnableToFoldError(
                Phrase("%(message)s请先冲销或不予认定其中一条。", message=Phrase(message))
            )
    for record in HourRecord.objects.filter(person=gone, reverses=None).order_by("version", "pk"):
        same = HourRecord.objects.filter(
            person__in=[kept, gone],
            source_kind=record.source_kind,
            source_number=record.source_number,
            reverses=None,
        )
        if same.filter(person=kept).exists():
            record.version = same.aggregate(last=Max("version"))["last"] + 1
            record.save(update_fields=["version"])
    return {}
