"""Measure duplicates on outside data: recall at five under seven edits, and look-up time.

The data folder is taken from DIANLIANG_DATA, else ../shared/data. For recall every message is put
in one village at one hour, so that words alone decide; for time, 50 000 needs are spread over 180
villages and 60 days (as gated in use), then all put in one place (the worst case).
"""

import csv
import gzip
import os
import random
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from dianliang.engines.triage import DuplicateIndex, KnownNeed
from dianliang.kernel.geo import GeoPoint

DATA = Path(os.environ.get("DIANLIANG_DATA", "../shared/data")) / "triage"
NOON = datetime(2026, 1, 1, 4, tzinfo=UTC)
RNG = random.Random(0)
SAMPLE, NEEDS = 300, 50_000


def noise(text: str, share: float) -> str:
    """Drop, replace or double a share of the characters."""
    out: list[str] = []
    for char in text:
        dice = RNG.random()
        if dice < share / 3:
            continue
        replaced = dice < 2 * share / 3
        out.append(RNG.choice("的一是不了人我在有他这中大来上国") if replaced else char)
        if 2 * share / 3 <= dice < share:
            out.append(char)
    return "".join(out)


def shuffled(text: str) -> str:
    parts = [part for part in re.split("(?<=[，。！？；])", text) if part]
    RNG.shuffle(parts)
    return "".join(parts)


EDITS: dict[str, Callable[[str], str]] = {
    "5 % typos": lambda text: noise(text, 0.05),
    "15 % typos": lambda text: noise(text, 0.15),
    "greeting and plea": lambda text: f"领导您好，我想反映：{text}请尽快处理并回复，谢谢！",
    "clauses reordered": shuffled,
    "first half": lambda text: text[: len(text) // 2],
    "without title": lambda text: text.split("。", 1)[1],
    "reordered, typos, greeting": lambda text: f"您好，{noise(shuffled(text), 0.05)}望解决",
}


def known(number: int, text: str) -> KnownNeed:
    return KnownNeed(id=str(number), text=text, at=NOON, area_code="V")


def recall(texts: list[str]) -> None:
    index = DuplicateIndex([known(n, text) for n, text in enumerate(texts)])
    asked = RNG.sample([n for n, text in enumerate(texts) if len(text) >= 40], SAMPLE)
    for name, edit in EDITS.items():
        hits = 0
        for n in asked:
            found = index.top(known(-1, edit(texts[n])), k=5)
            hits += any(texts[int(candidate.id)] == texts[n] for candidate in found)
        print(f"recall at 5, {name}: {hits / SAMPLE:.3f}", flush=True)


def look_up(name: str, needs: list[KnownNeed]) -> None:
    index = DuplicateIndex(needs)
    took: list[float] = []
    for need in RNG.sample(needs, 100):
        begun = time.perf_counter()
        index.top(KnownNeed(id="?", text=need.text, at=need.at, area_code=need.area_code))
        took.append(1e3 * (time.perf_counter() - begun))
    median, most = np.quantile(took, [0.5, 0.95])
    print(f"top 5 in {len(needs)}, {name}: median {median:.1f} ms, p95 {most:.1f} ms", flush=True)


def main() -> None:
    with gzip.open(DATA / "taidi2020c_hot4326.csv.gz", "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    texts = ["".join(f"{row['留言主题']}。{row['留言详情']}".split()) for row in rows]
    recall(texts)
    spread = [
        KnownNeed(
            id=str(n),
            text=texts[n % len(texts)][n % 17 : 200],
            at=NOON + timedelta(hours=RNG.random() * 24 * 60),
            area_code=f"V{RNG.randrange(180)}",
            point=GeoPoint(30.3 + RNG.random() * 0.6, 119.3 + RNG.random() * 0.6),
        )
        for n in range(NEEDS)
    ]
    look_up("spread over villages and days", spread)
    look_up("all in one place", [known(n, need.text) for n, need in enumerate(spread)])


if __name__ == "__main__":
    main()
