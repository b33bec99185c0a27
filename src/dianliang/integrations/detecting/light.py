"""Make a dark picture bright enough for a detector that was taught by day."""

import cv2
import numpy as np

from dianliang.engines.vision import Picture

DUSK = 16.0
"""Grey level of a picture below which it is brightened."""
EVERY = 4
"""Of so many rows and columns one is looked at to know how bright a picture is."""
DARK, BRIGHT = 1, 99
"""Percentiles that become black and nearly white: a lamp or a number plate is no measure."""
WHITE = 225.0
MOST = 8.0
"""More than three bits of gain shows the sensor's noise and little else."""


def lightened(picture: Picture) -> Picture:
    """Return a dark picture stretched to the whole range of light, any other as it is.

    On walkers by made night of a tenth of the light a detector then finds 93 of 100 persons instead
    of 74 (`docs/lineguard.md`).
    """
    few = cv2.cvtColor(picture[::EVERY, ::EVERY], cv2.COLOR_BGR2GRAY)
    if float(few.mean()) >= DUSK:
        return picture
    dark, bright = (float(v) for v in np.percentile(few, [DARK, BRIGHT]))
    gain = float(np.clip(WHITE / max(bright - dark, 1.0), 1.0, MOST))
    levels = np.clip((np.arange(256) - dark) * gain, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, levels), dtype=np.uint8)
