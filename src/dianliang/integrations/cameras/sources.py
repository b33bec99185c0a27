"""Read one source to its end: a film, a folder of pictures, a camera on the network or plugged in.

Here the decoder runs, on bytes that a stranger may have made: call `frames` in a process that may
die (`feeds`), except for files of one's own.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from socket import SOCK_STREAM, getaddrinfo

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dianliang.integrations.cameras.lag import MOST_LAG_S, Lag
from dianliang.integrations.cameras.webcams import number_of, pictures
from dianliang.kernel.errors import DomainError
from dianliang.kernel.picture_sources import is_reachable, network_parts, shown

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
PROTOCOLS = {
    "rtsp": "rtsp,rtp,udp,tcp",
    "rtsps": "rtsp,rtsps,rtp,srtp,udp,tcp,tls",
    "http": "http,tcp",
    "https": "https,http,tls,tcp",
}
"""What a stream may make the decoder speak: never `file`, `concat`, `data` or the like."""
FORMATS = "mpjpeg,mjpeg,jpeg_pipe,mpegts,mpeg,flv,h264,hevc,matroska,webm,mov,mp4"
"""What a camera may send by HTTP: no playlist (HLS, DASH), which would name other addresses."""
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
    WEBCAM = "webcam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source and how it is read.

    `rate_hz` is how many pictures a second are wanted; the rest is decoded only as far as it must
    be. `clock_hz` is the true rate of a film or folder whose own is wrong or missing; `starts_at_s`
    is when its first picture was taken. `is_typed` says that somebody typed it on a page: it
    must not lead to this computer itself.
    """

    address: str
    kind: SourceKind
    rate_hz: float = 5.0
    clock_hz: float | None = None
    starts_at_s: float = 0.0
    is_typed: bool = False

    @property
    def is_live(self) -> bool:
        """Tell whether it goes on for ever and is to be opened again when it ends."""
        return self.kind in (SourceKind.NETWORK, SourceKind.WEBCAM)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A picture, blue green red. `at_s` is None where only the receiver's clock tells."""

    picture: Picture
    at_s: float | None


def source_of(
    address: str,
    *,
    rate_hz: float = 5.0,
    clock_hz: float | None = None,
    starts_at_s: float = 0.0,
    is_typed: bool = False,
) -> Source:
    """Tell what kind of source an address is.

    Raises:
        UnreadableSourceError: it is no file, no folder and no camera; or it was typed on a page and
            means a camera of this computer.
    """
    if number_of(address) is not None and not is_typed:
        kind = SourceKind.WEBCAM
    elif network_parts(address) is not None:
        kind = SourceKind.NETWORK
    elif _is(address, Path.is_dir):
        kind = SourceKind.FOLDER
    elif _is(address, Path.is_file):
        kind = SourceKind.FILM
    else:
        words = f"画面来源 {shown(address)} 不是文件、目录，也不是 rtsp、http 地址或 webcam:0。"
        raise UnreadableSourceError(words, field="source")
    return Source(
        address=address,
        kind=kind,
        rate_hz=rate_hz,
        clock_hz=clock_hz,
        starts_at_s=starts_at_s,
        is_typed=is_typed,
    )


def _is(address: str, tell: Callable[[Path], bool]) -> bool:
    """Ask the disk about a name; an address or a name too long for it is none."""
    if "://" in address:
        return False
    try:
        return tell(Path(address))
    except (OSError, ValueError):
        return False


def frames(source: Source) -> Iterator[Frame]:
    """Yield the pictures of a source, `rate_hz` of them a second, to its end.

    Raises:
        UnreadableSourceError: it cannot be opened, or what comes cannot be decoded.
    """
    if source.kind is SourceKind.WEBCAM:
        return _of_webcam(source)
    return _of_folder(source) if source.kind is SourceKind.FOLDER else _of_stream(source)


def _of_webcam(source: Source) -> Iterator[Frame]:
    """Yield what a camera of this computer shows; one that ends was pulled out."""
    number = number_of(source.address)
    assert number is not None  # noqa: S101 (that made it a webcam)
    for picture in pictures(number, rate_hz=source.rate_hz):
        if picture.shape[0] * picture.shape[1] <= MOST_PIXELS:
            yield Frame(picture=picture, at_s=None)
    words = f"{source.address} 打不开或没有画面：请看摄像头插好没有、别的程序占用没有。"
    raise UnreadableSourceError(words)


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
    """Yield the pictures of a film or camera.

    Of a camera it is not told why it cannot be read: that would tell whoever typed the address
    which ports of our network are open.
    """
    _refuse_own(source)
    try:
        options = _options(source)
        with av.open(source.address, options=options, timeout=(OPEN_S, READ_S)) as container:
            yield from _decoded(container, source)
    except (av.FFmpegError, OSError, ValueError) as error:
        if source.is_live:
            raise _no_pictures(source) from None  # the error holds the address
        why = getattr(error, "strerror", None) or type(error).__name__
        raise UnreadableSourceError(f"读不了画面来源 {shown(source.address)}：{why}。") from error


def _no_pictures(source: Source) -> UnreadableSourceError:
    return UnreadableSourceError(f"{shown(source.address)} 连不上或没有画面。")


def _options(source: Source) -> dict[str, str]:
    """Return how the decoder opens a source: nothing but its own protocol, never elsewhere."""
    parts = network_parts(source.address) if source.is_live else None
    if parts is None:
        return {"protocol_whitelist": "file"}
    scheme = parts.scheme.lower()
    if scheme.startswith("rtsp"):
        return {"rtsp_transport": "tcp", "protocol_whitelist": PROTOCOLS[scheme]}
    only = {"max_redirects": "0", "format_whitelist": FORMATS}
    return {**only, "protocol_whitelist": PROTOCOLS[scheme]}


def _refuse_own(source: Source) -> None:
    """Refuse a typed address that leads to this computer or its link, asked anew at each opening.

    Raises:
        UnreadableSourceError: it does, or its name is unknown.
    """
    parts = network_parts(source.address) if source.is_live and source.is_typed else None
    if parts is None:
        return
    try:
        found = getaddrinfo(parts.hostname, parts.port, type=SOCK_STREAM)
        addresses = [ip_address(str(row[4][0]).split("%", maxsplit=1)[0]) for row in found]
    except (OSError, ValueError):
        raise _no_pictures(source) from None
    if not is_reachable(addresses):
        raise _no_pictures(source)


def _decoded(container: av.container.InputContainer, source: Source) -> Iterator[Frame]:
    if not container.streams.video:
        raise UnreadableSourceError(f"{shown(source.address)} 里没有视频。")
    stream = container.streams.video[0]
    if stream.codec_context is None:
        where = shown(source.address)
        raise UnreadableSourceError(f"{where} 的视频编码认不出，请在摄像机里改为 H.264。")
    if stream.width * stream.height > MOST_PIXELS:
        where = shown(source.address)
        words = f"{where} 的画面 {stream.width}×{stream.height} 太大，最大 4K。"
        raise UnreadableSourceError(words)
    stream.thread_type = "NONE"
    pace, damaged, number = _Pace(source, stream), 0, 0
    lag = Lag() if source.is_live and source.address.lower().startswith("rtsp") else None
    asked_s = time.monotonic()
    for packet in container.demux(stream):
        if lag is not None and packet.pts is not None and packet.time_base is not None:
            _refuse_late(lag, source, sent_s=float(packet.pts * packet.time_base), asked_s=asked_s)
        try:
            decoded = packet.decode()
        except (
            av.FFmpegError
        ) as error:  # cameras lose packets; a broken picture is no reason to stop
            damaged += 1
            if damaged > MOST_DAMAGED:
                words = f"{shown(source.address)} 连续 {MOST_DAMAGED} 包解不开。"
                raise UnreadableSourceError(words) from error
            continue
        for frame in decoded:
            damaged = 0
            at_s = pace.wanted(frame, number)
            number += 1
            if at_s is not None and frame.width * frame.height <= MOST_PIXELS:
                picture = np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
                yield Frame(picture=picture, at_s=None if source.is_live else at_s)
        asked_s = time.monotonic()


def _refuse_late(lag: Lag, source: Source, *, sent_s: float, asked_s: float) -> None:
    """Refuse to read on where a stream is read long after it was sent.

    Only RTSP is asked: by HTTP pictures carry no time of their own.

    Raises:
        UnreadableSourceError: it is; opening it anew drops what waits.
    """
    if lag.is_behind(sent_s=sent_s, asked_s=asked_s, now_s=time.monotonic()):
        words = (
            f"{shown(source.address)} 的画面落后 {MOST_LAG_S:.0f} 秒以上，重新连接：这台电脑太忙。"
        )
        raise UnreadableSourceError(words)


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
