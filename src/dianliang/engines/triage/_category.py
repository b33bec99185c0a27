"""Which service a text is about, from the first day, and better with every decision.

Day one: character 1–3-gram TF-IDF cosine to the best of a service's own phrases, plus its
keywords weighted by how few services share them. With examples: a linear model on the same
1–2-grams is mixed in, the more the more examples there are. A short text has little to compare
(我家停电了); where it names one service by its keywords and no other, that is reason enough to
suggest it, never to fill it in unasked.
"""

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.triage._grams import Row, Weigher
from dianliang.engines.triage._learned import learn
from dianliang.engines.triage._model import Band, Category, Example, ServiceCard

AUTO_FROM, SUGGEST_FROM = 0.80, 0.35
"""Band limits: on the cases of `tests/cases/triage` auto is right at least 95 % of the time."""
NAMED_ALONE = 0.5
"""What the one service whose keywords a text holds is worth at least: a suggestion."""
TEMPERATURE = 5.5
TOP = 3
Floats = NDArray[np.float64]


class Categoriser:
    """Services and past decisions, compiled; safe to share between threads."""

    def __init__(self, services: Sequence[ServiceCard], examples: Sequence[Example]) -> None:
        self._services = tuple(services)
        self._codes = [service.code for service in services]
        self._letters = [[(p, frozenset(p)) for p in service.examples] for service in services]
        self._weights = _keyword_weights(services)
        phrases: list[str] = []
        owners: list[int] = []
        for number, service in enumerate(services):
            own = (service.name, service.description, *service.examples)
            phrases += [phrase for phrase in own if phrase]
            owners += [number] * sum(1 for phrase in own if phrase)
        self._owners = np.array(owners, dtype=np.intp)
        self._grams = Weigher(phrases, sizes=(1, 2, 3))
        self._phrases = self._grams.matrix(phrases)
        known = [example for example in examples if example.service_code in set(self._codes)]
        self._learned = learn(known)

    def rank(self, text: str) -> tuple[Category, ...]:
        """Return up to three services with confidence and evidence, best first."""
        if not self._services or not text.strip():
            return ()
        score = self._day_one(text)
        if score.max() <= 0.02 and self._learned is None:
            return ()
        day_one = _softmax(score * TEMPERATURE) * float(min(1.0, 0.25 + score.max()))
        row = self._learned.row(text) if self._learned else None
        share = self._mixed(day_one, text, row)
        order = np.argsort(-share, kind="stable")[:TOP]
        if self._named(text) == {int(order[0])}:
            share[order[0]] = max(share[order[0]], NAMED_ALONE)
        return tuple(
            self._category(text, i, float(share[i]), row)
            for i in order.tolist()
            if share[i] >= 0.02
        )

    def _day_one(self, text: str) -> Floats:
        row = self._grams.row(text)
        asked = np.zeros(len(self._grams.names))
        asked[row.indices] = row.data
        likeness = self._phrases @ asked
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

    def _mixed(self, day_one: Floats, text: str, row: Row | None) -> Floats:
        """Mix in what was learnt; a service without examples keeps what the catalogue says."""
        if self._learned is None or row is None:
            return day_one
        taught = np.array([self._codes.index(code) for code in self._learned.codes])
        learnt = day_one.copy()
        untaught = float(day_one.sum() - day_one[taught].sum())
        learnt[taught] = self._learned.shares(row) * (1.0 - untaught)
        trust = self._learned.trust_in(text)
        mixed: Floats = (1 - trust) * day_one + trust * learnt
        return mixed

    def _category(self, text: str, number: int, share: float, row: Row | None) -> Category:
        service = self._services[number]
        words = self._keywords_in(text, service)
        said_letters = frozenset(text)
        alike = tuple(
            f"近似“{phrase[:16]}”"
            for phrase, letters in self._letters[number]
            if len(letters & said_letters) >= 4
        )[:1]
        learnt: tuple[str, ...] = ()
        if self._learned and row and not words:
            learnt = self._learned.evidence(row, service.code)
        said = "、".join(f"“{word}”" for word in words)
        reason = f"提到{said}" if words else "与该事项的例句相近" if alike else "与以往同类需求相近"
        return Category(
            service_code=service.code,
            confidence=round(share, 4),
            band=_band(share),
            evidence=words or alike or learnt,
            name=service.name,
            reason=f"{reason}，把握 {share:.0%}",
        )

    def _named(self, text: str) -> set[int]:
        """Return the services whose keywords the text holds: 停电通知 does not count as 停电."""
        said = {word for word in self._weights if word in text}
        whole = {word for word in said if not any(word != w and word in w for w in said)}
        return {i for i, s in enumerate(self._services) if whole.intersection(s.keywords)}

    def _keywords_in(self, text: str, service: ServiceCard) -> tuple[str, ...]:
        words = [word for word in service.keywords if word in text]
        return tuple(sorted(words, key=lambda word: -self._weights[word])[:4])


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
