"""Which service a text is about, by the catalogue's own words alone: what day one has.

Method: character 1–3-gram TF-IDF cosine to the best of a service's own phrases, plus its keywords
weighed by how few services share them. A short text has little to compare (我家停电了); where it
names one service by its keywords and no other, that is reason enough to suggest it.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.triage._grams import Row, Weigher
from dianliang.engines.triage._model import ServiceCard

KEYWORDS_WORTH, KEYWORDS_ENOUGH = 0.45, 2.2
TEMPERATURE = 5.5
LEAST_SCORE = 0.02
LETTERS_ALIKE = 4
Floats = NDArray[np.float64]


class Catalogue:
    """Services, compiled. Read-only after construction."""

    def __init__(self, services: Sequence[ServiceCard]) -> None:
        self.services = tuple(services)
        self.codes = [service.code for service in services]
        self._letters = [[(p, frozenset(p)) for p in service.examples] for service in services]
        self._weights = _keyword_weights(services)
        phrases: list[str] = []
        owners: list[int] = []
        for number, service in enumerate(services):
            own = [p for p in (service.name, service.description, *service.examples) if p]
            phrases += own
            owners += [number] * len(own)
        self._owners = np.array(owners, dtype=np.intp)
        self._grams = Weigher.of(phrases, sizes=(1, 2, 3))
        columns = self._grams.matrix(phrases).tocsc()
        self._starts, self._phrase, self._weight = columns.indptr, columns.indices, columns.data

    def shares(self, text: str) -> Floats:
        """Return the share of each service; what is missing to one is the chance of none."""
        row = self._grams.row(text)
        score = np.zeros(len(self.codes))
        np.maximum.at(score, self._owners, self._likeness(row))
        said = {word for word in self._weights if word in text}
        if said:
            words = [
                sum(self._weights[word] for word in service.keywords if word in said)
                for service in self.services
            ]
            score += KEYWORDS_WORTH * np.tanh(np.array(words) / KEYWORDS_ENOUGH)
        if score.max() <= LEAST_SCORE:
            return np.zeros(len(score))
        powers = np.exp((score - score.max()) * TEMPERATURE)
        found: Floats = powers / powers.sum() * min(1.0, 0.25 + float(score.max()))
        return found

    def _likeness(self, row: Row) -> Floats:
        """Return the cosine to each phrase: by hand, as a sparse product of SciPy is mostly checks.

        A need that is posted waits for this a few times.
        """
        first = self._starts[row.indices]
        counts = self._starts[row.indices + 1] - first
        before = np.cumsum(counts) - counts
        at = np.repeat(first - before, counts) + np.arange(counts.sum())
        shared = self._weight[at] * np.repeat(row.data, counts)
        return np.bincount(self._phrase[at], weights=shared, minlength=len(self._owners)).astype(
            np.float64
        )

    def named(self, text: str) -> set[int]:
        """Return the services whose keywords the text holds: 停电通知 does not count as 停电."""
        said = {word for word in self._weights if word in text}
        whole = {word for word in said if not any(word != w and word in w for w in said)}
        return {i for i, s in enumerate(self.services) if whole.intersection(s.keywords)}

    def keywords_in(self, text: str, number: int) -> tuple[str, ...]:
        """Return the keywords of a service that the text holds, the most telling first."""
        words = [word for word in self.services[number].keywords if word in text]
        return tuple(sorted(words, key=lambda word: -self._weights[word])[:4])

    def alike(self, text: str, number: int) -> tuple[str, ...]:
        """Return a phrase of a service that has letters in common with the text."""
        said = frozenset(text)
        return tuple(
            f"近似“{phrase[:16]}”"
            for phrase, letters in self._letters[number]
            if len(letters & said) >= LETTERS_ALIKE
        )[:1]

    def cards(self) -> dict[str, str]:
        """Return all words of each service as one text, by code."""
        return {
            service.code: " ".join(
                (service.name, service.description, *service.keywords, *service.examples)
            )
            for service in self.services
        }


@lru_cache(maxsize=4)
def compiled(services: tuple[ServiceCard, ...]) -> Catalogue:
    """Return services compiled: once, however often the same ones are learnt about and asked."""
    return Catalogue(services)


def _keyword_weights(services: Sequence[ServiceCard]) -> dict[str, float]:
    users = Counter(word for service in services for word in service.keywords)
    return {
        word: log(1 + len(services) / count) / log(1 + len(services)) * (0.7 + 0.3 * len(word))
        for word, count in users.items()
    }
