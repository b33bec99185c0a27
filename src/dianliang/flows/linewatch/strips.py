"""A short film as frames in one picture: any browser plays that, without a codec or a network."""

from pathlib import Path

import av
import cv2
import numpy as np

from dianliang.flows.linewatch.strip_shape import COLUMNS, FRAMES, WIDTH_PX
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

QUALITY = 80


class UnableToStripError(DomainError):
    """The film cannot be taken apart."""

    code = "linewatch.unable-to-strip"


def strip_of(film: Path, target: Path) -> list[float]:
    """Write frames of a film of ours side by side, four in a row; return when each was taken.

    Seconds from the first. The film is our own, made a moment ago from covered pictures.

    Raises:
        UnableToStripError: it has no frames, or the place cannot be written to.
    """
    try:
        with av.open(str(film)) as container:
            taken = [(frame.time or 0.0, frame) for frame in container.decode(video=0)]
            chosen = [taken[place] for place in _places(len(taken))]
            pictures = [_small(frame.to_ndarray(format="bgr24")) for _, frame in chosen]
    except (av.FFmpegError, OSError) as error:
        raise UnableToStripError(
            Phrase("%(film)s 拆不成连拍：%(error)s", film=film.name, error=str(error))
        ) from error
    if not pictures:
        raise UnableToStripError(Phrase("%(film)s 没有画面。", film=film.name))
    empty = np.zeros_like(pictures[0])
    rows = -(-len(pictures) // COLUMNS)
    filled = pictures + [empty] * (rows * COLUMNS - len(pictures))
    sheet = np.vstack(
        [np.hstack(filled[row * COLUMNS : (row + 1) * COLUMNS]) for row in range(rows)]
    )
    done, content = cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise UnableToStripError(Phrase("%(film)s 拆不成连拍。", film=film.name))
    target.write_bytes(content.tobytes())
    first = chosen[0][0]
    return [round(at_s - first, 2) for at_s, _ in chosen]


def _places(count: int) -> list[int]:
    """Return which frames are shown: evenly spread, the last one always."""
    if count <= FRAMES:
        return list(range(count))
    return [round(place * (count - 1) / (FRAMES - 1)) for place in range(FRAMES)]


def _small(picture: np.ndarray) -> np.ndarray:
    height = round(picture.shape[0] * WIDTH_PX / picture.shape[1])
    return cv2.resize(picture, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
