"""Where a rule names several units, a need says who leads and who assists, and splits in one go."""

from datetime import timedelta

import pytest

from dianliang.domain.directory.models import RoutingRule, Unit
from dianliang.domain.directory.owners import Owner
from dianliang.domain.intake.models import Decision
from dianliang.flows import handling, teaming
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.town import NOON

pytestmark = pytest.mark.django_db


def rule(town, service, unit, *assisting, owner=""):
    made = RoutingRule.objects.create(
        service_code=service, area=town.areas["C"], unit=town.units[unit], owner=owner
    )
    made.assisting.set([town.units[code] for code in assisting])


def shares(need, by):
    return [
        (share.unit_code, share.service_code, share.leads)
        for share in teaming.team_of(number=need.number, by=by).shares
    ]


def split(need, by):
    parts = tuple(
        handling.Part(service_code=share.service_code, unit_code=share.unit_code)
        for share in teaming.team_of(number=need.number, by=by).shares
    )
    return handling.split(number=need.number, parts=parts, by=by, at=NOON)


def test_power_and_water_out_together_become_a_job_for_each(town):
    rule(town, "PWR-OUTAGE", "S1", "WTR")
    need = town.post("家里停电了，也停水了", area_code="V1", service_code="PWR-OUTAGE")
    by = town.actor("S1")
    handling.accept(number=need.number, by=by, at=NOON)

    assert "主办天荒坪供电所，协办水务公司" in need.suggestions.get().body["unit_why"]
    assert need.suggestions.get().body["assisting"] == ["WTR"]
    assert teaming.team_of(number=need.number, by=by).words == "主办天荒坪供电所，协办水务公司"
    assert shares(need, by) == [("S1", "PWR-OUTAGE", True), ("WTR", "WTR-OUTAGE", False)]
    jobs = split(need, by)

    assert [job.unit.code for job in jobs] == ["S1", "WTR"]
    assert list(need.parts.order_by("pk").values_list("element", flat=True)) == ["power", "water"]
    assert teaming.team_of(number=need.number, by=town.actor("WTR", Role.ALLIANCE_UNIT)).shares


def test_a_helper_gets_the_needs_own_service_where_triage_saw_no_other(town):
    rule(town, "PWR-OUTAGE", "S1", "WTR")
    Unit.objects.filter(code="WTR").update(element="post")
    need = town.post("家里没电了", area_code="V1", service_code="PWR-OUTAGE")

    assert shares(need, town.actor("S1"))[1] == ("WTR", "PWR-OUTAGE", False)


def test_whoever_took_the_need_over_leads_and_the_first_unit_assists(town):
    rule(town, "PWR-OUTAGE", "S1", "WTR")
    need = town.post("家里停电了，也停水了", area_code="V1", service_code="PWR-OUTAGE")
    station, water = town.actor("S1"), town.actor("WTR", Role.ALLIANCE_UNIT)
    handling.hand_over(number=need.number, unit_code="WTR", reason="水", by=station, at=NOON)

    assert shares(need, water) == [("WTR", "PWR-OUTAGE", True), ("S1", "PWR-OUTAGE", False)]


def test_a_station_that_took_the_need_stands_for_the_company_that_the_rule_names(town):
    need = town.post("家里停电了，也停水了", area_code="V1", service_code="PWR-OUTAGE")
    assert need.unit.code == "S1"
    rule(town, "PWR-OUTAGE", "AJ", "WTR")

    assert shares(need, town.actor("S1")) == [
        ("S1", "PWR-OUTAGE", True),
        ("WTR", "WTR-OUTAGE", False),
    ]


def test_one_unit_alone_is_no_team_and_strangers_see_none(town):
    need = town.post("家里没电了", area_code="V1", service_code="PWR-OUTAGE")

    assert teaming.team_of(number=need.number, by=town.actor("S1")).shares == ()
    with pytest.raises(NotVisibleError):
        teaming.team_of(number=need.number, by=town.actor("S2"))


def test_the_dispatcher_says_whose_facility_it_is_and_the_need_moves(town):
    rule(town, "PWR-LIGHT", "LM", owner=Owner.MUNICIPAL)
    need = town.post("门口的灯不亮", area_code="V1", service_code="PWR-LIGHT")
    assert (need.unit.code, need.facility_owner) == ("S1", "")

    handling.classify(
        number=need.number,
        service_code="PWR-LIGHT",
        owner="municipal",
        by=town.actor("S1"),
        at=NOON + timedelta(minutes=1),
    )

    need.refresh_from_db()
    assert (need.unit.code, need.facility_owner) == ("LM", "municipal")
    decided = Decision.objects.get(aspect="owner")
    assert (decided.proposed, decided.chosen) == ("", "municipal")


def test_changing_the_service_leaves_the_owner_unless_it_is_taken_back(town):
    need = town.post("路灯不亮", area_code="V1", service_code="PWR-LIGHT")
    by = town.actor("S1")

    def owner_after(chosen):
        handling.classify(
            number=need.number, service_code="PWR-LIGHT", owner=chosen, by=by, at=NOON
        )
        need.refresh_from_db()
        return need.facility_owner

    assert owner_after("") == "municipal"
    assert owner_after("unknown") == ""
    with pytest.raises(InvalidInputError, match="设施归属"):
        owner_after("king")
    assert Decision.objects.get(aspect="owner").proposed == "municipal"


def test_what_the_words_told_is_shown_with_the_word_until_a_person_says_otherwise(town):
    need = town.post("路灯不亮", area_code="V1", service_code="PWR-LIGHT")
    by = town.actor("S1")
    team = teaming.team_of(number=need.number, by=by)
    assert (team.owner_label, team.owner_cue) == ("市政", "路灯")

    handling.classify(
        number=need.number, service_code="PWR-LIGHT", owner="property", by=by, at=NOON
    )

    team = teaming.team_of(number=need.number, by=by)
    assert (team.owner_label, team.owner_cue) == ("物业", "")
