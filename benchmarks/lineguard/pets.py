"""PETS09-S2L1: a film of walkers with labelled boxes, and the zones that we watch on it.

The film is `vtest.avi` of Debian's `opencv-doc`; the labels are MOTChallenge's (CC BY-NC-SA 3.0),
which may not be shipped: `$DIANLIANG_DATA/lineguard/pets09_s2l1_gt.txt`. The film says 10 pictures
a second and was taken with 7.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from dianliang.engines.vision import Box, Picture, Zone, ZoneKind, holds, standing

HZ = 7.0
SIZE = (576, 768)
ZONES = {
    "road": ((300, 190), (520, 190), (600, 330), (260, 330)),
    "lawn": ((0, 230), (300, 280), (420, 360), (420, 575), (0, 575)),
    "right": ((480, 130), (767, 130), (767, 420), (560, 300)),
}
DWELLS_S = (5.0, 8.0, 12.0)
GAP_S, EARLY_S, LATE_S, SAME = 1.5, 1.0, 2.0, 0.3
"""A visit ends when somebody is away for longer than the gap; when an event belongs to a visit."""
Truth = dict[int, dict[int, Box]]
"""Boxes by person and picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An event of some method: in which picture, where."""

    picture: int
    zone_id: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A labelled person was in a zone from one picture to another."""

    person: int
    first: int
    last: int


def zones(dwell_s: float) -> tuple[Zone, ...]:
    return tuple(
        Zone(
            id=id_,
            kind=ZoneKind.DANGER,
            corners=tuple((x / SIZE[1], y / SIZE[0]) for x, y in corners),
            dwell_s=dwell_s,
        )
        for id_, corners in ZONES.items()
    )


def pictures(film: Path) -> Iterator[Picture]:
    with av.open(str(film)) as container:
        container.streams.video[0].thread_type = "NONE"
        for frame in container.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)


def truth() -> Truth:
    path = Path(os.environ["DIANLIANG_DATA"]) / "lineguard" / "pets09_s2l1_gt.txt"
    found: Truth = defaultdict(dict)
    for row in np.loadtxt(path, delimiter=","):
        left, top, width, height = (float(v) for v in row[2:6])
        found[int(row[1])][int(row[0]) - 1] = (left, top, left + width, top + height)
    return found


def feet(box: Box) -> tuple[float, float]:
    """Return where somebody stands; whoever is cut off stands at the edge of the picture.

    Labels of three visits go on below the picture, where no zone can be and no detector sees.
    """
    x, y = standing(((box[0] + box[2]) / 2, box[3]), size=SIZE)
    return x, y


def visits(labels: Truth, zone: Zone) -> list[Visit]:
    """Return the visits of a zone that last its dwell time."""
    found = []
    for person, boxes in labels.items():
        inside = [n for n in sorted(boxes) if holds(zone, feet(boxes[n]), size=SIZE)]
        cuts = [n for n in range(1, len(inside)) if (inside[n] - inside[n - 1]) / HZ > GAP_S]
        for begin, end in zip([0, *cuts], [*cuts, len(inside)], strict=True):
            if end > begin and (inside[end - 1] - inside[begin]) / HZ >= zone.dwell_s:
                found.append(Visit(person=person, first=inside[begin], last=inside[end - 1]))
    return found


def overlap(one: Box, other: Box) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = sum((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other))
    return wide * high / (both - wide * high)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a method got right and wrong over all zones and dwell times."""

    hits: int = 0
    false: int = 0
    missed: int = 0
    late_s: NDArray[np.float64] | list[float]

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.hits / max(1, 2 * self.hits + self.false + self.missed)

    def row(self) -> str:
        """Return a line of the table."""
        recall = self.hits / max(1, self.hits + self.missed)
        precision = self.hits / max(1, self.hits + self.false)
        late = np.percentile(self.late_s, [90, 100]) if len(self.late_s) else (np.nan, np.nan)
        return (
            f"{self.f1:5.2f} {recall:7.2f} {precision:10.2f} {late[0]:8.1f} {late[1]:8.1f}"
            f" {self.hits:6d} {self.false:6d} {self.missed:6d}"
        )


def tallied(
    alarms: list[Alarm],
    labels: Truth,
    zone: Zone,
    tally: Tally,
    *,
    span: tuple[float, float] = (0.0, np.inf),
) -> None:
    """Match alarms with visits: right zone, right time, right person, each visit once.

    Counted are visits that are due, and false alarms that come, within a span of seconds.
    """
    due, told = visits(labels, zone), dict[int, float]()
    for alarm in (one for one in alarms if one.zone_id == zone.id):
        at_s = alarm.picture / HZ
        for n, visit in enumerate(due):
            over_s = visit.first / HZ + zone.dwell_s
            box = labels[visit.person].get(alarm.picture)
            is_then = over_s - EARLY_S <= at_s <= visit.last / HZ + LATE_S
            if n not in told and is_then and box and overlap(box, alarm.box) >= SAME:
                told[n] = at_s - over_s
                break
        else:
            tally.false += span[0] <= at_s < span[1]
    for n, visit in enumerate(due):
        if span[0] <= visit.first / HZ + zone.dwell_s < span[1]:
            tally.hits += n in told
            tally.missed += n not in told
            tally.late_s = [*tally.late_s, *([told[n]] if n in told else [])]
