"""Rods in hands: ``python -m benchmarks.lineguard.rods --film vtest.avi``.

No public film of anglers exists, so rods are SYNTHETIC: drawn into the hands of real, labelled
walkers of PETS09-S2L1, six pictures about a second apart, then compressed as JPEG. These figures
say nothing about real rods; they compare ways of looking.

What must hold: the median of six pictures separates better than one picture alone.
"""

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
from scipy.stats import rankdata

from benchmarks.lineguard import pets
from dianliang.engines.vision import Box, Gray, strength

STEP, PICTURES, HEIGHTS = 7, 6, (60, 115)
WIDTHS_PX = (1, 2)
"""Rods of 1 and 2 pixels at persons about 80 pixels tall."""
MOST = 60


def drawn(gray: Gray, box: Box, rod: tuple[float, ...], rng: np.random.Generator) -> Gray:
    """Return a picture with a rod in a hand, as a camera would send it."""
    side, angle, length, down, out, shade, width = rod
    high = box[3] - box[1]
    hand = np.array([(box[0] + box[2]) / 2 + side * out * high, box[1] + down * high])
    turned = np.deg2rad(angle + rng.uniform(-6, 6))
    tip = hand + np.array([side * np.cos(turned), -np.sin(turned)]) * length * high
    kept = gray.copy()
    ends = [tuple(int(v) for v in np.round(one)) for one in (hand, tip)]
    cv2.line(kept, ends[0], ends[1], (int(shade),), int(width), cv2.LINE_AA)
    _, coded = cv2.imencode(".jpg", kept, [cv2.IMWRITE_JPEG_QUALITY, 80])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def separated(none: np.ndarray, rods: np.ndarray) -> tuple[float, float]:
    """Return the area under the curve and the share of rods found at 5 % false."""
    ranks = rankdata(np.concatenate([none, rods]))[len(none) :]
    area = (ranks.sum() - len(rods) * (len(rods) + 1) / 2) / (len(none) * len(rods))
    return float(area), float((rods > np.percentile(none, 95)).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--film", type=Path, required=True, help="vtest.avi of opencv-doc")
    rng, labels = np.random.default_rng(5), pets.truth()
    grays = {
        n: np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        for n, picture in enumerate(pets.pictures(parser.parse_args().film))
        if n % STEP == 0
    }
    empty = np.median(np.stack([*grays.values()][::2]), axis=0).astype(np.uint8)
    series = []
    for person, boxes in labels.items():
        own = [n for n in sorted(boxes) if n in grays]
        own = [n for n in own if HEIGHTS[0] < boxes[n][3] - boxes[n][1] < HEIGHTS[1]]
        series += [
            (person, part)
            for i in range(0, len(own) - PICTURES + 1, PICTURES)
            if (part := own[i : i + PICTURES])[-1] - part[0] <= STEP * (PICTURES + 2)
        ]
    chosen = [series[i] for i in rng.permutation(len(series))[:MOST]]
    began, looks = time.process_time(), 0
    found: dict[int, list[list[float]]] = {width: [] for width in (0, *WIDTHS_PX)}
    for person, part in chosen:
        rod = (
            rng.choice([-1, 1]),
            rng.uniform(0, 75),
            rng.uniform(1.2, 2.2),
            rng.uniform(0.35, 0.6),
            rng.uniform(0.1, 0.35),
            rng.choice([25, 35, 60, 200]),
        )
        for width, rows in found.items():
            row = []
            for n in part:
                box = labels[person][n]
                others = [b[n] for p, b in labels.items() if p != person and n in b]
                gray = drawn(grays[n], box, (*rod, width), rng) if width else grays[n]
                row.append(strength(gray, empty, box, others))
                looks += 1
            rows.append(row)
    each_ms = 1000 * (time.process_time() - began) / looks
    print(f"{len(chosen)} walkers, synthetic rods; {each_ms:.1f} ms a look")
    none = np.array(found[0])
    for width in WIDTHS_PX:
        rods = np.array(found[width])
        one = separated(none[:, 0], rods[:, 0])
        six = separated(np.median(none, axis=1), np.median(rods, axis=1))
        for what, (area, share) in (("one picture", one), ("six pictures", six)):
            print(f"{width} px, {what}: AUC {area:.3f}, found at 5 % false {share:.2f}")
        assert six[0] >= one[0], "six pictures must tell more than one"
    limit = np.percentile(np.median(none, axis=1), 95)
    print(f"95 % of empty hands are below {limit:.1f} grey levels")


if __name__ == "__main__":
    main()
