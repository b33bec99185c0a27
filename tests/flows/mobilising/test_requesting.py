"""Who asks, who decides, what is proposed; teams with the shifts left to their people."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dianliang.domain.mobilisation.models import ResourceRequest
from dianliang.domain.mobilisation.operations import UnableToMobiliseError
from dianliang.domain.workforce.models import Absence, Membership, Person, Team
from dianliang.flows.mobilising import requesting as flow
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, NotYourTurnError
from tests.gear import HOUR, asked, captain, desk, piece, request, store
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def test_the_nearest_that_suffices_is_proposed_with_reasons_and_a_person_decides(town):
    store(town, "S2", lat=30.9, lon=119.9)
    far, near = piece(town, "S2", power_kw=200), piece(town, "S1", power_kw=200)
    small = piece(town, "S1", power_kw=30)
    one = request(town, quantity=2, least="50")
    commander = desk(town, "AJ", Role.COMMANDER)

    offers = flow.view(number=one.number, by=commander, at=NOON).gear

    told = [(o.row.number, o.proposal.is_chosen, o.proposal.why_not) for o in offers]
    assert told == [
        (near.number, True, ""),
        (far.number, True, ""),
        (small.number, False, "能力 30 kW，不足 50 kW"),
    ]
    with pytest.raises(UnableToMobiliseError, match="不足 50 kW"):
        flow.assign(number=one.number, picked=[small.number], by=commander, at=NOON)
    with pytest.raises(InvalidInputError, match="没有找到"):
        flow.assign(number=one.number, picked=[far.number], by=desk(town), at=NOON)
    led = flow.assign(number=one.number, picked=[far.number], by=commander, at=NOON)
    assert led.assignments.get().reasons == list(offers[1].proposal.reasons)
    assert ResourceRequest.objects.get(rest_of=led).quantity == 1
    assert flow.view(number=one.number, by=captain(town), at=NOON).gear == ()
    with pytest.raises(NotVisibleError):
        flow.view(number=one.number, by=desk(town, "S2"), at=NOON)


def test_a_captain_moves_only_what_he_asked_for_or_what_his_teams_are_sent_for(town):
    town.team("Q1", "S1", "line")
    first, second = captain(town), replace(captain(town, name="队长乙"), team_codes={"Q1"})
    own, of_the_desk = flow.ask(asked=asked(), by=first, at=NOON), request(town)
    team = request(town, what="team", kind="")
    flow.assign(number=team.number, picked=["Q1"], by=desk(town), at=NOON)

    def moved(one, by):
        verbs = [verb for verb, _ in flow.view(number=one.number, by=by, at=NOON).page.verbs]
        flow.end(number=one.number, verb="cancel", reason="水退了", by=by, at=NOON)
        return verbs

    for one, by in ((own, second), (of_the_desk, first), (team, first)):
        assert flow.view(number=one.number, by=by, at=NOON).page.verbs == ()
        with pytest.raises(NotYourTurnError):
            moved(one, by)
    assert moved(own, first) == ["cancel"]
    assert "stand_by" in moved(team, second)


def test_a_second_press_asks_once_and_odd_fields_are_named(town):
    by, key = desk(town), "k" * 32
    number = flow.ask_once(key=key, asked=asked(), by=by, at=NOON)
    assert flow.ask_once(key=key, asked=asked(), by=by, at=NOON) == number
    for change, field in (
        ({"kind": "X"}, "kind"),
        ({"quantity": 0}, "quantity"),
        ({"least": "很大"}, "least"),
        ({"unit": "S2"}, "unit"),
        ({"lat": "91"}, "lat"),
        ({"until_at": NOON}, "until_at"),
        ({"what": "money"}, "what"),
    ):
        with pytest.raises((InvalidInputError, UnableToMobiliseError)) as refused:
            flow.ask_once(key=key, asked=asked(**change), by=by, at=NOON)
        assert refused.value.field == field


def test_teams_are_resources_people_shifts_and_person_times_apart(town):
    town.team("Q1", "S1", "line")
    second = town.team("Q2", "S1", "line", near="V3")
    away = second.members.get(is_captain=False).person
    Absence.objects.create(
        person=away,
        first_on=TODAY,
        last_on=TODAY + timedelta(days=5),
        reason="休假",
    )
    boy = Person.objects.create(
        number="BOY", name="小李", unit=town.units["S1"], minor_until=TODAY + timedelta(days=400)
    )
    Membership.objects.create(
        team=Team.objects.get(code="Q1"), person=boy, valid_from=TODAY - timedelta(days=1)
    )
    by = desk(town)

    found = flow.strength(since=NOON, until=NOON + 48 * HOUR, rules="emergency", shift_h=12, by=by)

    rows = {row.code: row for row in found.rows}
    assert (rows["Q1"].members, rows["Q1"].force.people, rows["Q1"].force.person_shifts) == (
        2,
        2,
        4,
    )
    assert (rows["Q2"].members, rows["Q2"].force.people) == (2, 1)
    assert (found.whole.people, found.whole.person_shifts, found.whole.person_times) == (3, 6, 0)
    one = request(town, what="team", kind="", quantity=1, least="2")
    offers = flow.view(number=one.number, by=by, at=NOON).teams
    assert [(o.team.code, o.proposal.why_not) for o in offers] == [
        ("Q1", ""),
        ("Q2", "能力 1 人，不足 2 人"),
    ]
    flow.assign(number=one.number, picked=["Q1"], by=by, at=NOON)
    flow.mobilise(number=one.number, by=by, at=NOON)
    again = flow.strength(since=NOON, until=NOON + 48 * HOUR, rules="emergency", shift_h=12, by=by)
    assert ({row.code: row.request for row in again.rows}["Q1"], again.sent) == (one.number, 2)
    other = request(town, what="team", kind="", quantity=1)
    with pytest.raises(UnableToMobiliseError, match="已指派给"):
        flow.assign(number=other.number, picked=["Q1"], by=by, at=NOON)
