"""A table is tried on past needs before it takes effect; nothing is written."""

from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.directory import operations, rules
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.rules import RuleRow
from dianliang.domain.intake.models import Need
from dianliang.flows import handling
from dianliang.flows.rules import trial
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError
from tests.town import NOON

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(hours=1)


@pytest.fixture
def past(town):
    town.post("村口的路灯坏了", area_code="V1", service_code="PWR-LIGHT")
    town.post("小区里的路灯不亮", area_code="V3", service_code="PWR-LIGHT")
    town.post("我叫张三，楼里漏水，电话13900000000", area_code="V1", service_code="WTR-LEAK")
    town.post("家里没电了", area_code="V1", service_code="PWR-OUTAGE")
    return town


def keeper(town, unit="LM"):
    return town.actor(unit, Role.ADMINISTRATOR)


def row(service="PWR-LIGHT", area="C", unit="LM", owner="", *assisting):
    return RuleRow(
        service_code=service, area_code=area, unit_code=unit, owner=owner, assisting=assisting
    )


def run(town, *rows, by=None, at=SOON, **more):
    return trial.run(rows, by=by or keeper(town), at=at, **more)


def test_the_table_in_force_moves_nothing(past):
    tried = run(past)

    assert (tried.needs, tried.moved, tried.moves, tried.shares) == (4, 0, (), ())


def test_what_goes_elsewhere_is_told_from_unit_to_unit_with_the_reason(past):
    tried = run(past, row(owner=Owner.MUNICIPAL))

    (move,) = tried.moves
    assert (move.service_name, move.to_name) == ("黑楼道与路灯", "要素联盟")
    assert move.sources == (("天荒坪供电所", 1),)
    assert (move.needs, tried.moved) == (1, 1)
    assert "设施归属：市政" in move.reason.words
    assert [example.text for example in move.examples] == ["村口的路灯坏了"]
    assert {(s.unit_name, s.before, s.after) for s in tried.shares} == {
        ("天荒坪供电所", 2, 1),
        ("要素联盟", 0, 1),
    }
    assert tried.words == "近 90 天 4 条需求中，1 条会改派"


def test_what_people_had_handed_over_by_hand_speaks_for_the_rule(past):
    need = Need.objects.get(text__startswith="村口")
    by = past.actor("S1")
    handling.hand_over(number=need.number, unit_code="LM", reason="市政的", by=by, at=SOON)

    (move,) = run(past, row(owner=Owner.MUNICIPAL)).moves

    assert (move.needs, move.handed_over) == (1, 1)


def test_needs_that_no_unit_of_their_element_gets_are_told(past):
    Unit.objects.get(code="WTR").areas.clear()

    (stray,) = run(past).strays

    assert (stray.service_name, stray.element_label, stray.needs) == ("漏水爆管", "水", 1)
    assert run(past, row("WTR-LEAK", unit="WTR")).strays == ()


def test_other_helpers_are_told_though_the_unit_stays(past):
    tried = run(past, row("WTR-LEAK", "C", "WTR", "", "AJ"))

    (change,) = tried.helped
    assert (tried.moved, change.needs, change.before, change.after) == (0, 1, "", "供电公司")


def test_only_needs_of_the_days_asked_for_are_tried(past):
    late = NOON + timedelta(days=10)

    assert run(past, at=late, days=9).needs == 0
    assert run(past, at=late, days=11).needs == 4
    for days in (0, trial.MOST_DAYS + 1):
        with pytest.raises(InvalidInputError, match="试算天数"):
            run(past, days=days)


def test_a_reader_sees_of_foreign_needs_only_what_everybody_sees(past):
    leak = row("WTR-LEAK", unit="AJ")
    (own,) = run(past, leak).moves
    (foreign,) = run(past, leak, by=keeper(past, "S2")).moves
    Need.objects.update(is_public=False)
    (hidden,) = run(past, leak, by=keeper(past, "S2")).moves

    assert "张三" in own.examples[0].text
    assert "张三" not in foreign.examples[0].text
    assert "13900000000" not in foreign.examples[0].text
    assert (hidden.needs, hidden.examples) == (1, ())


def test_trying_writes_nothing(past):
    units = list(Need.objects.order_by("pk").values_list("unit", flat=True))
    events = AuditEvent.objects.count()

    run(past, row(), row("WTR-LEAK", unit="AJ"))

    assert list(Need.objects.order_by("pk").values_list("unit", flat=True)) == units
    assert AuditEvent.objects.count() == events


def test_what_the_trial_foretold_is_what_the_next_need_gets(past):
    rows = (row(owner=Owner.MUNICIPAL),)
    foretold = run(past, *rows).moves[0].to_name
    by = keeper(past)
    operations.change_draft(rows=rows, seen=0, words="", by=by, at=SOON)
    operations.put_in_force(
        seen=rules.draft().revision, version=0, reason="路灯归市政", by=by, at=SOON
    )

    again = past.post("村口的路灯坏了", area_code="V1", service_code="PWR-LIGHT", at=SOON)
    other = past.post("小区里的路灯不亮", area_code="V3", service_code="PWR-LIGHT", at=SOON)

    assert (again.unit.name, again.facility_owner) == (foretold, "municipal")
    assert (other.unit.code, other.facility_owner) == ("S2", "property")
    assert "设施归属：市政" in again.suggestions.get().body["unit_why"]
    assert again.suggestions.get().body["rules_version"] == 2


def test_many_needs_cost_as_many_queries_as_few(past, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(40) as asked:
            run(past, row())
        return len(asked)

    few = count()
    for number in range(6):
        past.post(f"路口{number}的灯坏了", area_code="V2", service_code="PWR-LIGHT")

    assert count() == few
