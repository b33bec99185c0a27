"""Watch one camera: pictures in, events, warnings and findings out.

Deterministic: the same pictures at the same times give the same answers. The caller says when a
picture was taken, by the wall clock: what a file claims of pictures a second is often wrong.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from dianliang.engines.vision._background import Background
from dianliang.engines.vision._dwell import Stay, Stays, Told
from dianliang.engines.vision._events import Event, event
from dianliang.engines.vision._health import BLIND, Finding, Health, Trouble, small
from dianliang.engines.vision._identities import Track
from dianliang.engines.vision._model import (
    NOBODY,
    Detections,
    Detector,
    Gray,
    Picture,
    SwiftDetector,
)
from dianliang.engines.vision._motion import MotionGate
from dianliang.engines.vision._rods import RodEvidence, judged, strength
from dianliang.engines.vision._rules import Camera
from dianliang.engines.vision._tracking import Tracker
from dianliang.engines.vision._validate import check
from dianliang.engines.vision._warning import Warned, Warner
from dianliang.engines.vision._zones import Window, window


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one picture means. `looked` tells whether the detector was asked."""

    at_s: float
    looked: bool
    tracks: tuple[Track, ...] = ()
    stays: tuple[Stay, ...] = ()
    near: tuple[tuple[str, int], ...] = ()
    events: tuple[Event, ...] = ()
    warned: tuple[Warned, ...] = ()
    findings: tuple[Finding, ...] = ()


class Watch:
    """The watch over one camera, fed picture by picture."""

    def __init__(self, *, camera: Camera, detector: Detector) -> None:
        """Begin to watch.

        Raises:
            InvalidCameraError: zones or thresholds cannot be; it lists everything that is wrong.
        """
        check(camera)
        self._camera, self._detector = camera, detector
        self._swift = detector.swift if isinstance(detector, SwiftDetector) else detector
        self._closely_at_s = -np.inf
        self._zones = {zone.id: zone for zone in camera.zones}
        self._gate = MotionGate(camera.zones, camera.detection)
        self._tracker = Tracker(camera.tracking)
        self._stays = Stays(camera.zones, camera.dwell)
        self._background = Background(camera.rod)
        self._rods: dict[int, deque[float]] = {}
        self._rod_at_s: dict[int, float] = {}
        self._warner = Warner(camera.zones, camera.warning)
        self._health = Health(camera.health)

    def step(self, picture: Picture, *, at_s: float) -> Step:
        """Take in a picture taken at `at_s`, in seconds of the wall clock."""
        gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8)
        shrunk = small(gray)
        findings = self._health.step(shrunk, at_s=at_s)
        began = {one.trouble for one in findings if not one.is_over}
        if began & {Trouble.CLOCK, Trouble.MOVED}:
            self._forget()
        if self._health.holds & BLIND:
            return Step(at_s=at_s, looked=False, findings=findings)
        is_busy = bool(self._tracker.tracks)
        is_calm = self._tracker.is_calm
        if not self._gate.looks(shrunk, at_s=at_s, is_busy=is_busy, is_calm=is_calm):
            return Step(at_s=at_s, looked=False, findings=findings)
        size = (picture.shape[0], picture.shape[1])
        view = window(
            self._camera.zones, size=size, person_share=self._camera.detection.person_share
        )
        is_close = self._is_close(view, at_s)
        found = looked_at(self._detector if is_close else self._swift, picture, view)
        tracks = self._tracker.step(found, at_s=at_s, picture=picture)
        self._look_for_rods(gray, tracks, at_s)
        told = self._stays.step(tracks, at_s=at_s, size=size)
        events = self._events(told, tracks, at_s)
        warned = [done for one in events if (done := self._warner.decide(one)) is not None]
        return Step(
            at_s=at_s,
            looked=True,
            tracks=tracks,
            stays=told.stays,
            near=told.near,
            events=events,
            warned=(*warned, *self._warner.escalate(told.stays, at_s=at_s)),
            findings=findings,
        )

    def _is_close(self, view: Window, at_s: float) -> bool:
        """Tell whether this look must be a close one, and remember when it was."""
        rules = self._camera.detection
        least = rules.swift_share * max(view[2] - view[0], view[3] - view[1])
        heights = [one.height for one in self._tracker.tracks]
        is_due = not 0 <= at_s - self._closely_at_s < rules.closely_s * 0.9
        if heights and min(heights) >= least and not is_due:
            return False
        self._closely_at_s = at_s
        return True

    def accept_view(self) -> None:
        """Take the present view for the right one: zones were checked or drawn anew."""
        self._health.accept()

    def _forget(self) -> None:
        self._tracker.forget()
        self._stays.forget()
        self._background.forget()
        self._rods.clear()
        self._rod_at_s.clear()

    def _look_for_rods(self, gray: Gray, tracks: tuple[Track, ...], at_s: float) -> None:
        rules = self._camera.rod
        people = [one.box for one in self._tracker.tracks]
        empty = self._background.picture
        for one in tracks:
            due = at_s - self._rod_at_s.get(one.id, -np.inf) >= rules.every_s
            if empty is None or not due or one.height < rules.least_height:
                continue
            others = [other.box for other in tracks if other.id != one.id]
            kept = self._rods.setdefault(one.id, deque(maxlen=rules.pictures))
            kept.append(strength(gray, empty, one.box, others))
            self._rod_at_s[one.id] = at_s
        self._background.learn(gray, people, at_s=at_s)
        followed = {one.id for one in self._tracker.tracks}
        for id_ in set(self._rods) - followed:
            del self._rods[id_], self._rod_at_s[id_]

    def _rod(self, id_: int) -> RodEvidence | None:
        rules = self._camera.rod
        if id_ not in self._rods:
            return None
        return judged(self._rods[id_], least=rules.least_strength, pictures=rules.pictures)

    def _events(self, told: Told, tracks: tuple[Track, ...], at_s: float) -> tuple[Event, ...]:
        by_id = {one.id: one for one in tracks}
        return tuple(
            event(
                camera_id=self._camera.id,
                zone=self._zones[stay.zone_id],
                stay=stay,
                track=by_id[stay.track_id],
                people=[one for one in told.stays if one.zone_id == stay.zone_id],
                rod=self._rod(stay.track_id),
                at_s=at_s,
            )
            for stay in told.due
        )


def looked_at(
    detector: Callable[[Picture], Detections], picture: Picture, view: Window
) -> Detections:
    """Return what a detector finds in a part of a picture, in pixels of the whole picture."""
    left, top, right, bottom = view
    found = detector(picture[top:bottom, left:right])
    if not len(found):
        return NOBODY
    shift = np.array([left, top, left, top], dtype=np.float32)
    return Detections(boxes=found.boxes + shift, scores=found.scores)
