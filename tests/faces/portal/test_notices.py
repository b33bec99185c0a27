"""Whoever holds a notice sees that it is genuine, and can say with a photo that it is done."""

import pytest

from dianliang.core.models import StoredFile
from dianliang.domain.safety.models import Hazard
from dianliang.faces.portal import notices
from tests import hazards
from tests.browsing import upload
from tests.fieldworld import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def hazard(world):
    (hazard,) = hazards.inspected(world, world.actor("P2"), at=NOON)
    return hazard


def test_a_genuine_notice_is_called_so_and_names_nobody(client, hazard):
    page = client.get(f"/h/{hazard.notice.token}/").content.decode()

    assert "这份通知书是真的" in page
    for known in (hazard.notice.number, hazard.number, hazard.item):
        assert known in page
    for secret in ("王春花", "灶台边插座烧焦", hazard.inspection.visit.job.address):
        assert secret not in page


def test_a_forged_notice_is_called_so(client, db):
    answer = client.get("/h/forged-token-000000/")

    assert answer.status_code == 404
    assert "查无此通知书" in answer.content.decode()


def test_the_customer_says_with_a_photo_that_it_is_done(client, hazard):
    address = f"/h/{hazard.notice.token}/{hazard.number}/claim/"
    refused = client.post(address, {"words": "换了插座"})
    assert refused.status_code == 422
    assert "请附上整改后的照片" in refused.content.decode()
    assert "换了插座" in refused.content.decode()
    answer = client.post(address, {"words": "换了插座", "photo": upload("a.jpg")}, follow=True)

    hazard.refresh_from_db()
    assert "我们会上门复查" in answer.content.decode()
    assert (hazard.status, hazard.claim_words) == ("RECHECK", "换了插座")
    again = client.post(address, {"photo": upload("b.jpg", 9)})
    assert again.status_code == 422
    assert Hazard.objects.get().status == "RECHECK"


def test_a_hazard_of_another_notice_is_not_found_here(client, hazard, world):
    (other,) = hazards.inspected(world, world.actor("P2"), at=NOON, wrong=("H09",))
    address = f"/h/{hazard.notice.token}/{other.number}/claim/"

    assert client.post(address, {"photo": upload("a.jpg")}).status_code == 404


def test_nobody_fills_the_disk_with_claims(client, hazard, monkeypatch):
    monkeypatch.setattr(notices, "MOST_CLAIMS", 1)
    address = f"/h/{hazard.notice.token}/{hazard.number}/claim/"
    client.post(address, {})
    kept = StoredFile.objects.count()
    answer = client.post(address, {"photo": upload("a.jpg")})

    assert "提交太频繁" in answer.content.decode()
    assert StoredFile.objects.count() == kept
