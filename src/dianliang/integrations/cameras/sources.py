"""Read one source to its end: a film, a folder of pictures, a camera on the network.

Here the decoder runs, on bytes that a stranger may have made: call `frames` in a process that may
die (`feeds`), except for files of one's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dianliang.kernel.errors import DomainError

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
SCHEMES = frozenset({"rtsp", "rtsps", "http", "https"})
MOST_PIXELS = 4096 * 2304
"""Larger pictures are refused before they are unpacked."""
MOST_BYTES = 64 * 1024 * 1024
OPEN_S, READ_S = 10.0, 10.0
MOST_DAMAGED = 250
"""Packets in a row that cannot be decoded before the source counts as broken."""
Picture = NDArray[np.uint8]


class UnreadableSourceError(DomainError):
    """The source cannot be opened, or can no longer be read; the message says why."""

    code = "cameras.unreadable"


class SourceKind(StrEnum):
    """Where pictures come from."""

    FILM = "film"
    FOLDER = "folder"
    NETWORK = "network"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source and how it is read.

    `rate_hz` is how many pictures a second are wanted; the rest is decoded only as far as it must
    be. `clock_hz` is the true rate of a film or folder whose own is wrong or missing; `starts_at_s`
    is when its first picture was taken.
    """

    address: str
    kind: SourceKind
    rate_hz: float = 5.0
    clock_hz: float | None = None
    starts_at_s: float = 0.0

    @property
    def is_live(self) -> bool:
        """Tell whether it goes on for ever and is to be opened again when it ends."""
        return self.kind is SourceKind.NETWORK


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A picture, blue green red. `at_s` is None where only the receiver's clock tells."""

    picture: Picture
    at_s: float | None


def source_of(
    address: str, *, rate_hz: float = 5.0, clock_hz: float | None = None, starts_at_s: float = 0.0
) -> Source:
    """Tell what kind of source an address is.

    Raises:
        UnreadableSourceError: it is no file, no folder and no address of a camera.
    """
    scheme = urlsplit(address).scheme.lower()
    if scheme in SCHEMES:
        kind = SourceKind.NETWORK
    elif Path(address).is_dir():
        kind = SourceKind.FOLDER
    elif Path(address).is_file():
        kind = SourceKind.FILM
    else:
        words = f"画面来源 {without_secret(address)} 不是文件、目录，也不是 rtsp、http 地址。"
        raise UnreadableSourceError(words, field="source")
    return Source(
        address=address, kind=kind, rate_hz=rate_hz, clock_hz=clock_hz, starts_at_s=starts_at_s
    )


def without_secret(address: str) -> str:
    """Return an address without user and password, fit to be shown or logged."""
    parts = urlsplit(address)
    if parts.scheme.lower() not in SCHEMES:
        return address
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def frames(source: Source) -> Iterator[Frame]:
    """Yield the pictures of a source, `rate_hz` of them a second, to its end.

    Raises:
        UnreadableSourceError: it cannot be opened, or what comes cannot be decoded.
    """
    return _of_folder(source) if source.kind is SourceKind.FOLDER else _of_stream(source)


def _of_folder(source: Source) -> Iterator[Frame]:
    """Yield the pictures of a folder by name; one that is broken is left out."""
    every_s = 1 / (source.clock_hz or source.rate_hz)
    files = sorted(p for p in Path(source.address).iterdir() if p.suffix.lower() in PICTURES)
    if not files:
        raise UnreadableSourceError(f"目录 {source.address} 里没有 JPG、PNG 画面。")
    for number, path in enumerate(files):
        if path.stat().st_size > MOST_BYTES:
            continue
        content = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR) if len(content) else None
        if picture is not None and picture.shape[0] * picture.shape[1] <= MOST_PIXELS:
            yield Frame(
                picture=np.asarray(picture, dtype=np.uint8),
                at_s=source.starts_at_s + number * every_s,
            )


def _of_stream(source: Source) -> Iterator[Frame]:
    options = {"rtsp_transport": "tcp"} if source.address.startswith("rtsp") else {}
    try:
        with av.open(source.address, options=options, timeout=(OPEN_S, READ_S)) as container:
            yield from _decoded(container, source)
    except (av.FFmpegError, OSError, ValueError) as error:
        where = without_secret(source.address)
        why = getattr(error, "strerror", None) or type(error).__name__
        raise UnreadableSourceError(f"读不了画面来源 {where}：{why}。") from error


def _decoded(container: av.container.InputContainer, source: Source) -> Iterator[Frame]:
    if not container.streams.video:
        raise UnreadableSourceError(f"{without_secret(source.address)} 里没有视频。")
    stream = container.streams.video[0]
    if stream.codec_context is None:
        where = without_secret(source.address)
        raise UnreadableSourceError(f"{where} 的视频编码认不出，请在摄像机里改为 H.264。")
    if stream.width * stream.height > MOST_PIXELS:
        where = without_secret(source.address)
        words = f"{where} 的画面 {stream.width}×{stream.height} 太大，最大 4K。"
        raise UnreadableSourceError(words)
    stream.thread_type = "NONE"
    pace, damaged, number = _Pace(source, stream), 0, 0
    for packet in container.demux(stream):
        try:
            decoded = packet.decode()
        except (
            av.FFmpegError
        ) as error:  # cameras lose packets; a broken picture is no reason to stop
            damaged += 1
            if damaged > MOST_DAMAGED:
                words = f"{without_secret(source.address)} 连续 {MOST_DAMAGED} 包解不开。"
                raise UnreadableSourceError(words) from error
            continue
        for frame in decoded:
            damaged = 0
            at_s = pace.wanted(frame, number)
            number += 1
            if at_s is not None and frame.width * frame.height <= MOST_PIXELS:
                picture = np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
                yield Frame(picture=picture, at_s=None if source.is_live else at_s)


class _Pace:
    """Tell which frames are wanted, and when they were taken."""

    def __init__(self, source: Source, stream: av.VideoStream) -> None:
        self._source = source
        rate = stream.average_rate or stream.guessed_rate
        self._own_hz = float(source.clock_hz or rate or 25)
        self._next_s = -np.inf

    def wanted(self, frame: av.VideoFrame, number: int) -> float | None:
        """Return when a frame was taken; None where it is not wanted."""
        source = self._source
        is_told = source.clock_hz is None and frame.time is not None
        since_s = float(frame.time) if is_told and frame.time is not None else number / self._own_hz
        half_s = 0.5 / self._own_hz
        if since_s + half_s < self._next_s and not since_s < self._next_s - 2 / source.rate_hz:
            return None
        late = not np.isfinite(self._next_s) or abs(since_s - self._next_s) > 1 / source.rate_hz
        self._next_s = (since_s if late else self._next_s) + 1 / source.rate_hz
        return source.starts_at_s + since_s
