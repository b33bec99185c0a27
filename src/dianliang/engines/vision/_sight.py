"""Tell that the air, or the glass of a camera, is not clear: outlines fade and the dark turns grey.

Haze takes a share of all contrast and adds light of its own (Koschmieder 1924; He et al. 2011 tell
it by its lack of anything dark). So two signs must meet, both against what is usual for this view:
strong outlines are weak for the light there is, and the darkest parts are brighter. A cloud before
the sun weakens outlines alone, night and rain do little to them for their light. A watch that
begins in fog knows no other view and tells nothing.
"""

import cv2
import numpy as np

from dianliang.engines.vision._model import Gray
from dianliang.engines.vision._rules import HealthRules

STRONG, DARK = 90.0, 5.0
"""Percentiles: of outlines, and of grey levels."""
CLEARS_S, FADES_S = 60.0, 4 * 3600.0
"""A clearer view is taken for usual within a minute, one less clear within hours."""
SURE = 0.8
"""Share of the usual contrast from which a view is clear: its dark parts are learnt."""
OVER = 1.2
"""Haze is over at so much more contrast than it began with: it comes and goes slowly."""


class Sight:
    """How clear the view of one camera is."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Take the next view for a clear one: it is another one."""
        self._contrast = self._dark = 0.0
        self._at_s: float | None = None
        self._since_s: float | None = None
        self._holds = False

    def is_hazy(self, picture: Gray, rules: HealthRules, *, at_s: float) -> bool:
        """Tell whether the view has been unclear for `haze_s`; learn what is usual if it is not."""
        contrast, dark = clearness(picture)
        if self._at_s is None:
            self._contrast, self._dark, self._at_s = contrast, dark, at_s
        gap_s, self._at_s = min(max(0.0, at_s - self._at_s), rules.jump_s), at_s
        least = rules.clear_share * (OVER if self._holds else 1.0)
        is_dim = contrast < least * self._contrast and dark >= self._dark + rules.veil
        if not is_dim:
            self._since_s = None
            self._learn(contrast, dark, gap_s)
        elif self._since_s is None:
            self._since_s = at_s
        self._holds = self._since_s is not None and at_s - self._since_s >= rules.haze_s
        return self._holds

    def _learn(self, contrast: float, dark: float, gap_s: float) -> None:
        taught_s = CLEARS_S if contrast > self._contrast else FADES_S
        self._contrast += (1 - np.exp(-gap_s / taught_s)) * (contrast - self._contrast)
        if contrast >= SURE * self._contrast:
            self._dark += (1 - np.exp(-gap_s / CLEARS_S)) * (dark - self._dark)


def clearness(picture: Gray) -> tuple[float, float]:
    """Return how strong outlines are for the light there is, and how bright the darkest parts."""
    soft = cv2.GaussianBlur(picture, (5, 5), 0).astype(np.float32)
    edges = cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    level = max(float(soft.mean()), 1.0)
    return float(np.percentile(edges, STRONG)) / level, float(np.percentile(soft, DARK))
