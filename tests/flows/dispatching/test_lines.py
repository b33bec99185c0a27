"""Dike lights: 44.6 km by 30 people in 3 days, shared, reported from the phone, forecast."""

from datetime import timedelta

import pytest

from dianliang.core import jobs as background
from dianliang.domain.mobilisation.models import LineWork
from dianliang.domain.work.models import Plan
from dianliang.domain.workforce.models import Membership, Person
from dianliang.flows.dispatching import drafting, lining, running
from dianliang.flows.incidents import leading
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from tests.flows.incidents.things import opened, seen
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
KEY = "k" * 32
DIKE = "30.40,119.50 30.50,119.60 30.60,119.75"
CREWS = ("A", "B", "C", "D", "E", "F")
SIX = NOON.replace(hour=6)


def asked(**changed):
    known = {
        "what": "堤防排灯",
        "path": DIKE,
        "km": "44.6",
        "rate": "0.5",
        "rank": "first",
        "due_h": "72",
        **dict.fromkeys(("people", "skill", "gear", "per_km", "least"), ""),
    }
    return lining.LineAsked(**{**known, **changed})


def crews_of(town, *codes, people=5):
    """Crews of five along the dike, put to a flood."""
    for place, code in enumerate(codes):
        team = town.team(code, "S1", near="V1")
        team.base_lat, team.base_lon = 30.42 + 0.03 * place, 119.53 + 0.03 * place
        team.save()
        for n in range(2, people):
            one = Person.objects.create(number=f"{code}-{n}", name=f"{code}{n}", unit=team.unit)
            Membership.objects.create(team=team, person=one, valid_from=TODAY - timedelta(days=9))
    incident = opened(town, at=SIX)
    leading.assign(
        number=incident.number,
        teams=list(codes),
        rosters=[],
        revision=seen(incident),
        by=town.actor("S1"),
        at=SIX,
    )
    return incident


def chief(town):
    return town.actor("S1", Role.COMMANDER)


def lined(town, incident, at=SIX, **changed):
    by = chief(town)
    one = {"key": KEY, "number": incident.number, "by": by, "at": at}
    number = lining.open_line_once(asked=asked(**changed), **one)
    assert lining.open_line_once(asked=asked(**changed), **one) == number
    return LineWork.objects.get(number=number)


def drafted(town, incident, at=SIX, **changed):
    teams = tuple(incident.teams.values_list("code", flat=True))
    known = {"starts_at": at, "hours": 72, "on_h": 12, "rest_h": 12, "is_halved": False}
    known |= {"teams": teams, "stores": (), "shapes": ""}
    by = chief(town)
    made = drafting.draft(
        number=incident.number, asked=drafting.Asked(**{**known, **changed}), by=by, at=at
    )
    assert background.run_next(owner="test", clock=lambda: at)
    plan = Plan.objects.get(number=made.number)
    assert plan.status == "READY", plan.outcome
    return plan


def forced(town, plan, at=SIX):
    return drafting.put_in_force(number=plan.number, revision=plan.revision, by=chief(town), at=at)


@pytest.mark.row("002-11")
def test_the_dike_of_the_seed_is_planned_whole_and_forecast_for_three_days(town, monkeypatch):
    monkeypatch.setattr(drafting, "SMALL_S", 3)
    incident = crews_of(town, *CREWS)
    line = lined(town, incident)
    assert line.people == 5
    plan = drafted(town, incident)

    assert not plan.unplanned.exists()
    (row,) = running.lines(incident, plan=plan, at=SIX)
    assert row.planned_m == pytest.approx(44_600)
    assert row.forecast is not None
    ends = row.forecast.middle.astimezone(SHANGHAI)
    assert (ends.date() - TODAY).days == 2
    assert {each.team for each in row.stretches} == {f"{code}队" for code in CREWS}
