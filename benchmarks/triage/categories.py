"""Measure the service suggestions: ``python -m benchmarks.triage.categories [--folds 5]``.

Folds keep near-duplicates together. Ours and the peers learn from the same rows in the same run;
times are CPU-seconds. Without labels ours reads the services' names and, as history without labels,
the texts to learn from; the texts asked are never among them. Goals: macro-F1 ≥ .92; accuracy at
80 % coverage ≥ .985; calibration error ≤ .05; no labels ≥ .78; 5 a class ≥ .80; 560 labels, chosen
by the engine, ≥ .87; learning 10 000 messages ≤ 30 s; one answer p95 ≤ 10 ms; ≥ 1000 texts/s.
What must hold in the same run: macro-F1 above every peer's, and Signalen's errors (1 - macro-F1) at
least 1.5 times ours. Parts: ``--part folds few asking topics speed`` (all of them, unless named).
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score

from benchmarks.triage.category_peers import PEERS, is_installed
from benchmarks.triage.corpus import Messages, Rows, Texts, messages, services
from dianliang.engines.triage import (
    DEFAULT_LEXICON,
    Band,
    Bands,
    Category,
    Example,
    Knowledge,
    NeedText,
    ServiceCard,
    Triage,
)

Floats = NDArray[np.float64]
PARTS = ("folds", "few", "asking", "topics", "speed")
PER_CLASS = (0, 5, 20, 50, 100)
DRAWS = 3
ASKED_FIRST, ASKED_EACH, ASKED_IN_ALL = 35, 75, 560


def examples(data: Messages, rows: Rows) -> tuple[Example, ...]:
    """Return decided texts."""
    return tuple(
        Example(text=str(data.texts[i]), service_code=str(data.labels[i])) for i in rows.tolist()
    )


def prepared(
    cards: tuple[ServiceCard, ...], decided: tuple[Example, ...], history: Texts | None = None
) -> Triage:
    """Prepare a triage without places."""
    known = () if history is None else tuple(history.tolist())
    return Triage.prepare(
        Knowledge(
            services=cards, areas=(), lexicon=DEFAULT_LEXICON, examples=decided, history=known
        )
    )


def answers(triage: Triage, texts: Texts) -> tuple[list[Category | None], Floats]:
    """Return the first category of each text and the wall seconds that it took."""
    first: list[Category | None] = []
    took: list[float] = []
    for text in texts.tolist():
        begun = time.perf_counter()
        found = triage.suggest(NeedText(text=text)).categories
        took.append(time.perf_counter() - begun)
        first.append(found[0] if found else None)
    return first, np.array(took)


def codes(found: list[Category | None]) -> Texts:
    """Return the codes, empty where there is none."""
    return np.array([category.service_code if category else "" for category in found])


def sureness(found: list[Category | None]) -> Floats:
    """Return the confidences, zero where there is no answer."""
    return np.array([category.confidence if category else 0.0 for category in found])


def macro_f1(truth: Texts, guess: Texts) -> float:
    """Return the mean F1 of the true classes."""
    score = f1_score(truth, guess, average="macro", labels=sorted(set(truth)), zero_division=0)
    return float(score)


def calibration_error(right: NDArray[np.bool_], sure: Floats, bins: int = 10) -> float:
    """Return the expected calibration error over equal-width bins."""
    number = np.minimum((sure * bins).astype(int), bins - 1)
    return float(
        sum(
            (number == b).mean() * abs(right[number == b].mean() - sure[number == b].mean())
            for b in range(bins)
            if (number == b).any()
        )
    )


def told(name: str, truth: Texts, guess: Texts, sure: Floats | None = None) -> None:
    """Print one line of scores."""
    line = f"{name}: macro-F1 {macro_f1(truth, guess):.4f}"
    line += f", accuracy {accuracy_score(truth, guess):.4f}"
    if sure is not None:
        right = np.asarray(truth == guess)
        order = np.argsort(-sure, kind="stable")
        at = [
            f"{right[order[: int(share * len(order))]].mean():.4f}"
            for share in (0.5, 0.7, 0.8, 0.9, 0.95)
        ]
        line += f", accuracy at 50/70/80/90/95 % coverage {' '.join(at)}"
        line += f", calibration error {calibration_error(right, sure):.4f}"
    print(line, flush=True)


def promise_told(bands: Bands) -> str:
    """Say what the engine promises of its bands."""
    if not bands.is_measured:
        return f"day one's limits {bands.auto_from}/{bands.suggest_from}"
    kept = [
        f"{name} from {limit:.2f}: {band.precision:.4f} (n={band.texts})" if band else f"no {name}"
        for name, limit, band in (
            ("auto", bands.auto_from, bands.auto),
            ("suggest", bands.suggest_from, bands.suggest),
        )
    ]
    return ", ".join(kept)


def by_folds(
    data: Messages, cards: tuple[ServiceCard, ...], *, folds: int, peers: list[str]
) -> None:
    """Compare ours and the peers where there are thousands of labels."""
    guesses: dict[str, Texts] = {
        name: np.empty(len(data.labels), dtype=object) for name in ("ours", *peers)
    }
    sure = np.zeros(len(data.labels))
    band = np.empty(len(data.labels), dtype=object)
    spent = dict.fromkeys(guesses, 0.0)
    for train, test in data.folds(folds):
        begun = time.process_time()
        triage = prepared(cards, examples(data, train))
        spent["ours"] += time.process_time() - begun
        found, _ = answers(triage, data.texts[test])
        guesses["ours"][test], sure[test] = codes(found), sureness(found)
        band[test] = [category.band if category else Band.HUMAN for category in found]
        print(f"  fold of {len(test)}: promised {promise_told(triage.bands)}", flush=True)
        for name in peers:
            begun = time.process_time()
            guesses[name][test] = PEERS[name](
                data.words[train], data.labels[train], data.words[test]
            )
            spent[name] += time.process_time() - begun
    for name, guess in guesses.items():
        of_ours = sure if name == "ours" else None
        told(f"{name}, {folds} grouped folds", data.labels, guess.astype(str), of_ours)
        print(f"  {spent[name] / folds:.1f} CPU-s a fold (peers: with answering)")
    right = guesses["ours"].astype(str) == data.labels
    for kind in Band:
        among = band == kind
        if among.any():
            print(f"  {kind}: {among.mean():.1%} of texts, {right[among].mean():.4f} right")
    errors = {name: 1 - macro_f1(data.labels, guess.astype(str)) for name, guess in guesses.items()}
    for name in peers:
        print(f"  errors of {name} / ours: {errors[name] / errors['ours']:.2f}")


def drawn(labels: Texts, per_class: int, seed: int) -> Rows:
    """Draw so many rows of each class."""
    draw = np.random.default_rng(seed)
    return np.concatenate(
        [
            draw.choice(np.flatnonzero(labels == label), per_class, replace=False)
            for label in sorted(set(labels))
        ]
    )


def few_shots(data: Messages, cards: tuple[ServiceCard, ...], *, folds: int) -> None:
    """Show how the answer grows with labels, from none; with and without a history."""
    train, test = next(data.folds(folds))
    for per_class in PER_CLASS:
        scores: dict[str, list[float]] = {"with history": [], "without": []}
        for seed in range(DRAWS if per_class else 1):
            rows = train[drawn(data.labels[train], per_class, seed)] if per_class else train[:0]
            for name, history in (("with history", data.texts[train]), ("without", None)):
                found, _ = answers(prepared(cards, examples(data, rows), history), data.texts[test])
                scores[name].append(macro_f1(data.labels[test], codes(found)))
        line = ", ".join(
            f"{name} {np.mean(found):.4f} ± {np.std(found):.4f}" for name, found in scores.items()
        )
        print(f"{per_class} a class: macro-F1 {line}", flush=True)


def asking(data: Messages, cards: tuple[ServiceCard, ...], *, folds: int) -> None:
    """Let the engine say which messages to label, `ASKED_IN_ALL` of them."""
    train, test = next(data.folds(folds))
    pool = data.texts[train]
    chosen: Rows = np.empty(0, dtype=np.intp)
    while True:
        triage = prepared(cards, examples(data, train[chosen]), pool)
        if len(chosen) in {0, ASKED_FIRST} or len(chosen) >= ASKED_IN_ALL:
            found, _ = answers(triage, data.texts[test])
            score = macro_f1(data.labels[test], codes(found))
            print(f"{len(chosen)} labels chosen by the engine: macro-F1 {score:.4f}", flush=True)
        if len(chosen) >= ASKED_IN_ALL:
            return
        left = np.setdiff1d(np.arange(len(pool)), chosen)
        most = ASKED_FIRST if not len(chosen) else min(ASKED_EACH, ASKED_IN_ALL - len(chosen))
        places = triage.worth_asking(pool[left].tolist(), most=most)
        chosen = np.concatenate([chosen, left[list(places)]])


def topics(data: Messages, cards: tuple[ServiceCard, ...], *, folds: int) -> None:
    """Leave one class out of catalogue and labels, and see who is given its messages."""
    train, test = next(data.folds(folds))
    for card in cards:
        known = tuple(other for other in cards if other.code != card.code)
        rows = train[data.labels[train] != card.code]
        found, _ = answers(prepared(known, examples(data, rows)), data.texts[test])
        human = np.array([c is None or c.band is Band.HUMAN for c in found])
        auto = np.array([c is not None and c.band is Band.AUTO for c in found])
        new = data.labels[test] == card.code
        print(
            f"unknown topic {card.code}: auto {auto[new].mean():.1%}, human {human[new].mean():.1%}"
            f"; known topics: auto {auto[~new].mean():.1%}, human {human[~new].mean():.1%}",
            flush=True,
        )


def speed(data: Messages, cards: tuple[ServiceCard, ...]) -> None:
    """Time learning from 10 000 messages (some twice, told differently) and answering."""
    texts = np.concatenate([data.texts, np.char.add(data.texts[:1711], "，望尽快处理")])
    labels = np.concatenate([data.labels, data.labels[:1711]])
    decided = tuple(
        Example(text=text, service_code=label)
        for text, label in zip(texts.tolist(), labels.tolist(), strict=True)
    )
    begun = time.process_time()
    triage = prepared(cards, decided)
    print(f"learning from {len(decided)}: {time.process_time() - begun:.1f} CPU-s", flush=True)
    begun = time.process_time()
    _, took = answers(triage, data.texts[::4])
    spent = time.process_time() - begun
    middle, most = 1e3 * np.quantile(took, [0.5, 0.95])
    print(f"one answer, whole triage: median {middle:.2f} ms, p95 {most:.2f} ms (wall)")
    print(f"{len(took) / spent:.0f} texts per CPU-second")


def main() -> None:
    """Run the parts that are asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folds", type=int, default=5)
    options.add_argument("--peer", nargs="*", choices=[*PEERS], default=[*PEERS])
    options.add_argument("--part", nargs="*", choices=PARTS, default=[*PARTS])
    asked = options.parse_args()
    data = messages()
    cards = services(set(data.labels.tolist()))
    peers = [name for name in asked.peer if is_installed(name)]
    for name in set(asked.peer) - set(peers):
        print(f"{name}: not installed (uv sync --group peers)")
    parts: dict[str, Callable[[], None]] = {
        "folds": lambda: by_folds(data, cards, folds=asked.folds, peers=peers),
        "few": lambda: few_shots(data, cards, folds=asked.folds),
        "asking": lambda: asking(data, cards, folds=asked.folds),
        "topics": lambda: topics(data, cards, folds=asked.folds),
        "speed": lambda: speed(data, cards),
    }
    for name in asked.part:
        parts[name]()


if __name__ == "__main__":
    main()
