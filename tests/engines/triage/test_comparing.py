"""Two models are compared on the same needs; a worse one is told from a lucky one."""

from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from dianliang.engines.triage import compare_models, macro_f1

CODES = st.sampled_from("ABCD")
PAIRS = st.lists(st.tuples(CODES, CODES), min_size=1, max_size=60)


@given(PAIRS)
def test_macro_f1_equals_that_of_scikit_learn(pairs):
    truth, named = zip(*pairs, strict=True)

    expected = f1_score(truth, named, labels=sorted(set(truth)), average="macro", zero_division=0)
    assert abs(macro_f1(truth, named) - expected) < 1e-9


@given(st.lists(st.tuples(CODES, CODES, CODES), max_size=60))
def test_of_two_models_at_most_one_is_worse(rows):
    truth, one, other = [[row[i] for row in rows] for i in range(3)]

    there = compare_models(truth, before=one, after=other)
    back = compare_models(truth, before=other, after=one)
    assert not (there.is_worse and back.is_worse)
    assert there.after_right - there.before_right == there.only_after - there.only_before


def test_a_model_like_the_one_in_use_is_not_worse():
    truth = ["A", "B"] * 50

    same = compare_models(truth, before=truth, after=truth)
    assert not same.is_worse
    assert same.chance == 1.0


def test_ten_losses_and_no_gain_are_no_chance():
    truth = ["A"] * 100
    before, after = ["A"] * 100, ["A"] * 90 + ["B"] * 10

    found = compare_models(truth, before=before, after=after)
    assert found.is_worse
    assert found.chance == 1 / 2**10


def test_two_losses_of_a_common_service_may_be_chance_but_a_rare_service_is_not_given_away():
    truth = ["A"] * 200 + ["B"] * 2
    before = truth
    rare = ["A"] * 202

    slip = compare_models(["A"] * 200, before=["A"] * 200, after=["A"] * 198 + ["C"] * 2)
    assert not slip.is_worse
    assert compare_models(truth, before=before, after=rare).is_worse
