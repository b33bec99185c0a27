"""The table is prepared by several and takes effect as a whole; nothing in force is ever lost."""

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.directory import operations, rules
from dianliang.domain.directory.models import RoutingRule, RuleDraft, RuleVersion
from dianliang.domain.directory.operations import MOST_RULES, UnableToChangeRulesError
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.rules import RuleRow, as_json, from_json
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, StaleStateError
from tests.town import NOON

pytestmark = pytest.mark.django_db
ANN = Actor(id="user:ann", name="安管理", role=Role.ADMINISTRATOR, unit_path="/LM/")
BEN = Actor(id="user:ben", name="本管理", role=Role.ADMINISTRATOR, unit_path="/LM/")
LIGHT = RuleRow(service_code="PWR-LIGHT", area_code="C", unit_code="AJ")
CITY = RuleRow(
    service_code="PWR-LIGHT",
    area_code="T1",
    unit_code="LM",
    owner=Owner.MUNICIPAL,
    assisting=("S1", "WTR"),
)


def write(*rows, seen=None, by=ANN):
    seen = rules.draft().revision if seen is None else seen
    return operations.change_draft(rows=rows, seen=seen, words="改", by=by, at=NOON)


def apply(reason="试行", by=ANN):
    return operations.put_in_force(
        seen=rules.draft().revision,
        version=rules.version_in_force(),
        reason=reason,
        by=by,
        at=NOON,
    )


def test_rows_are_kept_as_they_were_written():
    assert from_json(as_json([LIGHT, CITY])) == (LIGHT, CITY)


def test_a_draft_changes_nothing_until_it_takes_effect(town):
    write(LIGHT, CITY)

    assert rules.in_force() == ()
    assert rules.draft().rows == (LIGHT, CITY)
    apply()
    assert rules.in_force() == (LIGHT, CITY)
    assert not rules.draft().is_open


def test_what_was_in_force_before_versions_can_be_returned_to(town):
    RoutingRule.objects.create(
        service_code="PWR-METER", area=town.areas["C"], unit=town.units["AJ"]
    )
    before = rules.in_force()
    write(LIGHT)
    apply()

    assert [v.number for v in rules.versions()] == [2, 1]
    operations.restore(
        number=1, seen=rules.draft().revision, version=2, reason="不合适", by=BEN, at=NOON
    )

    assert rules.in_force() == before
    newest = rules.versions()[0]
    assert (newest.number, newest.reason, newest.by_name) == (3, "恢复第 1 版：不合适", "本管理")


def test_the_second_administrator_is_told_who_changed_the_draft_and_nothing_is_lost(town):
    seen_by_both = rules.draft().revision
    write(LIGHT, seen=seen_by_both, by=ANN)

    with pytest.raises(StaleStateError, match="安管理在 12:00"):
        write(CITY, seen=seen_by_both, by=BEN)

    assert rules.draft().rows == (LIGHT,)


def test_a_form_from_before_a_draft_was_given_up_does_not_fit_the_next_one(town):
    write(LIGHT)
    old = rules.draft().revision
    operations.discard_draft(seen=old, by=ANN, at=NOON)
    write(CITY)

    with pytest.raises(StaleStateError):
        write(LIGHT, seen=old)


def test_a_table_that_was_tried_against_another_one_does_not_take_effect(town):
    write(LIGHT)
    apply()
    write(CITY)
    draft = rules.draft()

    with pytest.raises(StaleStateError, match="已经是第 2 版"):
        operations.put_in_force(seen=draft.revision, version=0, reason="试行", by=BEN, at=NOON)

    assert rules.in_force() == (LIGHT,)


def test_returning_to_a_version_keeps_the_draft_that_somebody_prepares(town):
    write(LIGHT)
    apply()
    write(CITY)

    operations.restore(
        number=1, seen=rules.draft().revision, version=2, reason="错", by=BEN, at=NOON
    )

    assert rules.in_force() == ()
    assert (rules.draft().rows, rules.draft().base) == ((CITY,), 2)


def test_no_reason_no_effect(town):
    write(LIGHT)

    with pytest.raises(InvalidInputError, match="为什么"):
        apply(reason="")

    assert RuleVersion.objects.count() == 0


def test_without_a_draft_there_is_nothing_to_apply_or_to_give_up(town):
    with pytest.raises(UnableToChangeRulesError):
        apply()
    with pytest.raises(UnableToChangeRulesError):
        operations.discard_draft(seen=0, by=ANN, at=NOON)
    with pytest.raises(UnableToChangeRulesError, match="没有第 7 版"):
        operations.restore(number=7, seen=0, version=0, reason="错", by=ANN, at=NOON)


def test_a_table_without_end_is_refused(town):
    with pytest.raises(UnableToChangeRulesError, match=str(MOST_RULES)):
        write(*[LIGHT] * (MOST_RULES + 1))

    assert not RuleDraft.objects.exists()


def test_the_trail_tells_who_let_which_version_take_effect_and_why(town):
    write(LIGHT)
    apply(reason="路灯移交市政")

    event = AuditEvent.objects.get(verb="directory.ruleversion.apply")
    assert (event.target_id, event.actor_id) == ("2", "user:ann")
    assert (event.before, event.after, event.reason) == ("第 1 版", "第 2 版", "路灯移交市政")
    assert AuditEvent.objects.filter(verb="directory.ruledraft.change").count() == 1
