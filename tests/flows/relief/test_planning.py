"""From an overloaded month to a proposal with reasons, decisions, and what was built."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from dianliang.core.jobs import run_next
from dianliang.core.models import AuditEvent
from dianliang.domain.relief import queries
from dianliang.domain.relief.models import Proposal
from dianliang.domain.relief.operations import UnableToRelieveError
from dianliang.engines.loading import NO_W
from dianliang.flows.relief import curves, meters, planning
from dianliang.flows.relief.options import Prices, filled, offers
from dianliang.flows.relief.planning import Wanted
from dianliang.integrations.curve_store import register
from tests import loaded
from tests.loaded import APRIL, AT

WANTED = Wanted(month=APRIL, budget_cny=None, most_units=None, prices=Prices())


@pytest.fixture
def judged(town, settings, tmp_path):
    return loaded.screened(town, settings, tmp_path)


@pytest.fixture
def proposal(judged, town):
    return planning.propose(WANTED, by=town.actor(), at=AT)


def lines(proposal):
    return queries.proposal(number=proposal.number, unit_path="/")[1]


def test_the_tea_maker_gets_a_transformer_of_its_own(proposal):
    (line,) = lines(proposal)

    assert line.number == "B3"
    assert line.outcome == "relieved"
    assert [one["kind"] for one in line.measures] == ["dedicated"]
    assert "B3-T" in line.measures[0]["words"]
    assert line.before_share > 1.0
    assert line.after_share < 0.8
    assert (proposal.relieved, proposal.bound, proposal.units) == (1, 1, 1)
    assert proposal.avoided_cny == Prices().enlarging_cny - proposal.cost_cny


def test_the_greatest_meters_are_those_that_draw_most(judged):
    store = curves.store()
    span = store.stored(loaded.month(2026, 4))
    found = meters.greatest(store, register(store.root), span, transformers={"B2", "B3"}, most=2)

    assert found["B2"] == ["B2-T", "B2-S"]
    assert found["B3"][0] == "B3-T"
    drawn = meters.curves_of(store, span, {"B3-T"})["B3-T"]
    assert drawn.max() > 100
    assert drawn.size == 30 * 96


def test_every_kind_of_measure_is_offered_where_it_can_help(judged, town):
    scenes = planning.scenes_of(queries.screening(APRIL), by=town.actor())
    kinds = {offer.measure.kind.value for offer in offers(scenes, Prices())}

    assert {scene.number for scene in scenes} == {"B1", "B3", "B4"}
    assert {"dedicated", "storage"} <= kinds


def test_a_point_that_was_not_read_takes_the_mean_of_its_time_of_day():
    load = np.array([[1000] * 96, [3000] * 96, [NO_W] * 96])
    load[0, 5] = NO_W

    kw = filled(load.ravel()).reshape(3, 96)

    assert (kw[2, 0], kw[0, 5], kw[1, 5]) == (2.0, 3.0, 3.0)


def test_without_money_it_is_said_how_much_would_be_enough(judged, town):
    made = planning.propose(replace(WANTED, budget_cny=0.0), by=town.actor(), at=AT)
    (line,) = lines(made)

    assert (made.relieved, line.outcome, line.measures) == (0, "not_chosen", ())
    assert line.lacking_cny > 0
    assert line.cheapest
    again = replace(WANTED, budget_cny=line.lacking_cny)
    assert planning.propose(again, by=town.actor(), at=AT).relieved == 1


def test_budgets_are_compared_and_more_money_never_relieves_less(proposal):
    relieved = [row["relieved"] for row in proposal.by_budget]

    assert relieved == sorted(relieved)
    assert (relieved[0], relieved[-1]) == (0, 1)


def test_a_proposal_is_made_in_the_background(judged, town):
    planning.order(wanted=WANTED, by=town.actor(), at=AT)
    with pytest.raises(UnableToRelieveError, match="正在生成"):
        planning.order(wanted=WANTED, by=town.actor(), at=AT)

    assert run_next(owner="w", clock=lambda: AT)

    made = Proposal.objects.get()
    assert made.made_by == town.actor().name
    assert AuditEvent.objects.filter(verb="relief.proposal.propose").count() == 1


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"budget_cny": -1.0}, "budget_cny", "预算"),
        ({"budget_cny": float("nan")}, "budget_cny", "预算"),
        ({"most_units": -1}, "most_units", "台数"),
        ({"prices": Prices(enlarging_cny=-5)}, "enlarging_cny", "造价"),
        ({"month": date(2026, 3, 1)}, "month", "还没有判定"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_field(judged, town, change, field, words):
    with pytest.raises(UnableToRelieveError, match=words) as refusal:
        planning.order(wanted=replace(WANTED, **change), by=town.actor(), at=AT)
    assert refusal.value.field == field


def test_a_station_without_an_overloaded_transformer_is_told_so(judged, town):
    with pytest.raises(UnableToRelieveError, match="没有过载"):
        planning.order(wanted=WANTED, by=town.actor("S2"), at=AT)
    assert queries.proposals(unit_path=town.units["S2"].path) == ()
