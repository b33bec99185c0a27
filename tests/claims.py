"""Numbers of the small town that somebody states, for tests that look at them."""

from dataclasses import replace
from datetime import date
from typing import Any

from dianliang.domain.energy.shapes import ProjectDraft
from dianliang.domain.territory.models import Area
from dianliang.flows import claims as flow
from dianliang.flows.carbon import keeping, reading
from dianliang.flows.measuring import projects
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
    account = filled_account(town)
    return {
        "claim": {"number": stated.number, "verb": "withdraw"},
        "measurement": {"number": opened_project(town), "verb": "close"},
        "carbon account": {"number": account, "verb": "state", "form": "pdf"},
    }


def opened_project(town: Town) -> str:
    """Open a measurement project of station S1; return its number."""
    draft = ProjectDraft(
        title="注塑机发热圈改造",
        subject_name="某家具厂",
        boundary="17、18 号注塑机整机用电",
        design="weather",
        measure_on=date(2026, 1, 1),
    )
    return projects.open_project(draft=draft, unit_code="S1", by=clerk(town), at=NOON).number


def table(*rows: str) -> bytes:
    """Return a table of activity data as CSV."""
    return "\n".join([",".join((*reading.NEEDED, *reading.OPTIONAL)), *rows]).encode()


POWER_ROW = "办公楼总表,电力,2,2026-01-01,2026-02-01,10000,kWh,2,,,抄表单 1"
PETROL_ROW = "公务车,汽油,1,2026-01-01,2026-04-01,2,t,5,,,发票"


def opened_account(town: Town, *, unit: str = "S1", name: str = "天荒坪供电所") -> str:
    """Open an empty carbon account; return its number."""
    return keeping.open_account(
        name=name,
        kind="station",
        boundary="办公楼用电和公务车用油",
        unit_code=unit,
        by=clerk(town, unit),
        at=NOON,
    ).number


def filled_account(town: Town, *rows: str) -> str:
    """Open a carbon account with some activity; return its number."""
    number = opened_account(town)
    content = table(*(rows or (POWER_ROW, PETROL_ROW)))
    keeping.take_in(number=number, content=content, name="用能.csv", by=clerk(town), at=NOON)
    return number


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
