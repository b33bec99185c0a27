"""Slopes are those of the losses, a broken head learns, and nothing is said that was not shown."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.fitting import (
    BINS,
    OUTPUTS,
    Cells,
    FitRules,
    Labels,
    Layer,
    Seen,
    UnableToFitError,
    Verdict,
    average_precision,
    cells_of,
    divided,
    fit,
    giou,
    judged,
    loss_of,
    overlap,
    owners,
    quality_focal,
)

NONE = np.zeros((0, 4), np.float32)
seeds = st.integers(0, 10_000)


@given(seeds)
@settings(deadline=None, max_examples=20)
def test_slopes_of_overlap_and_score_are_those_of_a_small_step(seed):
    rng = np.random.default_rng(seed)
    away, wanted = rng.uniform(0.5, 9, (2, 1, 4))
    logit, quality = rng.normal(size=(1,)), rng.uniform(size=(1,))
    for side in range(4):
        step = np.eye(4)[side] * 1e-6
        rise = giou(away + step, wanted)[1].value - giou(away - step, wanted)[1].value
        assert giou(away, wanted)[1].by_away[0, side] == pytest.approx(rise[0] / 2e-6, abs=1e-4)
    rise = quality_focal(logit + 1e-6, quality)[0] - quality_focal(logit - 1e-6, quality)[0]
    assert quality_focal(logit, quality)[1][0] == pytest.approx(rise[0] / 2e-6, abs=1e-5)


def test_slopes_of_distances_are_those_of_a_small_step():
    """The score's part is held fixed as the detector's own training holds it."""
    rng, rules = np.random.default_rng(2), FitRules()
    cells = Cells(
        features=np.zeros((1, 2), np.float32),
        away=rng.uniform(0.5, 9, (1, 4)).astype(np.float32),
        is_person=np.array([True]),
        counts=np.ones(1, np.float32),
    )
    logits = rng.normal(size=(1, OUTPUTS))
    logits[0, 0] = -40.0  # the score's loss is then flat in the overlap's square only
    slope = loss_of(logits, cells, rules).by_logit[0]
    for column in rng.choice(np.arange(1, OUTPUTS), 6, replace=False):
        step = np.eye(OUTPUTS)[column] * 1e-5
        sides = [loss_of(logits + sign * step, cells, rules) for sign in (1, -1)]
        scores = [
            quality_focal(logits[:, 0], giou(_away(logits + sign * step), _double(cells))[0])[0][0]
            for sign in (1, -1)
        ]
        rise = (sides[0].loss - scores[0]) - (sides[1].loss - scores[1])
        assert slope[column] == pytest.approx(rise / 2e-5, abs=1e-4)


def _double(cells):
    return cells.away.astype(np.float64)


def _away(logits):
    raw = logits[:, 1:].reshape(-1, 4, BINS)
    shares = np.exp(raw) / np.exp(raw).sum(2, keepdims=True)
    return shares @ np.arange(BINS)


@given(seeds)
@settings(deadline=None, max_examples=15)
def test_every_cell_of_a_person_lies_in_it_and_an_unsure_one_teaches_nothing(seed):
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 250, (4, 2))
    boxes = np.concatenate([low, low + rng.uniform(20, 120, (4, 2))], 1).astype(np.float32)
    labels = Labels(boxes=boxes[:3], unsure=boxes[3:])
    features = {s: np.zeros(((384 // s) ** 2, 2), np.float32) for s in (8, 16, 32)}
    scores = {s: np.full(len(one), 0.5, np.float32) for s, one in features.items()}
    told = cells_of(features, scores, labels=labels, size=(384, 384), rng=rng)

    whose = owners(labels, (384, 384), (8, 16, 32))
    assert all((one.away[one.is_person] > 0).all() for one in told.values())
    assert sum((one >= 0).sum() for one in whose) == sum(o.is_person.sum() for o in told.values())
    assert sum((one == -2).sum() for one in whose) == sum(map(len, scores.values())) - sum(
        len(one.counts) for one in told.values()
    )


def views(rng, count):
    """Features whose first number tells a person and whose second tells how wide it is."""
    found = []
    for _ in range(count):
        is_person = rng.random(40) < 0.3
        wide = rng.uniform(1, 6, 40)
        features = np.stack([is_person - 0.3, wide / 6, rng.normal(size=40)], 1)
        away = np.repeat(wide[:, None], 4, 1)
        cells = Cells(
            features=features.astype(np.float32),
            away=away.astype(np.float32),
            is_person=is_person,
            counts=np.ones(40, np.float32),
        )
        found.append({8: cells})
    return found


def test_a_head_without_knowledge_learns_and_keeps_what_validation_likes():
    rng = np.random.default_rng(1)
    learn, stop, new = views(rng, 30), views(rng, 10), views(rng, 10)
    head = {
        8: Layer(weights=np.zeros((OUTPUTS, 3), np.float32), bias=np.zeros(OUTPUTS, np.float32))
    }
    rules = FitRules(steps=200, rate=0.03, keep=0.0)
    found = fit(head, learn, stop, rules=rules)
    again = fit(head, learn, stop, rules=rules)

    fed = np.concatenate([one[8].features for one in new])
    logits = fed @ found.head[8].weights[0] + found.head[8].bias[0]
    truth = np.concatenate([one[8].is_person for one in new])
    assert found.after == min(found.losses) < 0.7 * found.before
    assert ((logits > 0) == truth).mean() > 0.95
    assert np.array_equal(found.head[8].weights, again.head[8].weights)


def test_where_nothing_is_better_the_head_stays_as_it_was():
    rng = np.random.default_rng(3)
    learn, stop = views(rng, 8), views(rng, 4)
    opposite = [{8: replace(one[8], features=-one[8].features)} for one in stop]
    weights = rng.normal(size=(OUTPUTS, 3)).astype(np.float32) * 0.01
    head = {8: Layer(weights=weights, bias=np.full(OUTPUTS, 0.0, np.float32))}
    bias = fit(head, learn, stop, rules=FitRules(steps=40, rate=0.0)).head[8]
    found = fit(head, learn, opposite, rules=FitRules(steps=60, rate=0.05, look_every=30))

    assert np.array_equal(bias.weights, weights)
    assert found.after <= found.before
    empty = {8: replace(learn[0][8], is_person=np.zeros(40, bool))}
    with pytest.raises(UnableToFitError, match="一个也没有"):
        fit(head, learn, [empty], rules=FitRules())


def seen(found, *, boxes=((10, 10, 30, 90),), unsure=(), scores=None, block="a"):
    given = [np.array(one, np.float32).reshape(-1, 4) for one in (boxes, unsure, found)]
    sure = np.ones(len(given[2]), np.float32) if scores is None else np.array(scores, np.float32)
    return Seen(block=block, boxes=given[0], unsure=given[1], found=given[2], scores=sure)


def test_precision_counts_a_person_once_and_forgives_the_unsure():
    right, wrong = (11, 10, 31, 90), (200, 10, 220, 90)

    assert average_precision([seen([right])]) == 1.0
    assert average_precision([seen([right, right])]) == 1.0
    assert average_precision([seen([wrong, right], scores=[0.9, 0.5])]) == 0.5
    assert average_precision([seen([right], unsure=[wrong])]) == 1.0
    assert average_precision([seen([wrong, right], unsure=[wrong], scores=[0.9, 0.5])]) == 1.0
    assert average_precision([seen([])]) == 0.0
    assert average_precision([seen([right])], heights=(0, 30)) == 0.0


def test_a_gain_in_one_stretch_of_time_only_is_not_called_better():
    right, wrong = (10, 10, 30, 90), (200, 10, 220, 90)
    blocks = [str(n) for n in range(8)]
    bad = [seen([wrong], block=name) for name in blocks for _ in range(3)]
    good = [seen([right], block=name) for name in blocks for _ in range(3)]

    assert judged(bad, good).verdict is Verdict.BETTER
    assert judged(good, bad).verdict is Verdict.WORSE
    assert judged(good, good).verdict is Verdict.NOT_DISTINGUISHABLE
    assert judged(bad, [*good[:3], *bad[3:]]).verdict is Verdict.NOT_DISTINGUISHABLE
    with pytest.raises(UnableToFitError, match="至少要 5 段时间，现有 4 段"):
        judged(bad[:12], good[:12])
    assert judged(bad, good).by_height[60, 120] == pytest.approx((0.0, 1.0, 24))


@given(st.lists(st.integers(200, 900), min_size=5, max_size=20))
def test_no_recording_is_in_two_parts_and_the_latest_judge(counts):
    clips = {f"{n:02d}": count for n, count in enumerate(counts)}
    parts = divided(clips)
    every = [*parts.learn, *parts.stop, *parts.judge]

    assert sorted(every) == sorted(clips)
    assert min(parts.judge) > max([*parts.learn, *parts.stop])


@pytest.mark.parametrize(
    ("clips", "words"),
    [
        ({"a": 900, "b": 900}, "至少要 3 个片段"),
        ({"a": 99, "b": 900, "c": 900}, "训练部分至少要 100 个标注框，现有 99 个"),
        ({"a": 900, "b": 29, "c": 900}, "验证部分至少要 30"),
        ({"a": 900, "b": 900, "c": 59}, "评判部分至少要 60"),
    ],
)
def test_too_little_is_refused_with_the_number_and_why(clips, words):
    with pytest.raises(UnableToFitError, match=words):
        divided(clips)
    with pytest.raises(UnableToFitError, match="没有这些片段：z"):
        divided(clips, judge_by=["z"])


def test_overlap_of_boxes():
    one = np.array([[0, 0, 10, 10]], np.float32)
    assert overlap(one, np.array([[5, 0, 15, 10], [0, 0, 10, 10]], np.float32)) == pytest.approx(
        np.array([[1 / 3, 1.0]])
    )
    assert overlap(one, NONE).shape == (1, 0)
