"""Which service a text is about, from the first day, and better with every decision.

The catalogue's own words give the first answer; what past needs teach is mixed in, the more the
more there is of it. How sure the mixture is, is then measured on decided texts that the model had
not seen, and so are the limits from which a service is filled in by itself or suggested.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.triage import _linear as linear
from dianliang.engines.triage._asking import different, undecided
from dianliang.engines.triage._bands import Bands, measure
from dianliang.engines.triage._catalogue import compiled
from dianliang.engines.triage._features import Features
from dianliang.engines.triage._grams import Row
from dianliang.engines.triage._learned import LEAST_FOR_CHECK, Checked, Learned, learn
from dianliang.engines.triage._model import Category, Example, ServiceCard
from dianliang.engines.triage._novelty import compare, nearness
from dianliang.engines.triage._sureness import Heard, given, sureness, unseen_worth
from dianliang.engines.triage._taught import UNTAUGHT, Taught
from dianliang.engines.triage._text import clauses

NAMED_ALONE = 0.5
"""What the one service whose keywords a text holds is worth at least: a suggestion."""
TOP = 3
LEAST_SHARE = 0.02
ALSO_FROM = 0.5
"""From this chance on a second service is named beside the first."""
MOST_CLAUSES, LEAST_CLAUSE_CHARS = 8, 4
MOST_MEASURED = 10_000
_SHARPNESS = (0.5, 0.7, 0.85, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
_DOUBT_ABOUT_SHARPNESS = 50
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """What the learnt model says of a text, and how far it is to be trusted there."""

    row: Row
    margins: Floats
    trust: float


class Categoriser:
    """Services and past needs, compiled; safe to share between threads."""

    def __init__(self, services: Sequence[ServiceCard], taught: Taught = UNTAUGHT) -> None:
        self._catalogue = compiled(tuple(services))
        codes = self._catalogue.codes
        self._taught = taught
        self._learned = taught.learned.only(set(codes)) if taught.learned else None
        of_model = self._learned.codes if self._learned else ()
        self._columns = np.array([codes.index(code) for code in of_model], dtype=np.intp)
        self._anchors_of = self._numbers_of_anchors()
        offsets = dict(zip(taught.sureness.codes, taught.sureness.offsets.tolist(), strict=True))
        self._offsets = np.array([offsets.get(code, 0.0) for code in codes])

    def _numbers_of_anchors(self) -> NDArray[np.intp]:
        """Return the service of each past text that others are compared with; -1: it is gone."""
        taught, codes = self._taught, self._catalogue.codes
        if taught.novelty is None or taught.learned is None:
            return np.empty(0, dtype=np.intp)
        place = {code: number for number, code in enumerate(codes)}
        numbers = np.array([place.get(code, -1) for code in taught.learned.codes], dtype=np.intp)
        return numbers[taught.novelty.of]

    @property
    def bands(self) -> Bands:
        """Return from which confidence on what is done, and what was measured of it."""
        return self._taught.bands

    def rank(self, text: str) -> tuple[Category, ...]:
        """Return up to three services with confidence and evidence, best first."""
        if not self._catalogue.services or not text.strip():
            return ()
        said = self._said(text)
        share = self._believed(text, said)
        if not share.max():
            return ()
        order = np.argsort(-share, kind="stable")[:TOP].tolist()
        own = self._own(text, said, share) if len(order) > 1 else share
        return tuple(
            self._category(text, i, float(share[i]), float(own[i]), said, is_first=i == order[0])
            for i in order
            if share[i] >= LEAST_SHARE
        )

    def first(self, text: str) -> str:
        """Return the code that `rank` names first, or nothing: for a third of its cost."""
        if not self._catalogue.services or not text.strip():
            return ""
        share = self._believed(text, self._said(text))
        best = int(share.argmax())
        return self._catalogue.codes[best] if share[best] >= LEAST_SHARE else ""

    def worth_asking(self, texts: Sequence[str], *, most: int) -> tuple[int, ...]:
        """Return which texts a person should sort next, by their places, the first one first."""
        if not texts or most < 1:
            return ()
        if not self._taught.decided:
            return self.varied(texts, most=most)
        shares = np.array(
            [self._mixed(self._catalogue.shares(text), self._said(text)) for text in texts]
        )
        return self._different(texts, undecided(shares, most=most), most=most)

    def varied(self, texts: Sequence[str], *, most: int) -> tuple[int, ...]:
        """Return different texts out of all, by their places, whatever is known of them."""
        if not texts or most < 1:
            return ()
        return self._different(texts, np.arange(len(texts)), most=most)

    def _different(
        self, texts: Sequence[str], rows: NDArray[np.intp], *, most: int
    ) -> tuple[int, ...]:
        features = self._learned.features if self._learned else Features.of(texts)
        return tuple(different(features.matrix(texts), rows, most=most).tolist())

    def unseen_share(self, text: str) -> float | None:
        """Return the share of pairs of characters that the model does not know; None untaught."""
        if self._learned is None or len(text) < 2:
            return None
        return self._learned.unseen_share(text)

    def _said(self, text: str) -> _Said | None:
        if self._learned is None:
            return None
        row = self._learned.row(text)
        return _Said(row, self._learned.margins(row), self._learned.trust_in(text, row))

    def _believed(self, text: str, said: _Said | None) -> Floats:
        """Return how sure to be of each service, as far as it was right of others like it."""
        day_one = self._catalogue.shares(text)
        share = self._sure(self._mixed(day_one, said), text)
        if said is None:
            return share
        belief, likeness, novelty = 1.0, np.empty(0), self._taught.novelty
        if novelty:
            likeness = novelty.likeness(said.row)
            belief = novelty.belief(likeness, said.margins)
            share *= belief
        if not self._taught.sureness.is_measured:
            return share
        best = int(share.argmax())
        heard = self._heard(
            share.reshape(1, -1),
            said.margins.reshape(1, -1),
            day_one.reshape(1, -1),
            np.array([belief]),
            likeness.reshape(1, -1),
        )
        return given(share, self._taught.sureness.worth(heard, self._offsets[[best]]))

    def _heard(
        self, share: Floats, margins: Floats, day_one: Floats, belief: Floats, likeness: Floats
    ) -> Heard:
        """Gather what tells right answers from wrong ones; rows are texts."""
        best, rows = share.argmax(axis=1), np.arange(len(share))
        own = others = np.zeros(len(share))
        if len(self._anchors_of):
            is_own = self._anchors_of == best[:, None]
            own, others = nearness(likeness * is_own), nearness(likeness * ~is_own)
        return Heard(
            share=share[rows, best],
            margins=margins,
            day_one=day_one[rows, best],
            day_one_best=day_one.max(axis=1),
            belief=belief,
            near_own=own,
            near_others=others,
        )

    def _mixed(self, day_one: Floats, said: _Said | None) -> Floats:
        """Mix in what was learnt; a service that was not keeps what the catalogue says."""
        if said is None:
            return day_one
        learnt = day_one.copy()
        untaught = float(day_one.sum() - day_one[self._columns].sum())
        learnt[self._columns] = linear.shares(said.margins) * (1.0 - untaught)
        mixed: Floats = (1 - said.trust) * day_one + said.trust * learnt
        return mixed

    def _sure(self, mixed: Floats, text: str) -> Floats:
        """Sharpen as measured, and lift the one service that a text names."""
        share = _sharpened(mixed, self._taught.sharpness)
        best = int(share.argmax())
        if share[best] < NAMED_ALONE and self._catalogue.named(text) == {best}:
            share[best] = NAMED_ALONE
        return share

    def _own(self, text: str, said: _Said | None, share: Floats) -> Floats:
        """Return the chance of each service by itself: a text may be about two."""
        own = share.copy()
        parts = [p.text for p in clauses(text) if len(p.text.strip()) >= LEAST_CLAUSE_CHARS]
        if 1 < len(parts) <= MOST_CLAUSES:
            for part in parts:
                own = np.maximum(own, self._sure(self._catalogue.shares(part), part))
        if said is not None:
            chance = np.zeros(len(own))
            chance[self._columns] = linear.chances(said.margins)
            own = np.maximum(own, said.trust * chance)
        return own

    def measured(self, learned: Learned, checked: Checked) -> Taught:
        """Fit how sure to be, and the bands, on decided texts that the model had not seen."""
        checked = checked.newest(MOST_MEASURED)
        texts, margins, stands_for = checked.texts, checked.margins, checked.stands_for
        truth = self._columns[checked.labels]
        matrix = checked.matrix
        rows = [Row(matrix.indices[a:b], matrix.data[a:b]) for a, b in pairwise(matrix.indptr)]
        day_one = np.array([self._catalogue.shares(text) for text in texts])
        mixed = np.array(
            [
                self._mixed(shares, _Said(row, own, learned.trust_in(text, row)))
                for text, row, shares, own in zip(texts, rows, day_one, margins, strict=True)
            ]
        )
        taught = replace(self._taught, sharpness=_sharpness(mixed, truth, stands_for))
        sharpened = Categoriser(self._catalogue.services, taught)
        share = np.array([sharpened._sure(m, text) for m, text in zip(mixed, texts, strict=True)])
        compared = compare(matrix, margins, of=checked.labels, fold=checked.fold)
        beliefs = compared.beliefs if compared else np.ones(len(texts))
        share *= beliefs[:, None]
        taught = replace(taught, novelty=compared.novelty if compared else None)
        judge = Categoriser(self._catalogue.services, taught)
        likeness = compared.likeness if compared else np.empty((len(texts), 0))
        heard = judge._heard(share, margins, day_one, beliefs, likeness)
        best = share.argmax(axis=1)
        is_right, codes = best == truth, tuple(self._catalogue.codes)
        worth = unseen_worth(heard, best, is_right, count=len(codes), stands_for=stands_for)
        return replace(
            taught,
            sureness=sureness(heard, best, is_right, codes=codes, stands_for=stands_for),
            bands=measure(worth, is_right, stands_for=stands_for),
            unseen=tuple(codes[i] for i in best.tolist()),
        )

    def _category(
        self,
        text: str,
        number: int,
        share: float,
        own: float,
        heard: _Said | None,
        *,
        is_first: bool,
    ) -> Category:
        service = self._catalogue.services[number]
        words = self._catalogue.keywords_in(text, number)
        alike = self._catalogue.alike(text, number)
        learnt: tuple[str, ...] = ()
        if self._learned and heard and not words:
            learnt = self._learned.evidence(heard.row, service.code)
        said = "、".join(f"“{word}”" for word in words)
        reason = f"提到{said}" if words else "与该事项的例句相近" if alike else "与以往同类需求相近"
        also = "" if is_first or own < ALSO_FROM else "，可能同时涉及"
        return Category(
            service_code=service.code,
            confidence=round(share, 4),
            band=self.bands.band(share),
            evidence=words or alike or learnt,
            name=service.name,
            reason=f"{reason}，把握 {share:.0%}{also}",
            own=round(own, 4),
        )


def teach(
    services: Sequence[ServiceCard],
    examples: Sequence[Example],
    history: Sequence[str] = (),
) -> Taught:
    """Learn from decided needs, newest first, and from needs that nobody sorted.

    Decisions for services that the catalogue lacks are passed over. How sure to be, and the bands,
    are measured on what people chose alone. Cost: 2 CPU-s per 1000 decisions; six more for a
    history of 6000.
    """
    catalogue = compiled(tuple(services))
    known = [example for example in examples if example.service_code in set(catalogue.codes)]
    found = learn(known, history=history, catalogue=catalogue)
    tacit = sum(example.is_tacit for example in known)
    taught = replace(UNTAUGHT, decided=len(known) - tacit, tacit=tacit, history=len(history))
    if found is None:
        return taught
    learned, checked = found
    taught = replace(taught, learned=learned)
    if checked is None:
        return taught
    return Categoriser(services, taught).measured(learned, checked)


def _sharpened(shares: Floats, power: float) -> Floats:
    """Sharpen shares that may add up to less than one: what is missing stays."""
    total = shares.sum(axis=-1, keepdims=True)
    powers = (shares / np.maximum(total, 1e-12)) ** power
    found: Floats = powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-12) * total
    return found


def _sharpness(mixed: Floats, truth: NDArray[np.intp], stands_for: Floats) -> float:
    """Choose how sure to be by the least log loss, nearer to "as is" the fewer the texts."""
    rows = np.arange(len(truth))
    losses = [
        np.average(-np.log(_sharpened(mixed, p)[rows, truth] + 1e-6), weights=stands_for)
        for p in _SHARPNESS
    ]
    best = _SHARPNESS[int(np.argmin(losses))]
    beyond = len(truth) - LEAST_FOR_CHECK
    belief = beyond / (beyond + _DOUBT_ABOUT_SHARPNESS)
    return float(best**belief)
