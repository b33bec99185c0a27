"""Two desks at the same moment: nothing is left open in what the other one closes."""

import pytest

from dianliang.domain.branches.models import AgendaItem, Belonging, Branch, Pairing, Resolution
from dianliang.domain.branches.operations import meetings, register
from dianliang.domain.branches.operations.meetings import UnableToMeetError
from dianliang.domain.branches.operations.register import UnableToRegisterError
from dianliang.domain.branches.operations.terms import UnableToPairError
from tests import town as town_builder
from tests.meeting import while_open
from tests.partyworld import Party
from tests.town import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def party(transactional_db):
    return Party(town_builder.build(), NOON)


def test_nothing_is_resolved_in_a_meeting_that_is_being_closed(party):
    held = party.meeting()
    item = AgendaItem.objects.select_related("meeting").get(meeting=held)
    by = party.clerk()
    meetings.resolve(item=item, words="知悉", no_task_reason="无需立项", by=by, at=NOON)

    outcomes = while_open(
        lambda: meetings.close(meeting=held, by=by, at=NOON),
        lambda: meetings.resolve(item=item, words="另议", no_task_reason="", by=by, at=NOON),
    )

    assert outcomes[0] is None
    assert isinstance(outcomes[1], UnableToMeetError)
    assert Resolution.objects.count() == 1


def test_nobody_joins_a_branch_that_is_being_dissolved(party):
    party.branch("B1", "S1")
    person, by = party.person("新人", "S1"), party.clerk()
    first, second = (Branch.objects.select_related("unit").get(unit__code="B1") for _ in "ab")

    outcomes = while_open(
        lambda: register.dissolve(branch=first, on=party.on, reason="合并", by=by, at=NOON),
        lambda: register.transfer(
            person=person, branch=second, from_on=party.on, reason="转入", by=by, at=NOON
        ),
    )

    assert outcomes[0] is None
    assert isinstance(outcomes[1], UnableToRegisterError)
    assert not Belonging.objects.exists()


def test_a_pairing_pressed_twice_is_prepared_once(party):
    branch = party.branch("B1", "S1")

    outcomes = while_open(lambda: party.pairing(branch), lambda: party.pairing(branch))

    assert outcomes[0] is None
    assert isinstance(outcomes[1], UnableToPairError)
    assert Pairing.objects.count() == 1
