"""The numbers and the map of an incident: what lies in it, counted once, each in its unit."""

from datetime import timedelta

import pytest

from dianliang.domain.incidents.queries.incidents import reach_of
from dianliang.domain.incidents.zones import Reach, zone_of
from dianliang.domain.rosters.models import Roster, Shift, Turn
from dianliang.domain.workforce.models import Attendance, Membership, Person
from dianliang.flows.incidents import affected, figures, layers, leading, situation
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.geo import GeoPoint
from tests import keyworld
from tests.flows.incidents.things import RING, led, opened, seen
from tests.flows.test_care import customer
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def numbers(town, incident, role=Role.DISPATCHER):
    by = town.actor("S1", role)
    return {one.code: one.value for one in figures.values(incident, by=by, at=NOON)}


def test_people_shifts_and_times_are_three_numbers_that_are_never_mixed(town):
    incident = led(town)
    team = town.teams["YX"]
    roster = Roster.objects.create(
        number="ZB-1",
        title="抢险值守",
        purpose="emergency",
        unit=town.units["S1"],
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=16),
        status="PUBLISHED",
        published_at=NOON,
        created_by="x",
        created_at=NOON,
    )
    other = Person.objects.create(number="QT-1", name="机动员", unit=town.units["S1"])
    member = Membership.objects.filter(team=team).first().person
    for place in (1, 2):
        shift = Shift.objects.create(
            roster=roster,
            position=place,
            starts_at=NOON + timedelta(hours=8 * (place - 1)),
            ends_at=NOON + timedelta(hours=8 * place),
        )
        for person in (member, other):
            Turn.objects.create(shift=shift, person=person, is_live=True)
    for days in (0, 1, 2):
        on = TODAY - timedelta(days=days)
        Attendance.objects.create(team=team, person=member, on=on, checked_in_at=NOON)
    leading.assign(
        number=incident.number,
        teams=["YX"],
        rosters=["ZB-1"],
        revision=seen(incident),
        by=town.actor("S1"),
        at=NOON,
    )

    found = numbers(town, incident)
    assert (found["teams"], found["people"], found["shifts"], found["turnouts"]) == (1, 3, 4, 1)
    units = {one.code: one.counted_in for one in figures.FIGURES}
    assert len({units[code] for code in ("people", "shifts", "turnouts")}) == 3
    for code in found:
        rows = figures.behind(number=incident.number, code=code, by=town.actor("S1"), at=NOON).rows
        assert len(rows) == found[code]


def test_a_drawn_area_finds_who_lives_in_it_and_leaders_are_told_counts_alone(town):
    customer(town, "KH1", lat=30.51, lon=119.60)
    customer(town, "KH2", lat=30.46, lon=119.59, area=town.areas["V2"])
    incident = opened(town, area_codes=[], shapes=RING)
    commander = town.actor("S1", Role.COMMANDER)

    found = affected.KINDS[0].find(reach_of(incident), town.actor("S1"), NOON.date())
    assert [one.number for one in found] == ["KH1"]
    assert numbers(town, incident, Role.COMMANDER)["special"] == 1
    with pytest.raises(NotVisibleError):
        figures.behind(number=incident.number, code="special", by=commander, at=NOON)
    shown = situation.situation(number=incident.number, by=commander, at=NOON).layers
    assert next(one for one in shown if one.code == "special").count == 0


def test_the_map_has_a_layer_for_each_entry_and_names_nobody(town):
    customer(town, "KH1", lat=30.51, lon=119.60)
    incident = led(town)
    leading.assign(
        number=incident.number,
        teams=["YX"],
        rosters=[],
        revision=seen(incident),
        by=town.actor("S1"),
        at=NOON,
    )
    shown = {
        one.code: one
        for one in situation.situation(number=incident.number, by=town.actor("S1"), at=NOON).layers
    }

    assert [shown[code].count for code in ("special", "teams", "stations")] == [1, 1, 1]
    assert shown["area"].count
    assert "王五" not in str([layer.data for layer in shown.values()])


def test_the_hulls_of_many_areas_cost_as_many_queries_as_that_of_one(
    town, django_assert_num_queries
):
    for codes in (["T1"], ["T1", "V1", "V2"]):
        asked = layers.Asked(
            incident=opened(town, area_codes=codes),
            reach=Reach(zone=zone_of([])),
            by=town.actor("S1"),
            at=NOON,
        )
        with django_assert_num_queries(2):
            assert layers.LAYERS[0].draw(asked)


def test_key_customers_in_the_area_are_counted_and_listed_to_who_may_see_them(town):
    near = keyworld.customer(town, "ZK1", point=GeoPoint(30.51, 119.60))
    keyworld.customer(town, "ZK2", area="V2", point=GeoPoint(30.46, 119.59))
    incident = opened(town, area_codes=[], shapes=RING)

    for role in (Role.DISPATCHER, Role.COMMANDER, Role.AUDITOR):
        assert numbers(town, incident, role)["key"] == 1
        by = town.actor("S1", role)
        behind = figures.behind(number=incident.number, code="key", by=by, at=NOON)
        assert [row.key for row in behind.rows] == [near.number]
    assert "key" not in numbers(town, incident, Role.PARTY_AFFAIRS)
    clerk = town.actor("S1", Role.PARTY_AFFAIRS)
    with pytest.raises(NotVisibleError):
        figures.behind(number=incident.number, code="key", by=clerk, at=NOON)
