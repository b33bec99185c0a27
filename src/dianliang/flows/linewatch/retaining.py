"""Delete pictures whose time is over; the register says what was deleted when."""

from datetime import datetime, timedelta

from dianliang.domain.linewatch.models import Camera, Event
from dianliang.domain.linewatch.operations import events

AT_ONCE = 200


def delete_due(*, at: datetime) -> int:
    """Delete pictures that were kept long enough; return of how many events and views.

    A view that nothing has renewed for so long goes like an event's: the camera is silent or out
    of use. Each camera's own rule in force says how long. Called every minute by the worker: what
    is due is looked for, not timed; whatever was missed while nothing ran is made up for.
    """
    deleted = 0
    for camera in Camera.objects.select_related("picture").order_by("pk"):
        kept_days = camera.rule_versions.order_by("-number")[0].retention_days
        due = Event.objects.filter(
            camera=camera, deleted_at=None, happened_at__lte=at - timedelta(days=kept_days)
        ).exclude(snapshot=None, strip=None, clip=None)
        related = ("camera", "snapshot", "strip", "clip")
        for event in due.select_related(*related).order_by("happened_at")[:AT_ONCE]:
            events.delete_pictures(event=event, kept_days=kept_days, at=at)
            deleted += 1
        deleted += _is_view_deleted(camera, kept_days=kept_days, at=at)
    return deleted


def _is_view_deleted(camera: Camera, *, kept_days: int, at: datetime) -> bool:
    due = at - timedelta(days=kept_days)
    if camera.picture is None or camera.pictured_at is None or camera.pictured_at > due:
        return False
    return events.delete_view(camera=camera, kept_days=kept_days, at=at) is not None
