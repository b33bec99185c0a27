"""Measure triage on outside data: `python benchmarks/triage/run.py [--folds 5] [--no-peer]`.

The data folder is taken from DIANLIANG_DATA, else ../shared/data; nothing of it ships. Folds keep
near-duplicates together. The peer is Signalen's published recipe: word counts without IDF and
L1 logistic regression, one against the rest.
"""

import argparse
import csv
import gzip
import os
import time
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GroupKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from dianliang.engines.triage import (
    DEFAULT_LEXICON,
    Example,
    Knowledge,
    NeedText,
    ServiceCard,
    Triage,
)

DATA = Path(os.environ.get("DIANLIANG_DATA", "../shared/data")) / "triage"


def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / f"{name}.csv.gz", "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def classes(labels: set[str]) -> tuple[ServiceCard, ...]:
    """Make a service of each class, with the names below it in the taxonomy as its phrases."""
    below: dict[str, set[str]] = {label: set() for label in labels}
    for row in rows("taidi2020c_taxonomy517"):
        if row["一级分类"] in below:
            below[row["一级分类"]] |= {row["二级分类"], row["三级分类"]}
    return tuple(
        ServiceCard(
            code=label,
            name=label,
            keywords=tuple(sorted(word for word in names if word)),
            examples=tuple(sorted(word for word in names if word)),
        )
        for label, names in sorted(below.items())
    )


def prepared(services: tuple[ServiceCard, ...], examples: tuple[Example, ...]) -> Triage:
    return Triage.prepare(
        Knowledge(services=services, areas=(), lexicon=DEFAULT_LEXICON, examples=examples)
    )


def answers(triage: Triage, texts: list[str]) -> tuple[list[str], list[float], list[float]]:
    """Return the first category, its confidence and the seconds it took, for each text."""
    first, sure, took = [], [], []
    for text in texts:
        begun = time.perf_counter()
        found = triage.suggest(NeedText(text=text)).categories
        took.append(time.perf_counter() - begun)
        first.append(found[0].service_code if found else "")
        sure.append(found[0].confidence if found else 0.0)
    return first, sure, took


def calibration_error(right: np.ndarray, sure: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error over equal-width bins."""
    number = np.minimum((sure * bins).astype(int), bins - 1)
    return float(
        sum(
            (number == b).mean() * abs(right[number == b].mean() - sure[number == b].mean())
            for b in range(bins)
            if (number == b).any()
        )
    )


def report(name: str, truth: np.ndarray, guess: np.ndarray, sure: np.ndarray | None = None) -> None:
    known = sorted(set(truth))
    score = f1_score(truth, guess, average="macro", labels=known, zero_division=0)
    line = f"{name}: macro-F1 {score:.4f}, accuracy {accuracy_score(truth, guess):.4f}"
    if sure is not None:
        right = truth == guess
        order = np.argsort(-sure)
        line += f", accuracy at 80 % coverage {right[order[: int(0.8 * len(order))]].mean():.4f}"
        line += f", ECE {calibration_error(right, sure):.4f}"
        auto = sure >= 0.8
        line += f", auto band {auto.mean():.1%} of texts, {right[auto].mean():.4f} right"
    print(line, flush=True)


def peer() -> OneVsRestClassifier:
    return make_pipeline(
        CountVectorizer(tokenizer=str.split, token_pattern=None, lowercase=False),
        TfidfTransformer(use_idf=False),
        OneVsRestClassifier(LogisticRegression(l1_ratio=1.0, solver="liblinear", max_iter=300)),
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folds", type=int, default=5)
    options.add_argument("--no-peer", action="store_true")
    asked = options.parse_args()
    data = rows("taidi2020c_messages8289")
    words = np.array([row["segmented"] for row in data])
    texts = np.array([row["segmented"].replace(" ", "") for row in data])
    truth = np.array([row["label"] for row in data])
    groups = np.array([row["neardup_group"] for row in data])
    services = classes(set(truth.tolist()))

    first, sure, took = answers(prepared(services, ()), texts.tolist())
    report("no labels", truth, np.array(first), np.array(sure))
    guess = np.empty(len(truth), dtype=object)
    guess_peer = np.empty(len(truth), dtype=object)
    confidence = np.zeros(len(truth))
    seconds = {"fit": 0.0, "peer": 0.0}
    for train, test in GroupKFold(n_splits=asked.folds).split(texts, truth, groups):
        begun = time.perf_counter()
        examples = tuple(Example(text=str(texts[i]), service_code=str(truth[i])) for i in train)
        triage = prepared(services, examples)
        seconds["fit"] += time.perf_counter() - begun
        first, sure, took = answers(triage, texts[test].tolist())
        guess[test], confidence[test] = first, sure
        if not asked.no_peer:
            begun = time.perf_counter()
            guess_peer[test] = peer().fit(words[train], truth[train]).predict(words[test])
            seconds["peer"] += time.perf_counter() - begun
    report(f"ours, {asked.folds} grouped folds", truth, guess.astype(str), confidence)
    if not asked.no_peer:
        report(f"Signalen recipe, {asked.folds} grouped folds", truth, guess_peer.astype(str))
    print(
        f"fit {seconds['fit'] / asked.folds:.1f} s a fold, "
        f"peer {seconds['peer'] / asked.folds:.1f} s;"
        f" suggest p95 {1e3 * float(np.quantile(took, 0.95)):.1f} ms on {len(took)} texts"
    )


if __name__ == "__main__":
    main()
