"""What was taught can be kept as bytes: read again, it says the same; nothing in it can run."""

from functools import cache
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.triage import (
    DEFAULT_LEXICON,
    UNTAUGHT,
    Knowledge,
    NeedText,
    Triage,
    from_bytes,
    teach,
    to_bytes,
)
from tests.engines.triage.town import SERVICES, needs

ASKED = needs(80, seed=99)


def triage(taught, services=SERVICES) -> Triage:
    return Triage(Knowledge(services=services, areas=(), lexicon=DEFAULT_LEXICON), taught)


@pytest.fixture(scope="module")
def taught():
    return teach(SERVICES, needs(300, seed=3, muddled=0.15))


def test_what_is_read_again_says_the_same(taught):
    kept, known = triage(taught), triage(from_bytes(to_bytes(taught)))

    for need in ASKED:
        one = kept.suggest(NeedText(text=need.text))
        other = known.suggest(NeedText(text=need.text))
        assert [c.service_code for c in one.categories] == [
            c.service_code for c in other.categories
        ]
        for mine, yours in zip(one.categories, other.categories, strict=True):
            assert mine.confidence == pytest.approx(yours.confidence, abs=2e-4)
            assert mine.evidence == yours.evidence
    assert known.bands == kept.bands
    assert known.version == kept.version


def test_day_one_can_be_kept_as_well():
    again = from_bytes(to_bytes(UNTAUGHT))

    assert again.learned is None
    assert again.bands == UNTAUGHT.bands


def test_a_service_that_was_given_up_is_never_proposed(taught):
    fewer = SERVICES[1:]

    for need in ASKED:
        found = triage(taught, fewer).suggest(NeedText(text=need.text)).categories
        assert SERVICES[0].code not in {category.service_code for category in found}


def test_each_decided_need_has_what_a_model_said_that_had_not_seen_it(taught):
    examples = needs(300, seed=3, muddled=0.15)
    right = [a == b.service_code for a, b in zip(taught.unseen, examples, strict=True)]

    assert 0.6 < float(np.mean(right)) < 1.0


def test_a_pickle_is_refused():
    out = BytesIO()
    np.savez(out, header=np.array([{"format": 1}], dtype=object))

    with pytest.raises(ValueError, match=r"."):
        from_bytes(out.getvalue())


@given(st.binary(max_size=200))
def test_anything_else_is_refused_in_one_way(body):
    with pytest.raises(ValueError, match=r"."):
        from_bytes(body)


def test_damage_is_noticed(taught):
    body = to_bytes(taught)

    with pytest.raises(ValueError, match=r"."):
        from_bytes(body[: len(body) // 2])


def test_a_text_of_new_words_is_unseen_and_one_learnt_from_is_not(taught):
    learnt, made = needs(300, seed=3, muddled=0.15), triage(taught)

    assert made.unseen_share(learnt[0].text) == 0
    assert made.unseen_share("饕餮貔貅麒麟") == 1
    assert 0 < made.unseen_share(f"{learnt[0].text}饕餮貔貅") < 1


def test_before_anything_is_learnt_nothing_is_called_unseen(taught):
    assert triage(UNTAUGHT).unseen_share("饕餮貔貅") is None
    assert triage(taught).unseen_share("饕") is None


@given(text=st.text(max_size=60))
def test_the_unseen_share_is_a_share_of_any_text(taught, text):
    share = triage_of(taught).unseen_share(text)

    assert share is None or 0 <= share <= 1


@cache
def triage_of(taught) -> Triage:
    """Return one triage for all examples."""
    return triage(taught)
