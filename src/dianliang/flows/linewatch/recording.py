"""What the guard tells of a registered camera becomes rows: events, troubles, hours of watching."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core.models import StoredFile
from dianliang.domain.linewatch.models import Camera, Event
from dianliang.domain.linewatch.operations import cameras, events
from dianliang.domain.linewatch.operations.events import Seen
from dianliang.flows.linewatch import sending
from dianliang.kernel.actor import SYSTEM

SILENT = "silent"
STILL = timedelta(hours=1)
"""How far back the event lies that somebody still there belongs to."""


def camera_of(number: str) -> Camera | None:
    """Return a camera that is watched, as it is now; None for one that is not."""
    rows = Camera.objects.select_related("area", "unit").exclude(status="RETIRED")
    return rows.filter(number=number).first()


@transaction.atomic
def take_event(*, number: str, seen: Seen, at: datetime) -> Event | None:
    """Keep an event of a registered camera; send somebody where the warning says so.

    Without a loudspeaker on the spot a voice warns nobody: the steward goes. Fewer people than the
    camera's rules ask for are only noted. None while the view counts as moved, or for a camera
    that is not watched.
    """
    camera = camera_of(number)
    if camera is None or camera.status == "MOVED":
        return None
    rules = camera.rule_versions.order_by("-number")[0]
    if seen.warning == "voice" and not camera.has_speaker:
        seen = replace(seen, warning="steward")
    if seen.people < rules.least_people and seen.warning:
        seen = replace(seen, warning="console")
    event = events.keep(camera=camera, seen=seen, at=at)
    if event.warning == "steward":
        sending.send(event=event, by=SYSTEM, at=at, reason="守护预警")
    return event


@transaction.atomic
def take_escalation(*, number: str, zone: str, at: datetime, reason: str = "") -> Event | None:
    """Send somebody where people are still there after the voice; None if somebody was sent."""
    found = Event.objects.select_related("camera__area", "camera__unit").filter(
        camera__number=number, zone=zone, happened_at__gte=at - STILL, job=None
    )
    event = found.order_by("-happened_at").first()
    if event is None or event.camera.status in {"MOVED", "RETIRED"}:
        return None
    sending.send(event=event, by=SYSTEM, at=at, reason=reason)
    return event


@transaction.atomic
def take_trouble(*, number: str, trouble: str, words: str, is_over: bool, at: datetime) -> None:
    """Note what is wrong with a camera's pictures, or that it is over."""
    camera = camera_of(number)
    known = camera is not None and any(one["trouble"] == trouble for one in camera.troubles)
    if camera is None or known != is_over:
        return
    cameras.note_trouble(
        camera=camera, trouble=trouble, words=words, is_over=is_over, by=SYSTEM, at=at
    )


def begin(*, number: str, at: datetime) -> None:
    """Forget what hampered a camera before it is watched anew: what still does is told again.

    A moved view stays one until somebody has looked at it.
    """
    camera = camera_of(number)
    for one in camera.troubles if camera is not None else ():
        if one["trouble"] not in {"moved", SILENT}:
            take_trouble(number=number, trouble=one["trouble"], words="", is_over=True, at=at)


def take_silence(*, number: str, words: str, at: datetime) -> None:
    """Note that no pictures come from a camera; the next that comes ends it."""
    take_trouble(number=number, trouble=SILENT, words=words, is_over=False, at=at)


@transaction.atomic
def take_beat(
    *,
    number: str,
    pictures: int,
    watched_s: float,
    at: datetime,
    picture: StoredFile | None = None,
) -> None:
    """Note that pictures came from a camera."""
    camera = camera_of(number)
    if camera is not None:
        cameras.beat(camera=camera, pictures=pictures, watched_s=watched_s, at=at, picture=picture)
