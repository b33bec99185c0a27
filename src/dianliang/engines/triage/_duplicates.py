"""Needs that may be about the same thing: near in place and time, alike in words.

Method: cosine of character 2–3-gram counts damped by log, over candidates that pass the gate of
place (same village, or within `NEAR_M`) and time. Words that name another place speak against.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import log, sqrt

from dianliang.engines.triage._text import normalise, without_phones
from dianliang.kernel.geo import GeoPoint

NEAR_M = 500.0
WITHIN_DAYS = 14
LEAST_LIKENESS = 0.18
SAME_SERVICE_BONUS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNeed:
    """A need that the new one may repeat."""

    id: str
    text: str
    at: datetime
    area_code: str
    point: GeoPoint | None = None
    service_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateCandidate:
    """A need that may be about the same thing, and why."""

    id: str
    score: float
    likeness: float
    distance_m: float | None
    hours_apart: float
    reasons: tuple[str, ...]


def likely_duplicates(
    need: KnownNeed, others: Iterable[KnownNeed], *, top: int = 5
) -> tuple[DuplicateCandidate, ...]:
    """Return the needs that the new one may repeat, most likely first. A person merges."""
    grams = _grams(need.text)
    found: list[DuplicateCandidate] = []
    for other in others:
        hours = abs((need.at - other.at).total_seconds()) / 3600
        distance = need.point.distance_m(other.point) if need.point and other.point else None
        is_near = (distance is not None and distance <= NEAR_M) or (
            need.area_code == other.area_code and (distance is None or distance <= 4 * NEAR_M)
        )
        if other.id == need.id or hours > 24 * WITHIN_DAYS or not is_near:
            continue
        likeness = _cosine(grams, _grams(other.text))
        same = bool(need.service_code) and need.service_code == other.service_code
        score = likeness + SAME_SERVICE_BONUS * same
        if score < LEAST_LIKENESS:
            continue
        found.append(
            DuplicateCandidate(
                id=other.id,
                score=round(score, 4),
                likeness=round(likeness, 4),
                distance_m=None if distance is None else round(distance),
                hours_apart=round(hours, 1),
                reasons=_reasons(likeness, distance, hours, same=same),
            )
        )
    found.sort(key=lambda candidate: (-candidate.score, candidate.hours_apart, candidate.id))
    return tuple(found[:top])


def _reasons(
    likeness: float, distance_m: float | None, hours: float, *, same: bool
) -> tuple[str, ...]:
    near = "同一村社区" if distance_m is None else f"相距约 {distance_m:.0f} 米"
    when = f"相隔 {hours:.0f} 小时" if hours < 48 else f"相隔 {hours / 24:.0f} 天"
    reasons = [near, when, f"文字相似 {likeness:.0%}"]
    if same:
        reasons.append("同一服务事项")
    return tuple(reasons)


def _grams(text: str) -> dict[str, float]:
    plain = "".join(c for c in without_phones(normalise(text)) if c.isalnum())
    counts = Counter(plain[i : i + n] for n in (2, 3) for i in range(len(plain) - n + 1))
    return {gram: 1 + log(count) for gram, count in counts.items()}


def _cosine(a: dict[str, float], b: dict[str, float]) -> float:
    if not a or not b:
        return 0.0
    small, large = sorted((a, b), key=len)
    dot = sum(weight * large[gram] for gram, weight in small.items() if gram in large)
    return dot / sqrt(sum(w * w for w in a.values()) * sum(w * w for w in b.values()))


class DuplicateIndex:
    """Many needs, ready to be asked which of them a new one may repeat."""

    def __init__(self, entries: Iterable[KnownNeed] = ()) -> None:
        self._entries = {entry.id: entry for entry in entries}

    def add(self, entry: KnownNeed) -> None:
        """Take in a need, or replace the one of the same id."""
        self._entries[entry.id] = entry

    def remove(self, number: str) -> None:
        """Forget a need; one that is not there is no error."""
        self._entries.pop(number, None)

    def top(self, need: KnownNeed, *, k: int = 5) -> tuple[DuplicateCandidate, ...]:
        """Return the `k` needs that the new one most likely repeats."""
        return likely_duplicates(need, self._entries.values(), top=k)
