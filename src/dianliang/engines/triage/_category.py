"""Which service a text is about, from the first day, and better with every decision.

Day one: character 1–3-gram TF-IDF cosine to the best of a service's own phrases, plus its
keywords weighted by how few services share them. With examples: a linear model on the same
n-grams (modified Huber SGD) is mixed in, the more the more examples there are.
"""

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

from dianliang.engines.triage._model import Band, Category, Example, ServiceCard

AUTO_FROM, SUGGEST_FROM = 0.80, 0.35
"""Band limits: on the cases of `tests/cases/triage` auto is right at least 95 % of the time."""
LEAST_EXAMPLES = 60
FULL_TRUST_EXAMPLES = 1500
TEMPERATURE = 5.5
TOP = 3
Floats = NDArray[np.float64]


class Categoriser:
    """Services and past decisions, compiled; safe to share between threads."""

    def __init__(self, services: Sequence[ServiceCard], examples: Sequence[Example]) -> None:
        self._services = tuple(services)
        self._codes = [service.code for service in services]
        self._weights = _keyword_weights(services)
        phrases: list[str] = []
        owners: list[int] = []
        for number, service in enumerate(services):
            own = (service.name, service.description, *service.examples)
            phrases += [phrase for phrase in own if phrase]
            owners += [number] * sum(1 for phrase in own if phrase)
        self._owners = np.array(owners, dtype=np.intp)
        self._vectoriser = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 3), sublinear_tf=True, dtype=np.float64
        )
        known = [example for example in examples if example.service_code in set(self._codes)]
        corpus = [*phrases, *(example.text for example in known)] or ["无"]
        self._vectoriser.fit(corpus)
        self._phrases = self._vectoriser.transform(phrases or ["无"])
        self._model, self._trust = self._fit(known)
        self._learned_codes = sorted({example.service_code for example in known})

    def rank(self, text: str) -> tuple[Category, ...]:
        """Return up to three services with confidence and evidence, best first."""
        if not self._services or not text.strip():
            return ()
        score = self._day_one(text)
        if score.max() <= 0.02:
            return ()
        share = _softmax(score * TEMPERATURE) * float(min(1.0, 0.25 + score.max()))
        if self._model is not None:
            share = (1 - self._trust) * share + self._trust * self._learned(text)
        order = np.argsort(-share)[:TOP]
        return tuple(
            Category(
                service_code=self._codes[i],
                confidence=round(float(share[i]), 4),
                band=_band(float(share[i])),
                evidence=self._evidence(text, i),
            )
            for i in order.tolist()
            if share[i] >= 0.02
        )

    def _day_one(self, text: str) -> Floats:
        vector = self._vectoriser.transform([text])
        likeness = np.asarray((self._phrases @ vector.T).todense()).ravel()
        best = np.zeros(len(self._codes))
        np.maximum.at(best, self._owners, likeness)
        words = np.array(
            [
                sum(self._weights[word] for word in service.keywords if word in text)
                for service in self._services
            ]
        )
        mixed: Floats = best + 0.45 * np.tanh(words / 2.2)
        return mixed

    def _fit(self, known: Sequence[Example]) -> tuple[SGDClassifier | None, float]:
        kinds = {example.service_code for example in known}
        if len(known) < LEAST_EXAMPLES or len(kinds) < 2:
            return None, 0.0
        model = SGDClassifier(
            loss="modified_huber", alpha=3e-5, random_state=7, max_iter=40, class_weight="balanced"
        )
        matrix = self._vectoriser.transform([example.text for example in known])
        model.fit(matrix, [example.service_code for example in known])
        return model, min(0.9, len(known) / FULL_TRUST_EXAMPLES)

    def _learned(self, text: str) -> Floats:
        share = np.zeros(len(self._codes))
        if self._model is None:
            return share
        chances = self._model.predict_proba(self._vectoriser.transform([text]))[0]
        for code, chance in zip(self._learned_codes, chances, strict=True):
            share[self._codes.index(code)] = chance
        return share

    def _evidence(self, text: str, number: int) -> tuple[str, ...]:
        service = self._services[number]
        words = [word for word in service.keywords if word in text]
        if words:
            return tuple(sorted(words, key=lambda word: -self._weights[word])[:4])
        alike = [phrase for phrase in service.examples if len(set(phrase) & set(text)) >= 4]
        return tuple(f"近似“{phrase[:16]}”" for phrase in alike[:1])


def _keyword_weights(services: Sequence[ServiceCard]) -> dict[str, float]:
    users = Counter(word for service in services for word in service.keywords)
    return {
        word: log(1 + len(services) / count) / log(1 + len(services)) * (0.7 + 0.3 * len(word))
        for word, count in users.items()
    }


def _softmax(values: Floats) -> Floats:
    powers: Floats = np.exp(values - values.max())
    shares: Floats = powers / powers.sum()
    return shares


def _band(confidence: float) -> Band:
    if confidence >= AUTO_FROM:
        return Band.AUTO
    return Band.SUGGEST if confidence >= SUGGEST_FROM else Band.HUMAN
