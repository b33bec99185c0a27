"""Who should give a lecture: topic, certificate, time and fairness, each said in words.

First those who can, by the wish that suits; of these whoever has given fewest lectures lately,
then whose last lies furthest back, then who is nearest. Who cannot is listed with the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

LATELY_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody of the pool who speaks on the topic.

    `hindrances` holds per wish why he cannot come then, empty where he can; `lacks` what bars him
    altogether; `lately` and `this_month` count lectures given and promised, `this_month` per wish.
    """

    number: str
    name: str
    unit_name: str
    hindrances: tuple[str, ...]
    this_month: tuple[int, ...]
    most_a_month: int
    lately: int
    last_on: date | None
    away_km: float | None
    lacks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A candidate in his place, with why; `wish` is the first time at which he can come."""

    number: str
    name: str
    unit_name: str
    wish: int | None
    reasons: tuple[str, ...]

    @property
    def can(self) -> bool:
        """Tell whether he can come at any of the times."""
        return self.wish is not None


def rank(candidates: Sequence[Candidate], *, wishes: Sequence[datetime]) -> tuple[Ranked, ...]:
    """Return the candidates, best first."""
    placed = [(_order(one, wish := _first_wish(one)), one, wish) for one in candidates]
    placed.sort(key=lambda item: item[0])
    return tuple(
        Ranked(
            number=one.number,
            name=one.name,
            unit_name=one.unit_name,
            wish=wish,
            reasons=_reasons(one, wish, wishes),
        )
        for _, one, wish in placed
    )


def _first_wish(one: Candidate) -> int | None:
    if one.lacks:
        return None
    free = (
        n
        for n, hindrance in enumerate(one.hindrances)
        if not hindrance and one.this_month[n] < one.most_a_month
    )
    return next(free, None)


def _order(one: Candidate, wish: int | None) -> tuple[bool, int, int, date, float, str]:
    away = one.away_km if one.away_km is not None else float("inf")
    return (wish is None, wish or 0, one.lately, one.last_on or date.min, away, one.number)


def _reasons(one: Candidate, wish: int | None, wishes: Sequence[datetime]) -> tuple[str, ...]:
    given = Phrase("近 %(days)d 天讲过 %(n)d 场", days=LATELY_DAYS, n=one.lately)
    if one.last_on:
        given = Phrase(
            "近 %(days)d 天讲过 %(n)d 场，上一场 %(on)s",
            days=LATELY_DAYS,
            n=one.lately,
            on=f"{one.last_on}",
        )
    far: tuple[str, ...] = ()
    if one.away_km is not None:
        far = (Phrase("单位距讲点约 %(km)d 公里", km=round(one.away_km)),)
    if one.lacks:
        return (one.lacks, given)
    if wish is None:
        return (*_why_never(one, wishes), given)
    when = Phrase("第 %(n)d 个时间（%(at)s）有空", n=wish + 1, at=_said(wishes[wish]))
    month = Phrase("当月 %(n)d / %(most)d 场", n=one.this_month[wish], most=one.most_a_month)
    return (when, given, month, *far)


def _why_never(one: Candidate, wishes: Sequence[datetime]) -> tuple[str, ...]:
    return tuple(
        Phrase(
            "%(at)s：%(why)s",
            at=_said(at),
            why=one.hindrances[n] or Phrase("当月已满 %(n)d 场", n=one.most_a_month),
        )
        for n, at in enumerate(wishes)
    )


def _said(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}"
