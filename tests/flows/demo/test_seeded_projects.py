"""The demo's grid projects: finished, on their way and hindered, all marked as generated."""

from random import Random

import pytest

from dianliang.domain.grid_projects.models import Issue, Project
from dianliang.domain.grid_projects.queries.claims import claim_of
from dianliang.domain.grid_projects.queries.projects import Filters, board
from dianliang.flows.demo.county import County
from dianliang.flows.demo.projects import PLOTS, build_projects
from dianliang.flows.grid_projects.telling import figure
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def test_projects_of_the_demo_are_in_every_state_and_none_claims_an_effect_it_cannot(town):
    county = County(
        areas=[*town.areas.values()],
        villages=[town.areas[code] for code in ("V1", "V2", "V3")],
        company=town.units["AJ"],
        stations=[town.units["S1"], town.units["S2"]],
        alliance={},
        teams=[],
        logins=(),
    )

    build_projects(county, rng=Random(7), by=town.actor("LM"), at=NOON)

    rows = board(filters=Filters(), by=town.actor("LM"), on=TODAY).rows
    assert len(rows) == len(PLOTS)
    assert {"PROPOSED", "APPROVED", "ENERGISED"} <= {row.status for row in rows}
    assert Project.objects.filter(is_generated=False).count() == 0
    assert Issue.objects.filter(is_generated=False).count() == 0
    assert Issue.objects.filter(status="HANDLING").exists()
    told = figure(by=town.actor("LM"), on=TODAY)
    assert told.done_count >= 5
    assert told.lost_days > 0
    done = next(row.number for row in rows if row.status == "ENERGISED")
    claim = claim_of(done, reach="/")
    assert claim.refusal or "不等于专班的作用" in claim.effect
