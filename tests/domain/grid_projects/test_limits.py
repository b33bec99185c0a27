"""What a grid project refuses: one person as two, circles, senseless days, seats ahead."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from dianliang.domain.grid_projects.models import Member, StepTemplate
from dianliang.domain.grid_projects.operations.projects import UnableToBuildError
from dianliang.domain.grid_projects.queries.issues import Filters as IssueFilters
from dianliang.domain.grid_projects.queries.issues import issue_board
from dianliang.domain.grid_projects.queries.projects import Filters, board, card
from dianliang.flows.grid_projects import keeping
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.projectworld import BEGAN, Works, project_of
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(town):
    return Works(town)


def days_of(works: Works, number: str) -> dict[str, date]:
    return dict(keeping.suggested_days(number=number, starts_on=BEGAN, by=works.desk))


def test_one_person_under_two_accounts_is_not_a_second_person(works):
    works.desk = replace(works.desk, person_number="A-1")
    again = replace(works.second, person_number="A-1")
    number = works.opened()
    works.propose(number, days_of(works, number))

    with pytest.raises(UnableToBuildError, match="编制人以外"):
        keeping.decide(number=number, verb="confirm", reason="", by=again, at=NOON)
    keeping.decide(number=number, verb="confirm", reason="", by=works.second, at=NOON)
    assert not card(number, by=works.desk, on=TODAY).baselines[0].is_other_known
    issue = works.report(number)
    for verb, words in (("accept", ""), ("handle", ""), ("solve", "已签协议")):
        issue = works.act(issue, verb, words)
    with pytest.raises(UnableToBuildError, match="另一人"):
        works.act(issue, "verify", by=again)


@pytest.mark.parametrize("after", [["energise"], ["survey"], ["nowhere"], "permit", [["x"]]])
def test_a_template_waits_for_known_earlier_steps_only(works, after):
    step = StepTemplate.objects.get(kind="renewal", step="survey")
    step.after = after

    with pytest.raises(ValidationError, match="在其后"):
        step.full_clean()
    step.save()
    with pytest.raises(UnableToBuildError, match="在其后"):
        works.opened()


def test_a_circle_is_refused_in_a_plan_and_shown_in_the_list(works):
    number = works.opened()
    days = days_of(works, number)
    works.planned(number)
    steps = {row.code: row for row in project_of(number).milestones.all()}
    steps["survey"].after.add(steps["permit"])

    with pytest.raises(UnableToBuildError, match="互相等待"):
        works.propose(number, {**days, "survey": days["permit"]})
    (row,) = board(filters=Filters(), by=works.desk, on=TODAY).rows
    assert row.is_broken
    assert card(number, by=works.desk, on=TODAY).row.ends_on is None


def test_a_project_without_a_unit_belongs_to_what_serves_its_areas(works, town):
    works.desk = town.actor("LM")

    assert project_of(works.opened()).unit.code == "S1"
    asked = keeping.Asked(name="联络线", kind="line", voltage="35kV", areas=("V1", "V3"))
    wide = keeping.open_project(asked=asked, by=works.desk, at=NOON)
    assert wide.unit.code == "AJ"
    commander = town.actor("AJ", Role.COMMANDER)
    assert len(board(filters=Filters(), by=commander, on=TODAY).rows) == 2
    with pytest.raises(InvalidInputError, match="供电公司或供电所"):
        keeping.open_project(asked=replace(asked, unit="LM"), by=works.desk, at=NOON)


def test_who_answers_for_an_issue_reads_its_project_and_keeps_nothing_of_it(works, town):
    number = works.running()
    issue = works.report(number)
    issue.unit = town.units["S2"]
    issue.save(update_fields=["unit"])
    neighbour = town.actor("S2")

    told = issue_board(filters=IssueFilters(), by=neighbour, at=NOON, on=TODAY).rows
    assert [row.number for row in told] == [issue.number]
    assert card(number, by=neighbour, on=TODAY).row.number == number
    with pytest.raises(NotVisibleError):
        keeping.move(number=number, verb="drop", reason="不该由我取消", by=neighbour, at=NOON)


def test_days_that_no_project_is_about_are_refused(works):
    number = works.running()
    days = days_of(works, number)

    with pytest.raises(UnableToBuildError, match="不合理"):
        works.reach(number, "survey", BEGAN - timedelta(days=4000))
    for wrong in (date(1950, 1, 1), date(2100, 1, 1)):
        with pytest.raises(UnableToBuildError, match="不合理"):
            works.propose(number, {**days, "energise": wrong}, min(wrong, BEGAN))
    with pytest.raises(UnableToBuildError, match="不合理"):
        works.report(number, milestone="land", blocks_from_on=date(1, 1, 1))


def test_a_change_of_the_task_force_waits_for_its_day(works, town):
    number = works.opened()
    works.seat(number, organisation="天荒坪镇 副镇长")
    ahead = TODAY + timedelta(days=30)

    with pytest.raises(UnableToBuildError, match="不能晚于今天"):
        works.seat(number, organisation="天荒坪镇 镇长", from_on=ahead)
    seat = Member.objects.get(project__number=number)
    with pytest.raises(UnableToBuildError, match="不能晚于今天"):
        keeping.leave(number=number, member=seat.pk, on=ahead, by=works.desk, at=NOON)
    for unit in ("NOWHERE", "S2"):
        with pytest.raises(InvalidInputError, match="没有这个单位"):
            works.seat(number, organisation="外单位", unit=unit)
    assert card(number, by=works.desk, on=TODAY).row.leader == "天荒坪镇 副镇长"


def test_names_of_what_a_step_waits_for_are_translated_one_by_one(works):
    steps = {row.code: row for row in card(works.opened(), by=works.desk, on=TODAY).steps}
    start = steps["start"]

    assert len(start.after) == 2
    english = {start.after[0]: "A", start.after[1]: "B", "、": ", "}
    assert start.after_words.said(lambda words: english.get(words, words)) == "A, B"
