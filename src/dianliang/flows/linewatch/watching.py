"""Watch the registered cameras: the guard's records become events of the installation.

Whoever changes zones or rules on a page is heard within `RELOAD_S`: the camera is then watched
anew. Pictures reach the file store with covered heads only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.domain.linewatch.models import Camera
from dianliang.domain.linewatch.operations.events import Seen
from dianliang.engines.vision import Detector, Level, Warned
from dianliang.flows.lineguard.configuration import Watched
from dianliang.flows.lineguard.watching import Guard
from dianliang.flows.linewatch import recording
from dianliang.flows.linewatch.configuring import watched_of
from dianliang.flows.linewatch.speaking import Settled, Voices
from dianliang.flows.linewatch.strips import strip_of
from dianliang.integrations.cameras import Feed, Notice, Source, Taken, follow, source_of
from dianliang.integrations.detecting import keep_snapshot
from dianliang.kernel.errors import DomainError, InvalidInputError

RELOAD_S = 30.0
BEAT_S = 10.0
PICTURE_S = 600.0
"""How often the picture is renewed on which zones are drawn."""
Clock = Callable[[], datetime]
Tell = Callable[[str], None]
WARNS = ("voice", "steward")


@dataclass(slots=True)
class _Camera:
    """One camera while it is watched."""

    watched: Watched
    versions: tuple[int, int]
    state: str
    guard: Guard
    is_live: bool
    began_s: float | None = None
    last_s: float = 0.0
    pictures: int = 0
    pictured_s: float | None = None
    due: dict[str, float] = field(default_factory=dict)
    spoken: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Of each zone the key of the last warning by voice, and when it left."""


class Runner:
    """The watch over the registered cameras in one process."""

    def __init__(
        self, *, detector: Detector, folder: Path, clock: Clock, tell: Tell, films: Path | None
    ) -> None:
        """Prepare; `folder` lies on the same disk as the kept files; `tell` takes lines to show.

        `films` is where films and folders of pictures may lie; None allows cameras only.
        """
        self._films = films
        self._detector, self._folder, self._clock, self._tell = detector, folder, clock, tell
        self._cameras: dict[str, _Camera] = {}
        self._voices = Voices(now=lambda: clock().timestamp())
        self._events: dict[str, str] = {}

    def feeds(self, numbers: Sequence[str]) -> list[Feed]:
        """Read the cameras that can be watched, and return where their pictures come from.

        A source that cannot be opened leaves its camera without pictures and the others alone.
        """
        rows = Camera.objects.exclude(status="RETIRED").order_by("number")
        chosen = rows.filter(number__in=numbers) if numbers else rows
        return [feed for camera in chosen if (feed := self._feed(camera)) is not None]

    def _feed(self, camera: Camera) -> Feed | None:
        found = watched_of(camera)
        if found is None:
            self._tell(f"{camera.number} 还没有划区，不看守。")
            return None
        watched, versions = found
        try:
            source = self._source(watched)
        except DomainError as refusal:
            words = "画面来源打不开，请检查地址"
            recording.take_silence(number=camera.number, words=words, at=self._clock())
            self._tell(f"{camera.number} {words}（{refusal.code}）。")
            return None
        recording.begin(number=camera.number, at=self._clock())
        recording.give_up_voices(number=camera.number, at=self._clock())
        self._voices.reload(camera)
        self._cameras[camera.number] = _Camera(
            watched, versions, camera.status, self._guard(watched), source.is_live
        )
        return Feed(camera.number, source)

    def _source(self, watched: Watched) -> Source:
        """Return where pictures come from.

        A page names the source: it must not be a way to look at other files of this computer.

        Raises:
            UnreadableSourceError: it cannot be opened.
            InvalidInputError: it lies where no films may lie.
        """
        source = source_of(
            watched.source,
            rate_hz=watched.camera.detection.rate_hz,
            starts_at_s=self._clock().timestamp(),
            is_typed=True,
        )
        if source.is_live:
            return source
        films = None if self._films is None else self._films.resolve()
        if films is None or not Path(source.address).resolve().is_relative_to(films):
            raise InvalidInputError("录像要放在 --films 指定的目录里。", field="source")
        return source

    def _guard(self, watched: Watched) -> Guard:
        return Guard(
            [watched],
            detector=self._detector,
            folder=self._folder,
            say=self._heard,
            warn=self._warn,
        )

    def take(self, told: Taken | Notice) -> None:
        """Take a picture, or the news that a source has opened or ended."""
        self._settle()
        own = self._cameras[told.camera_id]
        if isinstance(told, Notice):
            self._noticed(told, own)
            return
        at_s = self._clock().timestamp() if told.at_s is None else told.at_s
        self._reload(told.camera_id, own)
        own.began_s = at_s if own.began_s is None else own.began_s
        own.pictures, own.last_s = own.pictures + 1, at_s
        own.guard.take(told, at_s=at_s)
        if at_s - own.began_s >= BEAT_S or own.pictured_s is None:
            self._beat(told, own, at_s)

    def end(self) -> None:
        """Write down what was watched since the last time, and what loudspeakers answered."""
        for number, own in self._cameras.items():
            self._count(number, own, own.last_s, picture=None)
        self._voices.close()
        self._settle()
        for left in self._voices.unanswered():
            self._take_voice(left)

    def _warn(self, warned: Warned) -> None:
        """Let the loudspeakers speak, before anything is stored.

        The guard has looked at quiet hours and the least number of people.
        """
        own = self._cameras[warned.event.camera_id]
        if warned.level is not Level.VOICE or own.state == "MOVED":
            return
        key = self._voices.say(warned)
        if key:
            own.spoken[warned.zone_id] = (key, self._clock())

    def _settle(self) -> None:
        """Write down what loudspeakers have answered since the last picture."""
        heard, settled = self._voices.answers()
        for one in heard:
            recording.take_answer(
                speaker=one.speaker, is_spoken=one.is_spoken, words=one.words, at=self._clock()
            )
        for done in settled:
            self._take_voice(done)

    def _take_voice(self, done: Settled) -> None:
        number = self._events.pop(done.key, None)
        if number is None:
            return
        at = self._clock()
        recording.take_voice(event=number, is_spoken=done.is_spoken, words=done.words, at=at)
        told = "已喊话" if done.is_spoken else "喇叭没有应答，已派人"
        self._tell(f"{number} {told}：{done.words}")

    def _noticed(self, told: Notice, own: _Camera) -> None:
        self._tell(f"{told.camera_id} {told.words}")
        if told.kind in {"broken", "stalled"}:
            recording.take_silence(number=told.camera_id, words=told.words, at=self._clock())
        if told.kind in {"broken", "stalled", "ended"}:
            self._count(told.camera_id, own, own.last_s, picture=None)

    def _beat(self, told: Taken, own: _Camera, at_s: float) -> None:
        is_due = own.pictured_s is None or at_s - own.pictured_s >= PICTURE_S
        picture = self._pictured(told, own) if is_due else None
        own.pictured_s = at_s if is_due else own.pictured_s
        self._count(told.camera_id, own, at_s, picture=picture)

    def _count(self, number: str, own: _Camera, at_s: float, *, picture: StoredFile | None) -> None:
        if own.began_s is None:
            return
        recording.take_beat(
            number=number,
            pictures=own.pictures,
            watched_s=max(0.0, at_s - own.began_s),
            at=_instant(at_s),
            picture=picture,
        )
        own.began_s, own.pictures = at_s, 0

    def _pictured(self, told: Taken, own: _Camera) -> StoredFile | None:
        """Keep the view with covered heads; a full disk ends no watch."""
        path = self._folder / f"{told.camera_id}-view.jpg"
        try:
            keep_snapshot(path, own.guard.covered(told.picture))
            return files.keep_made(path, media_type="image/jpeg", at=self._clock())
        except (DomainError, OSError):
            self._tell(f"{told.camera_id} 画面存不下，请检查磁盘。")
            return None

    def _reload(self, number: str, own: _Camera) -> None:
        """Watch a camera anew once zones or rules have changed, or its view was accepted."""
        now_s = self._clock().timestamp()
        if now_s < own.due.setdefault("reload", now_s + RELOAD_S):
            return
        own.due["reload"] = now_s + RELOAD_S
        camera = recording.camera_of(number)
        found = watched_of(camera) if camera is not None else None
        if camera is None or found is None:
            return
        self._voices.reload(camera)
        is_accepted = own.state == "MOVED" and camera.status != "MOVED"
        own.state = camera.status
        if found[1] != own.versions or is_accepted:
            recording.begin(number=number, at=self._clock())
            own.watched, own.versions = found
            own.guard = self._guard(own.watched)
            self._tell(f"{number} 按新的区域和阈值看守。")

    def _heard(self, record: Mapping[str, Any]) -> None:
        """Take what the guard tells."""
        number = str(record["camera"])
        if record["type"] == "event":
            self._event(number, record)
        elif record["type"] == "escalation":
            recording.take_escalation(
                number=number,
                zone=record["zone"],
                at=_read(record["at"]),
                reason="；".join(one["words"] for one in record["reasons"])[:200],
            )
        elif record["type"] == "health" and record["trouble"] != "clock":
            recording.take_trouble(
                number=number,
                trouble=str(record["trouble"]),
                words=record["words"],
                is_over=record["is_over"],
                at=_read(record["at"]),
            )
        elif "words" in record:
            self._tell(f"{number} {record['words']}")

    def _event(self, number: str, record: Mapping[str, Any]) -> None:
        own = self._cameras[number]
        happened_at, since_at = _read(record["at"]), _read(record["since"])
        warning = str(record["warning"] or "")
        zone = next(one for one in own.watched.camera.zones if one.id == record["zone"])
        due_at = since_at + timedelta(seconds=zone.dwell_s)
        key, left_at = own.spoken.pop(zone.id, ("", self._clock()))
        warned_at = max(happened_at, left_at) if own.is_live else happened_at
        kept = self._kept(record["evidence"])
        event = recording.take_event(
            number=number,
            seen=Seen(
                zone=record["zone"],
                kind=str(record["kind"]),
                happened_at=happened_at,
                since_at=since_at,
                people=record["people"],
                confidence=record["confidence"],
                reasons=record["reasons"],
                warning=warning,
                warned_at=warned_at if warning in WARNS else None,
                latency_s=max(0.0, (warned_at - due_at).total_seconds())
                if warning in WARNS
                else None,
                voice=recording.WAITING if key else "",
                **kept,
            ),
            at=warned_at,
        )
        if event is not None and key:
            self._events[key] = event.number
        if event is not None:
            self._tell(f"{number} {event.number} {event.zone}，预警：{event.warning or '无'}")

    def _kept(self, names: Sequence[str]) -> dict[str, Any]:
        """Move the evidence into the file store; without room the event stands without it."""
        at = self._clock()
        found: dict[str, Any] = {}
        for name in names:
            path = self._folder / name
            try:
                if path.suffix == ".mp4":
                    strip = path.with_suffix(".strip.jpg")
                    found["frames"] = strip_of(path, strip)
                    found["strip"] = files.keep_made(strip, media_type="image/jpeg", at=at)
                    found["clip"] = files.keep_made(path, media_type="video/mp4", at=at)
                else:
                    found["snapshot"] = files.keep_made(path, media_type="image/jpeg", at=at)
            except (DomainError, OSError) as error:
                self._tell(f"{name} 没有存下：{error}")
        return found


def watch(
    *,
    detector: Detector,
    numbers: Sequence[str],
    clock: Clock,
    tell: Tell,
    films: Path | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> int:
    """Watch registered cameras until all that end have ended; return how many were watched.

    `numbers` names those to watch, none means all. `films` is the folder in which films may lie,
    None allows cameras on the network only. `is_over` is asked after every picture.
    """
    with files.workshop() as name:
        runner = Runner(detector=detector, folder=Path(name), clock=clock, tell=tell, films=films)
        feeds = runner.feeds(numbers)
        for told in _until(follow(feeds), is_over):
            runner.take(told)
        runner.end()
    return len(feeds)


def _until(told: Iterator[Taken | Notice], is_over: Callable[[], bool]) -> Iterator[Taken | Notice]:
    for one in told:
        yield one
        if is_over():
            return


def _instant(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)
