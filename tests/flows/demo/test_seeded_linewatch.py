"""The demo's cameras under lines: the steward who logs in has events of his own to answer."""

import pytest

from dianliang.core.models import User
from dianliang.domain.linewatch.models import Camera, Event
from dianliang.domain.linewatch.spot_models import Speaker
from dianliang.domain.workforce.models import Person
from dianliang.flows.linewatch import own_cells
from dianliang.kernel.actor import Actor, Role

pytestmark = pytest.mark.django_db


def test_the_demos_steward_finds_events_of_his_own_village(demo):
    person = Person.objects.get(user=User.objects.get(username="steward"))
    by = Actor(id="user:steward", name=person.name, role=Role.STEWARD, person_number=person.number)
    latest = Event.objects.order_by("-happened_at")[0]

    rows = own_cells.waiting(by=by, at=latest.happened_at).rows

    assert [row.is_walk_open for row in rows] == [False, False]
    assert all(row.row.is_generated and row.row.has_snapshot for row in rows)


def test_a_horn_stands_beside_a_camera_and_all_of_it_says_that_it_is_generated(demo):
    assert Camera.objects.count() == 2
    assert all(Camera.objects.values_list("is_generated", flat=True))
    assert "演示" in Speaker.objects.get().name
