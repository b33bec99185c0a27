"""Fit the detector's threshold to an operator's own labelled films, and say how well it then does.

Nothing is learnt by the network: its weights stay as they came. What is chosen is from which score
on a box begins a person (`tracking.sure`, with `tracking.unsure` below it), as cameras differ most
in that: light, lens, distance. Each film is judged with the threshold that the others chose, so
that the figures hold for films to come; with few films they are wide, and that is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from dianliang.engines.vision import NOBODY, Detections, Detector, Picture
from dianliang.flows.lineguard.configuration import Watched
from dianliang.flows.lineguard.evaluating import Score, Visit, summed
from dianliang.flows.lineguard.measuring import compared
from dianliang.kernel.errors import InvalidInputError

SURE = (0.35, 0.42, 0.5, 0.58, 0.66)
BELOW = 0.6
"""Boxes of so much of that score go on with a person."""
LEAST_FILMS, LEAST_VISITS = 3, 20
Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What was chosen, and how it does on films that had no part in the choice.

    `held_out` and `before` are over the same films: with what the others chose, and as it was.
    """

    sure: float
    unsure: float
    held_out: Score
    before: Score
    by_film: Mapping[str, float]

    @property
    def is_better(self) -> bool:
        """Tell whether the choice pays on films that had no part in it."""
        return (self.held_out.f1 or 0.0) > (self.before.f1 or 0.0)


class _Remembering:
    """A detector that looks at a picture once, however many watches ask about it in turn."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._picture: Picture | None = None
        self._found = NOBODY

    def __call__(self, picture: Picture) -> Detections:
        is_same = self._picture is not None and np.array_equal(self._picture, picture)
        if not is_same:
            self._picture, self._found = picture, self._detector(picture)
        return self._found


def calibrated(
    watched: Sequence[Watched], labels: Mapping[str, Sequence[Visit]], *, detector: Detector
) -> Calibration:
    """Choose the threshold, leaving out one film after the other; films should be of several days.

    The detector must give boxes down to the least of `SURE` times `BELOW`.

    Raises:
        InvalidInputError: there are too few films or visits to say anything.
        UnreadableSourceError: a film cannot be read, or is a camera that never ends.
    """
    _refuse_too_little(watched, labels)
    remembering = _Remembering(detector)
    rows = {
        one.camera.id: compared(
            [one, *(_with(one, sure) for sure in SURE)],
            labels[one.camera.id],
            detector=remembering,
        )
        for one in watched
    }
    scores = {sure: {film: row[n] for film, row in rows.items()} for n, sure in enumerate(SURE, 1)}
    films = [one.camera.id for one in watched]
    by_film = {film: _best(scores, [one for one in films if one != film]) for film in films}
    chosen = _best(scores, films)
    return Calibration(
        sure=chosen,
        unsure=round(BELOW * chosen, 3),
        held_out=summed({film: scores[sure][film] for film, sure in by_film.items()}),
        before=summed({film: row[0] for film, row in rows.items()}),
        by_film=by_film,
    )


def _refuse_too_little(watched: Sequence[Watched], labels: Mapping[str, Sequence[Visit]]) -> None:
    due = 0
    for one in watched:
        dwell = {zone.id: zone.dwell_s for zone in one.camera.zones}
        due += sum(
            visit.until_s - visit.from_s >= dwell[visit.zone_id] for visit in labels[one.camera.id]
        )
    if len(watched) < LEAST_FILMS or due < LEAST_VISITS:
        words = (
            f"校准至少要 {LEAST_FILMS} 段录像、{LEAST_VISITS} 次够时长的来访，"
            f"现有 {len(watched)} 段、{due} 次。请再多录几天、多标一些。"
        )
        raise InvalidInputError(words)


def _with(one: Watched, sure: float) -> Watched:
    tracking = replace(one.camera.tracking, sure=sure, unsure=round(BELOW * sure, 3))
    return replace(one, camera=replace(one.camera, tracking=tracking))


def _best(scores: Mapping[float, Mapping[str, Score]], films: Sequence[str]) -> float:
    """Return the threshold of the best F1 on some films; of equals the middle one."""
    f1 = {sure: summed({film: by[film] for film in films}).f1 or 0.0 for sure, by in scores.items()}
    best = [sure for sure, value in f1.items() if value == max(f1.values())]
    return best[len(best) // 2]


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); all of it where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)
