"""Watch several cameras: pictures in, what happened out, evidence kept without faces."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dianliang.engines.vision import (
    LEAST_SCORE,
    Covered,
    Detector,
    Picture,
    Step,
    Warned,
    Watch,
    cover,
)
from dianliang.flows.lineguard.configuration import Watched
from dianliang.integrations.cameras import Feed, Notice, Taken, follow, source_of
from dianliang.integrations.detecting import keep_clip, keep_snapshot
from dianliang.kernel.errors import DomainError

BEFORE_S = 6.0
"""How much of what led to an event a clip shows."""
CLIP_EVERY_S = 0.5
"""How far apart the pictures of a clip are: on each of them every head is looked for."""
Say = Callable[[dict[str, Any]], None]
Warn = Callable[[Warned], None]
Now = Callable[[], float]


@dataclass(slots=True, kw_only=True)
class Figures:
    """What the watch over one camera cost and found."""

    pictures: int = 0
    looks: int = 0
    events: int = 0
    watched_s: float = 0.0
    cpu_s: float = 0.0
    first_at_s: float | None = None


@dataclass(slots=True, kw_only=True)
class _Kept:
    """Pictures of the last seconds of one camera: in memory only, until heads are covered."""

    pictures: deque[tuple[float, Picture]] = field(default_factory=deque)

    def add(self, picture: Picture, at_s: float) -> None:
        if not self.pictures or not 0 <= at_s - self.pictures[-1][0] < 0.9 * CLIP_EVERY_S:
            self.pictures.append((at_s, picture))
        while self.pictures and not 0 <= at_s - self.pictures[0][0] <= BEFORE_S:
            self.pictures.popleft()


class Guard:
    """The watch over several cameras in one process; decoding is done by others."""

    def __init__(
        self,
        watched: Sequence[Watched],
        *,
        detector: Detector,
        folder: Path | None,
        say: Say,
        warn: Warn | None = None,
    ) -> None:
        """Prepare; `folder` is where evidence goes, None for nowhere; `say` takes each record.

        `warn` is told of each warning before evidence is kept: covering heads takes time.
        """
        self._watches = {
            one.camera.id: Watch(camera=one.camera, detector=detector) for one in watched
        }
        self._detector, self._folder, self._say, self._warn = detector, folder, say, warn
        self._kept = {one.camera.id: _Kept() for one in watched}
        self.figures = {one.camera.id: Figures() for one in watched}

    def take(self, taken: Taken, *, at_s: float) -> Step:
        """Take in one picture of one camera; write what happened."""
        began = time.process_time()
        step = self._watches[taken.camera_id].step(taken.picture, at_s=at_s)
        figures = self.figures[taken.camera_id]
        figures.pictures += 1
        figures.looks += step.looked
        figures.events += len(step.events)
        figures.first_at_s = at_s if figures.first_at_s is None else figures.first_at_s
        figures.watched_s = at_s - figures.first_at_s
        if step.looked and self._folder is not None:
            self._kept[taken.camera_id].add(taken.picture, at_s)
        for finding in step.findings:
            self._say(
                {
                    "type": "health",
                    "camera": taken.camera_id,
                    "at": told(at_s),
                    "trouble": finding.trouble,
                    "is_over": finding.is_over,
                    "words": finding.words,
                }
            )
        for one in step.warned:
            if self._warn is not None:
                self._warn(one)
        self._tell_events(step, taken)
        figures.cpu_s += time.process_time() - began
        return step

    def _tell_events(self, step: Step, taken: Taken) -> None:
        levels = {id(one.event): one for one in step.warned}
        for number, event in enumerate(step.events):
            name = f"{taken.camera_id}-{told(event.at_s).replace(':', '')}-{number}"
            warned = levels.get(id(event))
            self._say(
                {
                    "type": "event",
                    "camera": event.camera_id,
                    "zone": event.zone_id,
                    "kind": event.kind,
                    "at": told(event.at_s),
                    "since": told(event.since_s),
                    "people": event.people,
                    "confidence": event.confidence,
                    "box": [round(side, 1) for side in event.box],
                    "reasons": [{"code": one.code, "words": one.words} for one in event.reasons],
                    "warning": None if warned is None else warned.level,
                    "evidence": self._evidence(name, taken),
                }
            )
        events = {id(event) for event in step.events}
        for one in step.warned:
            if id(one.event) not in events:
                self._say(_escalation(one))

    def _evidence(self, name: str, taken: Taken) -> list[str]:
        """Keep a picture and a short film with covered heads; without room the warning goes on."""
        if self._folder is None:
            return []
        kept = self._kept[taken.camera_id].pictures
        safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
        covered = [self.covered(picture) for _, picture in kept]
        try:
            keep_snapshot(self._folder / f"{safe}.jpg", self.covered(taken.picture))
            keep_clip(self._folder / f"{safe}.mp4", covered, times_s=[at_s for at_s, _ in kept])
        except DomainError as refusal:
            self._say({"type": "storage", "camera": taken.camera_id, "words": refusal.message})
            return []
        return [f"{safe}.jpg", f"{safe}.mp4"]

    def covered(self, picture: Picture) -> Covered:
        """Return a picture with every head covered, also of those outside of the zones."""
        found = self._detector(picture)
        return cover(picture, found.boxes[found.scores >= LEAST_SCORE])


def _escalation(one: Warned) -> dict[str, Any]:
    return {
        "type": "escalation",
        "camera": one.event.camera_id,
        "zone": one.zone_id,
        "at": told(one.at_s),
        "since": told(one.event.since_s),
        "warning": one.level,
        "reasons": [{"code": why.code, "words": why.words} for why in one.reasons],
    }


def run(
    watched: Sequence[Watched],
    *,
    detector: Detector,
    folder: Path | None,
    say: Say,
    now: Now,
    starts_at_s: float,
    warn: Warn | None = None,
) -> Mapping[str, Figures]:
    """Watch cameras until every source that ends has ended; return what it cost and found.

    `now` is the clock that dates live pictures; films begin at `starts_at_s`.

    Raises:
        UnreadableSourceError: a source is no file, folder or address.
    """
    guard = Guard(watched, detector=detector, folder=folder, say=say, warn=warn)
    for told_by in _followed(watched, starts_at_s):
        if isinstance(told_by, Taken):
            at_s = now() if told_by.at_s is None else told_by.at_s
            guard.take(told_by, at_s=at_s)
        else:
            say(
                {
                    "type": "source",
                    "camera": told_by.camera_id,
                    "state": told_by.kind,
                    "words": told_by.words,
                    "again_in_s": told_by.again_in_s,
                }
            )
    return guard.figures


def _followed(watched: Sequence[Watched], starts_at_s: float) -> Iterator[Taken | Notice]:
    feeds = [
        Feed(
            one.camera.id,
            source_of(
                one.source,
                rate_hz=one.camera.detection.rate_hz,
                clock_hz=one.clock_hz,
                starts_at_s=starts_at_s,
            ),
        )
        for one in watched
    ]
    return follow(feeds)


def told(at_s: float) -> str:
    """Return an instant in words: UTC, milliseconds."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")


def line(record: Mapping[str, Any]) -> str:
    """Return a record as one line of JSON."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
