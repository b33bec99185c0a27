"""Measure duplicates: ``python -m benchmarks.triage.duplicates``; the peer is MinHash.

Seven edits of one message each: is the message among the five best, and how often is it offered
with a score that merges by rule (`MERGES`)? For recall every message is put in one village at one
hour, so that words alone decide. False merges are counted where they would hurt: between messages
of different matters about the same or a like place (the annotated near misses of `hot.py`), and
between a message and its own text about another estate. Time: 50 000 needs over 180 villages and
60 days (as gated in use), then all in one place (the worst case).
"""

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from datasketch import MinHash, MinHashLSH
from opencc_purepy import OpenCC

from benchmarks.triage.hot import annotated
from benchmarks.triage.messages import messages
from dianliang.engines.triage import DuplicateIndex, KnownNeed
from dianliang.kernel.geo import GeoPoint

NOON = datetime(2026, 1, 1, 4, tzinfo=UTC)
SAMPLE, NEEDS = 300, 50_000
MERGES = (0.35, 0.5, 0.6)
MINHASH_THRESHOLDS = (0.3, 0.5)
PERMUTATIONS = 128
GOAL_RECALL, GOAL_MS = 0.99, 50.0
ESTATE = re.compile(r"[一-鿿]{2}(?:小区|花园|家园|公寓|大厦|广场|路|街|苑)")
OTHER_ESTATES = ("锦绣花园", "阳光家园", "胜利路", "金色小区", "翠竹苑", "银河大厦")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
DICE = random.Random(0)
TRADITIONAL = OpenCC("s2t")
Edit = Callable[[str], str]


def typos(text: str, share: float = 0.1) -> str:
    """Drop, replace or double a share of the characters."""
    out: list[str] = []
    for char in text:
        luck = DICE.random() / share
        if luck >= 1:
            out.append(char)
        elif luck >= 1 / 3:
            out += [char, char] if luck >= 2 / 3 else [DICE.choice("的一是不了人我在有他这中大")]
    return "".join(out)


def reordered(text: str) -> str:
    parts = [part for part in re.split("(?<=[，。！？；])", text) if part]
    DICE.shuffle(parts)
    return "".join(parts)


def half(text: str) -> str:
    return text[: len(text) // 2] if DICE.random() < 0.5 else text[len(text) // 2 :]


def marks(text: str) -> str:
    return re.sub("[，。；]", lambda _: DICE.choice(["!", " ", "…", ""]), text).translate(
        FULL_WIDTH
    )


EDITS: dict[str, Edit] = {
    "typos, 10 %": typos,
    "half of the text": half,
    "clauses reordered": reordered,
    "politeness added": lambda text: (
        f"尊敬的领导您好，我想反映：{text}请尽快核实处理并回复，谢谢！"
    ),
    "traditional characters": lambda text: str(TRADITIONAL.convert(text)),
    "full width, other marks": marks,
    "dropped characters, 10 %": lambda text: "".join(c for c in text if DICE.random() >= 0.1),
}


class Shingles:
    """The peer: MinHash of character 3-grams in a locality-sensitive index."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._indices = [
            MinHashLSH(threshold=least, num_perm=PERMUTATIONS) for least in MINHASH_THRESHOLDS
        ]
        for row, text in enumerate(texts):
            for index in self._indices:
                index.insert(row, self._sketch(text))

    def found(self, text: str) -> list[set[int]]:
        """Return the rows found at each threshold."""
        sketch = self._sketch(text)
        return [set(index.query(sketch)) for index in self._indices]

    @staticmethod
    def _sketch(text: str) -> MinHash:
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([text[at : at + 3].encode() for at in range(max(1, len(text) - 2))])
        return sketch


def known(number: int, text: str) -> KnownNeed:
    return KnownNeed(id=str(number), text=text, at=NOON, area_code="V")


def recall(texts: Sequence[str], index: DuplicateIndex) -> None:
    shingles = Shingles(texts)
    asked = DICE.sample([n for n, text in enumerate(texts) if len(text) >= 40], SAMPLE)
    for name, edit in EDITS.items():
        among, merged, peer = 0, np.zeros(len(MERGES)), np.zeros(len(MINHASH_THRESHOLDS))
        for n in asked:
            edited = edit(texts[n])
            same = [c for c in index.top(known(-1, edited)) if texts[int(c.id)] == texts[n]]
            among += bool(same)
            merged += [bool(same) and same[0].score >= least for least in MERGES]
            peer += [any(texts[row] == texts[n] for row in rows) for rows in shingles.found(edited)]
        print(
            f"{name:26s} among 5 {among / SAMPLE:.3f} (goal {GOAL_RECALL}); at score "
            + ", ".join(f"{m}: {v:.3f}" for m, v in zip(MERGES, merged / SAMPLE, strict=True))
            + "; MinHash "
            + ", ".join(
                f"{m}: {v:.3f}" for m, v in zip(MINHASH_THRESHOLDS, peer / SAMPLE, strict=True)
            ),
            flush=True,
        )


def false_merges(texts: Sequence[str], index: DuplicateIndex) -> None:
    events = annotated("even") | annotated("odd")
    alone = sorted(row for row, event in events.items() if event.startswith("alone"))
    told = np.zeros(len(MERGES))
    for row in alone:
        others = [c for c in index.top(known(row, texts[row])) if int(c.id) in events]
        told += [any(c.score >= least for c in others) for least in MERGES]
    rates = ", ".join(f"{m}: {v:.3f}" for m, v in zip(MERGES, told / len(alone), strict=True))
    print(f"{len(alone)} annotated messages about a matter of their own, merged at score {rates}")
    named = [n for n, text in enumerate(texts) if ESTATE.search(text) and len(text) >= 40]
    wrong = np.zeros(len(MERGES))
    for n in DICE.sample(named, SAMPLE):
        moved = ESTATE.sub(DICE.choice(OTHER_ESTATES), texts[n])
        own = [c for c in index.top(known(-1, moved)) if texts[int(c.id)] == texts[n]]
        wrong += [bool(own) and own[0].score >= least for least in MERGES]
    rates = ", ".join(f"{m}: {v:.3f}" for m, v in zip(MERGES, wrong / SAMPLE, strict=True))
    print(f"{SAMPLE} messages told of another estate, merged with their template at score {rates}")


def look_up(name: str, needs: Sequence[KnownNeed]) -> None:
    begun = time.perf_counter()
    index = DuplicateIndex(needs)
    built = time.perf_counter() - begun
    took: list[float] = []
    for need in DICE.sample(needs, 200):
        begun = time.perf_counter()
        index.top(replace(need, id="?"))
        took.append(1e3 * (time.perf_counter() - begun))
    begun = time.perf_counter()
    for need in needs[:600]:
        index.add(replace(need, id=f"again {need.id}"))
        index.remove(need.id)
    added = 1e3 * (time.perf_counter() - begun) / 600
    median, most = np.quantile(took, [0.5, 0.95])
    print(
        f"top 5 in {len(needs)}, {name}: median {median:.1f} ms, p95 {most:.1f} ms (goal "
        f"{GOAL_MS:.0f}); built in {built:.1f} s, add and remove {added:.1f} ms each on average",
        flush=True,
    )


def main() -> None:
    texts = [message.text for message in messages()]
    index = DuplicateIndex(known(n, text) for n, text in enumerate(texts))
    recall(texts, index)
    false_merges(texts, index)
    spread = [
        KnownNeed(
            id=str(n),
            text=texts[n % len(texts)][n % 17 : 200],
            at=NOON + timedelta(hours=DICE.random() * 24 * 60),
            area_code=f"V{DICE.randrange(180)}",
            point=GeoPoint(30.3 + DICE.random() * 0.6, 119.3 + DICE.random() * 0.6),
        )
        for n in range(NEEDS)
    ]
    look_up("over villages and days", spread)
    look_up("all in one place", [known(n, need.text) for n, need in enumerate(spread)])


if __name__ == "__main__":
    main()
