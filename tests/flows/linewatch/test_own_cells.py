"""A steward's own list: events of his cells, answered from it where nobody was sent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.linewatch.models import Event
from dianliang.flows.linewatch import own_cells
from dianliang.flows.linewatch.own_cells import AnswerOnSiteError
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.town import NOON
from tests.watchworld import happened, registered, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
LATER = NOON + timedelta(minutes=5)


def holder(town, **changed):
    """Return the steward of 余村, logged in on his phone."""
    person = steward(town)
    actor = replace(town.actor("S1", Role.STEWARD), person_number=person.number)
    return replace(actor, **changed)


def numbers(by):
    return [one.row.number for one in own_cells.waiting(by=by, at=LATER).rows]


def said(event, by, verdict="FALSE"):
    return own_cells.answer(number=event.number, verdict=verdict, note="风吹草动", by=by, at=LATER)


def test_a_steward_finds_the_unanswered_events_of_his_cell_and_answers_one(town):
    camera, by = registered(town), holder(town)
    first = happened(camera, warning="console")
    second = happened(camera, warning="voice", at=NOON + timedelta(minutes=1))

    assert numbers(by) == [second.number, first.number]

    said(first, by)
    kept = Event.objects.get(pk=first.pk)
    assert (kept.status, kept.note, kept.answered_by) == ("FALSE", "风吹草动", by.name)
    assert numbers(by) == [second.number]
    with pytest.raises(NotVisibleError):
        said(first, by, "TRUE")


@pytest.mark.parametrize(
    "changed",
    [
        {"person_number": "XH-2"},
        {"person_number": ""},
        {"role": Role.DISPATCHER},
        {"role": Role.RESIDENT},
    ],
)
def test_nobody_else_finds_answers_or_looks_at_them(town, changed):
    camera, by = registered(town), holder(town, **changed)
    event = happened(camera, warning="console", pictured=True)

    assert numbers(by) == []
    for ask in (said, lambda one, who: own_cells.picture(number=one.number, by=who, at=LATER)):
        with pytest.raises(NotVisibleError):
            ask(event, by)
    assert Event.objects.get(pk=event.pk).status == "WAITING"


def test_a_steward_of_another_village_sees_nothing_of_this_one(town):
    person = steward(town, village="V2")
    by = replace(town.actor("S1", Role.STEWARD), person_number=person.number)
    happened(registered(town), warning="console")

    assert numbers(by) == []


def test_where_somebody_was_sent_the_answer_is_given_on_the_spot(town):
    camera, by = registered(town), holder(town)
    event = happened(camera, warning="steward")

    (own,) = own_cells.waiting(by=by, at=LATER).rows
    assert own.is_walk_open
    with pytest.raises(AnswerOnSiteError):
        said(event, by)
    assert Event.objects.get(pk=event.pk).status == "WAITING"


def test_who_looked_at_a_picture_is_on_record(town):
    camera, by = registered(town), holder(town)
    event = happened(camera, warning="console", pictured=True)

    assert own_cells.picture(number=event.number, by=by, at=LATER)[:2] == b"\xff\xd8"
    (look,) = AuditEvent.objects.filter(verb="linewatch.event.look")
    assert (look.target_id, look.actor_name, look.after) == (event.number, by.name, "snapshot")


def test_twelve_events_cost_as_many_queries_as_two(town, django_assert_num_queries):
    camera, by = registered(town), holder(town)
    for begin, end in ((0, 2), (2, 12)):
        for minutes in range(begin, end):
            happened(camera, warning="console", at=NOON + timedelta(minutes=minutes))
        with django_assert_num_queries(10):
            assert len(own_cells.waiting(by=by, at=LATER).rows) == end
