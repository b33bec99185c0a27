"""The demo county shows people in charge, agreements, powers and renewal, with gaps to find."""

from dianliang.core.models import User
from dianliang.domain.directory import agreement_book, power_book
from dianliang.domain.renewal.board import Filters, board
from dianliang.domain.renewal.models import Step
from dianliang.flows import identity
from dianliang.flows.charging.page import page
from tests.demo import TODAY


def test_the_demo_county_has_the_figures_of_the_seeds_and_gaps_to_find(demo):
    desk = identity.actor_of(User.objects.get(username="dispatcher"), on=TODAY)
    assert desk is not None

    charge = page(by=desk, on=TODAY)
    register = agreement_book.register(view="all", by=desk, on=TODAY)
    powers = power_book.page(by=desk, since=TODAY.replace(year=2025), on=TODAY)
    renewal = board(filters=Filters(), by=desk, on=TODAY)

    assert {t.head.level for t in charge.towns} == {"city", "county", "township"}
    states = {gap.state for row in charge.gaps for gap in row.gaps}
    assert states == {"never", "vacant", "away"}
    assert charge.missing < charge.due / 10
    assert charge.counts["ahead"] == 3
    assert (len(register.rows), register.without, register.ending) == (13, 3, 1)
    assert (powers.kinds_in_force, powers.cases) == (12, 26)
    assert renewal.counts["all"] > 190
    assert 0 < renewal.counts["late"] < 40
    assert not Step.objects.filter(done_on__gt=TODAY).exists()
    assert not Step.objects.filter(begun_on__gt=TODAY).exists()
