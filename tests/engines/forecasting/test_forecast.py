"""The next season is forecast from past ones, and its intervals hold what comes."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.energy.seasons import DAYS, county, judged
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.forecasting import (
    LEVELS,
    History,
    InvalidHistoryError,
    Season,
    coverage,
    forecast,
    pinball,
)


@pytest.fixture(scope="module")
def scores():
    return judged(6, transformers=20, years=5)


def test_intervals_hold_what_comes_as_often_as_they_say(scores):
    _, ninety, eighty, _ = scores["ours"]

    assert 0.83 <= ninety <= 0.97
    assert 0.70 <= eighty <= 0.90


def test_it_is_better_than_last_year_and_than_all_past_years(scores):
    assert scores["ours"][0] < scores["last year"][0]
    assert scores["ours"][0] < scores["all past years"][0]


def test_new_machines_are_seen_coming():
    histories, _ = county(seed=3, transformers=30)
    more = [replace(each, next_machines_kw=each.next_machines_kw + 100) for each in histories]

    before, after = forecast(histories), forecast(more)

    for one, other in zip(before.forecasts, after.forecasts, strict=True):
        assert 20 <= other.expected_kw.max() - one.expected_kw.max() <= 100
        limit = 1.1 * one.expected_kw.max()
        assert other.chance(limit) >= one.chance(limit)


def test_one_season_that_came_late_widens_no_day_beyond_the_season():
    days = np.arange(30)
    early, late = (20 + 80 * np.exp(-(((days - top) / 3) ** 2)) for top in (8, 20))
    histories = [
        History(
            id=f"T{place}",
            seasons=tuple(
                Season(year=year, peaks_kw=size * peaks, machines_kw=0.0)
                for year, peaks in ((2025, early), (2026, late))
            ),
            next_machines_kw=0.0,
        )
        for place, size in enumerate((0.5, 1.0, 2.0))
    ]

    for each in forecast(histories).forecasts:
        assert (each.daily_kw <= each.highest_kw[:, None]).all()
        assert each.highest_kw[-1] < 5 * each.expected_kw.max()


def test_chances_fall_as_limits_rise_and_are_never_certain():
    histories, _ = county(seed=4, transformers=20)

    for each in forecast(histories).forecasts[:5]:
        chances = [each.chance(limit) for limit in np.linspace(0, 1000, 30)]
        assert chances == sorted(chances, reverse=True)
        assert 0 < chances[-1] < chances[0] < 1
        assert (np.diff(each.daily_kw, axis=0) >= 0).all()


def test_one_season_gives_an_assumed_width_and_says_so():
    history = History(id="T", seasons=(Season(year=2025, peaks_kw=np.full(30, 100.0)),))

    found = forecast([history])

    assert found.held_out == 0
    (one,) = found.forecasts
    assert one.expected_kw == pytest.approx(np.full(30, 100.0))
    low, high = one.daily_kw[[0, -1], 0]
    assert low == pytest.approx(100 * np.exp(-0.2 * 1.645), rel=0.02)
    assert high == pytest.approx(100 * np.exp(0.2 * 1.645), rel=0.02)


def wavering(*, seed, seasons, transformers=1, days=60, spread=0.2):
    """Return histories without trend whose days stray by so much, and the season that then came."""
    rng = np.random.default_rng(seed)
    peaks = 100 * rng.lognormal(0, spread, (transformers, seasons + 1, days))
    histories = [
        History(
            id=f"T{k}",
            seasons=tuple(Season(year=y, peaks_kw=own[y]) for y in range(seasons)),
        )
        for k, own in enumerate(peaks)
    ]
    return histories, peaks[:, -1]


@pytest.mark.parametrize("seasons", [1, 2, 3, 12])
@pytest.mark.parametrize("transformers", [1, 3])
def test_few_transformers_and_few_seasons_have_intervals_as_honest_as_many(seasons, transformers):
    held = []
    for seed in range(12):
        histories, came = wavering(seed=seed, seasons=seasons, transformers=transformers)
        found = forecast(histories).forecasts
        quantiles = np.stack([each.daily_kw for each in found], axis=1)
        held.append(coverage(quantiles.reshape(len(LEVELS), -1), came.ravel()))

    assert 0.87 <= np.mean(held) <= 0.99


def test_one_transformer_alone_is_never_forecast_without_a_doubt():
    histories, _ = wavering(seed=1, seasons=3, spread=0.01)

    (one,) = forecast(histories).forecasts

    assert one.highest_kw[0] < 0.95 * one.expected_kw.max()
    assert one.highest_kw[-1] > 1.05 * one.expected_kw.max()


WEEK = np.arange(70) % 7
SHOP = np.array([1.0, 1.0, 1.0, 1.0, 1.1, 1.6, 1.5])


def weekly(*, seed, seasons=4, first=0, shape=SHOP, kinds=True):
    """Return a shop's history; each season begins on the weekday after that of the one before."""
    rng = np.random.default_rng(seed)
    own = []
    for year in range(seasons + 1):
        days = (WEEK + first + year) % 7
        peaks = 100 * shape[days] * rng.lognormal(0, 0.05, len(days))
        own.append(Season(year=year, peaks_kw=peaks, kinds=days if kinds else None))
    *past, last = own
    history = History(id="T", seasons=tuple(past), next_kinds=last.kinds)
    return history, last.peaks_kw


def test_days_of_the_week_are_seen_coming_on_whatever_day_a_season_begins():
    history, came = weekly(seed=1)
    blind, _ = weekly(seed=1, kinds=False)

    (told,), (untold,) = forecast([history]).forecasts, forecast([blind]).forecasts

    weekend = SHOP[history.next_kinds] > 1.4
    ratio = told.expected_kw[weekend].mean() / told.expected_kw[~weekend].mean()
    assert ratio == pytest.approx(1.55 / 1.02, rel=0.05)
    assert pinball(told.daily_kw, came) < 0.7 * pinball(untold.daily_kw, came)


@given(seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_days_of_the_week_that_mean_nothing_change_next_to_nothing(seed):
    history, _ = weekly(seed=seed, shape=np.ones(7))
    blind, _ = weekly(seed=seed, shape=np.ones(7), kinds=False)

    (told,), (untold,) = forecast([history]).forecasts, forecast([blind]).forecasts

    assert told.expected_kw == pytest.approx(untold.expected_kw, rel=0.04)


def test_a_kind_of_day_never_seen_before_is_one_like_any_other():
    history, _ = weekly(seed=2)
    off = history.next_kinds.copy()
    off[10] = 7

    (one,) = forecast([replace(history, next_kinds=off)]).forecasts

    assert 90 < one.expected_kw[10] < 125


def led(*, seed, follows, seasons=8):
    """Return a history whose seasons are as high as the week before each, or as it happens."""
    rng = np.random.default_rng(seed)
    own = []
    for year in range(seasons + 1):
        level, other = 100 * rng.lognormal(0, 0.3, 2)
        peaks = level * rng.lognormal(0, 0.05, 40)
        own.append(Season(year=year, peaks_kw=peaks, before_kw=level if follows else other))
    *past, last = own
    return History(id="T", seasons=tuple(past), next_before_kw=last.before_kw), last.peaks_kw


@pytest.mark.parametrize("follows", [True, False])
def test_a_season_follows_the_days_before_it_as_far_as_seasons_did(follows):
    losses = []
    for seed in range(12):
        history, came = led(seed=seed, follows=follows)
        blind = replace(history, next_before_kw=np.nan)
        (told,), (untold,) = forecast([history]).forecasts, forecast([blind]).forecasts
        losses.append((pinball(told.daily_kw, came), pinball(untold.daily_kw, came)))
    told, untold = np.mean(losses, axis=0)

    assert told < 0.8 * untold if follows else told < 1.1 * untold


def test_days_that_are_not_known_are_bridged():
    histories, came = county(seed=5, transformers=10)
    holed = []
    for each in histories:
        peaks = each.seasons[-1].peaks_kw.copy()
        peaks[20:26] = np.nan
        last = replace(each.seasons[-1], peaks_kw=peaks)
        holed.append(replace(each, seasons=(*each.seasons[:-1], last)))

    found = forecast(holed)

    for one, season in zip(found.forecasts, came, strict=True):
        assert np.isfinite(one.daily_kw).all()
        assert one.expected_kw.max() == pytest.approx(season.peaks_kw.max(), rel=0.6)


def test_fewer_days_than_the_window_are_no_trouble():
    short = History(
        id="T",
        seasons=tuple(Season(year=y, peaks_kw=np.array([10.0, 20.0, 30.0])) for y in (2024, 2025)),
    )

    (one,) = forecast([short]).forecasts

    assert one.expected_kw.shape == (3,)
    assert one.expected_kw == pytest.approx(np.full(3, 20.0), rel=0.05)


def test_nothing_is_forecast_from_nothing():
    assert forecast([]).forecasts == ()


@pytest.mark.parametrize(
    ("history", "words"),
    [
        (History(id="T", seasons=()), "没有一季"),
        (History(id="T", seasons=(Season(year=1, peaks_kw=np.full(DAYS, np.nan)),)), "至少有一天"),
        (History(id="T", seasons=(Season(year=1, peaks_kw=np.full(DAYS, -1.0)),)), "不小于 0"),
        (
            History(id="T", seasons=(Season(year=1, peaks_kw=np.ones(DAYS), machines_kw=-1),)),
            "设备功率",
        ),
        (
            History(
                id="T",
                seasons=(Season(year=1, peaks_kw=np.ones(DAYS), kinds=np.zeros(3, np.int64)),),
            ),
            "日类型",
        ),
        (
            History(id="T", seasons=tuple(Season(year=1, peaks_kw=np.ones(3)) for _ in "ab")),
            "由早到晚",
        ),
    ],
)
def test_what_is_wrong_is_told(history, words):
    with pytest.raises(InvalidHistoryError, match=words):
        forecast([history])


def test_seasons_of_different_lengths_are_refused():
    one = History(id="A", seasons=(Season(year=1, peaks_kw=np.ones(3)),))
    other = History(id="B", seasons=(Season(year=1, peaks_kw=np.ones(4)),))

    with pytest.raises(InvalidHistoryError, match="天数"):
        forecast([one, other])


def test_scores_are_what_they_say():
    came = np.array([1.0, 2.0, np.nan])
    exact = np.tile([1.0, 2.0, 3.0], (len(LEVELS), 1))

    assert pinball(exact, came) == 0
    assert pinball(exact + 1, came) == pytest.approx(np.mean([1 - level for level in LEVELS]))
    assert coverage(exact, came) == 1
    assert coverage(exact + 1, came) == 0
