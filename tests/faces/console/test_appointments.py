"""While the caller is on the line: the times that suit, one chosen, and kept with his need."""

import re

import pytest

from dianliang.domain.intake.models import Need
from tests.faces.console.test_planning import desk, planned
from tests.flows.planning.test_planning import job

__all__ = ["desk"]
KNOWN = {"service_code": "PWR-METER", "area_code": "V1"}


@pytest.fixture
def published(desk, town):
    town.team("C", "S1", "repair", "meter")
    plan = planned(desk, [job(town), job(town, area="V2")], teams=("A", "C"))
    desk.post(f"/console/plans/{plan.number}/publish/", {"revision": plan.revision})
    return plan


def test_a_time_is_offered_chosen_and_shown_with_the_need(desk, published):
    offer = desk.get("/console/intake/slots/", KNOWN).content.decode()
    choice = re.search(r'name="wish" value="([^"]+)"', offer).group(1)

    sent = desk.post(
        "/console/intake/",
        {**KNOWN, "text": "电表有问题", "key": "k" * 16, "channel": "phone", "wish": choice},
    )

    assert sent.status_code == 302
    assert Need.objects.get().wish_starts_at is not None
    assert "约定上门" in desk.get(sent["Location"]).content.decode()


def test_a_time_that_is_over_is_refused_before_anything_is_stored(desk, published):
    late = "2020-01-01T09:00+08:00/2020-01-01T11:00+08:00"
    sent = desk.post(
        "/console/intake/", {**KNOWN, "text": "电表有问题", "key": "k" * 16, "wish": late}
    )

    assert sent.status_code == 422
    assert "已经过去" in sent.content.decode()
    assert not Need.objects.exists()


def test_without_a_plan_or_a_place_the_form_is_as_it_was(desk, town):
    for asked in (KNOWN, {}, {"service_code": "\x00", "area_code": "\x00"}):
        assert 'name="wish"' not in desk.get("/console/intake/slots/", asked).content.decode()
