"""A local issue has a clock, two people, and a price in days that nobody types."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.grid_projects.lifecycle import ISSUE
from dianliang.domain.grid_projects.operations import issues as operations
from dianliang.domain.grid_projects.operations.projects import UnableToBuildError
from dianliang.domain.grid_projects.queries.issues import Filters, issue_board, issue_page
from dianliang.domain.grid_projects.queries.projects import card
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import DomainError, NotVisibleError
from tests.projectworld import BEGAN, Works, noon
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(town):
    return Works(town)


def blocked(works: Works):
    """An issue that keeps the way from being cleared from the day after the survey on."""
    number = works.running()
    works.reach(number, "survey", BEGAN + timedelta(days=15))
    since = BEGAN + timedelta(days=16)
    return works.report(number, at=noon(since), milestone="land", blocks_from_on=since)


def test_days_lost_are_those_of_the_critical_path(works):
    issue = blocked(works)
    on = BEGAN + timedelta(days=75)
    page = issue_page(issue.number, by=works.desk, at=noon(on), on=on)

    # by plan both permit and land take thirty days after the survey; today is day 75, permit open
    assert page.row.blocked_days == 59
    assert page.row.low_days == 0
    assert page.row.high_days == 0
    works.reach(issue.project.number, "permit", BEGAN + timedelta(days=45))
    page = issue_page(issue.number, by=works.desk, at=noon(on), on=on)

    assert (page.row.low_days, page.row.high_days) == (30, 30)
    assert card(issue.project.number, by=works.desk, on=on).joint_days == 30


def test_an_issue_that_is_solved_stops_costing(works):
    issue = blocked(works)
    works.reach(issue.project.number, "permit", BEGAN + timedelta(days=45))
    works.act(issue, "accept", at=noon(BEGAN + timedelta(days=17)))
    issue.refresh_from_db()
    works.act(issue, "handle", at=noon(BEGAN + timedelta(days=17)))
    issue.refresh_from_db()
    works.act(issue, "solve", "已签协议", at=noon(BEGAN + timedelta(days=20)))

    page = issue_page(issue.number, by=works.desk, at=NOON, on=TODAY)

    assert page.row.blocked_days == 4
    assert page.row.high_days == 4


def test_who_solved_it_does_not_verify_it(works):
    issue = blocked(works)
    for verb, words in (("accept", ""), ("handle", ""), ("solve", "已签协议")):
        issue = works.act(issue, verb, words)

    with pytest.raises(UnableToBuildError, match="另一人"):
        works.act(issue, "verify")
    assert works.act(issue, "verify", by=works.second).status == "VERIFIED"


def test_clocks_follow_the_rule_of_the_kind_and_what_is_late_comes_first(works):
    number = works.running()
    noise = works.report(number, kind="noise")
    works.report(number, kind="land")

    late = noise.due_at + timedelta(minutes=1)
    rows = issue_board(filters=Filters(), by=works.desk, at=late, on=late.date()).rows

    assert (noise.due_at - NOON).days <= 5
    assert [row.is_late for row in rows] == [True, True]  # land was not accepted in time
    assert rows[0].number == noise.number


def test_unit_that_is_asked_acts_the_neighbour_finds_nothing(works, town):
    number = works.running()
    works.seat(number, organisation="水务公司 管网科", unit="WTR")
    issue = works.report(number, unit="WTR")
    water = town.actor("WTR", Role.ALLIANCE_UNIT)

    assert works.act(issue, "accept", by=water).status == "ACCEPTED"
    with pytest.raises(NotVisibleError):
        works.act(issue, "handle", by=town.actor("S2"))
    own = works.report(number)
    with pytest.raises(NotVisibleError):
        works.act(own, "accept", by=water)  # it sees the project, but this is not its issue


VERBS = ("accept", "handle", "escalate", "solve", "verify", "send_back", "withdraw")


@given(st.lists(st.sampled_from(VERBS), max_size=7))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_trail_retells_the_whole_story(works, presses):
    """Whatever people press, replaying the trail gives the stored state."""
    if not hasattr(works, "number"):
        works.number = works.running()
    issue = works.report(works.number)
    for place, verb in enumerate(presses):
        by = works.desk if place % 2 else works.second
        try:
            issue = works.act(issue, verb, "说明", by=by)
        except DomainError:
            issue.refresh_from_db()

    moves = [f"grid_projects.issue.{row.verb}" for row in ISSUE]
    trail = AuditEvent.objects.filter(target_id=issue.number, verb__in=moves).order_by("id")
    story = ["REPORTED", *(event.after for event in trail)]
    assert [event.before for event in trail] == story[:-1]
    assert story[-1] == issue.status
    assert operations.PREFIX in issue.number
