"""Follow persons from picture to picture, by the clock and not by counting pictures.

Two rounds of assignment (Zhang et al. 2022, ByteTrack: sure boxes first, then unsure ones for
those that are followed already), motion from where somebody was last seen and not from guesses
while hidden (Cao et al. 2023, OC-SORT), boxes widened before they are compared (Yang et al. 2023,
C-BIoU), colours of the clothes where two could be meant. Who met whom is put right afterwards, see
`_identities`. All in seconds: a camera that drops pictures changes nothing. Kept libraries were
tried and left out, see decision 0018.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from dianliang.engines.vision._colours import Colours, alike, colours_of
from dianliang.engines.vision._identities import Track, in_the_way, made_sure, observed
from dianliang.engines.vision._model import Box, Detections, Picture
from dianliang.engines.vision._rules import TrackingRules

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Clothes = list[Colours | None]
Pairs = dict[int, int]
"""Which track (its place in the list) is which box."""
NEVER = 1e3
"""Costs of a pair that cannot be."""


class Tracker:
    """Follow the persons of one camera; the same pictures always give the same tracks."""

    def __init__(self, rules: TrackingRules) -> None:
        self._rules = rules
        self._tracks: list[Track] = []
        self._next = 1
        self._crowd: set[int] = set()
        self._at_s = -np.inf

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Return who is followed, those hidden for a moment included."""
        return tuple(
            one for one in self._tracks if self._at_s - one.seen_at_s <= self._rules.keep_s
        )

    @property
    def is_calm(self) -> bool:
        """Tell whether it is clear who is who: fewer pictures do then."""
        return not self._crowd and all(
            one.is_settled and one.colours is not None and one.seen_at_s == self._at_s
            for one in self.tracks
        )

    def forget(self) -> None:
        """Lose everybody: the camera moved or its clock jumped."""
        self._tracks = []

    def step(
        self, detections: Detections, *, at_s: float, picture: Picture | None = None
    ) -> tuple[Track, ...]:
        """Take in what one picture shows; return the persons seen on it.

        `picture` gives the colours of clothes; without it only places count.
        """
        rules, self._at_s = self._rules, at_s
        self._tracks = [
            replace(one, absorbed=()) if one.absorbed else one
            for one in self._tracks
            if at_s - one.seen_at_s <= rules.remember_s
        ]
        kept = detections.scores >= rules.unsure
        boxes, scores = detections.boxes[kept].astype(np.float64), detections.scores[kept]
        clothes = [colours_of(picture, box) if picture is not None else None for box in boxes]
        is_sure = scores >= rules.sure
        seen: Pairs = {}
        for chosen, longest_s in (
            (np.flatnonzero(is_sure), rules.keep_s),
            (np.flatnonzero(~is_sure), rules.unsure_s),
        ):
            free = [
                i
                for i, one in enumerate(self._tracks)
                if i not in seen and at_s - one.seen_at_s <= longest_s
            ]
            seen.update(self._pairs(free, chosen, boxes, clothes, at_s))
        for i, j in seen.items():
            self._tracks[i] = self._moved(self._tracks[i], boxes[j], float(scores[j]), at_s)
        taken = set(seen.values())
        for new in (int(j) for j in np.flatnonzero(is_sure) if j not in taken):
            self._born(boxes[new], float(scores[new]), at_s)
            seen[len(self._tracks) - 1] = new
        self._tell_apart(seen, clothes, is_sure, at_s)
        return tuple(one for one in self._tracks if one.seen_at_s == at_s)

    def _tell_apart(
        self, seen: Pairs, clothes: Clothes, is_sure: NDArray[np.bool_], at_s: float
    ) -> None:
        """Note who stands in whose way, learn the clothes of the others, put names right."""
        rules, tracks = self._rules, self._tracks
        for i, others in self._meetings(seen, at_s).items():
            tracks[i] = in_the_way(tracks[i], others)
        for i, j in seen.items():
            if is_sure[j] and i not in self._crowd:
                tracks[i] = observed(tracks[i], clothes[j], at_s=at_s, rules=rules)
        self._tracks = made_sure(tracks, frozenset(seen), rules, at_s=at_s)

    def _meetings(self, seen: Pairs, at_s: float) -> dict[int, frozenset[int]]:
        """Return who is in whose way: seen ones that overlap, and lost ones that were near."""
        rules, tracks = self._rules, self._tracks
        places = sorted(seen)
        self._crowd = set()
        if not places:
            return {}
        shared = overlap(_boxes(tracks, places), _boxes(tracks, places))
        np.fill_diagonal(shared, 0.0)
        found: dict[int, set[int]] = {}
        for row, column in np.argwhere(shared >= rules.crowded):
            one, other = tracks[places[row]], tracks[places[column]]
            found.setdefault(places[row], set()).update({other.id, *other.met, *one.met})
            self._crowd.add(places[row])
        for i in places:
            one = tracks[i]
            is_new = one.first_at_s == at_s
            for lost in tracks:
                gap = at_s - lost.seen_at_s
                if gap <= 0 or lost.colours is None or lost.id in one.met:
                    continue
                near = _is_near(one, lost, gap if is_new else 0.0)
                if near and (is_new or i in self._crowd or gap <= 1.0):
                    found.setdefault(i, set()).update({lost.id, *lost.met})
        return {i: frozenset(names) for i, names in found.items()}

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
        worn = [
            one.fresh if one.colours is None else one.colours
            for one in (self._tracks[i] for i in free)
        ]
        looks = alike(worn, [clothes[j] for j in chosen])
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

    def _moved(self, track: Track, box: Floats, score: float, at_s: float) -> Track:
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
        )

    def _born(self, box: Floats, score: float, at_s: float) -> None:
        self._tracks.append(
            Track(id=self._next, box=_box(box), score=score, first_at_s=at_s, seen_at_s=at_s)
        )
        self._next += 1


def _is_near(one: Track, lost: Track, gap_s: float) -> bool:
    """Tell whether somebody may be one who was lost so long ago, at a walker's pace."""
    away = np.hypot(one.feet[0] - lost.feet[0], one.feet[1] - lost.feet[1])
    return bool(away <= max(one.height, lost.height) * (0.6 + gap_s))


def _boxes(tracks: Sequence[Track], places: Sequence[int]) -> Floats:
    return np.array([tracks[i].box for i in places], np.float64).reshape(-1, 4)


def _cheapest(cost: Floats) -> list[tuple[int, int]]:
    """Return the cheapest pairs of rows and columns that can be."""
    rows, columns = linear_sum_assignment(cost)
    return [
        (int(row), int(column))
        for row, column in zip(rows, columns, strict=True)
        if cost[row, column] < NEVER
    ]


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
