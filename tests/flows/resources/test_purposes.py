"""Before a shelf nobody types the number of what his own team is at."""

from dataclasses import replace

import pytest

from dianliang.domain.incidents.models import Incident
from dianliang.flows.resources.purposes import offered
from tests.flows.dispatching.test_daytime import left_over
from tests.flows.dispatching.test_lines import crews_of
from tests.gear import captain
from tests.town import NOON

pytestmark = pytest.mark.django_db


def test_a_captain_is_offered_the_incident_and_the_jobs_of_his_team_only(town):
    flood = crews_of(town, "A", "B", people=2)
    left_over(town, "GD-1")

    def numbers(team):
        who = replace(captain(town), team_codes=frozenset({team}))
        return [one.number for one in offered(by=who, at=NOON)]

    assert numbers("A") == [flood.number, "GD-1"]
    assert numbers("B") == [flood.number]
    assert numbers("C") == []
    Incident.objects.update(status="CLOSED", ended_at=NOON)
    assert numbers("A") == ["GD-1"]
