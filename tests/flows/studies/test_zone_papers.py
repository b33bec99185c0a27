"""What a zone saves in a year is one number, however often it is studied."""

from dataclasses import replace

import pytest

from dianliang.domain.energy.models import Claim
from dianliang.domain.relief import operations, study_queries
from dianliang.flows.studies import zone_papers
from tests import studied
from tests.claims import clerk
from tests.town import NOON

pytestmark = pytest.mark.django_db


def stated(town, title, **other):
    made = replace(studied.ZONE, title=title, **other)
    kept = operations.keep_study(made=made, by=town.actor("S1"), at=NOON)
    row = study_queries.study(kind="zone", number=kept.number, unit_path=kept.unit_path)
    return zone_papers.state(row, by=clerk(town), at=NOON)


def test_a_later_study_of_the_same_zone_takes_the_place_of_the_earlier(town):
    first = stated(town, "园区")
    later = stated(town, "园区 ", result=studied.ZONE.result | {"saved_cny": 8000.0})
    stated(town, "码头")
    stated(town, "园区", inputs=studied.ZONE.inputs | {"day": "2027-07-16"})

    gone = Claim.objects.filter(status="SUPERSEDED")
    assert {one.number for one in gone} == {one.number for one in first}
    assert {one.quantity.value for one in later} == {8000.0, 4.974}
    assert Claim.objects.filter(status="ESTIMATED").count() == 6


def test_what_the_company_states_of_a_stations_zone_does_not_keep_the_station_from_stating(town):
    kept = operations.keep_study(made=studied.ZONE, by=town.actor("S1"), at=NOON)
    row = study_queries.study(kind="zone", number=kept.number, unit_path=kept.unit_path)
    first = zone_papers.state(row, by=town.actor("AJ"), at=NOON)

    changed = replace(row, result=row.result | {"saved_cny": 8000.0})
    later = zone_papers.state(changed, by=town.actor("S1"), at=NOON)

    assert {one.unit_name for one in (*first, *later)} == {town.units["S1"].name}
