"""Loads of transformers against a plain reading of the rule, point by point."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.engines.loading import (
    DEFAULT_RULES,
    NO_W,
    POINTS,
    Line,
    LoadRule,
    Loads,
    Meter,
    Network,
    Phase,
    Span,
    Transformer,
    judge,
)
from tests.engines.loading.days import FIRST_ON, readings

KVA = 100.0
HEAVY_W, OVER_W = 76_000, 95_000
TWO_DAYS = Span(FIRST_ON, date(2026, 7, 2))
levels = st.sampled_from([0, 20_000, 38_000, 47_500, NO_W])
stretches = st.lists(st.tuples(levels, st.integers(1, 12)), min_size=1, max_size=40)


def network(*phases, **options):
    return Network.of(
        [
            Meter(number=f"M{i}", transformer="T", phase=phase, **options)
            for i, phase in enumerate(phases)
        ],
        [Transformer(number="T", capacity_kva=KVA)],
    )


def loaded(power, net=None, span=TWO_DAYS):
    loads = Loads.empty(net or network(*[Phase.UNKNOWN] * len(power)), span)
    loads.add(readings(power))
    return loads


def only(loads, rules=DEFAULT_RULES):
    (one,) = judge(loads, rules=rules)
    return one


def stretched(parts):
    values = [level for level, count in parts for _ in range(count)][: 2 * POINTS]
    return values + [0] * (2 * POINTS - len(values))


def plain_runs(power, line, bridged):
    """Say it again in words of the rule: points at the line, with few unknown ones between."""
    total = [sum(w for w in point if w != NO_W) for point in zip(*power, strict=True)]
    is_known = [NO_W not in point for point in zip(*power, strict=True)]
    beyond = [i for i, w in enumerate(total) if w >= line and any(row[i] != NO_W for row in power)]
    groups = []
    for i in beyond:
        between = range(groups[-1][-1] + 1, i) if groups else ()
        if groups and len(between) <= bridged and not any(is_known[j] for j in between):
            groups[-1].append(i)
        else:
            groups.append([i])
    return [(g[0], len(g), g[-1] + 1 - g[0] - len(g)) for g in groups if len(g) >= 8]


@given(stretches, stretches, st.integers(0, 3))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_runs_are_what_the_rule_says_point_by_point(first, second, bridged):
    power = [stretched(first), stretched(second)]
    rules = replace(DEFAULT_RULES, bridged_points=bridged)

    found = only(loaded(np.reshape(power, (2, 2, POINTS))), rules)

    for kind, line in ((Line.HEAVY, HEAVY_W), (Line.OVER, OVER_W)):
        told = [
            ((run.on - FIRST_ON).days * POINTS + run.minute // 15, run.points, run.bridged)
            for run in found.runs
            if run.line is kind
        ]
        assert told == plain_runs(power, line, bridged)


def test_a_run_crosses_midnight_and_the_border_of_the_month():
    power = np.zeros((1, 2, POINTS))
    power[0, 0, -4:], power[0, 1, :4] = HEAVY_W, HEAVY_W

    (run,) = only(loaded(power)).runs

    assert run.words == "2026-06-30 23:00 至 2026-07-01 01:00 重载 120 分钟"
    power[0, 1, 3] = HEAVY_W - 1
    assert only(loaded(power)).runs == ()


def test_what_is_fed_back_overloads_as_what_is_drawn_does_and_is_named():
    power = np.zeros((2, 2, POINTS))
    power[0, :, :], power[0, 0, 40:56] = 20_000, -142_500

    found = only(loaded(power))

    (over,) = (run for run in found.runs if run.line is Line.OVER)
    assert (over.points, over.most, over.is_reverse) == (16, -142_500, True)
    assert "过载 240 分钟（反向送电，最大 142.5 kW）" in over.words
    assert (found.peak_w, found.peak_share, found.worst) == (-142_500, 1.5, Line.OVER)
    assert found.beyond_minutes[Line.OVER] == 240


def test_back_feed_of_which_meters_are_unread_is_no_overload():
    power = np.zeros((2, 2, POINTS))
    power[0, 0, 40:56], power[1, 0, 40:56] = -OVER_W, NO_W

    assert only(loaded(power)).runs == ()


def test_a_phase_that_feeds_back_beside_two_that_draw_is_uneven():
    power = np.zeros((3, 2, POINTS))
    power[0, 0, :8], power[1:, 0, :8] = -30_000, 10_000

    (run,) = only(loaded(power, network(Phase.A, Phase.B, Phase.C))).runs

    assert (run.line, run.points, run.most) == (Line.UNEVEN, 8, 1333)


def test_a_month_tells_its_own_peak_and_the_whole_of_a_run_that_touches_it():
    power = np.zeros((1, 2, POINTS))
    power[0, 0, 20:40], power[0, 0, -6:], power[0, 1, :2] = OVER_W, HEAVY_W, HEAVY_W

    (july,) = judge(loaded(power), of=Span(date(2026, 7, 1), date(2026, 7, 2)))

    assert [(run.on, run.points) for run in july.runs] == [(FIRST_ON, 8)]
    assert (july.peak_w, july.peak_on, july.points) == (HEAVY_W, date(2026, 7, 1), POINTS)
    assert july.beyond_minutes == {Line.HEAVY: 30, Line.OVER: 0}


def test_what_nobody_read_neither_counts_nor_hides_an_overload():
    power = np.zeros((2, 2, POINTS))
    power[0, 0, 10:20] = OVER_W
    power[1, 0, 12] = NO_W
    power[0, 0, 15] = NO_W
    power[0, 0, 20] = NO_W

    heavy, over = only(loaded(power)).runs

    assert (heavy.points, heavy.bridged, heavy.partial) == (9, 1, 1)
    assert "缺数" in over.words
    assert over.may_go_on
    assert not over.may_begin_before


def test_a_transformer_that_nobody_read_has_no_peak_and_no_run():
    found = only(Loads.empty(network(Phase.UNKNOWN), TWO_DAYS))

    assert (found.peak_share, found.runs, found.known_points) == (None, (), 0)


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_sums_are_the_same_in_any_order_and_any_pieces(random):
    rng = np.random.default_rng(random.randrange(2**32))
    power = rng.integers(-5_000, 90_000, (6, 2, POINTS))
    power[rng.random(power.shape) < 0.1] = NO_W
    whole = loaded(power)
    batch = readings(power)
    order = rng.permutation(batch.num_rows)
    cut = random.randrange(batch.num_rows)

    pieces = Loads.empty(whole.network, TWO_DAYS)
    for part in (order[:cut], order[cut:]):
        sums = Loads.empty(whole.network, TWO_DAYS)
        sums.add(batch.take(part))
        pieces.merge(sums.packed())

    assert judge(pieces) == judge(whole)
    assert (pieces.load == whole.load).all()


def test_sums_of_another_span_or_network_are_refused():
    sums = loaded(np.zeros((1, 2, POINTS)))

    with pytest.raises(ValueError, match="span"):
        sums.merge(Loads.empty(sums.network, Span(FIRST_ON, date(2026, 7, 3))).packed())


def test_a_main_meter_stands_for_all_meters_below_it():
    meters = [
        Meter(number="M0", transformer="T", is_main=True),
        Meter(number="M1", transformer="T"),
    ]
    net = Network.of(meters, [Transformer(number="T", capacity_kva=KVA)])

    found = only(loaded(np.stack([np.full((2, POINTS), HEAVY_W)] * 2), net))

    assert (found.meters, found.peak_w) == (1, HEAVY_W)


def test_uneven_phases_are_found_only_where_phases_are_known_and_loaded():
    power = np.zeros((3, 2, POINTS))
    power[:, 0, 40:60] = [[30_000], [25_000], [20_000]]
    power[:, 0, 70:90] = [[3_000], [1_000], [2_000]]

    found = only(loaded(power, network(Phase.A, Phase.B, Phase.C)))

    (run,) = [run for run in found.runs if run.line is Line.UNEVEN]
    assert (run.minute, run.points, run.most) == (600, 20, 333)
    assert not only(loaded(power, network(Phase.A, Phase.B, Phase.UNKNOWN))).phases_judged


@pytest.mark.parametrize(("kva", "watts"), [(315, 239_400), (100, 76_000), (12.5, 9_500)])
def test_a_line_is_exact_where_floating_point_is_not(kva, watts):
    """0.8 × 315 × 1000 × 0.95 is 239400.00000000003: the point on the line must count."""
    rule = LoadRule(line=Line.HEAVY, share=Fraction("0.8"))

    assert rule.from_w(capacity_kva=kva, power_factor=Fraction("0.95")) == watts


@pytest.mark.parametrize("beyond_belief", [900_000_000, -900_000_000])
def test_more_than_a_transformer_can_carry_is_doubted_and_no_verdict(beyond_belief):
    """A kW column read as MW, a multiplier typed twice: nobody builds a transformer for that."""
    half_a_day = [beyond_belief] * 48 + [20_000] * (2 * POINTS - 48)

    found = only(loaded(np.reshape(half_a_day, (1, 2, POINTS))))

    assert (found.unbelieved_points, found.known_points) == (48, 2 * POINTS - 48)
    assert (found.peak_w, found.worst, found.runs) == (20_000, None, ())
    assert found.beyond_minutes == {Line.HEAVY: 0, Line.OVER: 0}


def test_twice_the_rating_is_heavy_and_believed():
    found = only(loaded(np.full((1, 2, POINTS), 2 * OVER_W)))

    assert (found.worst, found.unbelieved_points) == (Line.OVER, 0)
