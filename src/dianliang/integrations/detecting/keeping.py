"""Write what may be kept: pictures on which every head is covered."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
from av.video.stream import VideoStream

from dianliang.core import disk
from dianliang.engines.vision import Covered
from dianliang.kernel.errors import DomainError

QUALITY = 85
CODECS = ("libx264", "mpeg4")
"""The first that this build of FFmpeg has."""


class UnableToKeepError(DomainError):
    """A picture or clip could not be written; nothing half-written is left."""

    code = "detecting.unable-to-keep"


def keep_snapshot(path: Path, picture: Covered) -> None:
    """Write a picture as JPEG, whole or not at all.

    Raises:
        UnableToKeepError: the place cannot be written to, or is full.
    """
    done, content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise UnableToKeepError(f"画面存不成 {path.name}：编码失败。")
    try:
        disk.replace(path, content.tobytes())
    except OSError as error:
        raise UnableToKeepError(f"写不了 {path}：{error.strerror}。请检查磁盘。") from error


def keep_clip(path: Path, pictures: Sequence[Covered], *, times_s: Sequence[float]) -> None:
    """Write pictures as a short film that plays in the time in which they were taken.

    Raises:
        UnableToKeepError: the place cannot be written to, or is full.
    """
    part = path.with_name(f".{path.stem}.part.mp4")
    try:
        with av.open(str(part), "w", format="mp4") as film:
            height, width = (side - side % 2 for side in pictures[0].shape[:2])
            stream = cast("VideoStream", film.add_stream(_codec(), rate=25))
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.codec_context.time_base = Fraction(1, 1000)
            for picture, at_ms in zip(pictures, _rising(times_s), strict=True):
                frame = av.VideoFrame.from_ndarray(picture[:height, :width], format="bgr24")
                frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
                film.mux(stream.encode(frame))
            film.mux(stream.encode(None))
        part.replace(path)
    except (OSError, av.FFmpegError) as error:
        part.unlink(missing_ok=True)
        raise UnableToKeepError(f"写不了 {path}：{error}。请检查磁盘。") from error


def _codec() -> str:
    return next(name for name in CODECS if name in av.codecs_available)


def _rising(times_s: Iterable[float]) -> list[int]:
    """Return milliseconds since the first, each later than the one before."""
    found: list[int] = []
    first: float | None = None
    for at_s in times_s:
        first = at_s if first is None else first
        ms = round((at_s - first) * 1000)
        found.append(ms if not found else max(ms, found[-1] + 1))
    return found
