"""Weights of n-grams equal scikit-learn's, for any text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from dianliang.engines.triage._grams import Weigher

words = st.text(alphabet="停电了路灯坏 aB3，\n\t", min_size=1, max_size=12)


@given(texts=st.lists(words, min_size=2, max_size=8), asked=words, least=st.sampled_from([1, 2]))
def test_weights_equal_those_of_scikit_learn(texts, asked, least):
    weigher = Weigher.of(texts, sizes=(1, 2, 3), least_texts=least)
    if not weigher.names:
        return
    peer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=least)
    peer.fit(texts)

    assert list(weigher.names) == list(peer.get_feature_names_out())
    ours, theirs = weigher.matrix([*texts, asked]), peer.transform([*texts, asked])
    assert np.allclose(ours.toarray(), theirs.toarray())


def test_nothing_known_weighs_nothing():
    weigher = Weigher.of([], sizes=(1, 2))

    assert weigher.row("停电").data.size == 0
    assert weigher.matrix(["停电"]).shape == (1, 0)
