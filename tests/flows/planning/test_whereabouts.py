"""Where crews are is told by what they pressed, not by the order in which it was planned."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from dianliang.domain.work.models import Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.work.operations.visits import Checked, Record
from dianliang.engines.routing import IMPASSABLE_S, GreatCircle, TravelTable
from dianliang.flows.dispatching import drafting
from dianliang.flows.planning.whereabouts import arrivals, places_now
from dianliang.kernel.actor import Role
from dianliang.kernel.geo import GeoPoint
from tests.flows.dispatching.test_dispatching import drafted
from tests.flows.dispatching.test_keeping import SOON, in_force, set_out

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HOME = GeoPoint(30.40, 119.50)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Let searches end early: what is tested is not how good they are."""
    monkeypatch.setattr(drafting, "SMALL_S", 1)


def place(visit):
    return GeoPoint(visit.job.lat, visit.job.lon)


def arrive(town, visit, at):
    crew = replace(town.actor("S1", Role.CAPTAIN), team_codes=frozenset({visit.team.code}))
    visits.arrive(visit=visit, by=crew, at=at, device_at=at)
    return crew


def complete(visit, crew, at):
    record = Record(checklist=tuple(Checked(str(item), ok=True) for item in visit.job.checklist))
    visits.complete(visit=visit, record=record, by=crew, at=at, device_at=at)


def of_one_team(live):
    rows = list(Visit.objects.filter(plan=live).order_by("team__code", "arrive_at"))
    first = next(a for a, b in pairwise(rows) if a.team_id == b.team_id)
    return [one for one in rows if one.team_id == first.team_id][:2]


def test_a_crew_is_where_it_was_last_whatever_was_planned_last(town):
    _, live = in_force(town)
    early, late = of_one_team(live)
    for n, visit in enumerate((late, early)):
        set_out(town, visit, SOON + n * 10 * MINUTE)
        crew = arrive(town, visit, SOON + (n * 10 + 1) * MINUTE)
        complete(visit, crew, SOON + (n * 10 + 5) * MINUTE)

    where = places_now(Visit.objects.all(), days={early.team.code: early.on})

    assert where == {early.team.code: place(early)}


def test_who_fills_in_a_form_under_way_set_off_from_there_all_the_same(town):
    _, live = in_force(town)
    first, second = of_one_team(live)
    set_out(town, first)
    crew = arrive(town, first, SOON + MINUTE)
    set_out(town, second, SOON + 20 * MINUTE)
    complete(first, crew, SOON + 25 * MINUTE)

    found = arrivals(
        Visit.objects.all(),
        days={first.team.code: first.on},
        homes={first.team.code: HOME},
        travel=GreatCircle(),
    )

    way_s, _ = GreatCircle().between(place(first), place(second))
    assert found == {first.team.code: SOON + 20 * MINUTE + timedelta(seconds=way_s)}


def test_a_way_that_was_shut_behind_a_crew_does_not_take_the_crew_out_of_the_day(town):
    _, live = in_force(town)
    gone = Visit.objects.filter(plan=live).order_by("arrive_at").first()
    set_out(town, gone)
    points = (HOME, place(gone))
    shut = np.array([[0.0, IMPASSABLE_S], [IMPASSABLE_S, 0.0]])
    travel = TravelTable(points=points, seconds=shut, metres=np.zeros((2, 2)))
    days = {gone.team.code: gone.on}

    assert (
        arrivals(Visit.objects.all(), days=days, homes={gone.team.code: HOME}, travel=travel) == {}
    )


@pytest.mark.parametrize("off", [timedelta(days=-3), timedelta(hours=-6), timedelta(hours=9)])
def test_a_phone_with_a_wrong_clock_neither_idles_its_crew_nor_drops_its_job(town, off):
    incident, live = in_force(town)
    gone = Visit.objects.filter(plan=live, team__code="A").order_by("arrive_at").first()
    crew = replace(town.actor("S1", Role.CAPTAIN), team_codes=frozenset({"A"}))
    for step in (visits.accept, visits.depart):
        step(visit=gone, by=crew, at=SOON, device_at=SOON + off)

    draft = drafted(town, incident, at=SOON, starts_at=SOON, hours=24)

    stop = draft.stops.filter(team__code="A").order_by("start_at").first()
    assert stop.job == gone.job
    way_s, _ = GreatCircle().between(GeoPoint(gone.team.base_lat, gone.team.base_lon), place(gone))
    assert timedelta() <= stop.start_at - SOON <= timedelta(seconds=way_s) + 6 * MINUTE


def test_an_incident_with_one_crew_that_cannot_arrive_within_its_shift_is_still_planned(town):
    incident, live = in_force(town)
    Visit.objects.filter(plan=live, team__code="B").delete()
    gone = Visit.objects.filter(plan=live, team__code="A").order_by("arrive_at").first()
    gone.job.lat += 3.0
    gone.job.save()
    set_out(town, gone)

    draft = drafted(town, incident, at=SOON, starts_at=SOON, hours=12, teams=("A",))

    gone.refresh_from_db()
    base = GeoPoint(gone.team.base_lat, gone.team.base_lon)
    there_at = SOON + timedelta(seconds=GreatCircle().between(base, place(gone))[0])
    assert (gone.status, draft.status) == ("EN_ROUTE", "READY")
    assert there_at > SOON + timedelta(hours=8)
    assert not draft.stops.filter(start_at__lt=there_at).exists()
