"""Who is told of, how late, at what cost: ``python -m benchmarks.lineguard --film vtest.avi``.

One film, three zones, dwell times of 5, 8 and 12 seconds; the same weights for all. A visit as long
as the dwell time must be told once; duplicates and visits too short count as false. Time is
CPU-seconds of everything but reading the film, which is told apart. Heads: the upper seventh of
every labelled person, covered by the band of some box from .15 on the whole picture. Thresholds
were chosen on the first half of the film; the second is told apart.

What must hold: our F1 is above both, at less CPU than Frigate's way; cutting out the zone helps.
"""

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.lineguard import pets, small
from benchmarks.lineguard.peers import EveryPicture, Loitering
from benchmarks.lineguard.pets import Alarm, Tally
from dianliang.engines.vision import (
    Camera,
    DetectionRules,
    Detections,
    Picture,
    Stays,
    Watch,
    band,
)
from dianliang.integrations.detecting import NanoDet
from dianliang.integrations.detecting.nanodet import WEIGHTS

START_S = 1_000_000_000.0
PERSON_SHARE = 0.10
HEAD_EVERY = 5


class Timed:
    """A detector that remembers what it saw last and how long it took."""

    def __init__(self, detector: NanoDet | None = None) -> None:
        self.detector, self.cpu_s, self.calls = detector or NanoDet(), 0.0, 0

    def __call__(self, picture: Picture) -> Detections:
        """Detect, and add up."""
        return self._timed(self.detector, picture)

    def swift(self, picture: Picture) -> Detections:
        """Detect less closely, and add up."""
        return self._timed(self.detector.swift, picture)

    def _timed(self, look: Callable[[Picture], Detections], picture: Picture) -> Detections:
        began = time.process_time()
        found = look(picture)
        self.cpu_s += time.process_time() - began
        self.calls += 1
        return found


def ours(film: list[Picture], timed: Timed, *, every: int = 1) -> tuple[list[Alarm], float]:
    """Return alarms for all dwell times and the CPU-seconds of one watch.

    The watch runs in full for the first dwell time; for the others its tracks are counted anew,
    as they do not depend on it. `every` is which pictures the camera sends at all.
    """
    rules = DetectionRules(rate_hz=pets.HZ, person_share=PERSON_SHARE)
    camera = Camera(id="pets", zones=pets.zones(pets.DWELLS_S[0]), detection=rules)
    watch = Watch(camera=camera, detector=timed)
    more = {s: Stays(pets.zones(s), camera.dwell) for s in pets.DWELLS_S[1:]}
    alarms, cpu_s = [], 0.0
    for number, picture in list(enumerate(film))[::every]:
        at_s, began = START_S + number / pets.HZ, time.process_time()
        step = watch.step(picture, at_s=at_s)
        cpu_s += time.process_time() - began
        for event in step.events:
            key = f"{event.zone_id} {pets.DWELLS_S[0]}"
            alarms.append(Alarm(picture=number, zone_id=key, box=event.box))
        boxes = {one.id: one.box for one in step.tracks}
        for dwell_s, stays in more.items():
            for stay in (
                stays.step(step.tracks, at_s=at_s, size=pets.SIZE).due if step.looked else ()
            ):
                key = f"{stay.zone_id} {dwell_s}"
                alarms.append(Alarm(picture=number, zone_id=key, box=boxes[stay.track_id]))
    return alarms, cpu_s


def by_loitering(film: list[Picture], timed: Timed) -> tuple[list[Alarm], float, float]:
    every = tuple(zone for s in pets.DWELLS_S for zone in pets.zones(s))
    way, alarms, began = Loitering(timed), [], time.process_time()
    for number, picture in enumerate(film):
        way.follow(way.detect(picture, number), number)
        alarms += way.alarms(every, number)
    return alarms, time.process_time() - began, way.regions / len(film)


def by_every_picture(film: list[Picture], timed: Timed) -> tuple[list[Alarm], float, float]:
    """Return alarms, CPU-seconds, and the share of labelled heads that would be covered."""
    every = tuple(zone for s in pets.DWELLS_S for zone in pets.zones(s))
    way, alarms, cpu_s, labels = EveryPicture(), [], 0.0, pets.truth()
    heads = covered = 0
    for number, picture in enumerate(film):
        began = time.process_time()
        found = timed(picture)
        alarms += way.step(found, every, number)
        cpu_s += time.process_time() - began
        if number % HEAD_EVERY == 0:
            bands = [band(box, size=pets.SIZE) for box in found.boxes]
            for box in (one[number] for one in labels.values() if number in one):
                x, y = (box[0] + box[2]) / 2, box[1] + (box[3] - box[1]) / 14
                heads += 1
                covered += any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in bands)
    return alarms, cpu_s, covered / heads


def tally(alarms: Sequence[Alarm], *, span: tuple[float, float] = (0.0, np.inf)) -> Tally:
    """Return what was right and wrong about visits that are due, and alarms, in a span."""
    labels, found = pets.truth(), Tally(late_s=[])
    for dwell_s in pets.DWELLS_S:
        for zone in pets.zones(dwell_s):
            mine = [
                Alarm(picture=one.picture, zone_id=zone.id, box=one.box)
                for one in alarms
                if one.zone_id == f"{zone.id} {dwell_s}"
            ]
            pets.tallied(mine, labels, zone, found, span=span)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--film", type=Path, required=True, help="vtest.avi of opencv-doc")
    parser.add_argument("--pictures", type=int, help="only so many: a look at the costs, no F1")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="a model of one's own")
    asked = parser.parse_args()
    began = time.process_time()
    film = list(islice(pets.pictures(asked.film), asked.pictures))
    read_s, half_s = time.process_time() - began, len(film) / pets.HZ / 2
    each_ms = 1000 / len(film)
    print(f"{len(film)} pictures, {2 * half_s:.0f} s; reading {each_ms * read_s:.1f} ms each")
    print(f"{'':28s}   F1  recall  precision  p90 s   most s    hit  false missed   ms/picture")

    def row(name: str, alarms: list[Alarm], cpu_s: float) -> float:
        print(f"{name:28s} {tally(alarms).row()} {each_ms * cpu_s:10.1f}")
        for what, span in (("chosen on", (0.0, half_s)), ("held out", (half_s, np.inf))):
            print(f"{'  ' + what:28s} {tally(alarms, span=span).row()}", flush=True)
        return tally(alarms).f1

    told, ours_s = ours(film, Timed(NanoDet(weights=asked.weights)))
    our_f1 = row("ours", told, ours_s)
    core = 5.0 * (ours_s + read_s) / len(film)
    print(f"ours at 5 pictures a second: {100 * core:.0f} % of a core with reading")
    seldom, seldom_s = ours(film, Timed(NanoDet(weights=asked.weights)), every=2)
    row("ours, half of the pictures", seldom, seldom_s)
    whole, cut = small.precision(film, NanoDet(weights=asked.weights, least_score=0.05))
    print(f"persons 20 px tall, AP50: whole picture {whole:.2f}, zone cut out {cut:.2f}")
    plain, plain_s, heads = by_every_picture(film, Timed())
    plain_f1 = row("detector on every picture", plain, plain_s)
    print(f"heads covered: {100 * heads:.1f} %")
    loitering, loitering_s, regions = by_loitering(film, Timed())
    their_f1 = row(f"Frigate's way ({regions:.1f} regions)", loitering, loitering_s)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory: {memory_mb:.0f} MB, film and all")
    if asked.pictures is not None:
        print(f"ratio ours / Frigate's way: CPU {ours_s / loitering_s:.2f}")
        return
    print(f"ratio ours / Frigate's way: F1 {our_f1 / their_f1:.2f}, CPU {ours_s / loitering_s:.2f}")
    assert our_f1 > max(plain_f1, their_f1), "ours must be above both"
    assert ours_s < loitering_s, "ours must cost less"
    assert cut > whole, "cutting out the zone must help"


if __name__ == "__main__":
    main()
