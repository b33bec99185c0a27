"""Published instances as problems of the engine, with what their authors call the cost.

Times and distances are scaled to whole numbers as each family's best known values are: VRPTW and
PCVRPTW truncate to a tenth (DIMACS), MDVRPTW rounds to a thousandth, PVRP to a hundredth.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing import (
    Job,
    Plan,
    Problem,
    Series,
    Shift,
    Team,
    TravelTable,
    Weights,
)
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "routing"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
REQUIRED = 1e8
"""Price of leaving out a customer who must be served."""
Table = NDArray[np.float64]


@dataclass(frozen=True)
class Instance:
    """A problem, its best known cost, and how its family counts a plan."""

    name: str
    family: str
    problem: Problem
    best_known: float
    cost: Callable[[Plan], float]


def at(second: float) -> datetime:
    """Return the instant of an instance's time."""
    return EPOCH + timedelta(seconds=float(second))


def points(xy: Table) -> tuple[GeoPoint, ...]:
    """Stand a point in for each node; the table says how far they are apart."""
    return tuple(GeoPoint(float(y) / 100, float(x) / 100) for x, y in xy)


def vrplib(path: Path) -> tuple[dict[str, str], dict[str, Table]]:
    """Read header and sections of a VRPLIB file."""
    header: dict[str, str] = {}
    rows: dict[str, list[list[float]]] = {}
    section = ""
    for line in path.read_text().splitlines():
        entry = re.match(r"^([A-Z_]+)\s*:\s*(.*)$", line.strip())
        if entry:
            header[entry[1]] = entry[2]
        elif line.strip().endswith("SECTION"):
            section = line.strip().removesuffix("_SECTION")
            rows[section] = []
        elif line.strip() and line.strip() != "EOF":
            rows[section].append([float(word) for word in line.split()])
    return header, {name: np.array(found) for name, found in rows.items() if name != "DEPOT"} | {
        "DEPOT": np.array([row[0] for row in rows["DEPOT"] if row[0] > 0])
    }


def best_known(path: Path) -> float:
    """Read the cost of a .sol file."""
    line = next(line for line in path.read_text().splitlines() if line.startswith("Cost"))
    return float(line.replace(":", " ").split()[1])


def _table(xy: Table, scale: int, whole: Callable[[Table], Table]) -> TravelTable:
    distance = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(-1))
    seconds = whole(distance * scale)
    return TravelTable(points=points(xy), seconds=seconds, metres=seconds)


def windowed(path: Path, family: str) -> Instance:
    """Read a VRPTW, PCVRPTW or MDVRPTW instance."""
    header, sections = vrplib(path)
    is_multi = "VEHICLES_DEPOT" in sections
    scale, whole = (1000, np.rint) if is_multi else (10, np.floor)
    xy = sections["NODE_COORD"][:, 1:]
    travel = _table(xy, scale, whole)
    depots = sections["DEPOT"].astype(int) - 1
    windows = sections["TIME_WINDOW"][:, 1:] * scale
    demand = sections["DEMAND"][:, 1]
    service = (
        sections["SERVICE_TIME"][:, 1]
        if is_multi
        else np.full(len(xy), float(header["SERVICE_TIME"]))
    ) * scale
    prizes = sections["PRIZE"][:, 1] * scale if "PRIZE" in sections else np.full(len(xy), REQUIRED)
    jobs = tuple(
        Job(
            id=str(node),
            at=travel.points[node],
            duration_s=round(service[node]),
            windows=(TimeWindow(at(windows[node, 0]), at(windows[node, 1] + service[node])),),
            gear={"load": int(demand[node])},
            value=float(prizes[node]),
        )
        for node in range(len(xy))
        if node not in depots
    )
    homes = (
        sections["VEHICLES_DEPOT"][:, 1].astype(int) - 1
        if is_multi
        else np.full(int(header["VEHICLES"]), depots[0])
    )
    limit = header.get("VEHICLES_MAX_DURATION")
    teams = tuple(
        Team(
            id=f"v{number}",
            shifts=(
                Shift(
                    window=TimeWindow(at(windows[home, 0]), at(windows[home, 1])),
                    start=travel.points[home],
                ),
            ),
            gear={"load": int(float(header["CAPACITY"]))},
            shift_limit_s=None if limit is None else round(float(limit) * scale),
        )
        for number, home in enumerate(homes)
    )
    known = best_known(path.with_suffix(".sol")) * (scale if family == "vrptw" else 1)
    return Instance(
        name=path.stem,
        family=family,
        problem=Problem(jobs=jobs, teams=teams, travel=travel, weights=Weights()),
        best_known=known,
        cost=lambda plan: plan.objective.total,
    )


def periodic(path: Path, known: float) -> Instance:
    """Read a periodic instance (Cordeau et al. 1997): frequency and allowed day patterns."""
    lines = [[float(word) for word in line.split()] for line in path.read_text().splitlines()]
    lines = [line for line in lines if line]
    _, vehicles, customers, days = (int(word) for word in lines[0])
    limits, nodes = lines[1 : days + 1], lines[days + 1 :]
    xy = np.array([node[1:3] for node in nodes])
    travel = _table(xy, 100, np.rint)
    jobs, series = list[Job](), list[Series]()
    for number, node in enumerate(nodes[1 : customers + 1], 1):
        frequency, choices = int(node[5]), [int(code) for code in node[7 : 7 + int(node[6])]]
        patterns = tuple(tuple(_days(code, days)) for code in choices)
        ids = [f"{number}.{visit}" for visit in range(frequency)]
        jobs += [
            Job(
                id=id_,
                at=travel.points[number],
                duration_s=max(1, round(node[3] * 100)),
                gear={"load": round(node[4])},
                value=REQUIRED,
            )
            for id_ in ids
        ]
        series.append(Series(id=str(number), job_ids=tuple(ids), patterns=patterns))
    day_s = 10_000_000
    teams = tuple(
        Team(
            id=f"v{vehicle}d{day}",
            shifts=(
                Shift(
                    window=TimeWindow(at(day * 86_400), at(day * 86_400 + day_s)),
                    start=travel.points[0],
                ),
            ),
            gear={"load": int(limits[day][1])},
            shift_limit_s=round(limits[day][0] * 100) or None,
        )
        for vehicle in range(vehicles)
        for day in range(days)
    )
    problem = Problem(
        jobs=tuple(jobs),
        teams=teams,
        travel=travel,
        series=tuple(series),
        weights=Weights(series_team=0),
    )
    return Instance(
        name=path.name,
        family="pvrp",
        problem=problem,
        best_known=known * 100,
        cost=lambda plan: plan.objective.total,
    )


def _days(code: int, days: int) -> Iterator[date]:
    """Yield the days that a code's bits name, first day first (highest bit)."""
    for day in range(days):
        if code >> (days - 1 - day) & 1:
            yield (EPOCH + timedelta(days=day)).date()


def family(name: str) -> Iterator[Instance]:
    """Yield the instances of a family."""
    folder = DATA / name
    if name == "pvrp":
        with (folder / "best_known.csv").open() as file:
            for row in csv.DictReader(file):
                yield periodic(folder / row["instance"], float(row["best_known"]))
        return
    for path in sorted(folder.glob("*.vrp")):
        yield windowed(path, name)
