"""From one row to the table in force: what is wrong blocks, what is doubtful has to be read."""

import pytest

from dianliang.core.checks import InvalidRowsError
from dianliang.domain.directory import rules
from dianliang.domain.directory.models import RuleVersion, Unit
from dianliang.domain.directory.operations import UnableToChangeRulesError
from dianliang.domain.directory.rules import RuleRow
from dianliang.flows.rules import editing, sheets
from dianliang.flows.rules.page import rules_page
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, StaleStateError
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db
LIGHT = RuleRow(service_code="PWR-LIGHT", area_code="C", unit_code="AJ")
LEAK = RuleRow(service_code="WTR-LEAK", area_code="C", unit_code="WTR", assisting=("AJ",))
DOUBTFUL = RuleRow(service_code="WTR-LEAK", area_code="C", unit_code="AJ")


@pytest.fixture
def keeper(town):
    return town.actor("LM", Role.ADMINISTRATOR)


def save(row, by, place=None, seen=None):
    seen = rules.draft().revision if seen is None else seen
    editing.save_row(place=place, row=row, seen=seen, by=by, at=NOON)


def apply(by, read="", reason="试行"):
    return editing.apply(
        seen=rules.draft().revision,
        version=rules.version_in_force(),
        read=read,
        reason=reason,
        by=by,
        at=NOON,
    )


def test_rows_are_added_changed_and_removed_in_the_draft(keeper):
    save(LIGHT, keeper)
    save(LEAK, keeper)
    save(DOUBTFUL, keeper, place=1)
    assert rules.draft().rows == (LIGHT, DOUBTFUL)

    editing.remove_row(place=0, seen=rules.draft().revision, by=keeper, at=NOON)

    assert rules.draft().rows == (DOUBTFUL,)
    assert rules.in_force() == ()


def test_a_row_that_is_gone_cannot_be_changed_or_removed(keeper):
    save(LIGHT, keeper)
    seen = rules.draft().revision

    with pytest.raises(UnableToChangeRulesError):
        save(LEAK, keeper, place=5)
    with pytest.raises(UnableToChangeRulesError):
        editing.remove_row(place=5, seen=seen, by=keeper, at=NOON)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (RuleRow(service_code="", area_code="C", unit_code="AJ"), "请填写服务事项"),
        (RuleRow(service_code="PWR-LIGHT", area_code="", unit_code="AJ"), "请填写区域"),
        (RuleRow(service_code="PWR-LIGHT", area_code="C", unit_code=""), "请填写主办单位"),
        (RuleRow(service_code="X", area_code="C", unit_code="AJ", owner="king"), "设施归属"),
    ],
)
def test_a_row_without_its_parts_is_refused_by_field(keeper, row, words):
    with pytest.raises(InvalidInputError, match=words):
        save(row, keeper)


def test_an_error_blocks_and_says_which_rule(keeper):
    save(LIGHT, keeper)
    save(LIGHT, keeper)

    with pytest.raises(UnableToChangeRulesError, match="不能生效：第 2 条"):
        apply(keeper)

    assert RuleVersion.objects.count() == 0


def test_a_warning_has_to_be_read_as_it_is_now(keeper):
    save(DOUBTFUL, keeper)
    old = editing.checked(rules.draft(), on=TODAY).digest
    with pytest.raises(UnableToChangeRulesError, match="没有确认"):
        apply(keeper)
    Unit.objects.get(code="AJ").areas.clear()
    with pytest.raises(UnableToChangeRulesError, match="刚有变化"):
        apply(keeper, read=old)

    made = apply(keeper, read=editing.checked(rules.draft(), on=TODAY).digest)

    assert (made.number, made.effect) == (2, "近 90 天 0 条需求中，0 条会改派")


def test_a_draft_that_would_undo_a_newer_version_says_so(keeper):
    save(LIGHT, keeper)
    apply(keeper)
    save(LEAK, keeper)
    seen = rules.draft().revision
    editing.restore(number=1, seen=seen, version=2, reason="错", by=keeper, at=NOON)

    (words,) = editing.checked(rules.draft(), on=TODAY).about_all

    assert "从第 2 版改起，现行的已是第 3 版" in words


def test_a_version_that_became_impossible_is_not_restored(keeper):
    save(LEAK, keeper)
    apply(keeper)
    save(LIGHT, keeper, place=0)
    apply(keeper)
    Unit.objects.filter(code="AJ").update(valid_until=TODAY.replace(day=1))
    seen = rules.draft().revision

    with pytest.raises(UnableToChangeRulesError, match="第 2 版不能恢复"):
        editing.restore(number=2, seen=seen, version=3, reason="回去", by=keeper, at=NOON)
    with pytest.raises(UnableToChangeRulesError, match="没有第 9 版"):
        editing.restore(number=9, seen=seen, version=3, reason="回去", by=keeper, at=NOON)

    assert rules.in_force() == (LIGHT,)


def test_a_file_becomes_the_draft_whole_or_not_at_all(keeper):
    save(LIGHT, keeper)
    seen = rules.draft().revision
    with pytest.raises(InvalidRowsError):
        editing.upload(content=sheets.blank(), seen=seen, by=keeper, at=NOON)
    with pytest.raises(InvalidRowsError, match="没有一条"):
        editing.upload(content=sheets.filled(()), seen=seen, by=keeper, at=NOON)
    assert rules.draft().rows == (LIGHT,)

    editing.upload(content=sheets.filled((LEAK,)), seen=seen, by=keeper, at=NOON)

    assert rules.draft().rows == (LEAK,)
    with pytest.raises(StaleStateError):
        editing.upload(content=sheets.filled((LIGHT,)), seen=seen, by=keeper, at=NOON)


def test_the_page_marks_what_differs_from_the_table_in_force(keeper):
    save(LIGHT, keeper)
    save(LEAK, keeper)
    apply(keeper)
    save(RuleRow(service_code="PWR-LIGHT", area_code="C", unit_code="S1"), keeper, place=0)
    save(RuleRow(service_code="PWR-METER", area_code="C", unit_code="AJ"), keeper)
    editing.remove_row(place=1, seen=rules.draft().revision, by=keeper, at=NOON)

    page = rules_page(on=TODAY)

    assert [(line.service_name, line.change) for line in page.lines] == [
        ("黑楼道与路灯", "changed"),
        ("电表与电费", "added"),
    ]
    assert [line.service_name for line in page.removed] == ["漏水爆管"]
    assert page.changes == 3
    assert [line.unit_name for line in rules_page(search="电表", on=TODAY).lines] == ["供电公司"]
