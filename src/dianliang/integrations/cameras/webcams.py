"""Read a camera that is plugged into this computer, by its number: ``webcam:0``.

Read through OpenCV (Video4Linux, Media Foundation, AVFoundation): our build of FFmpeg has no such
devices. A page cannot name one: what is typed there must not look at whoever sits at the server.
"""

import re
import time
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
_ADDRESS = re.compile(r"webcam:([0-9]{1,2})")


def number_of(address: str) -> int | None:
    """Return which camera of this computer an address means; None for any other address."""
    found = _ADDRESS.fullmatch(address)
    return int(found.group(1)) if found else None


def pictures(device: int | str, *, rate_hz: float) -> Iterator[Picture]:
    """Yield pictures as they come, `rate_hz` of them a second at most, until none comes any more.

    Pictures between two wanted ones are taken from the device but not unpacked. Nothing is yielded
    where there is no such device. It may as well be a film, which then plays as fast as it can.
    """
    capture = cv2.VideoCapture(device)
    try:
        due_s = time.monotonic()
        while capture.isOpened() and capture.grab():
            now_s = time.monotonic()
            if now_s < due_s:
                continue
            due_s = max(due_s + 1 / rate_hz, now_s)
            is_there, picture = capture.retrieve()
            if is_there:
                yield np.asarray(picture, dtype=np.uint8)
    finally:
        capture.release()
