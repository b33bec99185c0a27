"""A prepared triage over the real catalogue and a small gazetteer."""

import csv
import json
from pathlib import Path

import pytest

import dianliang.domain.catalog
from dianliang.engines.triage import DEFAULT_LEXICON, AreaCard, Knowledge, ServiceCard, Triage

CATALOGUE = Path(dianliang.domain.catalog.__file__).parent / "data" / "services.json"
CASES = Path(__file__).resolve().parents[2] / "cases" / "triage"


def areas() -> tuple[AreaCard, ...]:
    """Read the small gazetteer."""
    with (CASES / "gazetteer.csv").open(encoding="utf-8") as lines:
        return tuple(
            AreaCard(
                code=row["code"],
                name=row["name"],
                level=row["level"],
                parent_code=row["parent"],
                aliases=tuple(row["aliases"].split()),
            )
            for row in csv.DictReader(lines)
        )


AREAS = areas()


def service_cards() -> tuple[ServiceCard, ...]:
    """Read the product's own catalogue."""
    return tuple(
        ServiceCard(
            code=row["code"],
            name=row["name"],
            description=row["description"],
            keywords=tuple(row["keywords"]),
            examples=tuple(row["examples"]),
            is_urgent=row["is_urgent"],
        )
        for row in json.loads(CATALOGUE.read_text(encoding="utf-8"))
    )


@pytest.fixture(scope="session")
def triage() -> Triage:
    return Triage(Knowledge(services=service_cards(), areas=AREAS, lexicon=DEFAULT_LEXICON))
