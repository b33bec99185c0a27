"""Inner products of many sparse rows: columns that most rows use densely, the others sparsely.

Of texts as n-grams a few hundred columns make most of the products and nearly all of the pairs
that are not zero; as a dense matrix they cost a tenth.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dianliang.engines.triage._columns import Matrix

_DENSE_COLUMNS: Final = 512
Floats = NDArray[np.float32]


class Products:
    """The inner products of the rows of a CSR matrix, block by block."""

    def __init__(self, rows: Matrix) -> None:
        used, column = np.unique(rows.indices, return_inverse=True)
        compact = sparse.csr_matrix(
            (rows.data, column, rows.indptr), shape=(rows.shape[0], len(used))
        )
        users = np.bincount(column, minlength=len(used))
        dense = np.zeros(len(used), dtype=bool)
        dense[np.argsort(-users, kind="stable")[:_DENSE_COLUMNS]] = True
        self._dense: Floats = compact[:, dense].toarray()
        self._sparse: Matrix = compact[:, ~dense]

    def block(self, start: int, stop: int) -> Floats:
        """Return the products of rows `start` to `stop` with all rows from `start` on."""
        found: Floats = self._dense[start:stop] @ self._dense[start:].T
        found += (self._sparse[start:stop] @ self._sparse[start:].T).toarray()
        return found
