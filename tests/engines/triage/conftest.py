"""A prepared triage over the real catalogue and a small gazetteer."""

import json
from pathlib import Path

import pytest

import dianliang.domain.catalog
from dianliang.engines.triage import DEFAULT_LEXICON, AreaCard, Knowledge, ServiceCard, Triage

CATALOGUE = Path(dianliang.domain.catalog.__file__).parent / "data" / "services.json"
AREAS = (
    AreaCard(code="T1", name="递铺街道", level="township"),
    AreaCard(code="T2", name="天荒坪镇", level="township"),
    AreaCard(code="T3", name="孝丰镇", level="township"),
    AreaCard(code="V1", name="余村村委会", level="village", parent_code="T2"),
    AreaCard(code="V2", name="大溪村委会", level="village", parent_code="T2"),
    AreaCard(code="V3", name="团结村委会", level="village", parent_code="T3"),
    AreaCard(code="V4", name="石龙村委会", level="village", parent_code="T1"),
    AreaCard(code="V5", name="石龙社区居委会", level="village", parent_code="T3"),
)


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
