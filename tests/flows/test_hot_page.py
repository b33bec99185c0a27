"""What each reader sees of hot issues: figures of his own needs, masked titles, people's marks."""

from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.insight.models import HotMark
from dianliang.domain.intake.models import Need
from dianliang.flows import hot, hot_page
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.flows.test_hot import BROKEN, post_all
from tests.town import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def needs(town):
    """Three needs about one transformer, all of station S1."""
    made = post_all(town)
    Need.objects.update(unit=town.units["S1"])
    hot.look(by=SYSTEM, at=NOON)
    return made


def page(by, at=NOON):
    return hot_page.page(by=by, at=at)


def only(by, at=NOON):
    (issue,) = page(by, at).waiting
    return issue


def mark(by, code, *, state="working", note="抢修班在换", at=NOON):
    hot_page.mark(code=code, state=state, note=note, by=by, at=at)


def test_a_dispatcher_sees_whole_issues_with_trend_and_days(dispatcher, needs):
    issue = only(dispatcher)

    assert (issue.reporters, issue.total, issue.open) == (3, 3, 3)
    assert issue.trend_label == "新"
    assert issue.place.startswith("余村村委会")
    assert {line.number for line in issue.needs} == {need.number for need in needs}
    assert issue.past[-1] == issue.heat > 0
    assert not any(issue.past[:-1])


def test_a_unit_that_may_not_see_the_needs_does_not_see_the_issue(town, needs):
    assert page(town.actor("S1", Role.ALLIANCE_UNIT)).waiting
    for unit in ("S2", "WTR"):
        nothing = page(town.actor(unit, Role.ALLIANCE_UNIT))
        assert (nothing.waiting, nothing.marked) == ((), ())
    assert page(Actor(id="r", name="居民", role=Role.RESIDENT, unit_path="/")).waiting == ()


def test_figures_count_only_what_the_reader_may_see(town, dispatcher, needs):
    Need.objects.filter(pk=needs[0].pk).update(unit=town.units["WTR"], text="自来水不来")

    issue = only(town.actor("S1"))

    assert (issue.reporters, issue.total) == (2, 2)
    assert needs[0].number not in issue.numbers
    assert "自来水" not in issue.title
    assert only(dispatcher).heat > issue.heat
    assert page(town.actor("WTR")).waiting == ()  # one person of his own is not several


def test_a_title_shows_no_phone_and_no_name(dispatcher, needs):
    Need.objects.update(text="余村村变压器坏了，联系王建国13800001111")

    assert "13800001111" not in only(dispatcher).title
    assert "变压器坏了" in only(dispatcher).title


def test_an_issue_cools_by_itself_and_says_so(dispatcher, town, needs):
    before = only(dispatcher)
    after = only(dispatcher, NOON + timedelta(days=8))

    assert after.heat < before.heat / 2
    assert after.trend_label == "降"


def test_a_mark_names_its_author_and_sets_the_issue_aside(town, needs):
    desk = town.actor("LM")
    code = only(desk).code

    mark(desk, code)

    (issue,) = page(desk).marked
    assert (issue.mark.state_label, issue.mark.note) == ("正在处理", "抢修班在换")
    assert (issue.mark.by_name, issue.mark.at) == ("要素联盟", NOON)
    event = AuditEvent.objects.get(verb="insight.hotmark.working")
    assert (event.target_id, event.reason) == (code, "抢修班在换")


def test_a_marked_issue_comes_back_when_it_is_twice_as_hot(town, needs):
    desk = town.actor("LM")
    mark(desk, only(desk).code)
    hour = NOON + timedelta(hours=1)

    post_all(town, BROKEN[:2], at=hour, phones=8100)
    hot.look(by=SYSTEM, at=hour)
    assert page(desk, hour).waiting == ()

    post_all(town, at=hour, phones=8200)
    hot.look(by=SYSTEM, at=hour)
    issue = only(desk, hour)
    assert issue.is_again
    assert issue.mark.note == "抢修班在换"


def test_a_unit_reads_the_marks_above_and_below_it_but_not_its_neighbours(town, needs):
    Need.objects.filter(pk=needs[2].pk).update(handed_over_from=town.units["S2"])
    Need.objects.filter(pk=needs[1].pk).update(handed_over_from=town.units["S2"])
    own, beside, above = town.actor("S1"), town.actor("S2"), town.actor("LM")
    code = only(own).code

    mark(own, code)

    assert page(above).marked
    assert page(beside).waiting[0].mark is None
    mark(above, code, note="县里盯着")
    assert page(beside).marked[0].mark.note == "县里盯着"


def test_nobody_marks_what_he_may_not_see_or_without_saying_how(town, needs):
    code = only(town.actor("S1")).code

    with pytest.raises(NotVisibleError):
        mark(town.actor("S2"), code)
    with pytest.raises(NotVisibleError):
        mark(town.actor("S1"), "RD000000-0000")
    with pytest.raises(InvalidInputError, match="请填写说明"):
        mark(town.actor("S1"), code, note=" ")
    with pytest.raises(InvalidInputError, match="已知悉"):
        mark(town.actor("S1"), code, state="gone")

    assert not HotMark.objects.exists()


def test_those_who_lead_read_the_hottest_in_a_line_from_public_needs_only(town, needs):
    leader = town.actor("LM", Role.COMMANDER)
    (line,) = hot_page.headlines(by=leader, at=NOON, most=3)
    assert (line.reporters, line.trend_label, line.place) == (3, "新", "余村村委会")
    assert "变压器" in line.title

    Need.objects.update(is_public=False)

    assert hot_page.headlines(by=leader, at=NOON, most=3) == ()


def test_before_the_first_run_there_is_nothing_and_nobody_is_told_otherwise(town, dispatcher):
    found = page(dispatcher)

    assert (found.at, found.waiting, found.may_order) == (None, (), True)
    assert hot_page.headlines(by=dispatcher, at=NOON, most=3) == ()


def test_three_times_the_issues_cost_no_more_queries(
    town, dispatcher, needs, django_assert_max_num_queries
):
    post_all(town, ["石龙村水管爆了漏水"] * 3, area="V3", phones=8300)
    post_all(town, ["大溪村路灯全都不亮"] * 3, area="V2", phones=8400)
    hot.look(by=SYSTEM, at=NOON)

    with django_assert_max_num_queries(8):
        assert len(page(dispatcher).waiting) == 3
