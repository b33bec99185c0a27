"""Outside data of the triage benchmarks: 8289 labelled messages and the taxonomy above them.

The folder is taken from DIANLIANG_DATA, else ../shared/data; nothing of it ships.
"""

import csv
import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from dianliang.engines.triage import ServiceCard

DATA = Path(os.environ.get("DIANLIANG_DATA", "../shared/data")) / "triage"
Rows = NDArray[np.intp]
Texts = NDArray[np.str_]


@dataclass(frozen=True)
class Messages:
    """Labelled messages: `words` as segmented, `texts` without blanks."""

    words: Texts
    texts: Texts
    labels: Texts
    groups: Rows

    def folds(self, count: int) -> Iterator[tuple[Rows, Rows]]:
        """Yield the rows to learn from and the rows to ask, near-duplicates together."""
        yield from GroupKFold(n_splits=count).split(self.texts, self.labels, self.groups)


def rows(name: str) -> list[dict[str, str]]:
    """Read one file of the data folder."""
    with gzip.open(DATA / f"{name}.csv.gz", "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def messages() -> Messages:
    """Read the labelled messages."""
    data = rows("taidi2020c_messages8289")
    return Messages(
        words=np.array([row["segmented"] for row in data]),
        texts=np.array([row["segmented"].replace(" ", "") for row in data]),
        labels=np.array([row["label"] for row in data]),
        groups=np.array([int(row["neardup_group"]) for row in data], dtype=np.intp),
    )


def services(labels: set[str]) -> tuple[ServiceCard, ...]:
    """Make a service of each class, with the names below it in the taxonomy as its phrases."""
    below: dict[str, set[str]] = {label: set() for label in labels}
    for row in rows("taidi2020c_taxonomy517"):
        if row["一级分类"] in below:
            below[row["一级分类"]] |= {row["二级分类"], row["三级分类"]}
    return tuple(
        ServiceCard(code=label, name=label, examples=tuple(sorted(name for name in names if name)))
        for label, names in sorted(below.items())
    )
