"""Peers of the categories: Signalen's published recipe, a plain linear SVM, fastText."""

import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from benchmarks.triage.corpus import Texts

Peer = Callable[[Texts, Texts, Texts], Texts]
"""Takes segmented texts to learn from, their labels, and texts to ask; returns labels."""


def signalen(texts: Texts, labels: Texts, asked: Texts) -> Texts:
    """Word counts without IDF, L1 logistic regression, one against the rest."""
    return _told(
        make_pipeline(
            CountVectorizer(tokenizer=str.split, token_pattern=None, lowercase=False),
            TfidfTransformer(use_idf=False),
            OneVsRestClassifier(LogisticRegression(l1_ratio=1.0, solver="liblinear", max_iter=300)),
        ).fit(texts, labels),
        asked,
    )


def linear_svm(texts: Texts, labels: Texts, asked: Texts) -> Texts:
    """Word 1–2-gram TF-IDF and a linear SVM with its defaults."""
    words = TfidfVectorizer(
        tokenizer=str.split, token_pattern=None, lowercase=False, ngram_range=(1, 2)
    )
    return _told(make_pipeline(words, LinearSVC()).fit(texts, labels), asked)


def fasttext(texts: Texts, labels: Texts, asked: Texts) -> Texts:
    """Learn word 1–2-grams with the settings of fastText's own tutorial for classes."""
    import fasttext as peer

    codes = {label: f"__label__{number}" for number, label in enumerate(sorted(set(labels)))}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = [f"{codes[label]} {text}" for text, label in zip(texts, labels, strict=True)]
        path.write_text("\n".join(lines), encoding="utf-8")
        model = peer.train_supervised(
            str(path), epoch=25, lr=1.0, wordNgrams=2, thread=1, seed=1, verbose=0
        )
    names = {code: label for label, code in codes.items()}
    # Asked through the module's core: its own predict() fails on NumPy 2.
    found = [model.f.predict(f"{text}\n", 1, 0.0, "strict")[0][1] for text in asked]
    return np.array([names[code] for code in found])


def _told(model: Any, asked: Texts) -> Texts:
    found: Texts = np.asarray(model.predict(asked))
    return found


PEERS: dict[str, Peer] = {"signalen": signalen, "svm": linear_svm, "fasttext": fasttext}


def is_installed(name: str) -> bool:
    """Tell whether a peer can run here."""
    return name != "fasttext" or find_spec("fasttext") is not None
