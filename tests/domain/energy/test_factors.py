"""The library of factors: as shipped, and a new version for every change."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

import dianliang.engines.measurement as engine
from dianliang.core.models import AuditEvent
from dianliang.domain.energy.models import Factor
from dianliang.domain.energy.operations.factors import UnableToKeepFactorError
from dianliang.domain.energy.queries import factors as library
from dianliang.flows import claims as flow
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.claims import provincial
from tests.town import NOON

pytestmark = pytest.mark.django_db
SHIPPED = Path(engine.__file__).parent / "cn_grid_factors.csv"
NEW = {
    "series": "电力-平均-安吉-2024",
    "name": "2024 年安吉电力平均因子",
    "carrier": "电力",
    "kind": "average",
    "level": "own",
    "region": "安吉",
    "year": 2024,
    "unit": "kgCO2/kWh",
    "value": "0.45",
    "low": "",
    "high": "",
    "source": "县局测算",
}


def keep(town, role=Role.ADMINISTRATOR, reason="", **other):
    by = town.actor("AJ", role)
    return flow.keep_factor(asked={**NEW, **other}, reason=reason, by=by, at=NOON)


def test_every_official_factor_of_electricity_is_in_the_library(town):
    with SHIPPED.open(encoding="utf-8") as file:
        rows = [*csv.DictReader(file)]
    known = {
        (f.region, f.year, f.kind): f.value
        for f in library.factors(carrier="电力")
        if f.unit == "kgCO2/kWh"
    }
    kinds = {"average": "average", "fossil": "fossil"}

    assert len(rows) == 118
    for row in rows:
        kind = kinds.get(row["kind"], "residual")
        found = known[row["area"], int(row["year"]), kind]
        assert found == Decimal(row["kg_co2_per_kwh"]), row


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"kind": "fuel", "value": "0"}, "其他因子应大于 0"),
        ({"kind": "fuel", "value": "1e-30"}, "数值太小"),
        ({"kind": "average", "value": "1e-30"}, "数值太小"),
        ({"value": "0.4", "low": "-0.1", "high": "0.5"}, "下限不能小于零"),
    ],
)
def test_a_factor_that_counts_nothing_is_refused(town, other, words):
    """A fuel that emits nothing, or below nothing, is a slip of the unit."""
    with pytest.raises(UnableToKeepFactorError, match=words):
        keep(town, **other)
    assert keep(town, kind="certificate", value="0").value == 0


def test_what_is_official_today_is_the_latest_of_the_own_province(town):
    provincial(town)

    found = {(f.kind, f.region): (f.year, f.value) for f in library.official("电力")}

    assert found["average", "浙江"] == (2023, Decimal("0.4974"))
    assert found["average", "全国"] == (2023, Decimal("0.5306"))
    assert found["residual", "全国"] == (2023, Decimal("0.6096"))


def test_a_change_is_a_new_version_and_the_old_one_stays(town):
    first = keep(town)
    second = keep(town, value="0.44", reason="更正笔误")

    assert [first.edition, second.edition] == [1, 2]
    assert [f.value for f in library.editions(NEW["series"])] == [Decimal("0.44"), Decimal("0.45")]
    assert [f.code for f in library.factors(region="安吉")] == [second.code]
    event = AuditEvent.objects.get(target_id=second.code)
    assert (event.before, event.after) == ("0.45", "0.44 kgCO2/kWh")
    for act in (lambda: Factor.objects.update(value=1), Factor.objects.all().delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": "零点五"}, "value"),
        ({"value": ""}, "value"),
        ({"value": "-0.1"}, "value"),
        ({"value": "1e9"}, "value"),
        ({"value": "NaN"}, "value"),
        ({"low": "0.4"}, "low"),
        ({"low": "0.5", "high": "0.6"}, "low"),
        ({"source": " "}, "source"),
        ({"unit": "kgCO2"}, "unit"),
        ({"kind": "x"}, "kind"),
        ({"carrier": ""}, "carrier"),
        ({"year": 1800}, "year"),
    ],
)
def test_a_factor_that_makes_no_sense_is_refused_by_its_field(town, wrong, field):
    with pytest.raises(UnableToKeepFactorError) as refusal:
        keep(town, **wrong)

    assert refusal.value.field == field


def test_a_new_version_says_why_and_says_something_new(town):
    keep(town)

    with pytest.raises(UnableToKeepFactorError, match="修订说明"):
        keep(town, value="0.44")
    with pytest.raises(UnableToKeepFactorError, match="没有变化"):
        keep(town, reason="再登一次")


@pytest.mark.parametrize("role", [Role.PARTY_AFFAIRS, Role.AUDITOR, Role.DISPATCHER])
def test_only_an_administrator_keeps_factors(town, role):
    with pytest.raises(NotVisibleError):
        keep(town, role)
