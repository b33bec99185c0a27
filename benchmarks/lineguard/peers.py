"""What others would do with the same pictures, zones and weights.

`Loitering` follows what Frigate's documentation says of motion regions, scores, inertia and
loitering time; it is our own re-implementation and gets our detector, better than its default one.
`EveryPicture` is the plain way: detect on every picture, follow by overlap, count from first to
last. Neither is anybody's program.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lineguard.pets import HZ, SIZE, Alarm, feet, overlap
from dianliang.engines.vision import NOBODY, Box, Detections, Detector, Picture, Zone, holds

LEAST_SCORE, THRESHOLD = 0.5, 0.7
INERTIA = 3
KEPT_S = 5.0
SMALLEST_REGION = 320
REACH = 2.5


@dataclass(slots=True)
class _Object:
    box: Box
    seen: int
    scores: list[float] = field(default_factory=list)
    presence: dict[str, int] = field(default_factory=dict)
    loitering: dict[str, int] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    is_true: bool = False


class Loitering:
    """Motion, square regions round it, detector in each, loitering counted in pictures."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self._usual: NDArray[np.float32] | None = None
        self._objects: list[_Object] = []
        self.regions = 0

    def detect(self, picture: Picture, number: int) -> Detections:
        """Return what the detector finds in the regions of a picture."""
        boxes, scores = [], []
        for left, top, right, bottom in self._regions(picture, number):
            self.regions += 1
            found = self.detector(picture[top:bottom, left:right])
            boxes.append(found.boxes + np.array([left, top] * 2, np.float32))
            scores.append(found.scores)
        if not boxes:
            return NOBODY
        every, sure = np.concatenate(boxes), np.concatenate(scores)
        sides = np.concatenate([every[:, :2], every[:, 2:] - every[:, :2]], axis=1)
        kept = np.asarray(
            cv2.dnn.NMSBoxes(sides.tolist(), sure.tolist(), LEAST_SCORE, 0.4), np.intp
        )
        return Detections(boxes=every[kept.reshape(-1)], scores=sure[kept.reshape(-1)])

    def _regions(self, picture: Picture, number: int) -> list[tuple[int, int, int, int]]:
        gray = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (192, 144))
        now = cv2.GaussianBlur(gray, (3, 3), 0).astype(np.float32)
        if self._usual is None:
            self._usual = now.copy()
        moved = (cv2.absdiff(now, self._usual) > 30).astype(np.uint8)
        cv2.accumulateWeighted(now, self._usual, 0.02 if number > 30 else 0.2)
        outlines, _ = cv2.findContours(
            cv2.dilate(moved, np.ones((5, 5), np.uint8)), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
        )
        seen = [cv2.boundingRect(one) for one in outlines]
        wanted = [(4 * x, 4 * y, 4 * (x + w), 4 * (y + h)) for x, y, w, h in seen if w * h >= 12]
        for one in self._objects:
            if one.seen >= number - 1:
                left, top, right, bottom = map(int, one.box)
                wanted.append((left, top, right, bottom))
        regions: list[tuple[int, int, int, int]] = []
        for x0, y0, x1, y1 in wanted:
            if any(x0 >= r[0] and y0 >= r[1] and x1 <= r[2] and y1 <= r[3] for r in regions):
                continue
            side = int(max(SMALLEST_REGION, 1.35 * max(x1 - x0, y1 - y0)))
            left = int(np.clip((x0 + x1 - side) / 2, 0, max(0, SIZE[1] - side)))
            top = int(np.clip((y0 + y1 - side) / 2, 0, max(0, SIZE[0] - side)))
            regions.append((left, top, min(SIZE[1], left + side), min(SIZE[0], top + side)))
        return regions

    def follow(self, found: Detections, number: int) -> None:
        """Pair boxes with objects, nearest first, by distance in widths and heights."""
        self._objects = [one for one in self._objects if (number - one.seen) / HZ <= KEPT_S]
        pairs = sorted(
            (distance, i, j)
            for i, one in enumerate(self._objects)
            for j, box in enumerate(found.boxes)
            if (distance := _distance(one.box, box)) <= REACH
        )
        old: set[int] = set()
        new: set[int] = set()
        for _, i, j in pairs:
            if i not in old and j not in new:
                old.add(i)
                new.add(j)
                self._objects[i].box = _box(found.boxes[j])
                self._objects[i].seen = number
                self._objects[i].scores.append(float(found.scores[j]))
        for i, one in enumerate(self._objects):
            if i not in old:
                one.scores.append(0.0)
        for j in set(range(len(found))) - new:
            self._objects.append(_Object(_box(found.boxes[j]), number, [float(found.scores[j])]))

    def alarms(self, zones: tuple[Zone, ...], number: int) -> list[Alarm]:
        """Count presence and loitering; return what is due."""
        told = []
        for one in self._objects:
            latest = one.scores[-10:]
            one.is_true |= float(np.median([*latest, *[0.0] * (3 - len(latest))])) >= THRESHOLD
            for zone in zones:
                key = f"{zone.id} {zone.dwell_s}"
                if holds(zone, feet(one.box), size=SIZE):
                    one.presence[key] = one.presence.get(key, 0) + 1
                    if one.presence[key] >= INERTIA:
                        one.loitering[key] = one.loitering.get(key, 0) + 1
                    is_due = one.loitering.get(key, 0) >= zone.dwell_s * HZ
                    if is_due and one.is_true and key not in one.told:
                        one.told.add(key)
                        told.append(Alarm(picture=number, zone_id=key, box=one.box))
                elif 0 < one.presence.get(key, 0) < INERTIA:
                    one.presence[key] -= 1
        return told


def _box(edges: NDArray[np.float32]) -> Box:
    left, top, right, bottom = map(float, edges)
    return left, top, right, bottom


def _distance(old: Box, new: NDArray[np.float32]) -> float:
    """Return how far and how differently large two boxes are, in sizes of the old one."""
    wide, high = old[2] - old[0], old[3] - old[1]
    away = [((new[0] + new[2]) - (old[0] + old[2])) / 2 / wide, (new[3] - old[3]) / high]
    sizes = [(new[2] - new[0]) / wide, (new[3] - new[1]) / high]
    return float(np.linalg.norm([*away, *(max(s, 1 / max(s, 1e-6)) - 1 for s in sizes)]))


@dataclass(slots=True)
class _Person:
    box: Box
    seen: int
    since: dict[str, int] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)


class EveryPicture:
    """Detect on the whole of every picture, follow by overlap, alarm when the time is over."""

    def __init__(self) -> None:
        self._people: list[_Person] = []

    def step(self, found: Detections, zones: tuple[Zone, ...], number: int) -> list[Alarm]:
        """Follow, count, and return what is due."""
        self._people = [one for one in self._people if number - one.seen <= HZ]
        free = list(self._people)
        for box in found.boxes[found.scores >= LEAST_SCORE]:
            seen = _box(box)
            best = max(free, key=lambda one: overlap(one.box, seen), default=None)
            if best is None or overlap(best.box, seen) < SAME_PERSON:
                self._people.append(_Person(seen, number))
                continue
            free.remove(best)
            best.box, best.seen = seen, number
        return [
            Alarm(picture=number, zone_id=key, box=one.box)
            for one in self._people
            if one.seen == number
            for key in _due(one, zones, number)
        ]


SAME_PERSON = 0.3


def _due(one: _Person, zones: tuple[Zone, ...], number: int) -> list[str]:
    found = []
    for zone in zones:
        key = f"{zone.id} {zone.dwell_s}"
        if not holds(zone, feet(one.box), size=SIZE):
            one.since.pop(key, None)
            one.told.discard(key)
            continue
        since = one.since.setdefault(key, number)
        if (number - since) / HZ >= zone.dwell_s and key not in one.told:
            one.told.add(key)
            found.append(key)
    return found
