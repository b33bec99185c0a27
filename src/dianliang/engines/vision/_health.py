"""Tell when a camera cannot be believed: typed findings instead of silence or false alarms."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from dianliang.engines.vision._model import Gray
from dianliang.engines.vision._rules import HealthRules
from dianliang.engines.vision._sight import Sight

WIDTH = 192
"""The small picture's width: shifts are told to a quarter of a per cent of the picture."""
FLAT = 3.0
"""Spread of grey levels below which there is nothing to see."""
SAME = 0.02
"""Mean change below which a picture is the same: sensors and codecs always stir a little."""
BRIEF = 20.0
"""Grey levels by which a drop differs from the pictures before and after."""
BLOCKS = 8
SOME = 0.004
"""Share of a block's pixels that must be brief."""


class Trouble(StrEnum):
    """What is wrong with a camera's pictures."""

    BLACK = "black"
    NIGHT = "night"
    RAIN = "rain"
    SHAKING = "shaking"
    MOVED = "moved"
    FROZEN = "frozen"
    CLOCK = "clock"
    HAZE = "haze"


WORDS = {
    Trouble.BLACK: "画面全黑或被遮住，看不见",
    Trouble.NIGHT: "夜间光线不足，可能漏看",
    Trouble.RAIN: "大雨或飞雪，可能漏看",
    Trouble.SHAKING: "镜头晃动，区域位置不准",
    Trouble.MOVED: "镜头被移动，区域不再有效，请重新划定",
    Trouble.FROZEN: "画面不再变化，可能卡住",
    Trouble.CLOCK: "画面时间跳变，停留时间从头算起",
    Trouble.HAZE: "看不清：雾、霾或镜头蒙了水汽，远处的人可能漏看",
}
BLIND = frozenset({Trouble.BLACK, Trouble.FROZEN, Trouble.MOVED})
"""While these hold no event is made: zones mean nothing, or nothing is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A trouble that began (`is_over` False) or ended."""

    trouble: Trouble
    at_s: float
    words: str
    is_over: bool = False


def small(gray: Gray) -> Gray:
    """Return a picture shrunk to the size at which motion and health are judged."""
    height = max(1, round(gray.shape[0] * WIDTH / gray.shape[1]))
    return cv2.resize(gray, (WIDTH, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


class Health:
    """Watch over the pictures of one camera."""

    def __init__(self, rules: HealthRules) -> None:
        self._rules = rules
        self._holds: set[Trouble] = set()
        self._latest: deque[Gray] = deque(maxlen=3)
        self._shifts: deque[float] = deque(maxlen=5)
        self._outlines: NDArray[np.float32] | None = None
        self._at_s = self._judged_at_s = -np.inf
        self._other_since_s: float | None = None
        self._same_since_s: float | None = None
        self._sight = Sight()

    @property
    def holds(self) -> frozenset[Trouble]:
        """Return the troubles that hold now."""
        return frozenset(self._holds)

    def accept(self) -> None:
        """Take the present view for the right one: zones were drawn anew."""
        self._outlines, self._other_since_s = None, None
        self._sight.forget()

    def step(self, picture: Gray, *, at_s: float) -> tuple[Finding, ...]:
        """Take in a small picture; return what began and what ended."""
        gap_s = at_s - self._at_s
        jumped = np.isfinite(gap_s) and not 0 <= gap_s <= self._rules.jump_s
        self._at_s = at_s
        if jumped:
            self._latest.clear()
            self._same_since_s = self._other_since_s = None
            self._judged_at_s = -np.inf
            return (Finding(trouble=Trouble.CLOCK, at_s=at_s, words=WORDS[Trouble.CLOCK]),)
        if at_s - self._judged_at_s < self._rules.every_s:
            return ()
        self._judged_at_s = at_s
        if self._latest and self._latest[-1].shape != picture.shape:
            self._latest.clear()
            self._outlines = None
            self._sight.forget()
        self._latest.append(picture)
        return self._told(self._judged(picture, at_s), at_s)

    def _judged(self, picture: Gray, at_s: float) -> set[Trouble]:
        rules = self._rules
        level, spread = float(picture.mean()), float(picture.std())
        found = set()
        if self._is_frozen(at_s):
            found.add(Trouble.FROZEN)
        if spread < FLAT:
            self._shifts.clear()
            return found | {Trouble.BLACK}
        if level < rules.night_level:
            found.add(Trouble.NIGHT)
        if self._sight.is_hazy(picture, rules, at_s=at_s):
            found.add(Trouble.HAZE)
        if self._shakes(picture.shape[1]):
            found.add(Trouble.SHAKING)
        elif self._rains():
            found.add(Trouble.RAIN)
        # Heavy rain hides the outlines that tell one view from another: that is judged after it.
        if Trouble.RAIN in found:
            if Trouble.MOVED in self._holds:
                found.add(Trouble.MOVED)
            else:
                self._other_since_s = None
        elif self._moved(picture, at_s, is_shaking=Trouble.SHAKING in found):
            found.add(Trouble.MOVED)
        return found

    def _told(self, found: set[Trouble], at_s: float) -> tuple[Finding, ...]:
        began, ended = found - self._holds, self._holds - found
        self._holds = found
        return (
            *(Finding(trouble=one, at_s=at_s, words=WORDS[one]) for one in sorted(began)),
            *(
                Finding(trouble=one, at_s=at_s, words=f"恢复：{WORDS[one]}", is_over=True)
                for one in sorted(ended)
            ),
        )

    def _is_frozen(self, at_s: float) -> bool:
        if len(self._latest) < 2:
            return False
        change = cv2.absdiff(self._latest[-1], self._latest[-2])
        if float(np.mean(change)) >= SAME:
            self._same_since_s = None
            return False
        if self._same_since_s is None:
            self._same_since_s = at_s - self._rules.every_s
        return at_s - self._same_since_s >= self._rules.frozen_s

    def _shakes(self, width: int) -> bool:
        """Tell whether the whole picture jumps: shift by phase correlation, again and again."""
        if len(self._latest) < 2:
            return False
        self._shifts.append(
            shift(outlines(self._latest[-2]), outlines(self._latest[-1]))[0] / width
        )
        many = len(self._shifts) == self._shifts.maxlen
        return many and float(np.median(self._shifts)) > self._rules.shake

    def _rains(self) -> bool:
        """Tell whether things that last one picture only are all over the picture."""
        if len(self._latest) < 3:
            return False
        before, now, after = (one.astype(np.int16) for one in self._latest)
        brief = np.minimum(np.abs(now - before), np.abs(now - after)) > BRIEF
        rows, columns = (size // BLOCKS * BLOCKS for size in brief.shape)
        blocks = brief[:rows, :columns].reshape(BLOCKS, rows // BLOCKS, BLOCKS, columns // BLOCKS)
        return float((blocks.mean(axis=(1, 3)) > SOME).mean()) >= self._rules.rain_share

    def _moved(self, picture: Gray, at_s: float, *, is_shaking: bool) -> bool:
        """Tell whether the view has been another one for `moved_s`; learn light slowly if not."""
        rules = self._rules
        now = outlines(picture)
        if self._outlines is None:
            self._outlines = now
            return False
        away, _ = shift(self._outlines, now)
        is_other = (
            away / picture.shape[1] > rules.moved or _likeness(self._outlines, now) < rules.alike
        )
        if not is_other:
            self._other_since_s = None
            if not is_shaking:
                self._outlines = np.asarray(0.98 * self._outlines + 0.02 * now, dtype=np.float32)
            return False
        if self._other_since_s is None:
            self._other_since_s = at_s
        return at_s - self._other_since_s >= rules.moved_s


def outlines(picture: Gray) -> NDArray[np.float32]:
    """Return edges, each weighed by its surroundings: light changes little of that."""
    gray = cv2.GaussianBlur(picture, (5, 5), 0).astype(np.float32)
    edges = cv2.magnitude(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1))
    around = cv2.blur(edges, (25, 25))
    return np.asarray(np.minimum(edges / (around + 8.0), 3.0), dtype=np.float32)


def shift(before: NDArray[np.float32], now: NDArray[np.float32]) -> tuple[float, float]:
    """Return by how many pixels the picture moved, and how clearly (0 to 1)."""
    window = cv2.createHanningWindow((before.shape[1], before.shape[0]), cv2.CV_32F)
    # Where sizes suit its transform OpenCV writes the window into what it is given: hence copies.
    (dx, dy), response = cv2.phaseCorrelate(before.copy(), now.copy(), window)
    return (float(np.hypot(dx, dy)), float(response)) if response > 0.05 else (0.0, float(response))


def _likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the correlation of two pictures of outlines."""
    a, b = one - one.mean(), other - other.mean()
    return float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), 1e-6))
