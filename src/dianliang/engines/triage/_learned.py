"""What past decisions teach: a linear model on character 1–2-grams, from data every time.

Method: TF-IDF, modified-Huber SGD, three seeds averaged. Never pickled: it is fitted again from
examples in seconds. Cost: about 1 s per 1000 examples; a prediction well below a millisecond.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

from dianliang.engines.triage._model import Example

LEAST_EXAMPLES = 50
FULL_TRUST_EXAMPLES = 1500
MOST_TRUST = 0.95
_SEEDS = (7, 11, 13)
Floats = NDArray[np.float64]


class Learned:
    """A fitted model: `codes` in the order of its columns."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._vectoriser = TfidfVectorizer(
            analyzer="char",
            ngram_range=(1, 2),
            sublinear_tf=True,
            min_df=2 if len(examples) > 500 else 1,
            dtype=np.float64,
        )
        matrix = self._vectoriser.fit_transform([example.text for example in examples])
        labels = [example.service_code for example in examples]
        self._models = [
            SGDClassifier(loss="modified_huber", alpha=1e-4, random_state=seed, max_iter=50)
            for seed in _SEEDS
        ]
        for model in self._models:
            model.fit(matrix, labels)
        self.codes: tuple[str, ...] = tuple(str(code) for code in self._models[0].classes_)
        self.trust = min(MOST_TRUST, 0.4 + 0.6 * len(examples) / FULL_TRUST_EXAMPLES)
        self._names = self._vectoriser.get_feature_names_out()
        self._weights = np.mean([model.coef_ for model in self._models], axis=0)

    def shares(self, text: str) -> Floats:
        """Return the probability of each code."""
        row = self._vectoriser.transform([text])
        mean: Floats = np.mean([model.predict_proba(row)[0] for model in self._models], axis=0)
        return mean

    def evidence(self, text: str, code: str, *, most: int = 4) -> tuple[str, ...]:
        """Return the pairs of characters that spoke most for a code."""
        if code not in self.codes:
            return ()
        row = self._vectoriser.transform([text]).tocoo()
        weights = self._weights
        if len(self.codes) == 2:  # one row for two classes, positive for the second
            sign = 1.0 if code == self.codes[1] else -1.0
            gains = sign * weights[0][row.col] * row.data
        else:
            gains = weights[self.codes.index(code)][row.col] * row.data
        best = [(gain, self._names[col]) for gain, col in zip(gains, row.col, strict=True)]
        best.sort(key=lambda pair: (-pair[0], pair[1]))
        return tuple(str(name) for gain, name in best if gain > 0 and len(name.strip()) == 2)[:most]


def learn(examples: Sequence[Example]) -> Learned | None:
    """Fit a model, or return nothing while examples are too few to beat the catalogue."""
    if len(examples) < LEAST_EXAMPLES or len({e.service_code for e in examples}) < 2:
        return None
    return Learned(examples)
