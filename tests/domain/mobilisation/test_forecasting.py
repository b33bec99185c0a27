"""The interval of a forecast holds the truth as often as it says, and narrows as crews report."""

import random
from datetime import datetime, timedelta
from math import exp

from dianliang.domain.mobilisation.forecasting import Pace, Turn, forecast
from dianliang.kernel.calendar import SHANGHAI

HOUR = timedelta(hours=1)
SIX = datetime(2026, 7, 7, 6, tzinfo=SHANGHAI)
M_PER_H = 250.0
GAMES = 240


def turns(days: int, *, crews: int = 6, after: int = 0) -> list[Turn]:
    """Days of twelve hours for crews, of which eleven are work."""
    return [
        Turn(start=SIX + day * 24 * HOUR, end=SIX + (day * 24 + 11) * HOUR, m_per_h=M_PER_H)
        for day in range(after, days)
        for _ in range(crews)
    ]


def really(left_m: float, days: list[list[float]]) -> datetime:
    """Work it off day by day: another way to the answer than the forecast's."""
    for day, factors in enumerate(days):
        per_h = M_PER_H * sum(factors)
        if left_m <= 11 * per_h:
            return SIX + (24 * day + left_m / per_h) * HOUR
        left_m -= 11 * per_h
    return SIX + 24 * len(days) * HOUR


def test_nine_of_ten_truths_lie_in_the_interval() -> None:
    """Pace and spread are drawn anew for each incident; some report one shift, some a dozen."""
    dice = random.Random(4)
    inside = 0
    for game in range(GAMES):
        spread = dice.choice([0.2, 0.3, 0.45])
        mean = dice.gauss(0.0, 0.35)
        seen = [
            Pace(done_m=2750 * exp(dice.gauss(mean, spread)), planned_m=2750)
            for _ in range((0, 1, 3, 6, 12)[game % 5])
        ]
        days = [[exp(dice.gauss(mean, spread)) for _ in range(2)] for _ in range(12)]
        found = forecast(15_000, turns(12, crews=2), seen, draws=80)
        assert found is not None
        inside += found.early <= really(15_000, days) <= found.late

    assert 0.85 <= inside / GAMES <= 0.95


def test_many_reports_narrow_it_and_a_slow_pace_moves_it_on() -> None:
    def after(n: int, factor: float = 1.0) -> tuple[float, datetime]:
        seen = [Pace(done_m=2750 * factor, planned_m=2750)] * n
        found = forecast(44_600, turns(9), seen)
        assert found is not None
        return (found.late - found.early) / HOUR, found.middle

    assert after(0)[0] > after(3)[0] > after(30)[0]
    assert after(10, 0.6)[1] > after(10)[1] > after(10, 1.5)[1]


def test_where_the_shifts_do_not_suffice_it_says_so_and_goes_on_like_the_last_day() -> None:
    found = forecast(44_600, turns(1), [])

    assert found is not None
    assert found.is_beyond
    assert SIX + 24 * HOUR < found.middle < SIX + 6 * 24 * HOUR
    assert forecast(0.0, turns(1), []) is None
    assert forecast(1.0, [], []) is None


def test_work_that_the_repeats_do_not_finish_has_no_end() -> None:
    found = forecast(1_000_000, turns(1, crews=1), [], draws=20)

    assert found is not None
    assert found.is_open
    near = forecast(44_600, turns(9), [], draws=20)
    assert near is not None
    assert not near.is_open
