"""Who may see a camera and its events. Absent and forbidden look the same; residents never do."""

from typing import TypeVar

from django.db.models import QuerySet

from dianliang.domain.linewatch.models import Camera, Deletion, Event
from dianliang.domain.linewatch.spot_models import Speaker
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

READERS = frozenset({Role.DISPATCHER, Role.COMMANDER, Role.AUDITOR})
"""At the desk. A steward sees the events of his own jobs, on the phone."""
REPORTERS = frozenset({Role.DISPATCHER, Role.STEWARD, Role.CAPTAIN})
"""Who may say that a camera missed something: those who go there, and the desk."""
Seen = TypeVar("Seen", Event, Deletion)


def cameras(by: Actor) -> QuerySet[Camera]:
    """Return the cameras that an actor may see: those of his units."""
    rows = Camera.objects.select_related("area", "unit")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows if by.unit_path == "/" else rows.filter(unit__path__startswith=by.unit_path)


def events(by: Actor) -> QuerySet[Event]:
    """Return the events that an actor may see: of the cameras of his units."""
    related = ("camera__area", "camera__unit", "job")
    return _of_cameras(Event.objects.select_related(*related), by=by)


def deletions(by: Actor) -> QuerySet[Deletion]:
    """Return what of an actor's cameras was deleted."""
    return _of_cameras(Deletion.objects.select_related("camera"), by=by)


def _of_cameras(rows: QuerySet[Seen], *, by: Actor) -> QuerySet[Seen]:
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    if by.unit_path == "/":
        return rows
    return rows.filter(camera__unit__path__startswith=by.unit_path)


def camera_to_see(number: str, *, by: Actor) -> Camera:
    """Return a camera that the actor may see.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    found = None if "\0" in number else cameras(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这台摄像机。")
    return found


def camera_to_keep(number: str, *, by: Actor) -> Camera:
    """Return a camera whose zones and rules the actor may change.

    Raises:
        NotVisibleError: it is absent, or he only reads.
    """
    if by.role != Role.DISPATCHER:
        raise NotVisibleError("没有找到这台摄像机。")
    return camera_to_see(number, by=by)


def speaker_to_keep(number: str, serial: int, *, by: Actor) -> Speaker:
    """Return a loudspeaker in use beside a camera that the actor keeps.

    Raises:
        NotVisibleError: it is absent, out of use, or he only reads.
    """
    camera = camera_to_keep(number, by=by)
    rows = Speaker.objects.select_related("camera").filter(camera=camera, is_active=True)
    found = rows.filter(serial=serial).first()
    if found is None:
        raise NotVisibleError("没有找到这个喇叭。")
    return found


def cameras_to_report(by: Actor) -> QuerySet[Camera]:
    """Return the cameras of which an actor may say what they missed: those of his units."""
    rows = Camera.objects.select_related("area", "unit").exclude(status="RETIRED")
    if by.role not in REPORTERS or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def camera_to_report(number: str, *, by: Actor) -> Camera:
    """Return a camera of which the actor may say what it missed.

    Raises:
        NotVisibleError: it is absent or not of his units.
    """
    found = None if "\0" in number else cameras_to_report(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这台摄像机。")
    return found


def event_to_see(number: str, *, by: Actor) -> Event:
    """Return an event that the actor may see.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    rows = events(by).select_related("snapshot", "strip", "clip")
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这个守护事件。")
    return found
