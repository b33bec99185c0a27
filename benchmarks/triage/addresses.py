"""Measure addresses on the NAACL 2019 corpus: `python -m benchmarks.triage.addresses [--learnt]`.

Span F1 on its dev set, all labels and community. Day one's reader are rules, and they are what
ships: the corpus states no licence, so nothing learnt from it may be delivered. `--learnt` shows
what an operator gets who has labelled addresses: the engine's trainable reader, taught with some of
the corpus' train set, then all of it, and thrown away. It reads plain text: the corpus' own tokens,
which sometimes give a boundary away (9-9 is one where it is one part), are not shown to it.
Settings were chosen on an eighth of the train set. The baseline looks for the endings of parts
from left to right.
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence

from benchmarks.triage import texts
from dianliang.engines.triage import (
    AddressExample,
    AddressReader,
    address_example,
    address_parts,
    reader_to_bytes,
    teach_addresses,
)
from dianliang.engines.triage._text import normalise

Token = tuple[str, str]
Span = tuple[int, int, str]
Reader = Callable[[list[str]], set[Span]]
SHOTS = (100, 300, 1000, 3000)
_SPELT = {"subroad": "subRoad", "subRoadno": "subroadno", "otherinfo": "redundant"}
"""Slips of the corpus."""
_ENDINGS = (
    ("prov", r"[一-鿿]{2,3}省"),
    ("city", r"[一-鿿]{2,3}市"),
    ("district", r"[一-鿿]{1,4}?[区县市]"),
    ("town", r"[一-鿿]{1,4}?(?:镇|乡|街道)"),
    ("community", r"[一-鿿]{1,4}?(?:村|社区)"),
    ("road", r"[一-鿿]{1,5}?(?:路|街|大道|巷)"),
    ("roadno", r"\d+号"),
    ("houseno", r"\w{1,3}?(?:幢|栋|座)"),
    ("cellno", r"\w{1,2}?单元"),
    ("floorno", r"\w{1,2}?[楼层]"),
    ("roomno", r"\d{3,4}室?"),
    ("redundant", r"[-_,， ]"),
    ("poi", r"[一-鿿]{1,8}?(?:小区|花园|公寓|大厦|广场|公司|中心|苑|园|城|店|厂)"),
    ("poi", r"."),
)
_BASELINE = re.compile("|".join(f"(?P<p{n}>{shape})" for n, (_, shape) in enumerate(_ENDINGS)))


def read(name: str) -> list[list[Token]]:
    """Return the addresses of a file, each a list of (token, label)."""
    lines = (texts.DATA / "addr_naacl19" / f"{name}.txt").read_text(encoding="utf-8")
    return [
        [(fields[0], fields[-1]) for line in block.splitlines() if (fields := line.split())]
        for block in re.split(r"\n\s*\n", lines)
        if block.strip()
    ]


def gold(labels: Sequence[str]) -> set[Span]:
    """Return the spans of BIO labels; a change of label begins a span too."""
    found: set[Span] = set()
    start, kind = 0, ""
    for at, label in enumerate([*labels, "O"]):
        if kind and (label[0] != "I" or label[2:] != kind):
            found.add((start, at, kind))
            kind = ""
        if label != "O" and not kind:
            start, kind = at, label[2:]
    return found


def joined(tokens: Sequence[str]) -> tuple[str, list[int]]:
    """Return the folded text of the tokens, and for each character its token."""
    folded = [normalise(token) or token for token in tokens]
    return "".join(folded), [at for at, token in enumerate(folded) for _ in token]


def by_rules(tokens: list[str]) -> set[Span]:
    """Return our parts as spans of tokens."""
    text, owner = joined(tokens)
    parts = address_parts(text)
    return {(owner[part.start], owner[part.end - 1] + 1, part.kind) for part in parts}


def by_endings(tokens: list[str]) -> set[Span]:
    """Return the baseline's parts."""
    text, owner = joined(tokens)
    return {
        (
            owner[found.start()],
            owner[found.end() - 1] + 1,
            _ENDINGS[int(str(found.lastgroup)[1:])][0],
        )
        for found in _BASELINE.finditer(text)
    }


def report(name: str, addresses: Sequence[list[Token]], reader: Reader) -> None:
    """Print F1 over all labels and of the parts that matter most."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    begun = time.perf_counter()
    found = [reader([token for token, _ in address]) for address in addresses]
    took = 1e3 * (time.perf_counter() - begun) / len(addresses)
    for address, spans in zip(addresses, found, strict=True):
        truth = gold([label for _, label in address])
        right.update(kind for *_, kind in spans & truth)
        wrong.update(kind for *_, kind in spans - truth)
        missed.update(kind for *_, kind in truth - spans)

    def f1(*kinds: str) -> float:
        hits, extra, lost = (
            sum(counts[kind] for kind in kinds or counts) for counts in (right, wrong, missed)
        )
        return 2 * hits / max(1, 2 * hits + extra + lost)

    shown = ", ".join(
        f"{kind} {f1(kind):.3f}"
        for kind in ("community", "district", "town", "road", "roadno", "poi", "houseno", "roomno")
    )
    print(f"{name}: F1 {f1():.4f} ({shown}; {took:.2f} ms each)", flush=True)


def example(address: Sequence[Token]) -> AddressExample:
    """Return an address with its parts, as somebody who labels would hand it in."""
    tokens = [normalise(token) or token for token, _ in address]
    spans = sorted(gold([label for _, label in address]))
    parts = [(_SPELT.get(kind, kind), "".join(tokens[start:end])) for start, end, kind in spans]
    return address_example("".join(tokens), parts)


def by_reader(reader: AddressReader) -> Reader:
    """Return what was learnt as a reader of tokens."""

    def read_tokens(tokens: list[str]) -> set[Span]:
        text, owner = joined(tokens)
        return {(owner[p.start], owner[p.end - 1] + 1, p.kind) for p in reader.parts(text)}

    return read_tokens


def learnt(examples: Sequence[AddressExample], dev: Sequence[list[Token]]) -> None:
    """Teach with some of the training set, and measure what the engine promises of it, on dev."""
    begun = time.process_time()
    reader = teach_addresses(examples)
    spent = time.process_time() - begun
    size = len(reader_to_bytes(reader)) / 1024
    promise = reader.check
    assert promise is not None
    print(
        f"learnt from {len(examples)} (experiment, does not ship): {spent:.0f} CPU-s with its own"
        f" check ({promise.addresses} unseen: rules {promise.by_rules:.4f}, learnt"
        f" {promise.learnt:.4f}), {size:.0f} KiB"
    )
    report("  on dev", dev, by_reader(reader))


def main() -> None:
    """Print the baseline, ours and, if asked for, what examples teach it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--learnt", action="store_true", help="teach the engine, and measure it")
    asked = options.parse_args()
    dev = read("dev")
    print(f"{len(dev)} addresses; published on the test set: F1 .899, community .766")
    report("endings, left to right", dev, by_endings)
    report("ours (rules, ships)", dev, by_rules)
    if asked.learnt:
        train = [example(address) for address in read("train")]
        for count in (*SHOTS, len(train)):
            learnt(train[:count], dev)


if __name__ == "__main__":
    main()
