"""How alike any two of many needs are, and which of them belong together.

Method: cosine of character 2–3-gram TF-IDF of the whole texts and of their openings, which name
the matter; pairs that are too far apart are not alike, pairs that name different estates or streets
hardly. Needs are linked by pairs alike enough (single linkage: people tell a big event in many
ways, each like some other's); a part in which texts have little in common with one another, so
that one has led to the next, is linked anew by a stricter likeness. Linkage by averages, also of
groups of groups, and pairs judged by a learnt mixture of twenty signs found fewer annotated events
(`benchmarks.triage.hot`). Pairs are looked for only among those that may be near one another.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from dianliang.engines.triage._columns import COLUMNS, Matrix, bare, counts
from dianliang.engines.triage._duplicates import (
    NEAR_M,
    SAME_VILLAGE_M,
    KnownNeed,
    named_places,
)
from dianliang.engines.triage._products import Products
from dianliang.engines.triage._text import normalise, without_phones
from dianliang.kernel.geo import EARTH_RADIUS_M

LEAST_ALIKE: Final = 0.26
OPENING_SHARE: Final = 0.6
LEAST_IN_COMMON, STRICTER, LEAST_LOOSE = 0.16, 1.1, 4
"""A part of so many needs or more whose mean likeness is less is linked anew."""
FEW_NEAR, FEW_NEAR_FACTOR = 200, 0.85
"""Of so few needs in one place two that share words seldom mean two matters: less is enough."""
OTHER_NAME_FACTOR: Final = 0.2
"""Less than is ever enough: one template about two estates is no link between them."""
OPENING_CHARS, READ_CHARS = 40, 440
_BLOCK: Final = 1000
_FEW: Final = 500
"""Among fewer texts nothing is common for being in several: what two share is their matter."""
Floats = NDArray[np.floating]
Rows = NDArray[np.intp]


class Alike:
    """How alike any two of some needs are, between 0 and 1, computed where it is asked for."""

    def __init__(self, needs: Sequence[KnownNeed]) -> None:
        told = [without_phones(normalise(need.text[:READ_CHARS])) for need in needs]
        self.words: Matrix = sparse.hstack(
            [
                (1 - OPENING_SHARE) ** 0.5 * _weighed(counts([bare(text) for text in told])),
                OPENING_SHARE**0.5 * _weighed(counts([bare(opening(text)) for text in told])),
            ],
            format="csr",
            dtype=np.float32,
        )
        self.places = places = [named_places(text) for text in told]
        column = {name: at for at, name in enumerate(sorted(set().union(*places)))}
        self.named: Matrix = sparse.csr_matrix(
            (
                np.ones(sum(len(names) for names in places)),
                [column[name] for names in places for name in sorted(names)],
                np.cumsum([0, *(len(names) for names in places)]),
            ),
            shape=(len(needs), len(column)),
        )
        self.names = np.diff(self.named.indptr) > 0
        codes = {code: at for at, code in enumerate(sorted({n.area_code for n in needs}))}
        self.area = np.array([codes[n.area_code] if n.area_code else -1 for n in needs], np.intp)
        self.lat = np.radians([n.point.lat if n.point else np.nan for n in needs])
        self.lon = np.radians([n.point.lon if n.point else np.nan for n in needs])

    def groups(self) -> list[Rows]:
        """Return the rows of each group of two or more, in ascending order."""
        found: list[Rows] = []
        for near in self._neighbourhoods():
            enough = LEAST_ALIKE * (FEW_NEAR_FACTOR if len(near) < FEW_NEAR else 1.0)
            found += self._split(near, enough)
        return found

    def central(self, rows: Rows) -> int:
        """Return which of the rows is most like all of them; the earliest where several are."""
        words = self.words[rows]
        return int(np.argmax(np.round(words @ np.asarray(words.sum(axis=0)).ravel(), 4)))

    def _split(self, rows: Rows, least: float) -> list[Rows]:
        found: list[Rows] = []
        for part in self._parts(rows, least):
            if len(part) >= LEAST_LOOSE and self._in_common(part) < LEAST_IN_COMMON:
                found += self._split(part, STRICTER * least)
            else:
                found.append(part)
        return found

    def _in_common(self, rows: Rows) -> float:
        """Return the mean likeness of two different rows, wherever they are."""
        total = np.asarray(self.words[rows].sum(axis=0)).ravel()
        return float((total @ total - len(rows)) / (len(rows) * (len(rows) - 1)))

    def _parts(self, rows: Rows, least: float) -> list[Rows]:
        """Return the parts of two or more that pairs at least so alike connect."""
        edges: list[tuple[Rows, Rows]] = []
        products = Products(self.words[rows])
        for start in range(0, len(rows), _BLOCK):
            likeness = products.block(start, start + _BLOCK)
            one, two = np.nonzero(likeness >= least)
            one, two = one[one < two], two[one < two]
            weight = self._in_place(rows[one + start], rows[two + start])
            is_edge = likeness[one, two] * weight >= least
            edges.append((one[is_edge] + start, two[is_edge] + start))
        return _connected(rows, edges)

    def _neighbourhoods(self) -> list[Rows]:
        """Return the rows that may be near one another, in parts that surely are not.

        Who is in one village, or in one cell of a grid or the next one, may be near.
        """
        size, areas = len(self.area), int(self.area.max(initial=-1)) + 1
        known = np.flatnonzero(self.area >= 0)
        edges = [(known, size + self.area[known])]
        placed = np.flatnonzero(~np.isnan(self.lat))
        lat, lon = self.lat[placed], self.lon[placed]
        height = NEAR_M / EARTH_RADIUS_M
        width = height / max(0.01, float(np.cos(np.abs(lat).max(initial=0.0))))
        cells = np.stack([np.floor(lat / height), np.floor(lon / width)], axis=1).astype(np.int64)
        every, cell = np.unique(cells, axis=0, return_inverse=True)
        edges.append((placed, size + areas + cell.reshape(-1)))
        number = {(int(y), int(x)): at for at, (y, x) in enumerate(every)}
        for dy, dx in ((0, 1), (1, -1), (1, 0), (1, 1)):
            beside = [
                (at, number[y + dy, x + dx])
                for (y, x), at in number.items()
                if (y + dy, x + dx) in number
            ]
            pairs = np.array(beside, dtype=np.intp).reshape(-1, 2) + size + areas
            edges.append((pairs[:, 0], pairs[:, 1]))
        one, two = (np.concatenate(side) for side in zip(*edges, strict=True))
        labels = _labels(one, two, size + areas + len(every))
        return _gathered(np.arange(size, dtype=np.intp), labels[:size])

    def _in_place(self, one: Rows, two: Rows) -> Floats:
        """Weigh pairs of rows: 0 when far apart, less than 1 when they name different places.

        Near is the same village, or within `NEAR_M`.
        """
        same = (self.area[one] == self.area[two]) & (self.area[one] >= 0)
        half = (
            np.sin((self.lat[one] - self.lat[two]) / 2) ** 2
            + np.cos(self.lat[one])
            * np.cos(self.lat[two])
            * np.sin((self.lon[one] - self.lon[two]) / 2) ** 2
        )
        metres = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
        reach = np.where(same, SAME_VILLAGE_M, NEAR_M)
        near = np.where(np.isnan(metres), same, metres <= reach)
        shared = np.asarray(self.named[one].multiply(self.named[two]).sum(axis=1)).ravel() > 0
        differ = self.names[one] & self.names[two] & ~shared
        factor: Floats = near * np.where(differ, OTHER_NAME_FACTOR, 1.0)
        return factor


def _weighed(rows: Matrix) -> Matrix:
    """Weigh counts by how rare each column is, each row to length one."""
    users = np.bincount(rows.indices, minlength=COLUMNS)
    rarity = np.log((1 + max(rows.shape[0], _FEW)) / (1 + users)) + 1.0
    rows.data *= rarity[rows.indices]
    return _of_length_one(rows)


def _of_length_one(rows: Matrix) -> Matrix:
    lengths = np.sqrt(np.asarray(rows.power(2).sum(axis=1)).ravel())
    rows.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(rows.indptr))
    return rows


def _labels(one: Rows, two: Rows, size: int) -> NDArray[np.int32]:
    graph = sparse.csr_matrix((np.ones(len(one)), (one, two)), shape=(size, size))
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return labels


def _connected(rows: Rows, edges: Sequence[tuple[Rows, Rows]]) -> list[Rows]:
    one, two = (np.concatenate(side) for side in zip(*edges, strict=True))
    return _gathered(rows, _labels(one, two, len(rows)))


def _gathered(rows: Rows, labels: NDArray[np.int32]) -> list[Rows]:
    order = np.argsort(labels, kind="stable")
    parts = np.split(rows[order], np.flatnonzero(np.diff(labels[order])) + 1)
    return [part for part in parts if len(part) > 1]


def opening(text: str) -> str:
    """Return the beginning of a text, by which people name their matter."""
    return text.split("。", 1)[0][:OPENING_CHARS]
