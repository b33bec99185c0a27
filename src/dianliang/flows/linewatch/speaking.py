"""The loudspeakers of one watch: told of a warning at once, their answers gathered for later.

Answers come on threads of the devices; they are taken from here by the thread that keeps events.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue

from dianliang.domain.linewatch.models import Camera
from dianliang.domain.linewatch.spot_models import Speaker as Row
from dianliang.engines.vision import Warned
from dianliang.flows.lineguard.warning import record_of
from dianliang.flows.linewatch.speakers import speaker_of
from dianliang.integrations.loudspeakers import Failed, Outlet, Pace
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined

PACE = Pace(stale_s=10.0, first_pause_s=0.5, longest_pause_s=3.0, threads=2)
"""After ten seconds without an answer somebody is sent instead."""
Now = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one loudspeaker answered to one warning."""

    speaker: int
    key: str
    is_spoken: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of a warning: one that spoke is enough."""

    key: str
    is_spoken: bool
    words: str


@dataclass(slots=True)
class _Asked:
    """A warning on its way; `left` are the loudspeakers that have not answered."""

    left: set[int]
    is_told: bool = False
    refusals: list[str] = field(default_factory=list)


class Voices:
    """All loudspeakers of the cameras of one watch."""

    def __init__(self, *, now: Now, pace: Pace = PACE) -> None:
        """Begin without any; `now` gives seconds since 1970."""
        self._now, self._pace = now, pace
        self._outlets: dict[str, dict[int, Outlet]] = {}
        self._names: dict[int, str] = {}
        self._asked: dict[str, _Asked] = {}
        self._answers: SimpleQueue[Answer] = SimpleQueue()

    def reload(self, camera: Camera) -> None:
        """Take the loudspeakers of a camera as they are registered now."""
        rows = {row.pk: row for row in Row.objects.filter(camera=camera, is_active=True)}
        known = self._outlets.setdefault(camera.number, {})
        for gone in known.keys() - rows.keys():
            known.pop(gone).close(timeout_s=0.0)
        for new in rows.keys() - known.keys():
            outlet = self._outlet(rows[new])
            if outlet is not None:
                known[new] = outlet

    def _outlet(self, row: Row) -> Outlet | None:
        self._names[row.pk] = row.name
        try:
            speaker = speaker_of(row.address, row.secret, now=self._now)
        except InvalidInputError:
            return None
        return Outlet(
            speaker,
            failed=partial(self._failed, row.pk),
            taken=partial(self._taken, row.pk),
            pace=self._pace,
        )

    def say(self, warned: Warned) -> str:
        """Tell the loudspeakers of a camera of a warning; return its key, empty without any."""
        outlets = self._outlets.get(warned.event.camera_id, {})
        if not outlets:
            return ""
        record = record_of(warned)
        key = str(record["key"])
        body = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
        self._asked[key] = _Asked(set(outlets))
        for outlet in outlets.values():
            outlet.push(body, camera_id=warned.event.camera_id, key=key)
        return key

    def answers(self) -> tuple[Sequence[Answer], Sequence[Settled]]:
        """Return what was answered since the last time, and which warnings that settles."""
        heard, settled = [], []
        while (answer := self._next()) is not None:
            heard.append(answer)
            asked = self._asked.get(answer.key)
            if asked is None:
                continue
            asked.left.discard(answer.speaker)
            name = self._names[answer.speaker]
            if answer.is_spoken and not asked.is_told:
                asked.is_told = True
                settled.append(
                    Settled(
                        key=answer.key, is_spoken=True, words=Phrase("%(name)s 已应答", name=name)
                    )
                )
            elif not answer.is_spoken:
                asked.refusals.append(Phrase("%(name)s：%(words)s", name=name, words=answer.words))
            if not asked.left:
                del self._asked[answer.key]
                if not asked.is_told:
                    words = joined("；", asked.refusals)
                    settled.append(Settled(key=answer.key, is_spoken=False, words=words))
        return heard, settled

    def unanswered(self) -> Sequence[Settled]:
        """Return the warnings that no loudspeaker has answered; for the end of a watch."""
        words = Phrase("看守结束时还没有应答")
        left = [key for key, asked in self._asked.items() if not asked.is_told]
        return [Settled(key=key, is_spoken=False, words=words) for key in left]

    def close(self, *, timeout_s: float = 5.0) -> None:
        """Send what is left and end; whatever is not sent by then is answered as failed."""
        for outlets in self._outlets.values():
            for outlet in outlets.values():
                outlet.close(timeout_s=timeout_s)

    def _next(self) -> Answer | None:
        try:
            return self._answers.get_nowait()
        except Empty:
            return None

    def _taken(self, speaker: int, key: str) -> None:
        self._answers.put(Answer(speaker=speaker, key=key, is_spoken=True, words=Phrase("已应答")))

    def _failed(self, speaker: int, failed: Failed) -> None:
        self._answers.put(
            Answer(speaker=speaker, key=failed.key, is_spoken=False, words=failed.words)
        )
