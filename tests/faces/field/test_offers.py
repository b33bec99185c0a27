"""A crew grabs and bids on its phone, and sees nothing that is not for its teams."""

from datetime import timedelta

import pytest

from dianliang.domain.catalog.models import Element, Service
from dianliang.domain.programs.models import Bid, Offer, ServiceWay
from dianliang.faces.ui.requests import now
from dianliang.flows.activities import offering
from dianliang.kernel.actor import Actor, Role
from tests import fieldworld

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(client):
    """The captain of team XH, logged in, on the day of today."""
    world = fieldworld.build(today=now().date(), at=now())
    client.force_login(world.people["P1"].user)
    service = Service.objects.create(code="S", name="安检", element=Element.POWER)
    for way in ("grab", "bid"):
        ServiceWay.objects.create(service=service, way=way)
    return client, world


def offer(world, way):
    desk = Actor(id="d", name="党建", role=Role.PARTY_AFFAIRS, unit_path="/", unit_code="AJ01")
    start = now() + timedelta(days=4)
    asked = offering.Asked(
        service_code="S",
        way=way,
        title=f"茶厂{way}",
        unit_code="AJ01",
        area_code="330523001",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
    )
    return offering.open_offer(asked=asked, by=desk, at=now())


def test_a_captain_grabs_one_offer_and_bids_for_another(crew):
    client, world = crew
    first, second = offer(world, "grab"), offer(world, "bid")
    page = client.get("/field/offers/").content.decode()
    assert "薪火队抢单" in page
    assert "连心桥队" not in page

    client.post("/field/offers/", {"number": first.number, "team": "XH", "act": "grab"})
    sealed = {"number": second.number, "team": "XH", "act": "bid", "words": "带梯子"}
    refused = client.post("/field/offers/", {**sealed, "people": "三"})
    assert (refused.status_code, 'value="三"' in refused.content.decode()) == (422, True)
    client.post("/field/offers/", {**sealed, "people": "3"})

    assert Offer.objects.get(pk=first.pk).team.code == "XH"
    assert Bid.objects.get().people == 3
    other = {"number": second.number, "team": "LX", "act": "bid", "people": "2", "words": "我们"}
    assert client.post("/field/offers/", other).status_code == 422
    assert client.post("/field/offers/", {**other, "number": "GY-none"}).status_code == 404
