"""What people ask for becomes an issue, what meetings resolve becomes its task, answers go back."""

from datetime import timedelta

import pytest

from dianliang.domain.grid_projects.operations.projects import UnableToBuildError
from dianliang.domain.grid_projects.queries.issues import issue_of_need, issue_page
from dianliang.domain.intake.models import Message
from dianliang.flows.grid_projects import issues as flow
from dianliang.flows.grid_projects.needs import offer_of
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.partyworld import Party
from tests.projectworld import Works
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def test_a_need_becomes_an_issue_and_hears_how_it_was_solved(town):
    works = Works(town)
    number = works.running()
    need = town.post("施工把田埂压坏了", area_code="V1")
    issue = works.report(number, need=need.number)

    for verb, words in (("accept", ""), ("handle", ""), ("solve", "田埂已修复，补偿到位")):
        issue = works.act(issue, verb, words)
    works.act(issue, "verify", by=works.second)

    told = list(Message.objects.filter(need=need, is_internal=False).values_list("text", flat=True))
    assert any(issue.number in text for text in told)
    assert issue.number in told[-1]
    assert not any("补偿到位" in text for text in told)  # the desk's own words stay inside
    assert issue_of_need(need.number) == issue
    with pytest.raises(UnableToBuildError, match="已经转为"):
        works.report(number, need=need.number)


def test_an_issue_of_another_village_or_another_need_is_refused(town):
    works = Works(town)
    number = works.running()

    with pytest.raises(InvalidInputError, match="工程涉及的村"):
        works.report(number, area="V3")
    foreign = town.post("停电了", area_code="V3")
    with pytest.raises(NotVisibleError):
        works.report(number, need=foreign.number)


def test_a_resolution_of_a_joint_meeting_becomes_the_task_of_an_issue(town):
    works = Works(town)
    issue = works.report(works.running())
    party = Party(town, NOON)
    branch = party.branch("S1P", "S1")
    person = party.person("任务人", "S1", branch)
    clerk, resolution = party.clerk(), party.task(party.meeting(), person).resolution

    task = flow.resolve_by_task(
        number=issue.number,
        resolution=resolution.number,
        title="",
        person=person.number,
        due_on=TODAY + timedelta(days=10),
        by=clerk,
        at=NOON,
    )

    page = issue_page(issue.number, by=works.desk, at=NOON, on=TODAY)
    assert page.links == (("task", task.number),)
    assert issue.number in task.title


def test_an_issue_is_handed_to_another_unit_by_the_desk_with_a_reason(town):
    works = Works(town)
    issue = works.report(works.running())

    for actor in (town.actor("S2"), town.actor("WTR", Role.ALLIANCE_UNIT)):
        with pytest.raises(NotVisibleError):
            flow.hand_to(number=issue.number, unit="WTR", words="水管迁改", by=actor, at=NOON)
    flow.hand_to(number=issue.number, unit="WTR", words="水管迁改", by=works.desk, at=NOON)

    issue.refresh_from_db()
    assert issue.unit == town.units["WTR"]
    assert issue.notes.get().words == "水管迁改"
    assert issue_page(issue.number, by=town.actor("WTR", Role.ALLIANCE_UNIT), at=NOON, on=TODAY)


def test_a_need_offers_the_projects_at_its_place_until_it_is_an_issue(town):
    works = Works(town)
    number = works.running()
    near = town.post("施工把田埂压坏了", area_code="V1")
    far = town.post("停电了", area_code="V3")

    assert offer_of(near.number, by=works.desk).projects == ((number, "余村线改造"),)
    assert offer_of(far.number, by=town.actor("S2")).projects == ()
    with pytest.raises(NotVisibleError):
        offer_of(near.number, by=town.actor("S2"))
    issue = works.report(number, need=near.number)
    assert offer_of(near.number, by=works.desk).issue == issue.number
