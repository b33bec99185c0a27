"""Texts to measure with: outside messages, the county's own sentences, the demo's gazetteer.

The folder of outside data is DIANLIANG_DATA, else ../shared/data; nothing of it ships.
"""

import csv
import gzip
import os
from pathlib import Path

from dianliang.engines.triage import AreaCard

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases" / "triage"
DATA = Path(os.environ.get("DIANLIANG_DATA", ROOT.parent / "shared" / "data")) / "triage"
COUNTY = ROOT / "src" / "dianliang" / "flows" / "demo" / "data" / "anji" / "areas.csv"


def messages() -> list[str]:
    """Return the 8289 labelled messages, their words joined again; stop words are missing."""
    rows = _zipped("taidi2020c_messages8289")
    return [row["segmented"].replace(" ", "") for row in rows]


def raw_messages() -> list[str]:
    """Return the 4326 messages as they were written, subject and text."""
    rows = _zipped("taidi2020c_hot4326")
    return [f"{row['留言主题']} {row['留言详情']}" for row in rows]


def cases(name: str) -> list[dict[str, str]]:
    """Return the rows of one of our own case files."""
    with (CASES / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def county() -> tuple[AreaCard, ...]:
    """Return the gazetteer of the demo county, the county itself first."""
    with COUNTY.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["level"] in {"township", "village"}]
    return (
        AreaCard(code="330523", name="安吉县", level="county"),
        *(
            AreaCard(
                code=row["code"], name=row["name"], level=row["level"], parent_code=row["parent"]
            )
            for row in rows
        ),
    )


def _zipped(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / f"{name}.csv.gz", "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
