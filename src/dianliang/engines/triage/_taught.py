"""What decisions and unsorted needs have taught: read-only, and apart from the catalogue.

It can be kept as bytes and read again: numbers and n-grams of one and two characters, no code that
runs when it is read, and nothing of a text that is longer.
"""

import json
import zlib
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dianliang.engines.triage._bands import DAY_ONE, Bands, Promise
from dianliang.engines.triage._features import SIZES, Features
from dianliang.engines.triage._grams import Weigher
from dianliang.engines.triage._learned import Learned
from dianliang.engines.triage._linear import Linear
from dianliang.engines.triage._novelty import Novelty
from dianliang.engines.triage._sureness import AT_ITS_WORD, Sureness

FORMAT = 2
"""Changed when what is kept changes its meaning: older bytes are then refused, and learnt anew."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taught:
    """What was learnt, how sure it may be, and what was measured of it.

    `unseen` are the services that models named for the newest decided texts without having seen
    them or their near-duplicates: what an honest comparison is made from.
    """

    learned: Learned | None = None
    sharpness: float = 1.0
    bands: Bands = DAY_ONE
    novelty: Novelty | None = None
    sureness: Sureness = AT_ITS_WORD
    decided: int = 0
    tacit: int = 0
    history: int = 0
    unseen: tuple[str, ...] = ()


UNTAUGHT = Taught()
"""Day one: the catalogue alone."""


def to_bytes(taught: Taught) -> bytes:
    """Return what was taught as bytes: a zip of arrays and one JSON text. Never a pickle."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "sharpness": taught.sharpness,
        "bands": asdict(taught.bands),
        "decided": taught.decided,
        "tacit": taught.tacit,
        "history": taught.history,
        "unseen": taught.unseen,
    }
    sureness = taught.sureness
    told["sure"] = [sureness.codes, sureness.belief, sureness.seen_from]
    arrays: dict[str, NDArray[Any]] = {"signs": sureness.weights, "services": sureness.offsets}
    if taught.learned is not None:
        parts = taught.learned.features.parts
        told |= {
            "codes": taught.learned.codes,
            "trust": taught.learned.trust,
            "names": [part.names for part in parts],
        }
        arrays |= {
            "weights": taught.learned.model.weights.astype(np.float32),
            "offsets": taught.learned.model.offsets,
            **{f"rarity{number}": part.rarity for number, part in enumerate(parts)},
        }
    if taught.novelty is not None:
        anchors = taught.novelty.anchors
        arrays |= {
            "anchor_values": anchors.data,
            "anchor_columns": anchors.indices,
            "anchor_starts": anchors.indptr,
            "anchor_services": taught.novelty.of,
            "known": taught.novelty.known,
        }
    header = np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), dtype=np.uint8)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as kept:
        for name, array in {"header": header, **arrays}.items():
            with kept.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
    return out.getvalue()


def from_bytes(body: bytes) -> Taught:
    """Read what `to_bytes` wrote.

    Raises:
        ValueError: it is something else, damaged, or of another version of the program.
    """
    try:
        with np.load(BytesIO(body), allow_pickle=False) as read:
            arrays: dict[str, NDArray[Any]] = {name: read[name] for name in read.files}
        told = json.loads(arrays.pop("header").tobytes())
        if told["format"] != FORMAT:
            raise ValueError(f"format {told['format']} instead of {FORMAT}")
        learned = _learned(told, arrays) if "codes" in told else None
        return Taught(
            learned=learned,
            sharpness=told["sharpness"],
            bands=_bands(told["bands"]),
            novelty=_novelty(arrays, learned) if learned and "known" in arrays else None,
            sureness=_sureness(told, arrays),
            decided=told["decided"],
            tacit=told.get("tacit", 0),
            history=told["history"],
            unseen=tuple(told["unseen"]),
        )
    except (BadZipFile, zlib.error, KeyError, TypeError, EOFError, OSError) as damage:
        raise ValueError("not a model that was kept by this program") from damage


def _learned(told: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Learned:
    whole, opening = (
        Weigher(names, arrays[f"rarity{number}"], sizes=SIZES)
        for number, names in enumerate(told["names"])
    )
    return Learned(
        codes=tuple(told["codes"]),
        features=Features(whole, opening),
        model=Linear(arrays["weights"].astype(np.float64), arrays["offsets"]),
        trust=told["trust"],
    )


def _novelty(arrays: dict[str, NDArray[Any]], learned: Learned) -> Novelty:
    values, columns, starts = (arrays[f"anchor_{part}"] for part in ("values", "columns", "starts"))
    shape = (len(starts) - 1, learned.features.count)
    anchors = sparse.csr_matrix((values, columns, starts), shape=shape)
    return Novelty(anchors, arrays["anchor_services"].astype(np.intp), arrays["known"])


def _sureness(told: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Sureness:
    codes, belief, seen_from = told["sure"]
    return Sureness(arrays["signs"], tuple(codes), arrays["services"], belief, seen_from)


def _bands(told: dict[str, Any]) -> Bands:
    auto, suggest = (
        Promise(**told[name]) if told[name] is not None else None for name in ("auto", "suggest")
    )
    return Bands(
        auto_from=told["auto_from"],
        suggest_from=told["suggest_from"],
        auto=auto,
        suggest=suggest,
        measured_on=told["measured_on"],
    )
