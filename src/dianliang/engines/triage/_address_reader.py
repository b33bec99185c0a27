"""Read addresses as an operator's own people took them apart: learnt from their examples.

The rules read from the first day; what they say is one of the features here. A chain over tokens
(`_chain`) learns where they are wrong. Two are fitted, one that listens to the rules and one that
does not, and averaged: alone, the first leans on the rules and learns too little of the words
(Sutton, Sindelar and McCallum 2006, Reducing weight undertraining). That is still one chain. On an
eighth of the outside train set F1 was .876 for each, .883 for the two; on its dev set .885, where
the rules have .811.
It is kept as data, never as a pickle. It is as good as it was on examples that it had not seen:
whoever teaches it is told, and told what the rules do there.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.triage._address import MOST_CHARS, address_parts
from dianliang.engines.triage._address_features import RULED, Names, Span, features, tokens
from dianliang.engines.triage._address_words import ADDRESS_KINDS
from dianliang.engines.triage._chain import IMPOSSIBLE, Chain, Floats, Ints, fit, mean
from dianliang.engines.triage._folds import folds
from dianliang.engines.triage._model import AddressPart
from dianliang.engines.triage._text import normalise

FORMAT: Final = 2
"""Changed when what is kept changes its meaning: older bytes are then refused. 1 held names."""
LEAST_ADDRESSES = 30
"""Fewer teach nothing that could be checked."""
COMMON_FROM = 500
"""From so many addresses on, a feature that a single token has is left out."""
LEAST_WEIGHT = 0.01
"""Smaller weights are dropped. From .05 on, .0014 of F1 is lost with them on outside data."""
FOLDS, CHECKED_WHOLE_UNTIL = 5, 300
"""Until so many, every example is asked unseen; of more, a fifth is enough to tell."""
_TAGS: Final = tuple(f"{step}{kind}" for kind in ADDRESS_KINDS for step in "BI")
_NOTHING_KNOWN: Mapping[Span, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressExample:
    """An address that a person took apart: parts without gaps, from the first character on.

    `text` is folded: half width, simplified. Spans count in it.
    """

    text: str
    parts: tuple[AddressPart, ...]


class NoSuchPartError(ValueError):
    """A part does not stand in its address after the part before it; `number` counts from 0."""

    def __init__(self, number: int) -> None:
        super().__init__(f"part {number} is not found")
        self.number = number


def address_example(text: str, parts: Sequence[tuple[str, str]]) -> AddressExample:
    """Fold an address, and find its parts in it: kind and words of each, in the order of the text.

    What stands between them becomes `redundant`. Of a longer address only the beginning counts.

    Raises:
        NoSuchPartError: a part is not there, or not behind the one before it.
    """
    text = normalise(text)
    found: list[AddressPart] = []
    done = 0
    for number, (kind, words) in enumerate(parts):
        plain = normalise(words)
        start = text.find(plain, done) if plain else -1
        if start < 0:
            raise NoSuchPartError(number)
        if start > done:
            found.append(_part("redundant", text, done, start))
        done = start + len(plain)
        found.append(_part(kind, text, start, done))
    if done < len(text):
        found.append(_part("redundant", text, done, len(text)))
    return AddressExample(text=text, parts=tuple(found))


def _part(kind: str, text: str, start: int, end: int) -> AddressPart:
    return AddressPart(kind=kind, text=text[start:end], start=start, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressCheck:
    """What rules and learnt reader made of examples that the reader had not seen: F1 of parts."""

    addresses: int
    by_rules: float
    learnt: float

    @property
    def is_better(self) -> bool:
        """Tell whether the learnt reader is worth using."""
        return self.learnt > self.by_rules


@dataclass(frozen=True, slots=True, eq=False)
class AddressReader:
    """A reader that was taught. Read-only; share it between threads."""

    columns: Mapping[str, int]
    names: Names
    chain: Chain
    addresses: int
    check: AddressCheck | None = None

    def parts(
        self, text: str, *, known: Mapping[Span, str] = _NOTHING_KNOWN
    ) -> tuple[AddressPart, ...]:
        """Take an address apart, as `address_parts` does and with the same meaning of `known`."""
        text = text[:MOST_CHARS]
        spans = tokens(text)
        if not spans:
            return ()
        rows = _rows(text, spans, self.names, known=known)
        asked = [_columns(row, self.columns) for row in rows]
        labels = self.chain.best(asked, _penalties(spans, known), _BEGINS)
        return tuple(_joined(text, spans, labels))


def _rows(
    text: str,
    spans: Sequence[Span],
    names: Names,
    *,
    known: Mapping[Span, str] = _NOTHING_KNOWN,
    own: Sequence[AddressPart] = (),
) -> list[list[str]]:
    ruled = address_parts(text, known=known)
    return features(text, spans, ruled, names.marks(text, spans, own), told=own)


def _columns(row: Iterable[str], columns: Mapping[str, int]) -> Ints:
    found = [columns[name] for name in row if name in columns]
    return np.array(found, dtype=np.intp)


def _rules_of_labels() -> tuple[Floats, Floats]:
    """Return what must not be: an inside after something else, or at the very beginning."""
    follows = np.zeros((len(_TAGS), len(_TAGS)))
    begins = np.zeros(len(_TAGS))
    for to, tag in enumerate(_TAGS):
        if tag[0] == "I":
            begins[to] = IMPOSSIBLE
            for whence, before in enumerate(_TAGS):
                if before[1:] != tag[1:]:
                    follows[whence, to] = IMPOSSIBLE
    return follows, begins


_FOLLOWS, _BEGINS = _rules_of_labels()


def _penalties(spans: Sequence[Span], known: Mapping[Span, str]) -> Floats:
    """Return what keeps every token of a known part within it, and others out."""
    penalties = np.zeros((len(spans), len(_TAGS)))
    for (start, end), kind in known.items():
        first, inside = _TAGS.index(f"B{kind}"), _TAGS.index(f"I{kind}")
        for at, span in enumerate(spans):
            if start <= span[0] < end:
                penalties[at] += IMPOSSIBLE
                penalties[at, first if span[0] == start else inside] = 0.0
            elif span[0] == end:
                penalties[at, inside] += IMPOSSIBLE
    return penalties


def _joined(text: str, spans: Sequence[Span], labels: Sequence[int]) -> list[AddressPart]:
    found: list[tuple[str, int, int]] = []
    for (start, end), label in zip(spans, labels, strict=True):
        step, kind = _TAGS[label][0], _TAGS[label][1:]
        if step == "I" and found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1], end)
        else:
            found.append((kind, start, end))
    return [_part(kind, text, start, end) for kind, start, end in found]


def teach_addresses(examples: Sequence[AddressExample]) -> AddressReader:
    """Learn from addresses that people took apart, and ask what was learnt about unseen ones.

    Addresses that are nearly the same are never on both sides of the check. Cost: 4 CPU-minutes for
    9000 addresses, some tens of seconds for 400.

    Raises:
        ValueError: there are fewer than `LEAST_ADDRESSES` examples.
    """
    if len(examples) < LEAST_ADDRESSES:
        raise ValueError(f"{len(examples)} addresses, at least {LEAST_ADDRESSES} are needed")
    check = _checked(examples)
    return _taught(examples, check)


def _checked(examples: Sequence[AddressExample]) -> AddressCheck:
    fold = folds([example.text for example in examples], count=FOLDS)
    asked: list[AddressExample] = []
    learnt: list[tuple[AddressPart, ...]] = []
    for number in range(FOLDS if len(examples) <= CHECKED_WHOLE_UNTIL else 1):
        seen = [e for e, place in zip(examples, fold.tolist(), strict=True) if place != number]
        held = [e for e, place in zip(examples, fold.tolist(), strict=True) if place == number]
        if seen and held:
            reader = _taught(seen, None)
            asked += held
            learnt += [reader.parts(example.text) for example in held]
    truth = [example.parts for example in asked]
    ruled = [address_parts(example.text) for example in asked]
    return AddressCheck(addresses=len(asked), by_rules=_f1(truth, ruled), learnt=_f1(truth, learnt))


def _f1(truth: Sequence[Sequence[AddressPart]], found: Sequence[Sequence[AddressPart]]) -> float:
    pairs = [({*one}, {*other}) for one, other in zip(truth, found, strict=True)]
    right = sum(len(one & other) for one, other in pairs)
    total = sum(len(one) + len(other) for one, other in pairs)
    return 2 * right / total if total else 0.0


def _taught(examples: Sequence[AddressExample], check: AddressCheck | None) -> AddressReader:
    names = Names.of(example.parts for example in examples)
    spans = [tokens(example.text[:MOST_CHARS]) for example in examples]
    rows = [
        _rows(example.text[:MOST_CHARS], at, names, own=example.parts)
        for example, at in zip(examples, spans, strict=True)
    ]
    least = 2 if len(examples) >= COMMON_FROM else 1
    counted = Counter(name for row in rows for token in row for name in token)
    columns = {
        name: at for at, name in enumerate(sorted(n for n in counted if counted[n] >= least))
    }
    labels = [_labels(example, at) for example, at in zip(examples, spans, strict=True)]
    unruled = {name: at for name, at in columns.items() if not name.startswith(RULED)}
    chains = [
        fit(
            [[_columns(token, heard) for token in row] for row in rows],
            labels,
            features=len(columns),
            kinds=len(_TAGS),
        )
        for heard in (columns, unruled)
    ]
    return _light(AddressReader(columns, names, mean(chains), len(examples), check))


def _labels(example: AddressExample, spans: Sequence[Span]) -> list[int]:
    """Return the label of each token: of the part that its first character is in."""
    starts = {part.start: part.kind for part in example.parts}
    of_char = {at: part.kind for part in example.parts for at in range(part.start, part.end)}
    return [
        _TAGS.index(f"B{starts[start]}" if start in starts else f"I{of_char[start]}")
        for start, _ in spans
    ]


def _light(reader: AddressReader) -> AddressReader:
    """Drop what changes nothing: small weights, and features that have no other."""
    weights = reader.chain.weights.astype(np.float16).astype(np.float32)
    weights[np.abs(weights) < LEAST_WEIGHT] = 0.0
    kept = np.flatnonzero(weights.any(axis=1))
    names = [*reader.columns]
    return AddressReader(
        columns={names[at]: place for place, at in enumerate(kept.tolist())},
        names=reader.names,
        chain=Chain(weights=weights[kept], follows=reader.chain.follows + _FOLLOWS),
        addresses=reader.addresses,
        check=reader.check,
    )


def reader_to_bytes(reader: AddressReader) -> bytes:
    """Return a reader as bytes: a zip of arrays and one JSON text. Never a pickle."""
    told = {
        "format": FORMAT,
        "kinds": ADDRESS_KINDS,
        "addresses": reader.addresses,
        "check": _told(reader.check),
        "columns": [*reader.columns],
        "names": reader.names.times,
    }
    rows, labels = np.nonzero(reader.chain.weights)
    arrays: dict[str, NDArray[Any]] = {
        "header": np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), dtype=np.uint8),
        "rows": rows.astype(np.int32),
        "labels": labels.astype(np.int16),
        "weights": reader.chain.weights[rows, labels].astype(np.float16),
        "follows": reader.chain.follows,
    }
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as kept:
        for name, array in arrays.items():
            with kept.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)
    return out.getvalue()


def _told(check: AddressCheck | None) -> list[float] | None:
    return [check.addresses, check.by_rules, check.learnt] if check else None


def reader_from_bytes(body: bytes) -> AddressReader:
    """Read what `reader_to_bytes` wrote.

    Raises:
        ValueError: it is something else, damaged, or of another version of the program.
    """
    try:
        with np.load(BytesIO(body), allow_pickle=False) as read:
            arrays: dict[str, NDArray[Any]] = {name: read[name] for name in read.files}
        told = json.loads(arrays["header"].tobytes())
        if told["format"] != FORMAT or tuple(told["kinds"]) != ADDRESS_KINDS:
            raise ValueError("a reader of addresses of another version")
        columns = {name: at for at, name in enumerate(told["columns"])}
        weights = np.zeros((len(columns), len(_TAGS)), dtype=np.float32)
        weights[arrays["rows"], arrays["labels"]] = arrays["weights"]
        check = told["check"]
        return AddressReader(
            columns=columns,
            names=Names(told["names"]),
            chain=Chain(weights=weights, follows=arrays["follows"].reshape(len(_TAGS), len(_TAGS))),
            addresses=told["addresses"],
            check=AddressCheck(addresses=int(check[0]), by_rules=check[1], learnt=check[2])
            if check
            else None,
        )
    except (BadZipFile, zlib.error, KeyError, TypeError, EOFError, OSError, IndexError) as damage:
        raise ValueError("not a reader of addresses that was kept by this program") from damage
