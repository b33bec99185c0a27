"""Put right who is who after people stood in each other's way.

While two bodies overlap, boxes jump from one to the other, and the best guess from picture to
picture is often wrong. So nobody is believed to be the same person until standing alone again for
a moment: then the colours of the clothes, averaged over some pictures, are compared with those of
all whom it may be, the ones lost meanwhile included, and names are exchanged where that fits
clearly better. On walkers with labels such averages rank the right person first in 97 of 100
cases three seconds later (`docs/lineguard.md`); single pictures in a crowd do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from dianliang.engines.vision._colours import Colours, alike, blended
from dianliang.engines.vision._model import Box
from dianliang.engines.vision._rules import TrackingRules

LEAST_PICTURES = 3
"""Of a body alone before its clothes say who it is, however long that takes."""
LONGEST_GAP_S = 0.5
"""One picture teaches no more than this time would, however long nothing was seen before it."""
IMPOSSIBLE = -1e3


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
    """What this person is known to wear; None until seen alone for a moment."""
    fresh: Colours | None = None
    """What the body wears that now has this name, since it last stood in somebody's way."""
    alone: int = 0
    alone_since_s: float = np.inf
    """Since when, and on how many pictures, nobody was in the way."""
    learnt_at_s: float = -np.inf
    """When the clothes were seen last."""
    met: frozenset[int] = frozenset()
    """Names with which this one may have been exchanged since it was last made sure."""
    absorbed: tuple[int, ...] = ()
    """Names under which this person was followed meanwhile: told on one picture only."""

    @property
    def feet(self) -> tuple[float, float]:
        """Return where the person stands, in pixels."""
        return (self.box[0] + self.box[2]) / 2, self.box[3]

    @property
    def height(self) -> float:
        """Return the height of the box in pixels."""
        return self.box[3] - self.box[1]

    @property
    def is_settled(self) -> bool:
        """Tell whether there is no doubt who this is."""
        return not self.met


def observed(track: Track, clothes: Colours | None, *, at_s: float, rules: TrackingRules) -> Track:
    """Take in the clothes of somebody in nobody's way, by the time since they were seen last."""
    if clothes is None:
        return track
    alone = track.alone + 1
    gap_s = min(at_s - track.learnt_at_s, LONGEST_GAP_S)
    taught = 1 - float(np.exp(-gap_s / rules.learn_s))
    return replace(
        track,
        alone=alone,
        alone_since_s=min(track.alone_since_s, at_s),
        learnt_at_s=at_s,
        fresh=blended(track.fresh, clothes, max(1 / alone, taught)),
        colours=blended(track.colours, clothes, taught)
        if track.is_settled and track.colours is not None
        else track.colours,
    )


def in_the_way(track: Track, others: frozenset[int]) -> Track:
    """Note with whom somebody may be confused from now on."""
    return replace(
        track, met=(track.met | others) - {track.id}, fresh=None, alone=0, alone_since_s=np.inf
    )


def made_sure(
    tracks: Sequence[Track], seen: frozenset[int], rules: TrackingRules, *, at_s: float
) -> list[Track]:
    """Return the tracks with names put right; `seen` are the places of those seen now."""
    ready = [
        i
        for i in sorted(seen)
        if (tracks[i].met or tracks[i].colours is None)
        and tracks[i].alone >= LEAST_PICTURES
        and at_s - tracks[i].alone_since_s >= rules.alone_s
    ]
    if not ready:
        return list(tracks)
    given = _exchanged(tracks, ready, seen, rules)
    named = [_named(tracks[i], tracks[given[i]]) for i in range(len(tracks))]
    sure = frozenset(named[i].id for i in ready)
    return [
        replace(one, met=frozenset(), colours=one.colours if one.colours is not None else one.fresh)
        if i in ready
        else replace(one, met=one.met - sure)
        for i, one in enumerate(named)
        if i in seen or one.colours is not None
    ]


def _exchanged(
    tracks: Sequence[Track], ready: list[int], seen: frozenset[int], rules: TrackingRules
) -> list[int]:
    """Return for each body the place of the track whose name it gets."""
    gain = _gains(tracks, ready, rules)
    rows, columns = linear_sum_assignment(-gain)
    given = list(range(len(tracks)))
    taken = {ready[row]: int(column) for row, column in zip(rows, columns, strict=True)}
    free = [i for i in ready if i not in taken.values()]
    for body, name in taken.items():
        given[body] = name
    # Whoever lost a name to another gets one that was given up: first those who are seen.
    bare = [j for j in taken.values() if j not in ready]
    for j in sorted(bare, key=lambda j: j not in seen):
        given[j] = free.pop(0)
    return given


def _gains(tracks: Sequence[Track], ready: list[int], rules: TrackingRules) -> NDArray[np.float64]:
    """Return how well each body (row) wears each name's clothes; keeping one's own is favoured."""
    gain = np.asarray(
        alike([tracks[i].fresh for i in ready], [one.colours for one in tracks]), np.float64
    )
    for row, i in enumerate(ready):
        own = tracks[i]
        for column, other in enumerate(tracks):
            if column == i:
                base = gain[row, column] if own.colours is not None else rules.stranger
                gain[row, column] = base + rules.margin
            elif other.id not in own.met or other.colours is None:
                gain[row, column] = IMPOSSIBLE
    return gain


def _named(body: Track, name: Track) -> Track:
    """Return a body under another name."""
    if body.id == name.id:
        return body
    return replace(
        body,
        id=name.id,
        first_at_s=name.first_at_s,
        colours=name.colours,
        absorbed=(body.id,) if body.colours is None else (),
    )
