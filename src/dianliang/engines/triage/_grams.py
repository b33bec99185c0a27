"""Character n-grams weighed by how rare they are (TF-IDF), quick for one text at a time.

Method: 1 + log(count) times log((1 + texts) / (1 + texts with it)) + 1, each row of length one,
as scikit-learn's `TfidfVectorizer(analyzer="char", sublinear_tf=True)` has it. That class takes a
millisecond for one text, and a second to import; this one a twentieth of that: an n-gram of up to
three characters is one whole number, and a text's are sorted, counted and looked up as arrays.
SciPy ships no types: its matrices are `Any` here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Keys = NDArray[np.uint64]
_SPACES = re.compile(r"\s\s+")
MOST_CHARS: Final = 3
_BITS: Final = 21
"""A code point, counted from one, has so many; what an n-gram lacks is zero. So numbers stand in
the order of the words that they mean."""
_SHIFTS: Final = tuple(np.uint64(_BITS * (MOST_CHARS - 1 - at)) for at in range(MOST_CHARS))


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One text: columns of the n-grams it has, and their weights, of length one together."""

    indices: Ints
    data: Floats


def _keys(text: str, sizes: Sequence[int]) -> Keys:
    """Return the n-grams of a text, in lower case, a run of spaces being one; ascending."""
    points = _points(_SPACES.sub(" ", text.lower()))
    found = [_joined(points[at : len(points) - n + 1 + at] for at in range(n)) for n in sizes]
    keys = np.concatenate(found)
    keys.sort()
    return keys


def _points(text: str) -> Keys:
    """Return the code points of a text, counted from one."""
    encoded = text.encode("utf-32-le", "surrogatepass")
    return np.frombuffer(encoded, dtype="<u4").astype(np.uint64) + np.uint64(1)


def _joined(columns: Iterable[Keys]) -> Keys:
    """Return one number for each row of characters."""
    keys = np.empty(0, dtype=np.uint64)
    for place, column in enumerate(columns):
        keys = column << _SHIFTS[place] if not place else keys | (column << _SHIFTS[place])
    return keys


def _keys_of(names: Sequence[str]) -> Keys:
    """Return the number of each n-gram."""
    length = np.array([len(name) for name in names], dtype=np.intp)
    keys = np.zeros(len(names), dtype=np.uint64)
    for size in range(1, MOST_CHARS + 1):
        rows = np.flatnonzero(length == size)
        points = _points("".join(names[at] for at in rows.tolist())).reshape(-1, size)
        keys[rows] = _joined(points[:, at] for at in range(size))
    return keys


def _names_of(keys: Keys) -> list[str]:
    """Return the n-gram behind each number."""
    mask = np.uint64(2**_BITS - 1)
    columns = [((keys >> shift) & mask).tolist() for shift in _SHIFTS]
    return [
        "".join(chr(point - 1) for point in points if point)
        for points in zip(*columns, strict=True)
    ]


def _counted(keys: Keys) -> tuple[Keys, NDArray[np.int64]]:
    """Return the different ones of ascending numbers, and how often each comes."""
    if not len(keys):
        return keys, np.empty(0, dtype=np.int64)
    ends = np.append(np.flatnonzero(keys[1:] != keys[:-1]) + 1, len(keys))
    times = ends.copy()
    times[1:] -= ends[:-1]
    return keys[ends - 1], times


class Weigher:
    """The n-grams of some texts and how rare each is. Read-only after construction.

    `names` ascend.
    """

    def __init__(self, names: Sequence[str], rarity: Floats, *, sizes: Sequence[int]) -> None:
        self.names, self.rarity = tuple(names), rarity
        self._sizes = tuple(sizes)
        self._known = _keys_of(self.names)

    @classmethod
    def of(cls, texts: Iterable[str], *, sizes: Sequence[int], least_texts: int = 1) -> "Weigher":
        """Look through some texts; an n-gram counts that at least so many have."""
        each = [_counted(_keys(text, sizes))[0] for text in texts]
        used = np.concatenate([np.empty(0, dtype=np.uint64), *each])
        used.sort()
        keys, having = _counted(used)
        is_kept = having >= least_texts
        rarity: Floats = np.log((1 + len(each)) / (1.0 + having[is_kept])) + 1.0
        return cls(_names_of(keys[is_kept]), rarity, sizes=sizes)

    def known_of(self, names: Iterable[str]) -> int:
        """Return how many of some n-grams the texts had."""
        return len(self._columns(_keys_of([*names]))[0])

    def row(self, text: str) -> Row:
        """Weigh one text; n-grams that the texts did not have are left out."""
        keys, times = _counted(_keys(text, self._sizes))
        indices, places = self._columns(keys)
        data: Floats = (1.0 + np.log(times[places])) * self.rarity[indices]
        length = float(np.sqrt(data @ data))
        return Row(indices, data / length if length else data)

    def _columns(self, keys: Keys) -> tuple[Ints, Ints]:
        """Return the columns of those n-grams that are known, and where they stand among `keys`."""
        if not len(self._known):
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
        at = self._known.searchsorted(keys)
        at[at == len(self._known)] = 0
        places = np.flatnonzero(self._known[at] == keys)
        return at[places], places

    def matrix(self, texts: Iterable[str]) -> Any:
        """Weigh many texts: a CSR matrix, texts × n-grams."""
        rows = [self.row(text) for text in texts]
        starts = np.cumsum([0, *(len(row.indices) for row in rows)])
        indices = np.concatenate([np.empty(0, np.intp), *(row.indices for row in rows)])
        data = np.concatenate([np.empty(0), *(row.data for row in rows)])
        return sparse.csr_matrix((data, indices, starts), shape=(len(rows), len(self.names)))
