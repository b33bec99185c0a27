"""An emergency goes slower than figures say: plans learn by how much from what was done."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.work.models import Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.work.operations.visits import Checked, Record
from dianliang.engines.routing import IMPASSABLE_S, Clustered, GreatCircle, TravelTable
from dianliang.flows.dispatching import drafting
from dianliang.flows.planning import slowness
from dianliang.flows.planning.slowness import AS_PLANNED, MOST, Slowness, slower
from dianliang.kernel.actor import Role
from dianliang.kernel.geo import GeoPoint
from tests.flows.dispatching.test_dispatching import drafted
from tests.flows.dispatching.test_keeping import in_force
from tests.town import NOON

MINUTE = timedelta(minutes=1)
SECONDS = st.floats(60, 20_000)
HERE, THERE = GeoPoint(30.64, 119.68), GeoPoint(30.70, 119.75)


@given(st.lists(st.tuples(SECONDS, st.floats(-100, 200_000)), max_size=50))
def test_nothing_is_planned_quicker_than_its_figure_nor_out_of_measure(pairs) -> None:
    assert 1.0 <= slower(pairs) <= MOST


@given(st.lists(SECONDS, min_size=1, max_size=50), st.floats(1.0, 2.0))
def test_what_is_learnt_lies_between_the_figure_and_what_was_and_comes_nearer(
    planned, times
) -> None:
    once, often = ([(s, times * s) for s in planned] * n for n in (1, 20))

    assert 1.0 <= slower(once) <= slower(often) + 1e-9 <= times + 1e-6


def test_one_who_forgot_to_press_does_not_slow_a_county_down() -> None:
    assert slower([(900.0, 900.0)] * 200 + [(900.0, 86_400.0)]) < 1.02


@given(st.lists(st.tuples(SECONDS, st.floats(-100_000, 0)), max_size=20))
def test_clocks_that_contradict_each_other_hide_no_slowness(wrong) -> None:
    right = [(900.0, 1800.0)] * 60

    assert slower(right + wrong) == pytest.approx(slower(right))


def test_one_way_said_to_be_shut_by_which_a_crew_came_hides_no_slowness() -> None:
    right = [(900.0, 1800.0)] * 60

    assert slower([*right, (IMPASSABLE_S, 3600.0)]) == slower(right) > 1.3


def test_ways_are_slower_and_those_home_with_caution_on_roads_as_without_them() -> None:
    line = GreatCircle()
    roads = TravelTable(
        points=(HERE, THERE),
        seconds=line.table((HERE, THERE), (HERE, THERE)) * 1.5,
        metres=line.table((HERE, THERE), (HERE, THERE)),
    )
    for travel in (line, Clustered(roads=roads)):
        slowed = Slowness(ways=1.3).slowed(travel, homes=[HERE])
        seconds, metres = travel.between(HERE, THERE)
        assert slowed.between(HERE, THERE) == (pytest.approx(1.3 * seconds), metres)
        assert slowed.between(THERE, HERE) == (pytest.approx(1.3 * 1.25 * seconds), metres)
        table = slowed.table((HERE, THERE), (HERE, THERE))
        assert table == pytest.approx(
            np.array([[slowed.between(a, b)[0] for b in (HERE, THERE)] for a in (HERE, THERE)])
        )


@pytest.mark.django_db
def test_the_next_dispatch_is_planned_as_slowly_as_the_last_one_went(town, monkeypatch) -> None:
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    monkeypatch.setattr(slowness, "PRIOR_S", 60)
    incident, live = in_force(town)
    assert slowness.learnt(incident.number, travel=GreatCircle()) == AS_PLANNED
    done = Visit.objects.filter(plan=live).order_by("arrive_at").first()
    crew = replace(town.actor("S1", Role.CAPTAIN), team_codes=frozenset({done.team.code}))
    minutes = done.job.duration_min
    late = NOON + (2 + 2 * minutes) * MINUTE
    steps = (visits.accept, NOON), (visits.depart, NOON), (visits.arrive, NOON + MINUTE)
    for step, at in steps:
        step(visit=done, by=crew, at=late, device_at=at)
    record = Record(checklist=tuple(Checked(str(item), ok=True) for item in done.job.checklist))
    visits.complete(
        visit=done, record=record, by=crew, at=late, device_at=NOON + (1 + 2 * minutes) * MINUTE
    )

    plan = drafted(town, incident, at=late, starts_at=late, hours=24)

    assert 1.9 < slowness.learnt(incident.number, travel=GreatCircle()).work <= 2.0
    assert "作业按" in plan.dispatch.words
    for stop in plan.stops.select_related("job"):
        lasts = stop.depart_at - stop.start_at
        assert lasts > 1.8 * stop.job.duration_min * MINUTE


@pytest.mark.django_db
def test_a_way_is_held_against_where_the_crew_came_from_also_where_nobody_was_met(
    town, monkeypatch
) -> None:
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    monkeypatch.setattr(slowness, "PRIOR_S", 0.001)
    incident, live = in_force(town)
    first = Visit.objects.filter(plan=live, team__code="A").order_by("arrive_at").first()
    Visit.objects.filter(plan=live).update(team=first.team, on=first.on)
    rows = list(Visit.objects.filter(plan=live).order_by("arrive_at"))[:3]
    for visit, lat in zip(rows, (30.50, 30.80, 30.50), strict=True):
        visit.job.lat, visit.job.lon = lat, 119.60
        visit.job.save()
    crew = replace(town.actor("S1", Role.CAPTAIN), team_codes=frozenset({"A"}))
    way_s, _ = GreatCircle().between(GeoPoint(30.50, 119.60), GeoPoint(30.80, 119.60))
    at = NOON
    for visit, status in zip(rows, ("DONE", "UNMET", "DONE"), strict=True):
        steps = (visits.accept, at), (visits.depart, at)
        at += timedelta(seconds=1.5 * way_s)
        for step, when in (*steps, (visits.arrive, at)):
            step(visit=visit, by=crew, at=when)
        at += visit.job.duration_min * MINUTE
        if status == "UNMET":
            visits.miss(visit=visit, reason="敲门无人应", by=crew, at=at)
        else:
            items = tuple(Checked(str(item), ok=True) for item in visit.job.checklist)
            visits.complete(visit=visit, record=Record(checklist=items), by=crew, at=at)

    learnt = slowness.learnt(incident.number, travel=GreatCircle())

    assert learnt.ways == pytest.approx(1.5, abs=0.01)
    assert learnt.work == pytest.approx(1.0, abs=0.01)
