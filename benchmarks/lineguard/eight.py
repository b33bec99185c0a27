"""Eight cameras, one process: ``python -m benchmarks.lineguard.eight --film vtest.avi``.

Each camera sends 5 pictures a second of 576 lines, begins elsewhere in the film and has zones of
its own crowd; a picture that nobody had time for is replaced by the next one, as in the pipes of
`integrations.cameras`. Turns are taken as there: one picture of each camera. The clock of the
simulation is the CPU time of the watch, one thread of it, so that what else the machine does counts
little: it tells what one free core can carry, while the other decodes (told apart).

`--busy` is how many of the eight show the crowd; the others look at the empty place of the film.

What must hold: no camera gets less than four fifths of what another one gets, and no picture waits
longer than two seconds.
"""

import argparse
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.lineguard import pets
from benchmarks.lineguard.__main__ import PERSON_SHARE, START_S
from dianliang.engines.vision import Camera, DetectionRules, Picture, Watch, middle
from dianliang.integrations.detecting import NanoDet

CAMERAS, HZ = 8, 5.0


@dataclass
class Sender:
    """A camera: its watch, and which of its pictures was taken last."""

    watch: Watch
    number: int
    is_busy: bool
    taken: int = -1
    dropped: int = 0
    looks: int = 0
    events: int = 0
    lags_s: list[float] = field(default_factory=list)

    def newest(self, now_s: float) -> int:
        """Return the number of the newest picture that it has sent by now."""
        return int(np.floor((now_s - self.number / CAMERAS / HZ) * HZ))


def shown(film: list[Picture], empty: Picture, sender: Sender, picture: int) -> Picture:
    """Return what a camera sends: its part of the film, or the empty place with noise."""
    if sender.is_busy:
        return film[round((picture / HZ + 12 * sender.number) * pets.HZ) % len(film)]
    noise = np.random.default_rng(picture % 16).integers(0, 4, empty.shape, np.uint8)
    return np.asarray(np.clip(empty.astype(np.int16) + noise, 0, 255), np.uint8)


def simulated(film: list[Picture], *, busy: int, lasts_s: float) -> tuple[list[Sender], float]:
    """Return the cameras after so many seconds, and the CPU-seconds of the watch."""
    rules = DetectionRules(rate_hz=HZ, person_share=PERSON_SHARE)
    detector = NanoDet()
    empty = middle(film[:: len(film) // 15][:15])
    senders = [
        Sender(
            watch=Watch(
                camera=Camera(id=f"C{n}", zones=pets.zones(8.0), detection=rules),
                detector=detector,
            ),
            number=n,
            is_busy=n < busy,
        )
        for n in range(CAMERAS)
    ]
    now_s = cpu_s = 0.0
    while now_s < lasts_s:
        waiting = [one for one in senders if one.newest(now_s) > one.taken]
        if not waiting:
            now_s += 0.005
            continue
        for one in waiting:
            newest = one.newest(now_s)
            one.dropped += newest - one.taken - 1
            one.taken = newest
            sent_s = (newest + one.number / CAMERAS) / HZ
            picture = shown(film, empty, one, newest)
            began = time.process_time()
            step = one.watch.step(picture, at_s=START_S + sent_s)
            took_s = time.process_time() - began
            now_s, cpu_s = now_s + took_s, cpu_s + took_s
            one.looks += step.looked
            one.events += len(step.events)
            one.lags_s.append(now_s - sent_s)
    return senders, cpu_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--film", type=Path, required=True, help="vtest.avi of opencv-doc")
    parser.add_argument("--busy", type=int, nargs="*", default=[0, 2, 8], help="crowded cameras")
    parser.add_argument("--seconds", type=float, default=30.0)
    asked = parser.parse_args()
    began = time.process_time()
    film = list(pets.pictures(asked.film))
    decode_ms = 1000 * (time.process_time() - began) / len(film)
    print(f"decoding {decode_ms:.1f} ms a picture: {CAMERAS * HZ * decode_ms / 10:.0f} % of a core")
    print("busy  core %  taken %  least/most  looks a s  lag s: median  p90  most  events")
    for busy in asked.busy:
        senders, cpu_s = simulated(film, busy=busy, lasts_s=asked.seconds)
        lags = np.concatenate([one.lags_s for one in senders])
        taken = [len(one.lags_s) / asked.seconds / HZ for one in senders]
        crowd = [one for one in senders if one.is_busy] or senders
        looks = sum(one.looks for one in crowd) / len(crowd) / asked.seconds
        events = sum(one.events for one in senders)
        fair = min(taken) / max(taken)
        print(
            f"{busy:4d} {100 * cpu_s / asked.seconds:7.0f} {100 * np.mean(taken):8.0f}"
            f" {fair:11.2f} {looks:10.1f} {np.median(lags):14.2f}"
            f" {np.percentile(lags, 90):5.2f} {lags.max():5.2f} {events:7d}",
            flush=True,
        )
        assert fair >= 0.8, "each camera must get its turn"
        assert lags.max() <= 2.0, "no picture may wait so long"


if __name__ == "__main__":
    main()
