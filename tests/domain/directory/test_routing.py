"""Which rule counts: the smallest area, there the named owner; the order of rules never matters."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core import reference
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.directory.models import RoutingRule
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.queries import route, table_in_force, table_of, unit_for
from dianliang.domain.directory.rules import RuleRow
from dianliang.domain.territory.models import Area

pytestmark = pytest.mark.django_db
AREAS = ("C", "T1", "T2", "V1", "V2", "V3")
SERVICES = ("PWR-LIGHT", "WTR-LEAK")
OWNERS = ("", Owner.MUNICIPAL, Owner.PROPERTY)
SOME = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
rules = st.builds(
    RuleRow,
    service_code=st.sampled_from(SERVICES),
    area_code=st.sampled_from(AREAS),
    owner=st.sampled_from(OWNERS),
    unit_code=st.sampled_from(("LM", "AJ", "S1", "S2", "WTR")),
)
tables = st.lists(rules, max_size=8, unique_by=lambda row: row.key)


def answers(rows):
    """Return who gets every kind of need there is in the town."""
    table = table_of(rows)
    return {
        (code, area.code, owner): route(
            service=active_service(code), area=area, owner=owner, table=table
        ).unit.code
        for code in SERVICES
        for area in Area.objects.all()
        for owner in (*OWNERS, Owner.OTHER)
    }


@given(data=st.data(), rows=tables)
@SOME
def test_the_order_of_rules_never_matters(town, data, rows):
    shuffled = data.draw(st.permutations(rows))

    assert answers(shuffled) == answers(rows)


@given(rows=tables, extra=rules)
@SOME
def test_a_further_rule_changes_only_needs_of_its_service_area_and_owner(town, rows, extra):
    rows = [row for row in rows if row.key != extra.key]
    inside = town.areas[extra.area_code].path

    before, after = answers(rows), answers([*rows, extra])

    for (code, area, owner), unit in after.items():
        if before[code, area, owner] != unit:
            assert unit == extra.unit_code
            assert code == extra.service_code
            assert town.areas[area].path.startswith(inside)
            assert extra.owner in {"", owner}


@given(rows=tables)
@SOME
def test_the_rule_that_counts_is_the_most_specific_of_all_that_fit(town, rows):
    for (code, area, owner), unit in answers(rows).items():
        path = town.areas[area].path
        fitting = [
            row
            for row in rows
            if row.service_code == code
            and path.startswith(town.areas[row.area_code].path)
            and row.owner in {"", owner}
        ]
        if fitting:
            best = max(
                fitting, key=lambda row: (len(town.areas[row.area_code].path), row.owner != "")
            )
            assert unit == best.unit_code


def rule(town, service, area, unit, owner="", *assisting):
    made = RoutingRule.objects.create(
        service_code=service, area=town.areas[area], unit=town.units[unit], owner=owner
    )
    made.assisting.set([town.units[code] for code in assisting])
    return made


def test_the_reason_names_area_service_owner_and_every_unit(town):
    rule(town, "PWR-LIGHT", "T1", "AJ", Owner.MUNICIPAL, "WTR", "S1")

    routed = route(
        service=active_service("PWR-LIGHT"), area=town.areas["V1"], owner=Owner.MUNICIPAL
    )

    assert routed.reason.words == (
        "派单规则：天荒坪镇的黑楼道与路灯（设施归属：市政）：主办供电公司，协办天荒坪供电所、水务公司"
    )
    assert [unit.code for unit in routed.assisting] == ["S1", "WTR"]


def test_an_owner_that_nobody_named_gets_the_rule_for_anybody(town):
    rule(town, "PWR-LIGHT", "C", "S2")
    rule(town, "PWR-LIGHT", "C", "WTR", Owner.MUNICIPAL)
    light = active_service("PWR-LIGHT")

    assert unit_for(service=light, area=town.areas["V1"])[0].code == "S2"
    assert unit_for(service=light, area=town.areas["V1"], owner=Owner.TELECOM)[0].code == "S2"
    assert unit_for(service=light, area=town.areas["V1"], owner=Owner.MUNICIPAL)[0].code == "WTR"


def test_the_table_itself_is_asked_for_once_however_many_needs_come(
    town, django_assert_num_queries
):
    made = rule(town, "PWR-LIGHT", "C", "AJ", "", "WTR")
    light = active_service("PWR-LIGHT")
    assert table_in_force().rules

    with django_assert_num_queries(1), reference.steady():
        for _ in range(5):
            routed = route(service=light, area=town.areas["V1"], owner=Owner.MUNICIPAL)
            assert [unit.name for unit in routed.assisting] == ["水务公司"]
    made.assisting.clear()

    assert route(service=light, area=town.areas["V1"]).assisting == ()
