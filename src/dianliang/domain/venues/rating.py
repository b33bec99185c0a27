"""Stars from records: rules are data, points follow from figures, nobody types a score.

A criterion counts a share or a number. Below its floor it earns nothing, at its full mark all of
its weight, in between in proportion. What has too few records is left out, with its weight; when
less than half of the weight is left, there are no stars rather than chance ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.venues.models import RatingRules
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

LEAST_MEASURED = 0.5
SUBJECTS: Mapping[str, str] = {"site": "服务站点", "cell": "网格"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What is counted, how much it weighs, from where to where, and how many records it needs."""

    measure: str
    weight: int
    floor: float
    full: float
    least: int
    subjects: tuple[str, ...] = ("site", "cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A published set of criteria, and the score from which each star is given."""

    number: int
    criteria: tuple[Criterion, ...]
    steps: tuple[tuple[int, float], ...]
    at: datetime | None = None
    by_name: str = ""
    reason: str = ""

    def of(self, subject: str) -> tuple[Criterion, ...]:
        """Return what counts for a kind of subject."""
        return tuple(c for c in self.criteria if subject in c.subjects)


SHIPPED = Rules(
    number=0,
    criteria=(
        Criterion(measure="needs_on_time", weight=25, floor=0.6, full=0.98, least=3),
        Criterion(measure="satisfied", weight=20, floor=0.6, full=0.95, least=3),
        Criterion(measure="hazards", weight=10, floor=0.5, full=0.98, least=3),
        Criterion(measure="visits", weight=10, floor=0, full=12, least=0),
        Criterion(measure="presence", weight=20, floor=0.5, full=1.0, least=2, subjects=("site",)),
        Criterion(measure="campaigns", weight=10, floor=0.3, full=1.0, least=5),
        Criterion(measure="activities", weight=5, floor=0, full=4, least=0),
    ),
    steps=((5, 90.0), (4, 80.0), (3, 65.0), (2, 50.0), (1, 0.0)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the records say: so many of so many; a plain count has no `of`."""

    good: int
    of: int | None = None

    @property
    def value(self) -> float | None:
        """Return the share or the count; None where there is nothing to divide by."""
        if self.of is None:
            return float(self.good)
        return self.good / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What one criterion earned; None where there are too few records."""

    criterion: Criterion
    measured: Measured
    points: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """The result with its parts. No stars where too little is on record."""

    parts: tuple[Points, ...]
    score: float | None
    stars: int | None
    measured_share: float


def rate(rules: Rules, *, subject: str, measured: Mapping[str, Measured]) -> Rated:
    """Return points, score (0–100) and stars that the rules give for what was measured."""
    parts = tuple(
        _points(c, measured.get(c.measure, Measured(good=0, of=0))) for c in rules.of(subject)
    )
    weight = sum(part.criterion.weight for part in parts)
    counted = [part for part in parts if part.points is not None]
    used = sum(part.criterion.weight for part in counted)
    share = used / weight if weight else 0.0
    if not used or share < LEAST_MEASURED:
        return Rated(parts=parts, score=None, stars=None, measured_share=share)
    score = round(100 * sum(part.points or 0.0 for part in counted) / used, 1)
    stars = next((star for star, least in rules.steps if score >= least), None)
    return Rated(parts=parts, score=score, stars=stars, measured_share=share)


def _points(criterion: Criterion, measured: Measured) -> Points:
    value = measured.value
    records = measured.good if measured.of is None else measured.of
    if value is None or records < criterion.least:
        return Points(criterion=criterion, measured=measured, points=None)
    reached = (value - criterion.floor) / (criterion.full - criterion.floor)
    points = criterion.weight * min(1.0, max(0.0, reached))
    return Points(criterion=criterion, measured=measured, points=round(points, 2))


def in_force() -> Rules:
    """Return the rules that count now: the last published, or the shipped ones."""
    row = RatingRules.objects.order_by("-number").first()
    return _rules(row) if row else SHIPPED


def versions() -> tuple[Rules, ...]:
    """Return every set of rules that was ever in force, newest first."""
    return (*(_rules(row) for row in RatingRules.objects.order_by("-number")), SHIPPED)


def version(number: int) -> Rules | None:
    """Return one set of rules."""
    return next((rules for rules in versions() if rules.number == number), None)


def _rules(row: RatingRules) -> Rules:
    return Rules(
        number=row.number,
        criteria=tuple(
            Criterion(**{**line, "subjects": tuple(line["subjects"])}) for line in row.rows
        ),
        steps=tuple((int(star), float(least)) for star, least in row.steps),
        at=row.at,
        by_name=row.by_name,
        reason=row.reason,
    )


@transaction.atomic
def publish(
    *,
    criteria: Sequence[Criterion],
    steps: Sequence[tuple[int, float]],
    seen: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> RatingRules:
    """Put another set of rules in force, with a reason; the ones before stay readable.

    Raises:
        InvalidInputError: somebody published first, weights do not sum to 100, a full mark is not
            above its floor, or the lines of the stars do not fall.
    """
    newest = RatingRules.objects.select_for_update().order_by("-number").first()
    last = newest.number if newest else 0
    overtaken = InvalidInputError("规则刚被他人发布，请刷新后再改。", field="reason")
    if last != seen:
        raise overtaken
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    _check(criteria, steps)
    made, is_new = RatingRules.objects.get_or_create(
        number=last + 1,
        defaults={
            "rows": [_line(criterion) for criterion in criteria],
            "steps": [list(step) for step in steps],
            "at": at,
            "by_name": by.name,
            "reason": words,
        },
    )
    if not is_new:  # of two first versions at once: there was no row to wait for
        raise overtaken
    audit.record("venues.ratingrules.publish", target=made, by=by, at=at, reason=words)
    return made


def _line(criterion: Criterion) -> dict[str, Any]:
    return {
        "measure": criterion.measure,
        "weight": criterion.weight,
        "floor": criterion.floor,
        "full": criterion.full,
        "least": criterion.least,
        "subjects": list(criterion.subjects),
    }


def _check(criteria: Sequence[Criterion], steps: Sequence[tuple[int, float]]) -> None:
    total = sum(criterion.weight for criterion in criteria)
    if total != 100:
        raise InvalidInputError(
            Phrase("各项权重之和应为 100，现为 %(total)s。", total=total), field="weight"
        )
    for criterion in criteria:
        if not 0 <= criterion.floor < criterion.full:
            message = "每项的满分线必须高于起分线，且不小于 0。"
            raise InvalidInputError(message, field=f"full_{criterion.measure}")
    lines = [least for _, least in steps]
    if lines != sorted(lines, reverse=True) or len(set(lines)) != len(lines) or lines[-1] != 0:
        raise InvalidInputError("星级线应从高到低，一星从 0 分起。", field="steps")
