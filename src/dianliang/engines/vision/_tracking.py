"""Follow persons from picture to picture, by the clock and not by counting pictures.

Two rounds of assignment (Zhang et al. 2022, ByteTrack: sure boxes first, then unsure ones for
those that are followed already), motion from where somebody was last seen and not from guesses
while hidden (Cao et al. 2023, OC-SORT), boxes widened before they are compared (Yang et al. 2023,
C-BIoU), colours of the clothes where two could be meant. All in seconds: a camera that drops
pictures changes nothing. Kept libraries were tried and left out, see decision 0018.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from dianliang.engines.vision._colours import Colours, alike, colours_of
from dianliang.engines.vision._model import Box, Detections, Picture
from dianliang.engines.vision._rules import TrackingRules

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Clothes = list[Colours | None]
Pairs = dict[int, int]
"""Which track (its place in the list) is which box."""
NEVER = 1e3
"""Costs of a pair that cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Track:
    """A person who is followed. `velocity` is in pixels a second."""

    id: int
    box: Box
    score: float
    first_at_s: float
    seen_at_s: float
    velocity: tuple[float, float] = (0.0, 0.0)
    sightings: int = 1
    colours: Colours | None = None

    @property
    def feet(self) -> tuple[float, float]:
        """Return where the person stands, in pixels."""
        return (self.box[0] + self.box[2]) / 2, self.box[3]

    @property
    def height(self) -> float:
        """Return the height of the box in pixels."""
        return self.box[3] - self.box[1]


class Tracker:
    """Follow the persons of one camera; the same pictures always give the same tracks."""

    def __init__(self, rules: TrackingRules) -> None:
        self._rules = rules
        self._tracks: list[Track] = []
        self._next = 1

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Return who is followed, the hidden ones included."""
        return tuple(self._tracks)

    def forget(self) -> None:
        """Lose everybody: the camera moved or its clock jumped."""
        self._tracks = []

    def step(
        self, detections: Detections, *, at_s: float, picture: Picture | None = None
    ) -> tuple[Track, ...]:
        """Take in what one picture shows; return the persons seen on it.

        `picture` gives the colours of clothes; without it only places count.
        """
        rules = self._rules
        self._tracks = [one for one in self._tracks if at_s - one.seen_at_s <= rules.keep_s]
        boxes, scores = detections.boxes.astype(np.float64), detections.scores
        clothes = [colours_of(picture, box) if picture is not None else None for box in boxes]
        alone = crowding(boxes) < rules.crowded
        sure = np.flatnonzero(scores >= rules.sure)
        unsure = np.flatnonzero((scores >= rules.unsure) & (scores < rules.sure))
        seen: Pairs = {}
        for chosen, longest_s in ((sure, rules.keep_s), (unsure, rules.unsure_s)):
            free = [
                i
                for i, one in enumerate(self._tracks)
                if i not in seen and at_s - one.seen_at_s <= longest_s
            ]
            seen.update(self._pairs(free, chosen, boxes, clothes, at_s))
        for i, j in seen.items():
            self._tracks[i] = self._moved(
                self._tracks[i], boxes[j], float(scores[j]), clothes[j], at_s, alone=bool(alone[j])
            )
        taken = set(seen.values())
        born = [
            self._born(boxes[j], float(scores[j]), clothes[j], at_s) for j in sure if j not in taken
        ]
        now = [self._tracks[i] for i in sorted(seen)] + born
        self._tracks += born
        return tuple(now)

    def _pairs(
        self, free: list[int], chosen: Numbers, boxes: Floats, clothes: Clothes, at_s: float
    ) -> Pairs:
        """Return which track (key) is which box (value): the cheapest pairs that can be."""
        if not free or not len(chosen):
            return {}
        rules = self._rules
        expected = np.array([self._expected(self._tracks[i], at_s) for i in free])
        gaps = np.array([at_s - self._tracks[i].seen_at_s for i in free])
        widths = rules.widen * (1 + np.minimum(gaps, 1.0))
        shared = overlap(
            widened(expected, widths), widened(boxes[chosen], np.full(len(chosen), rules.widen))
        )
        looks = np.array(
            [[alike(self._tracks[i].colours, clothes[j]) for j in chosen] for i in free]
        )
        cost = 1 - (1 - rules.colours) * shared - rules.colours * looks
        cost[shared < rules.least_overlap] = NEVER
        return {free[row]: int(chosen[column]) for row, column in _cheapest(cost)}

    def _expected(self, track: Track, at_s: float) -> Box:
        """Return where somebody should be: motion fades while hidden."""
        gap = at_s - track.seen_at_s
        reach = self._rules.settle_s * (1 - np.exp(-gap / self._rules.settle_s))
        dx, dy = track.velocity[0] * reach, track.velocity[1] * reach
        left, top, right, bottom = track.box
        return left + dx, top + dy, right + dx, bottom + dy

    def _moved(
        self,
        track: Track,
        box: Floats,
        score: float,
        clothes: Colours | None,
        at_s: float,
        *,
        alone: bool,
    ) -> Track:
        gap = max(at_s - track.seen_at_s, 1e-3)
        x, y = (box[0] + box[2]) / 2, box[3]
        weight = 1 - float(np.exp(-gap / self._rules.settle_s))
        speed = tuple(
            old + weight * ((new - was) / gap - old)
            for old, new, was in zip(track.velocity, (x, y), track.feet, strict=True)
        )
        return replace(
            track,
            box=_box(box),
            score=score,
            seen_at_s=at_s,
            velocity=(speed[0], speed[1]),
            sightings=track.sightings + 1,
            colours=_blended(
                track.colours,
                clothes,
                self._rules.learn if alone and score >= self._rules.sure else 0.0,
            ),
        )

    def _born(self, box: Floats, score: float, clothes: Colours | None, at_s: float) -> Track:
        track = Track(
            id=self._next,
            box=_box(box),
            score=score,
            first_at_s=at_s,
            seen_at_s=at_s,
            colours=clothes,
        )
        self._next += 1
        return track


def _cheapest(cost: Floats) -> list[tuple[int, int]]:
    """Return the cheapest pairs of rows and columns that can be."""
    rows, columns = linear_sum_assignment(cost)
    return [
        (int(row), int(column))
        for row, column in zip(rows, columns, strict=True)
        if cost[row, column] < NEVER
    ]


def _blended(old: Colours | None, new: Colours | None, weight: float) -> Colours | None:
    if old is None or new is None:
        return new if old is None else old
    return np.asarray((1 - weight) * old + weight * new, dtype=np.float32)


def _box(row: Floats) -> Box:
    return float(row[0]), float(row[1]), float(row[2]), float(row[3])


def widened(boxes: Floats, share: Floats) -> Floats:
    """Return boxes with a share of their size added on each side."""
    extra = (boxes[:, 2:] - boxes[:, :2]) * share[:, None]
    return np.concatenate([boxes[:, :2] - extra, boxes[:, 2:] + extra], axis=1)


def overlap(ours: Floats, theirs: Floats) -> Floats:
    """Return intersection over union of each pair of boxes, shape (ours, theirs)."""
    low = np.maximum(ours[:, None, :2], theirs[None, :, :2])
    high = np.minimum(ours[:, None, 2:], theirs[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(one[:, 2:] - one[:, :2]).prod(axis=1) for one in (ours, theirs)]
    shared: Floats = common / np.maximum(areas[0][:, None] + areas[1][None, :] - common, 1e-9)
    return shared


def crowding(boxes: Floats) -> Floats:
    """Return for each box how much of the box most in its way it shares."""
    if not len(boxes):
        return np.zeros(0)
    shared = overlap(boxes, boxes)
    np.fill_diagonal(shared, 0.0)
    most: Floats = shared.max(axis=1)
    return most
