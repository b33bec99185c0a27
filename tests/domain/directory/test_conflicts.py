"""What is wrong with a table before any need has met it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.directory.conflicts import conflicts
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.queries import route, table_of
from dianliang.domain.directory.rules import RuleRow
from dianliang.domain.territory.models import Area
from tests.town import TODAY

pytestmark = pytest.mark.django_db


def row(service="PWR-LIGHT", area="C", unit="AJ", owner="", *assisting):
    return RuleRow(
        service_code=service, area_code=area, unit_code=unit, owner=owner, assisting=assisting
    )


def found(*rows, errors):
    return [(one.row, one.words) for one in conflicts(rows, on=TODAY) if one.is_error == errors]


def test_a_sound_table_has_nothing_to_say(town):
    assert conflicts([row(), row(area="T1", unit="S1")], on=TODAY) == ()


def test_two_rules_for_the_same_are_an_error_that_names_the_first(town):
    ((place, words),) = found(row(), row(unit="S1"), errors=True)

    assert place == 1
    assert "与第 1 条" in words


def test_the_same_area_for_two_owners_is_no_conflict(town):
    assert found(row(), row(owner=Owner.GRID, unit="S1"), errors=True) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (row(service="NOSUCH"), "没有编码为“NOSUCH”的服务事项"),
        (row(area="NOSUCH"), "没有编码为“NOSUCH”的区域"),
        (row(unit="NOSUCH"), "没有编码为“NOSUCH”的单位"),
        (row(owner="king"), "没有“king”这种设施归属"),
        (row("PWR-LIGHT", "C", "AJ", "", "NOSUCH"), "没有编码为“NOSUCH”的单位"),
        (row("PWR-LIGHT", "C", "AJ", "", "AJ"), "主办单位不能同时是协办单位"),
        (row("PWR-LIGHT", "C", "AJ", "", "S1", "S1"), "写了两次"),
    ],
)
def test_what_cannot_work_is_an_error(town, wrong, words):
    ((_, told),) = found(wrong, errors=True)

    assert words in told


@pytest.mark.parametrize("kind", [Unit.Kind.BRANCH, Unit.Kind.GOVERNMENT])
@pytest.mark.parametrize("as_helper", [False, True])
def test_a_unit_that_answers_for_no_need_can_be_given_none(town, kind, as_helper):
    Unit.objects.filter(code="WTR").update(kind=kind)
    rule = row("WTR-LEAK", "C", "AJ", "", "WTR") if as_helper else row("WTR-LEAK", unit="WTR")

    ((_, words),) = found(rule, errors=True)

    assert "不直接办理需求" in words


def test_a_unit_that_is_gone_or_not_there_yet_can_be_given_none(town):
    Unit.objects.filter(code="S1").update(valid_until=TODAY - timedelta(days=1))
    Unit.objects.filter(code="S2").update(valid_from=TODAY + timedelta(days=1))

    told = [words for _, words in found(row(unit="S1"), row(area="T2", unit="S2"), errors=True)]

    assert "已于 2026-11-23 撤销" in told[0]
    assert "要到 2026-11-25 才成立" in told[1]


def test_a_switched_off_service_is_told_but_blocks_nothing(town):
    Service.objects.filter(code="PWR-LIGHT").update(is_active=False)

    assert "已停用" in found(row(), errors=False)[0][1]
    assert found(row(), errors=True) == []


def test_a_unit_of_another_element_is_told(town):
    assert "要素是“水”" in found(row(unit="WTR"), errors=False)[0][1]


def test_what_belongs_to_somebody_else_may_go_to_another_element(town):
    assert found(row(unit="WTR", owner=Owner.MUNICIPAL), errors=False) == []
    assert found(row(unit="WTR", owner=Owner.GRID), errors=False) != []


def test_a_unit_that_serves_elsewhere_or_only_a_part_is_told(town):
    told = found(row(area="T2", unit="S1"), row("PWR-METER", unit="S1"), errors=False)

    assert "服务区域不含梅溪镇" in told[0][1]
    assert "只服务安吉县的一部分" in told[1][1]


def test_a_rule_that_says_what_the_larger_area_says_is_redundant(town):
    told = found(row(), row(area="V1"), errors=False)

    assert [(place, "多余" in words, "安吉县" in words) for place, words in told] == [
        (1, True, True)
    ]


def test_a_rule_for_a_part_is_not_redundant_where_the_rule_between_says_otherwise(town):
    assert found(row(), row(area="T1", unit="S1"), row(area="V1"), errors=False) == []


def test_a_rule_for_anybody_is_not_redundant_where_it_overrides_a_named_owner(town):
    assert found(row(), row(owner=Owner.GRID, unit="S1"), row(area="V1"), errors=False) == found(
        row(), row(owner=Owner.GRID, unit="S1"), errors=False
    )


rows = st.lists(
    st.builds(
        RuleRow,
        service_code=st.just("PWR-LIGHT"),
        area_code=st.sampled_from(("C", "T1", "V1", "V2")),
        owner=st.sampled_from(("", Owner.GRID, Owner.MUNICIPAL)),
        unit_code=st.sampled_from(("AJ", "S1")),
    ),
    max_size=6,
    unique_by=lambda one: one.key,
)


@given(rows)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_without_a_redundant_rule_everything_goes_where_it_went(town, table):
    light = active_service("PWR-LIGHT")

    def answers(some):
        made = table_of(some)
        return [
            route(service=light, area=area, owner=owner, table=made).unit.code
            for area in Area.objects.all()
            for owner in ("", *Owner.values)
        ]

    for one in conflicts(table, on=TODAY):
        if "多余" in one.words:
            without = [rule for place, rule in enumerate(table) if place != one.row]
            assert answers(without) == answers(table)
