"""Every write to the tree of areas that is not an import: the table of roads between villages."""

from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.territory.models import RoadTable
from dianliang.kernel.actor import Actor

ONLY = 1


@transaction.atomic
def keep_road_table(*, source: str, body: bytes, notes: str, by: Actor, at: datetime) -> RoadTable:
    """Store a new table of roads in place of the old one."""
    made = {"source": source, "body": body, "notes": notes, "made_at": at}
    row, _ = RoadTable.objects.update_or_create(
        pk=ONLY, defaults={**made, "asked_at": at, "failure": ""}
    )
    audit.record("territory.roadtable.fetch", target=row, by=by, at=at, after=notes)
    return row


def note_road_failure(*, source: str, failure: str, at: datetime) -> RoadTable:
    """Note why a road server gave no table; the old table stays."""
    told = {"failure": failure[:400], "asked_at": at}
    row, _ = RoadTable.objects.update_or_create(
        pk=ONLY, defaults=told, create_defaults={**told, "source": source}
    )
    return row
