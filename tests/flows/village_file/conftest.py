"""A village with a network, people, customers, needs and works."""

from datetime import timedelta

import pytest

from dianliang.domain.customers.models import Customer
from dianliang.domain.workforce.models import GridWorker, Person
from dianliang.flows import handling
from tests import villages
from tests.town import NOON, TODAY, Town

NAMES = ("王桂香", "李贵生")
PHONE = "19955556666"


@pytest.fixture
def filed(town: Town) -> Town:
    """V1 with something in every section; V2 with next to nothing."""
    villages.network(town)
    villages.outage(town, hours=3)
    town.team("D1", "S1", "repair")
    worker = Person.objects.create(number="W1", name="陈网格", unit=town.units["S1"])
    cell = villages.cell(town)
    GridWorker.objects.create(
        person=worker, recruited_on=TODAY, status="PLACED", placed_on=TODAY, area=cell
    )
    for number, name in enumerate(NAMES):
        Customer.objects.create(
            number=f"K{number}",
            kind="resident",
            name=name,
            phone=PHONE,
            address="3组12号",
            area=cell if number else town.areas["V1"],
            unit=town.units["S1"],
            account_opened_on=TODAY - timedelta(days=8000),
            special_kind="life_support" if number else "disabled",
            special_level=1 if number else 3,
        )
    need = town.post(
        f"余村村3组12号{NAMES[0]}家里没电了，{PHONE}", area_code="V1", service_code="PWR-OUTAGE"
    )
    handling.accept(number=need.number, by=town.actor("S1"), at=NOON)
    handling.split(number=need.number, parts=(), by=town.actor("S1"), at=NOON)
    villages.filed(town)
    return town
