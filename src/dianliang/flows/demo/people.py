"""Customers of the demo county: residents, firms, and those whom stewards visit regularly."""

from datetime import date, timedelta
from random import Random

from dianliang.core.fields import blind_index
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.flows.demo import words
from dianliang.flows.demo.county import County

SPECIAL_CUSTOMERS, ORDINARY_CUSTOMERS, FIRMS = 260, 240, 60
INTERVAL_DAYS = {1: 15, 2: 30, 3: 90}
"""How often somebody comes, by level of care (1 = closest)."""
KINDS = Customer.SpecialKind
KIND_SHARES = (
    (KINDS.ELDERLY_ALONE, 0.45),
    (KINDS.DISABLED, 0.12),
    (KINDS.OUT_OF_POVERTY, 0.18),
    (KINDS.LARGE_BREEDER, 0.12),
    (KINDS.LEFT_BEHIND_CHILD, 0.08),
    (KINDS.LIFE_SUPPORT, 0.05),
)


def build_customers(county: County, *, rng: Random, today: date) -> list[Customer]:
    """Write the customers; return those with regular visits."""
    rows = [
        _customer(county, rng, number, today=today)
        for number in range(1, SPECIAL_CUSTOMERS + ORDINARY_CUSTOMERS + FIRMS + 1)
    ]
    stored = Customer.objects.bulk_create(rows)
    return [customer for customer in stored if customer.special_kind]


def _customer(county: County, rng: Random, number: int, *, today: date) -> Customer:
    area = rng.choice(county.villages)
    account = f"33052{number:08d}"
    is_firm = number > SPECIAL_CUSTOMERS + ORDINARY_CUSTOMERS
    name = (
        f"{area.name[:2]}{rng.choice(['竹业', '茶业', '椅业', '机械'])}厂"
        if is_firm
        else words.name(rng)
    )
    customer = Customer(
        number=f"KH{number:06d}",
        kind=Customer.Kind.ENTERPRISE if is_firm else Customer.Kind.RESIDENT,
        name=name,
        phone=words.phone(3000 + number),
        account_number=account,
        account_index=blind_index(account, context="customer.account"),
        address=f"{area.name}{rng.randint(1, 12)}组{rng.randint(1, 60)}号",
        area=area,
        unit=_station(county, area.path),
        lat=(area.lat or 30.6) + rng.gauss(0, 0.004),
        lon=(area.lon or 119.6) + rng.gauss(0, 0.004),
        account_opened_on=today - timedelta(days=rng.randint(200, 13_000)),
        is_generated=True,
    )
    if number <= SPECIAL_CUSTOMERS:
        _make_special(county, rng, customer, today=today)
    return customer


def _make_special(county: County, rng: Random, customer: Customer, *, today: date) -> None:
    kinds, shares = zip(*KIND_SHARES, strict=True)
    customer.special_kind = rng.choices(kinds, shares)[0]
    level = 1 if customer.special_kind == KINDS.LIFE_SUPPORT else rng.choice([2, 2, 3, 3, 3])
    customer.special_level = level
    customer.visit_interval_days = INTERVAL_DAYS[level]
    customer.last_visited_on = today - timedelta(days=rng.randint(1, INTERVAL_DAYS[level] - 1))
    customer.consented_on = today - timedelta(days=rng.randint(30, 330))
    customer.renewal_due_on = customer.consented_on + timedelta(days=365)
    customer.nominee = f"{words.name(rng)} {words.phone(6000 + rng.randint(0, 3000))}"
    customer.visit_password = rng.choice(["白茶", "竹海", "灯塔", "春笋"]) + str(
        rng.randint(10, 99)
    )
    teams = [t for t in county.teams if t.unit_id == customer.unit_id and not t.is_volunteer]
    if teams:
        customer.preferred_team_code = rng.choice(teams).code


def _station(county: County, path: str) -> Unit:
    for station in county.stations:
        if any(path.startswith(area.path) for area in station.areas.all()):
            return station
    return county.company
