"""From an overloaded month to a proposal with reasons, decisions, and what was built."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from dianliang.core.jobs import run_next
from dianliang.core.models import AuditEvent
from dianliang.domain.relief import (
    built_queries,
    load_queries,
    operations,
    price_operations,
    price_queries,
    proposal_queries,
)
from dianliang.domain.relief.models import Proposal
from dianliang.domain.relief.operations import UnableToRelieveError
from dianliang.domain.relief.price_operations import Priced
from dianliang.engines.loading import NO_W
from dianliang.flows.relief import curves, meters, planning, pricing
from dianliang.flows.relief.options import filled, offers
from dianliang.flows.relief.planning import Wanted
from dianliang.integrations.curve_store import register
from tests import loaded
from tests.loaded import APRIL, AT

WANTED = Wanted(month=APRIL, budget_cny=None, most_units=None)


@pytest.fixture
def judged(town, settings, tmp_path):
    return loaded.screened(town, settings, tmp_path)


@pytest.fixture
def proposal(judged, town):
    return planning.propose(WANTED, by=town.actor(), at=AT)


def lines(proposal):
    return proposal_queries.proposal(number=proposal.number, unit_path="/")[1]


def test_the_tea_maker_gets_a_transformer_of_its_own(proposal):
    (line,) = lines(proposal)

    assert line.number == "B3"
    assert line.outcome == "relieved"
    assert [one["kind"] for one in line.measures] == ["dedicated"]
    assert "B3-T" in line.measures[0]["words"]
    assert line.before_share > 1.0
    assert line.after_share < 0.8
    assert (proposal.relieved, proposal.bound, proposal.units) == (1, 1, 1)
    assert line.usual_cny == proposal.avoided_cny + proposal.cost_cny == 60_000


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
    scenes = planning.scenes_of(load_queries.screening(APRIL), by=town.actor())
    kinds = {offer.measure.kind.value for offer in offers(scenes, pricing.current(pricing.table()))}

    assert {scene.number for scene in scenes} == {"B1", "B3", "B4"}
    assert {"dedicated", "storage", "enlarge"} <= kinds


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
    assert proposal_queries.proposals(unit_path=town.units["S2"].path) == ()


def test_where_nobody_can_move_the_next_rating_that_is_enough_is_put_in(judged, town):
    dear = {"rating_kva": None, "cny": 1e6, "source": "试算", "year": 2026}
    for item in ("dedicated", "storage"):
        made = price_operations.price(told=Priced(item=item, **dear), by=town.actor("LM"), at=AT)
        checker = replace(town.actor("LM"), id="user:second")
        pricing.check(code=made.code, document="试算单第 1 号", words="两项造价", by=checker, at=AT)
    (line,) = lines(planning.propose(WANTED, by=town.actor(), at=AT))

    assert [(one["kind"], one["words"]) for one in line.measures] == [
        ("enlarge", "100 kVA 换成 160 kVA")
    ]
    assert line.cost_cny == line.usual_cny == 60_000
    assert line.after_share == pytest.approx(line.before_share * 100 / 160)


def test_steps_that_nobody_checked_do_not_make_a_price_usual(town):
    """2.9 times what counts passes; its own 2.9 times does not, while nobody checked the first."""
    counts = next(
        row.cny for row in price_queries.versions() if row.may_count and row.item == "dedicated"
    )

    def told(times):
        dear = Priced(
            item="dedicated", rating_kva=None, cny=counts * times, source="报价", year=2026
        )
        return price_operations.price(told=dear, by=town.actor("LM"), at=AT)

    first, second, third = (told(2.9**step) for step in (1, 2, 3))
    assert (first.unusual, len(second.unusual), len(third.unusual)) == ([], 1, 1)
    checker = replace(town.actor("LM"), id="user:second")
    pricing.check(code=first.code, document="合同第 1 号", words="与合同一致", by=checker, at=AT)
    assert told(2.9**2 * 1.001).unusual == []


def test_a_neighbour_that_nobody_checked_is_no_measure(town):
    def told(kva, cny):
        dear = Priced(item="larger", rating_kva=kva, cny=cny, source="报价", year=2026)
        return price_operations.price(told=dear, by=town.actor("LM"), at=AT)

    assert told(630, 9e6).unusual
    assert told(500, 8e6).unusual


def test_what_went_into_service_since_is_not_proposed_again(proposal, town):
    take_and_build(proposal, town)

    with pytest.raises(UnableToRelieveError, match="已投运、不重复计：B3"):
        planning.propose(WANTED, by=town.actor(), at=AT)


def test_a_battery_that_stood_there_is_in_the_curves_and_said_to_be(proposal, town, judged):
    battery = {"id": "B3/储能", "kind": "storage", "label": "储能", "words": "储能 30 kW / 60 kWh"}
    proposal.lines.update(measures=[battery])
    take_and_build(proposal, town)
    later = load_queries.screening(APRIL)
    later = replace(later, from_on=date(2026, 5, 2))
    stored = built_queries.storage_before(later.from_on, areas=curves.areas_of(town.actor()))

    assert stored == {"B3": "储能 30 kW / 60 kWh"}
    scene = next(
        one
        for one in planning.scenes_of(load_queries.screening(APRIL), by=town.actor())
        if one.number == "B3"
    )
    told = offers([replace(scene, storage=stored["B3"])], pricing.current(pricing.table()))
    (words,) = [one.words for one in told if one.measure.kind == "storage"]
    assert "在已有的 储能 30 kW / 60 kWh 之外（实测曲线已含它的作用）" in words


def take_and_build(proposal, town):
    line = proposal.lines.get()
    by = town.actor()
    decision = operations.decide(line=line, verdict="taken", reason="", by=by, at=AT)
    operations.complete(
        decision=decision, built_on=date(2026, 5, 2), spent_cny=1.0, note="", by=by, at=AT
    )
