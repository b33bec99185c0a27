"""Tell whether anything moves in the zones, so that an idle camera costs almost nothing."""

import cv2
import numpy as np
from numpy.typing import NDArray

from dianliang.engines.vision._model import Gray, Zone
from dianliang.engines.vision._rules import DetectionRules
from dianliang.engines.vision._zones import mask

FADES_S = 3.0
"""The picture that is compared with follows in this time: what creeps adds up."""
AROUND = 9
"""Pixels of the small picture by which a zone is widened: bodies stand above their feet."""


class MotionGate:
    """Say when the detector should look."""

    def __init__(self, zones: tuple[Zone, ...], rules: DetectionRules) -> None:
        self._zones, self._rules = zones, rules
        self._usual: NDArray[np.float32] | None = None
        self._where: NDArray[np.bool_] | None = None
        self._at_s = self._moved_at_s = self._looked_at_s = -np.inf

    def looks(self, small: Gray, *, at_s: float, is_busy: bool, is_calm: bool = False) -> bool:
        """Tell whether the detector should look at this picture; `small` is the picture, shrunk.

        While somebody `is_busy` in the picture, or something moved within `quiet_s`, at the full
        rate, or at `calm_hz` where it `is_calm`; else every `idle_s`.
        """
        rules = self._rules
        if is_busy or self._moves(small, at_s):
            self._moved_at_s = at_s
        awake = at_s - self._moved_at_s <= rules.quiet_s
        rate_hz = min(rules.rate_hz, rules.calm_hz) if is_busy and is_calm else rules.rate_hz
        every_s = 1 / rate_hz if awake else rules.idle_s
        if at_s - self._looked_at_s < every_s * 0.9:  # pictures come a little early and late
            return False
        self._looked_at_s = at_s
        return True

    def _moves(self, small: Gray, at_s: float) -> bool:
        now = cv2.GaussianBlur(small, (5, 5), 0).astype(np.float32)
        if self._usual is None or self._usual.shape != now.shape:
            drawn = mask(self._zones, size=now.shape).astype(np.uint8)
            around = cv2.getStructuringElement(cv2.MORPH_RECT, (AROUND, 2 * AROUND))
            self._where = cv2.dilate(drawn, around).astype(bool)
            self._usual, self._at_s = now, at_s
            return True
        difference = now - self._usual
        difference -= np.float32(np.median(difference))  # a cloud, or the camera's own exposure
        weight = 1 - np.exp(-max(at_s - self._at_s, 0.0) / FADES_S)
        self._usual += np.float32(weight) * (now - self._usual)
        self._at_s = at_s
        assert self._where is not None  # noqa: S101 (set together with what is usual)
        changed = np.abs(difference[self._where]) > self._rules.moved_levels
        return bool(changed.mean() > self._rules.moved_share) if len(changed) else False
