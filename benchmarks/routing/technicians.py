"""Technicians with skills, tools and spare parts: ``python -m benchmarks.routing.technicians``.

Drawn after the recipe of Pillac, Guéret & Medaglia (2013), whose files are not among the published
instances that lie beside the project, so that no best value is known and the ratio to the best peer
is printed: 100 requests, 25 technicians who start and end at home, one of five skills and one of
five tools for each request, spare parts from what a technician has in the van. Nobody goes back
to a central store for more parts: peers have no word for that. Places are drawn evenly, in
clusters, or both; windows are tight (one hour) or wide (four). ``--seconds 3 --requests 40`` takes
about a minute. The family is never used to tune the engine.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import fmean

import numpy as np

from benchmarks.routing.comparing import compared, ratio_to_best
from benchmarks.routing.peers import PEERS
from dianliang.engines.routing import GreatCircle, Job, Problem, Shift, Team
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

MORNING = datetime(2026, 6, 8, 8, tzinfo=SHANGHAI).astimezone(UTC)
HOURS = 9.0
LAYOUTS = ("R", "C", "RC")
WIDTHS_H = {"tight": 1.0, "wide": 4.0}
KINDS, HELD = 5, 3
"""So many skills, tools and parts there are; so many skills and tools a technician has."""
MOST_PARTS = 6
LEFT_OUT_S = 36_000.0
AREA_KM = 50.0


def technicians(
    *, layout: str, width: str, requests: int = 100, crews: int = 25, seed: int = 7
) -> Problem:
    """Draw a day of technicians."""
    rng = np.random.default_rng([seed, LAYOUTS.index(layout), [*WIDTHS_H].index(width)])
    clusters = rng.uniform(0, AREA_KM, (8, 2))
    share = {"R": 0.0, "C": 1.0, "RC": 0.5}[layout]

    def place() -> GeoPoint:
        spot = rng.uniform(0, AREA_KM, 2)
        if rng.random() < share:
            spot = clusters[rng.integers(len(clusters))] + rng.normal(0, 2.0, 2)
        return GeoPoint(30.4 + float(spot[1]) / 111.2, 119.4 + float(spot[0]) / 95.9)

    teams = tuple(_technician(rng, f"t{number}", place()) for number in range(crews))
    jobs = tuple(_request(rng, f"r{i}", place(), WIDTHS_H[width]) for i in range(requests))
    return Problem(jobs=jobs, teams=teams, travel=GreatCircle(detour=1.3, speed_m_s=40 / 3.6))


def _technician(rng: np.random.Generator, name: str, home: GeoPoint) -> Team:
    has = {
        f"{what}{number}"
        for what in ("skill", "tool")
        for number in rng.permutation(KINDS)[:HELD].tolist()
    }
    window = TimeWindow(MORNING, MORNING + timedelta(hours=HOURS))
    return Team(
        id=name,
        shifts=(Shift(window=window, start=home),),
        skills=frozenset(has),
        gear={f"part{kind}": int(rng.integers(MOST_PARTS + 1)) for kind in range(KINDS)},
    )


def _request(rng: np.random.Generator, name: str, at: GeoPoint, width_h: float) -> Job:
    opens = MORNING + timedelta(hours=float(rng.uniform(0, HOURS - 1 - width_h)))
    parts = {f"part{int(rng.integers(KINDS))}": int(rng.integers(1, 3))}
    minutes = int(rng.integers(10, 31))
    return Job(
        id=name,
        at=at,
        duration_s=minutes * 60,
        windows=(TimeWindow(opens, opens + timedelta(hours=width_h, minutes=minutes)),),
        skills=frozenset({f"skill{int(rng.integers(KINDS))}", f"tool{int(rng.integers(KINDS))}"}),
        gear=parts if rng.random() < 0.5 else {},
        value=LEFT_OUT_S,
    )


def days(*, requests: int, crews: int) -> Iterator[tuple[str, Problem]]:
    """Yield the six days of the family."""
    for layout in LAYOUTS:
        for width in WIDTHS_H:
            name = f"{layout}-{width}"
            yield name, technicians(layout=layout, width=width, requests=requests, crews=crews)


def main() -> None:
    """Print everyone on each day, and how we stand to the best peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="CPU-seconds for each solver")
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--limit", type=int, default=len(LAYOUTS) * len(WIDTHS_H))
    parser.add_argument("--peer", choices=PEERS, nargs="*", default=[*PEERS])
    asked = parser.parse_args()
    ratios = list[float]()
    crews = max(2, asked.requests // 4)
    for name, problem in [*days(requests=asked.requests, crews=crews)][: asked.limit]:
        print(f"technicians {name} ({len(problem.jobs)} requests), {asked.seconds:g} CPU-s")
        costs = compared(problem, asked.peer, seconds=asked.seconds, workers=1)
        ratio = ratio_to_best(f"technicians {name}", costs)
        ratios += [] if ratio is None else [ratio]
    if ratios:
        print(f"technicians mean ours / best peer of {len(ratios)}: {fmean(ratios):.3f}")


if __name__ == "__main__":
    main()
