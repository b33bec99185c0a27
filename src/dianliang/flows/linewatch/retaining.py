"""Delete pictures whose time is over; the register says what was deleted when."""

from datetime import datetime, timedelta

from dianliang.domain.linewatch.models import Camera, Event
from dianliang.domain.linewatch.operations import events
from dianliang.domain.linewatch.thresholds import MOST_KEPT_DAYS

AT_ONCE = 200


def delete_due(*, at: datetime) -> int:
    """Delete the pictures of events that were kept long enough; return how many events that were.

    Each camera's own rule in force says how long. Called every minute by the worker: what is due
    is looked for, not timed; whatever was missed while nothing ran is made up for.
    """
    deleted = 0
    for camera in Camera.objects.order_by("pk"):
        told_days = camera.rule_versions.order_by("-number")[0].retention_days
        kept_days = min(told_days, MOST_KEPT_DAYS)
        due = Event.objects.filter(
            camera=camera, deleted_at=None, happened_at__lte=at - timedelta(days=kept_days)
        ).exclude(snapshot=None, strip=None, clip=None)
        related = ("camera", "snapshot", "strip", "clip")
        for event in due.select_related(*related).order_by("happened_at")[:AT_ONCE]:
            events.delete_pictures(event=event, kept_days=kept_days, at=at)
            deleted += 1
    return deleted
