"""Numbers of the small town that somebody states, for tests that look at them."""

from dataclasses import replace
from datetime import date
from typing import Any

from dianliang.domain.territory.models import Area
from dianliang.flows import claims as flow
from dianliang.kernel.actor import Actor, Role
from tests.town import NOON, Town

DRAFT = flow.ClaimDraft(
    title="注塑机加热圈改造年节电",
    kind="saving",
    value=123_000.0,
    measure="kWh",
    low=101_000.0,
    high=144_000.0,
    confidence=0.9,
    option="B",
    method="日用电量对气温和产量回归，报告期实测减去基准预测。",
    engine="engines.measurement",
    engine_version="1",
    boundary="8 台注塑机的整机用电，不含冷却水和空压机。",
    base_from_on=date(2025, 1, 1),
    base_until_on=date(2026, 1, 1),
    from_on=date(2026, 1, 1),
    until_on=date(2026, 10, 1),
    subject_name="某塑料厂",
    status="MEASURED",
    evidence=[
        flow.EvidenceDraft(kind="curves", words="8 台电表 2025-01 至 2026-09", digest="ab" * 32)
    ],
)


def draft(**other: Any) -> flow.ClaimDraft:
    """Return a measured saving, with some of it said otherwise."""
    return replace(DRAFT, **other)


def estimate(**other: Any) -> flow.ClaimDraft:
    """Return a number without any interval, with some of it said otherwise."""
    bare = {"low": None, "high": None, "confidence": None, "no_interval": "按铭牌估算，没有测量。"}
    return replace(DRAFT, **{**bare, "status": "ESTIMATED", **other})


def clerk(town: Town, code: str = "S1", who: str = "clerk") -> Actor:
    """Return a party-affairs clerk of a unit."""
    made = town.actor(code, Role.PARTY_AFFAIRS)
    return replace(made, id=f"user:{who}", name=who)


def objects(town: Town) -> dict[str, Any]:
    """Return what station S1 has stated, as the parts of its address."""
    stated = flow.record_claim(draft=draft(), by=clerk(town), at=NOON)
    return {"claim": {"number": stated.number, "verb": "withdraw"}}


def provincial(town: Town) -> None:
    """Put the town's areas into a province."""
    Area.objects.create(
        code="33",
        name="浙江省",
        level="province",
        path="/33/",
        lat=30.0,
        lon=120.0,
        coordinate_source="generated",
    )
