"""Two people decide the same need at the same moment: one wins, the other is told."""

import pytest

from dianliang.core.models import AuditEvent, BackgroundJob
from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.models import Decision
from dianliang.flows import hot, learning
from dianliang.flows.reviewing import choosing, doubts
from dianliang.flows.reviewing.queue import View
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import StaleStateError
from tests import town as town_builder
from tests.meeting import while_open
from tests.town import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(transactional_db):
    town = town_builder.build()
    return town, town.actor("S1", Role.DISPATCHER), town.actor("AJ", Role.ADMINISTRATOR)


def choose(need, service, by, view=View.FIRST):
    return choosing.choose(number=need.number, service=service, view=view, by=by, at=NOON)


def test_a_category_is_decided_first_by_one_of_two(two):
    town, one, other = two
    need = town.post("余村村停电了", area_code="V1")

    outcomes = while_open(
        lambda: choose(need, "PWR-OUTAGE", one), lambda: choose(need, "PWR-OUTAGE", other)
    )

    assert outcomes[0] is None
    assert isinstance(outcomes[1], StaleStateError)
    assert Decision.objects.filter(suggestion__need=need, aspect=Aspect.SERVICE).count() == 1


def test_there_is_one_second_opinion(two):
    town, one, other = two
    need = town.post("余村村停电了", area_code="V1")
    choose(need, "PWR-OUTAGE", town.actor("LM", Role.DISPATCHER))

    outcomes = while_open(
        lambda: choose(need, "PWR-OUTAGE", one, View.SECOND),
        lambda: choose(need, "PWR-LIGHT", other, View.SECOND),
    )

    assert isinstance(outcomes[1], StaleStateError)
    assert Decision.objects.filter(suggestion__need=need, aspect=Aspect.SECOND).count() == 1


def test_what_is_taken_back_twice_is_taken_back_once(two):
    town, one, _ = two
    need = town.post("余村村停电了", area_code="V1")
    made = choose(need, "PWR-OUTAGE", one)

    def back():
        choosing.take_back(choice=made, by=one, at=NOON)

    outcomes = while_open(back, back)

    assert outcomes[0] is None
    assert outcomes[1] is not None
    assert AuditEvent.objects.filter(verb="intake.need.take_back").count() == 1


def test_needs_are_settled_once(two):
    town, one, admin = two
    need = town.post("余村村停电了", area_code="V1")
    choose(need, "PWR-OUTAGE", one)

    def settle():
        doubts.settle(
            numbers=(need.number,), service_code="PWR-LIGHT", reason="同一说法", by=admin, at=NOON
        )

    while_open(settle, settle)

    assert Decision.objects.filter(suggestion__need=need, chosen="PWR-LIGHT").count() == 1


@pytest.mark.parametrize(
    ("order", "kind"), [(learning.order, learning.LEARN), (hot.order, hot.LOOK)]
)
def test_what_is_ordered_twice_at_once_is_done_once(two, order, kind):
    outcomes = while_open(
        lambda: order(by=SYSTEM, at=NOON),
        lambda: order(by=SYSTEM, at=NOON),
    )

    assert outcomes[0] is None
    assert outcomes[1] is not None
    assert BackgroundJob.objects.filter(kind=kind).count() == 1


@pytest.mark.parametrize(
    ("order", "kind"), [(learning.order, learning.LEARN), (hot.order, hot.LOOK)]
)
def test_when_it_has_ended_it_can_be_ordered_again(two, order, kind):
    order(by=SYSTEM, at=NOON)
    BackgroundJob.objects.filter(kind=kind).update(status=BackgroundJob.Status.FAILED)

    order(by=SYSTEM, at=NOON)

    assert BackgroundJob.objects.filter(kind=kind).count() == 2
