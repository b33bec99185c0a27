"""What the guard tells of a registered camera becomes rows: events, troubles, hours of watching."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.domain.linewatch.models import Camera, Event
from dianliang.domain.linewatch.operations import cameras, events, spot
from dianliang.domain.linewatch.operations.events import Seen
from dianliang.domain.linewatch.spot_models import Speaker
from dianliang.flows.linewatch import sending
from dianliang.kernel.actor import SYSTEM

SILENT, WAITING = "silent", "waiting"
WARNED, UNHEARD, CUT_OFF = "守护预警", "喇叭没有应答", "看守中断，不知道有没有喊话"
STILL = timedelta(hours=1)
"""How far back the event lies that somebody still there belongs to."""


def camera_of(number: str) -> Camera | None:
    """Return a camera that is watched, as it is now; None for one that is not."""
    rows = Camera.objects.select_related("area", "unit").exclude(status="RETIRED")
    return rows.filter(number=number).first()


@transaction.atomic
def take_event(*, number: str, seen: Seen, at: datetime) -> Event | None:
    """Keep an event of a registered camera; send somebody where the warning says so.

    A voice that was handed to no loudspeaker warns nobody: the steward goes. Fewer people than the
    camera's rules ask for are only noted. None while the view counts as moved, or for a camera
    that is not watched: what was stored for it is then deleted.
    """
    camera = camera_of(number)
    if camera is None or camera.status == "MOVED":
        files.drop(seen.files)
        return None
    rules = camera.rule_versions.order_by("-number")[0]
    if seen.warning == "voice" and seen.voice != WAITING:
        seen = replace(seen, warning="steward")
    if seen.people < rules.least_people and seen.warning:
        seen = replace(seen, warning="console")
    event = events.keep(camera=camera, seen=seen, at=at)
    if event.warning == "steward":
        sending.send(event=event, by=SYSTEM, at=at, reason=WARNED)
    return event


@transaction.atomic
def take_escalation(*, number: str, zone: str, at: datetime, reason: str = "") -> Event | None:
    """Send somebody where people are still there after the voice; None if somebody was sent.

    Only an event that was warned of by voice is one to escalate.
    """
    found = Event.objects.select_related("camera__area", "camera__unit").filter(
        camera__number=number, zone=zone, happened_at__gte=at - STILL, job=None, warning="voice"
    )
    event = found.order_by("-happened_at").first()
    if event is None or event.camera.status in {"MOVED", "RETIRED"}:
        return None
    sending.send(event=event, by=SYSTEM, at=at, reason=reason)
    return event


@transaction.atomic
def take_voice(*, event: str, is_spoken: bool, words: str, at: datetime) -> Event | None:
    """Note what the loudspeakers answered; where none spoke the steward goes at once.

    None where the event waits for no answer. An old one, left by a watch that was cut off, sends
    nobody.
    """
    rows = Event.objects.select_related("camera__area", "camera__unit")
    found = rows.filter(number=event, voice=WAITING).first()
    if found is None:
        return None
    events.note_voice(event=found, is_spoken=is_spoken, words=words, at=at)
    is_late = at - found.happened_at > STILL
    if not is_spoken and not is_late and found.job_id is None and found.warning == "voice":
        sending.send(event=found, by=SYSTEM, at=at, reason=UNHEARD)
    return found


def give_up_voices(*, number: str, at: datetime) -> None:
    """Take warnings whose answer nobody heard for not delivered: the watch was cut off."""
    left = Event.objects.filter(camera__number=number, voice=WAITING)
    for event in left.values_list("number", flat=True):
        take_voice(event=event, is_spoken=False, words=CUT_OFF, at=at)


@transaction.atomic
def take_answer(*, speaker: int, is_spoken: bool, words: str, at: datetime) -> None:
    """Note what one loudspeaker answered last."""
    row = Speaker.objects.filter(pk=speaker).first()
    if row is not None:
        spot.note_answer(speaker=row, is_spoken=is_spoken, words=words, at=at)


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
