"""Show what a watch over a labelled film got right and wrong: marked pictures, heads covered.

A frame says what it was: green told rightly, orange told falsely, red not told. Zones are drawn as
the watch has them, and the box of whoever it told of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np

from dianliang.engines.vision import Covered, Event, Picture, Zone, ZoneKind
from dianliang.flows.lineguard.configuration import Watched
from dianliang.flows.lineguard.evaluating import Score, Visit

LONGEST_SIDE = 960
FRAME_PX = 8
Colour = tuple[int, int, int]
"""Blue, green, red."""


class Outcome(StrEnum):
    """What an event, or a visit that was due, turned out to be."""

    HIT = "hit"
    FALSE = "false"
    MISSED = "missed"


COLOURS: dict[Outcome, Colour] = {
    Outcome.HIT: (70, 150, 40),
    Outcome.FALSE: (0, 140, 255),
    Outcome.MISSED: (40, 40, 215),
}
ZONES: dict[ZoneKind, Colour] = {
    ZoneKind.DANGER: (60, 60, 255),
    ZoneKind.WATER_EDGE: (255, 160, 60),
    ZoneKind.EXCLUSION: (150, 150, 150),
}
Cover = Callable[[Picture], Covered]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """A marked picture; `at_s` is in seconds of the film."""

    outcome: Outcome
    zone_id: str
    at_s: float
    picture: Covered


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Taken:
    zone_id: str
    at_s: float
    picture: Covered
    box: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Album:
    """The pictures of one film, gathered while it is watched."""

    watched: Watched
    visits: Sequence[Visit]
    starts_at_s: float
    _told: list[_Taken] = field(default_factory=list)
    _due: dict[Visit, _Taken] = field(default_factory=dict)

    def look(self, picture: Picture, events: Sequence[Event], *, at_s: float, cover: Cover) -> None:
        """Keep a picture on which something was told, or was due to be."""
        passed_s = at_s - self.starts_at_s
        dwell_s = {zone.id: zone.dwell_s for zone in self.watched.camera.zones}
        due = [
            one
            for one in self.visits
            if one not in self._due and one.from_s + dwell_s[one.zone_id] <= passed_s <= one.until_s
        ]
        if not (events or due):
            return
        kept, scale = _shrunk(cover(picture))
        for event in events:
            left, top, right, bottom = (scale * side for side in event.box)
            box = (left, top, right, bottom)
            self._told.append(_Taken(zone_id=event.zone_id, at_s=passed_s, picture=kept, box=box))
        for one in due:
            self._due[one] = _Taken(zone_id=one.zone_id, at_s=passed_s, picture=kept)

    def shots(self, score: Score) -> list[Shot]:
        """Return all marked pictures by what the score says of them, in the order of the film."""
        false = list(score.false_alarms)
        found = []
        for one in self._told:
            is_false = (one.zone_id, one.at_s) in false
            if is_false:
                false.remove((one.zone_id, one.at_s))
            found.append(self._shot(one, Outcome.FALSE if is_false else Outcome.HIT))
        missed = [self._due[one] for one in score.missed_visits if one in self._due]
        found += [self._shot(one, Outcome.MISSED) for one in missed]
        return sorted(found, key=lambda one: (one.at_s, one.zone_id))

    def _shot(self, taken: _Taken, outcome: Outcome) -> Shot:
        zones = self.watched.camera.zones
        picture = marked(taken.picture, zones, outcome, meant=taken.zone_id, box=taken.box)
        return Shot(outcome=outcome, zone_id=taken.zone_id, at_s=taken.at_s, picture=picture)


def marked(
    picture: Covered,
    zones: Sequence[Zone],
    outcome: Outcome,
    *,
    meant: str,
    box: tuple[float, float, float, float] | None = None,
) -> Covered:
    """Return a picture with its zones, the one that is `meant` thicker, the box and the frame."""
    drawn = picture.copy()
    height, width = drawn.shape[:2]
    for zone in zones:
        corners = np.array([(x * width, y * height) for x, y in zone.corners]).round()
        thick = 4 if zone.id == meant else 2
        cv2.polylines(drawn, [corners.astype(np.int32)], True, ZONES[zone.kind], thick)
    if box is not None:
        left, top, right, bottom = (round(side) for side in box)
        cv2.rectangle(drawn, (left, top), (right, bottom), COLOURS[outcome], 2)
    cv2.rectangle(drawn, (0, 0), (width - 1, height - 1), COLOURS[outcome], 2 * FRAME_PX - 1)
    return Covered(drawn)


def _shrunk(picture: Covered) -> tuple[Covered, float]:
    """Return a picture no longer than it need be, and by how much it was shrunk."""
    scale = min(1.0, LONGEST_SIDE / max(picture.shape[:2]))
    if scale == 1.0:
        return picture, scale
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    return Covered(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))), scale
