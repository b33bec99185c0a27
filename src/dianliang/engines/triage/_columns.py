"""Many texts as counts of character 2–3-grams in hashed columns, quick enough for a whole county.

Method: code points side by side in one array, each gram hashed by multiplication (Fibonacci
hashing), counted by sorting once. Some twenty times quicker than counting in Python. SciPy ships
no types: its matrices are `Any`.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dianliang.engines.triage._text import normalise, without_phones

COLUMN_BITS: Final = 18
COLUMNS: Final = 2**COLUMN_BITS
Matrix = Any
"""A SciPy CSR matrix; SciPy ships no types."""
_MARKS: Final = re.compile(r"[\W_]+")
_ODD: Final = np.array([0x9E3779B97F4A7C15], dtype=np.uint64)
_CODE_POINT_BITS: Final = np.uint64(21)


def plain(text: str) -> str:
    """Return the text folded, in lower case, without phone numbers, marks and spaces."""
    return bare(without_phones(normalise(text)))


def bare(folded: str) -> str:
    """Return a folded text in lower case, without marks and spaces."""
    return _MARKS.sub("", folded.lower())


def counts(texts: Sequence[str]) -> Matrix:
    """Count the character 2–3-grams of texts made `plain`, damped by log: texts × columns."""
    if not texts:
        return sparse.csr_matrix((0, COLUMNS))
    joined = "".join(f"{text}\0\0" for text in texts).encode("utf-32-le", "surrogatepass")
    points = np.frombuffer(joined, dtype="<u4").astype(np.uint64)
    lengths = np.array([len(text) + 2 for text in texts], dtype=np.int64)
    row_of = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    pairs = (points[:-2] << _CODE_POINT_BITS) | points[1:-1]
    triples = (pairs << _CODE_POINT_BITS) | points[2:]
    is_pair = (points[:-2] > 0) & (points[1:-1] > 0)
    is_triple = is_pair & (points[2:] > 0)
    keys = np.concatenate(
        [
            (row_of[:-2][kept] << COLUMN_BITS) | _columns(grams[kept])
            for grams, kept in ((pairs, is_pair), (triples, is_triple))
        ]
    )
    keys, times = np.unique(keys, return_counts=True)
    starts = np.searchsorted(keys >> COLUMN_BITS, np.arange(len(texts) + 1))
    data = 1.0 + np.log(times.astype(np.float64))
    return sparse.csr_matrix(
        (data, keys & (COLUMNS - 1), starts), shape=(len(texts), COLUMNS), copy=False
    )


def _columns(grams: NDArray[np.uint64]) -> NDArray[np.int64]:
    mixed = (grams ^ (grams >> np.uint64(32))) * _ODD
    return (mixed >> np.uint64(64 - COLUMN_BITS)).astype(np.int64)
