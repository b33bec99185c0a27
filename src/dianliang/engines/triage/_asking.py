"""Which needs a person should sort next, so that few decisions teach most.

Method: of the texts about which the model is least decided (smallest lead of the first service over
the second), those that differ most from one another: farthest first, by latent directions. Before
the first decision there is no doubt to go by: then different texts out of all.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.triage._selftrain import directions

PER_ASKED = 4
"""Among so many of the least decided texts for each one asked, the most different are chosen."""
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def undecided(shares: Floats, *, most: int) -> Ints:
    """Return the texts whose best service leads the second least, the least decided first."""
    ordered = np.sort(shares, axis=1)
    lead = ordered[:, -1] - ordered[:, -2] if shares.shape[1] > 1 else ordered[:, -1]
    found: Ints = np.argsort(lead, kind="stable")[: PER_ASKED * most]
    return found


def different(matrix: Any, rows: Ints, *, most: int) -> Ints:
    """Return the rows that differ most from one another, starting with the first."""
    if len(rows) <= most:
        return rows
    latent = directions(matrix[rows])
    chosen = [0]
    distance = 1.0 - latent @ latent[0]
    while len(chosen) < most:
        distance[chosen] = -1.0
        farthest = int(distance.argmax())
        chosen.append(farthest)
        distance = np.minimum(distance, 1.0 - latent @ latent[farthest])
    found: Ints = rows[np.array(chosen)]
    return found
