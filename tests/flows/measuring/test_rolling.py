"""The county's roll-up: reproduced with its own factors, held against today's."""

from dataclasses import replace

import pytest

from dianliang.domain.energy.models import Claim
from dianliang.domain.energy.queries import claims as claim_book
from dianliang.flows.measuring import rolling
from dianliang.kernel.errors import InvalidInputError
from tests.claims import clerk, provincial
from tests.town import NOON

pytestmark = pytest.mark.django_db
SEED = rolling.Scenario(
    title="注塑机节能发热圈改造",
    machines=4000,
    fraction=0.35,
    measured_fraction=0.36,
    saved_kwh=60e6,
    co2_t=59_000,
    cost_cny=40e6,
    before=0.85,
    after=0.998,
)


@pytest.mark.row("004-18")
def test_the_countys_figures_are_reproduced_and_stand_beside_todays(town):
    provincial(town)

    found = rolling.rolled_up(SEED)

    assert found.kg_per_kwh == pytest.approx(0.98333, abs=1e-5)
    assert found.cny_per_kwh == pytest.approx(0.66667, abs=1e-5)
    assert found.saved_per_machine.value == pytest.approx(15_000)
    assert found.whole_per_machine.value == pytest.approx(42_857, abs=1)
    assert found.most_fraction == pytest.approx(0.1483, abs=1e-4)
    assert found.unexplained == pytest.approx(0.2117, abs=1e-4)
    beside = {(one.factor.kind, one.factor.region): one for one in found.beside}
    assert beside["average", "浙江"].co2.value == pytest.approx(29_844)
    assert beside["average", "全国"].times == pytest.approx(1.853, abs=1e-3)
    assert any("36.0%" in words and "14.8%" in words for words in found.findings)
    assert len(found.to_check) >= 5


def test_a_roll_up_is_stated_as_three_estimates_once(town):
    provincial(town)
    by = clerk(town)

    first = rolling.state(scenario=SEED, by=by, at=NOON)
    again = rolling.state(scenario=SEED, by=by, at=NOON)
    rolling.state(scenario=replace(SEED, co2_t=31_836.0), by=by, at=NOON)

    assert first == again
    assert {(c.measure, c.status) for c in Claim.objects.all()} >= {
        ("kWh", "ESTIMATED"),
        ("tCO2", "SUPERSEDED"),
        ("tCO2", "ESTIMATED"),
        ("CNY", "ESTIMATED"),
    }
    assert Claim.objects.count() == 4
    carbon = next(row for row in first if row.quantity.unit == "tCO2")
    page = claim_book.claim_page(carbon.number, by=by)
    assert page.implied == pytest.approx(0.9833, abs=1e-4)
    assert {row.title for row in rolling.stated(SEED, by=by)} >= {first[0].title}


def test_a_roll_up_that_cannot_be_is_refused(town):
    with pytest.raises(InvalidInputError, match="效率"):
        rolling.rolled_up(replace(SEED, after=0.5))
