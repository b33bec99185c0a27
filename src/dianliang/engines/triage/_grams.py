"""Character n-grams weighed by how rare they are (TF-IDF), quick for one text at a time.

Method: 1 + log(count) times log((1 + texts) / (1 + texts with it)) + 1, each row of length one,
as scikit-learn's `TfidfVectorizer(analyzer="char", sublinear_tf=True)` has it. That class takes a
millisecond for one text, and a second to import; this one a tenth of that. SciPy ships no types:
its matrices are `Any` here.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
_SPACES = re.compile(r"\s\s+")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One text: columns of the n-grams it has, and their weights, of length one together."""

    indices: Ints
    data: Floats


def grams(text: str, sizes: Sequence[int]) -> Counter[str]:
    """Count the n-grams of a text, in lower case, a run of spaces being one."""
    plain = _SPACES.sub(" ", text.lower())
    found: Counter[str] = Counter()
    parts = list(plain)
    for size in range(1, max(sizes) + 1):
        if size in sizes:
            found.update(parts)
        parts = list(map(str.__add__, parts, plain[size:]))
    return found


class Weigher:
    """The n-grams of some texts and how rare each is. Read-only after construction."""

    def __init__(self, names: Sequence[str], rarity: Floats, *, sizes: Sequence[int]) -> None:
        self.names, self.rarity = tuple(names), rarity
        self._sizes = tuple(sizes)
        self._column = {name: column for column, name in enumerate(self.names)}

    @classmethod
    def of(cls, texts: Iterable[str], *, sizes: Sequence[int], least_texts: int = 1) -> "Weigher":
        """Look through some texts; an n-gram counts that at least so many have."""
        counted = [grams(text, sizes) for text in texts]
        users = Counter(chain.from_iterable(counted))
        names = sorted(name for name, count in users.items() if count >= least_texts)
        having = np.array([users[name] for name in names], dtype=np.float64)
        rarity: Floats = np.log((1 + len(counted)) / (1 + having)) + 1.0
        return cls(names, rarity, sizes=sizes)

    def known_of(self, names: Iterable[str]) -> int:
        """Return how many of some n-grams the texts had."""
        return sum(name in self._column for name in names)

    def row(self, text: str) -> Row:
        """Weigh one text; n-grams that the texts did not have are left out."""
        column = self._column
        counted = grams(text, self._sizes)
        known = [
            (at, count)
            for at, count in zip(map(column.get, counted), counted.values(), strict=True)
            if at is not None
        ]
        indices = np.array([at for at, _ in known], dtype=np.intp)
        counts = np.array([count for _, count in known], dtype=np.float64)
        data: Floats = (1.0 + np.log(counts)) * self.rarity[indices]
        length = float(np.sqrt(data @ data))
        return Row(indices, data / length if length else data)

    def matrix(self, texts: Iterable[str]) -> Any:
        """Weigh many texts: a CSR matrix, texts × n-grams."""
        rows = [self.row(text) for text in texts]
        starts = np.cumsum([0, *(len(row.indices) for row in rows)])
        indices = np.concatenate([np.empty(0, np.intp), *(row.indices for row in rows)])
        data = np.concatenate([np.empty(0), *(row.data for row in rows)])
        found = sparse.csr_matrix((data, indices, starts), shape=(len(rows), len(self.names)))
        found.sort_indices()
        return found
