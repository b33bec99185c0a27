"""Decisions teach: enough of them change the answer, too few do not, and doubt stays honest."""

from functools import cache

import numpy as np
import pytest
from scipy import sparse

from dianliang.engines.triage import (
    DEFAULT_LEXICON,
    Band,
    Example,
    Knowledge,
    NeedText,
    ServiceCard,
    Triage,
)
from dianliang.engines.triage import _linear as linear
from dianliang.engines.triage._catalogue import Catalogue
from dianliang.engines.triage._learned import LEAST_EXAMPLES, learn

SERVICES = (
    ServiceCard(code="A", name="甲类", keywords=("风机",)),
    ServiceCard(code="B", name="乙类", keywords=("路灯",)),
    ServiceCard(code="C", name="丙类", keywords=("水管",)),
)


def history(count: int, codes: str = "AB") -> tuple[Example, ...]:
    things = {"A": ("鸡棚风扇", "鸭棚排风", "大棚通风"), "B": ("桥头亮灯", "楼道照明", "广场射灯")}
    faults = ("坏了", "不转", "停了", "要修", "没动静", "时好时坏", "声音大")
    return tuple(
        Example(text=f"第{n}户{things[code][n % 3]}{faults[n % 7]}", service_code=code)
        for n in range(count)
        for code in codes
    )


@cache
def prepared(examples: tuple[Example, ...]) -> Triage:
    """Learn once from the same: what comes out is never changed."""
    return Triage.prepare(
        Knowledge(services=SERVICES, areas=(), lexicon=DEFAULT_LEXICON, examples=examples)
    )


def first(triage: Triage, text: str):
    return triage.suggest(NeedText(text=text)).categories[0]


def test_too_few_examples_teach_nothing():
    assert learn(history(LEAST_EXAMPLES // 2 - 1), catalogue=Catalogue(SERVICES)) is None
    assert learn(history(LEAST_EXAMPLES // 2), catalogue=Catalogue(SERVICES)) is not None


def test_one_kind_of_example_teaches_nothing():
    assert learn(history(200, "A"), catalogue=Catalogue(SERVICES)) is None


def test_words_the_catalogue_does_not_know_are_learnt_with_their_evidence():
    text = "鸭棚排风不转"

    assert prepared(()).suggest(NeedText(text=text)).none_of_these
    learnt = first(prepared(history(150)), text)

    assert learnt.service_code == "A"
    assert learnt.evidence
    assert all(pair in text for pair in learnt.evidence)
    assert learnt.name == "甲类"
    assert "把握" in learnt.reason


def test_the_other_of_two_classes_is_explained_by_its_own_words():
    learnt = first(prepared(history(150)), "广场射灯坏了")

    assert learnt.service_code == "B"
    assert set("广场射灯") & set("".join(learnt.evidence))


def test_a_service_without_examples_is_not_drowned():
    taught = prepared(history(400))

    assert first(taught, "水管").service_code == "C"


def test_examples_of_a_service_that_is_gone_are_ignored():
    gone = tuple(Example(text=f"旧事项{n}", service_code="GONE") for n in range(80))

    assert prepared(gone).suggest(NeedText(text="风机")).categories[0].service_code == "A"


def test_learning_is_deterministic():
    need = NeedText(text="大棚通风时好时坏")
    one, other = (prepared.__wrapped__(history(120)).suggest(need) for _ in range(2))

    assert one == other


def test_confidence_is_high_only_where_history_agrees():
    mixed = tuple(Example(text=f"第{n}户设备有问题", service_code="AB"[n % 2]) for n in range(300))

    assert first(prepared(mixed), "第7户设备有问题").band is not Band.AUTO


def let_pass(examples: tuple[Example, ...], code: str = "") -> tuple[Example, ...]:
    return tuple(
        Example(text=one.text, service_code=code or one.service_code, is_tacit=True)
        for one in examples
    )


def test_what_was_only_let_pass_teaches_nothing_alone():
    assert learn(let_pass(history(200)), catalogue=Catalogue(SERVICES)) is None


def test_a_service_that_nobody_ever_chose_is_not_learnt_from_what_was_let_pass():
    found = learn(
        (*history(40), *let_pass(history(40, "A"), "C")),
        catalogue=Catalogue(SERVICES),
    )

    assert found is not None
    assert found[0].codes == ("A", "B")


def test_however_many_were_let_pass_what_people_chose_counts():
    """Ten times as many needs of one kind went through as the other: nobody had looked."""
    chosen = history(40)
    slips = tuple(
        Example(text=f"{one.text}，{n}次", service_code="B", is_tacit=True)
        for n in range(10)
        for one in chosen
        if one.service_code == "A"
    )

    assert first(prepared((*chosen, *slips)), "第99户鸡棚风扇不转").service_code == "A"


def test_corrections_alone_do_not_unlearn_what_was_right_all_along():
    """Only slips were corrected: 风扇 was right for A and let pass, but for one farm."""
    corrected = tuple(
        Example(text=f"第{n}户大棚风扇{fault}", service_code="B")
        for n, fault in enumerate(("坏了", "不转", "停了", "要修") * 10)
    )
    known = (*corrected, *history(12))
    passed = tuple(
        Example(text=f"第{n}户鸭棚风扇{fault}", service_code="A", is_tacit=True)
        for n, fault in enumerate(("坏了", "不转", "停了", "没动静") * 50)
    )
    text = "第88户鸭棚风扇坏了"

    assert first(prepared(known), text).service_code == "B"
    assert first(prepared((*known, *passed)), text).service_code == "A"


def test_nothing_is_measured_on_what_was_let_pass():
    taught = prepared((*history(80), *let_pass(history(80), "B"))).taught

    assert (taught.decided, taught.tacit) == (160, 160)
    assert taught.bands.measured_on == 160
    assert len(taught.unseen) == 160
    assert taught.bands.suggest is not None
    assert taught.bands.suggest.precision > 0.95


def test_a_model_by_ratios_reads_only_what_speaks_for_a_class():
    """Two n-grams that only one class has, one that both have: the common one weighs nothing."""
    matrix = sparse.csr_matrix(np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]] * 20))
    labels = np.array([0, 1] * 20)

    made = linear.fit_by_ratios(matrix, labels, classes=3, seed=7)

    assert np.argmax(made.margins_of(matrix), axis=1).tolist() == labels.tolist()
    assert np.abs(made.weights[2]).max() < 1e-6
    assert made.offsets[2] == -1.0
    assert not made.weights[:, 2].any()


def test_a_text_that_counts_for_several_counts_as_several_in_the_ratios():
    once = sparse.csr_matrix(np.array([[1.0, 0.2], [0.3, 1.0], [1.0, 0.9]]))
    labels = np.array([0, 1, 1])
    twice = sparse.vstack([once, once[2:]]).tocsr()

    weighed = linear.fit_by_ratios(once, labels, classes=2, seed=7, worth=np.array([1.0, 1.0, 2.0]))
    repeated = linear.fit_by_ratios(twice, np.array([0, 1, 1, 1]), classes=2, seed=7)

    assert weighed.margins_of(once).argmax(axis=1).tolist() == [0, 1, 1]
    assert np.sign(weighed.weights).tolist() == np.sign(repeated.weights).tolist()


def test_a_mixture_gives_the_mixed_margins():
    draw = np.random.default_rng(1)
    matrix = sparse.csr_matrix(draw.random((5, 4)))
    one, other = (linear.Linear(draw.normal(size=(4, 3)), draw.normal(size=3)) for _ in range(2))

    found = linear.mixed(one, other, share=0.25).margins_of(matrix)

    assert found == pytest.approx(0.75 * one.margins_of(matrix) + 0.25 * other.margins_of(matrix))
