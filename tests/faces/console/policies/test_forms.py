"""What the forms of policy lists and outreach send."""

from django.http import QueryDict
from django.urls import reverse

from dianliang.domain.outreach.models import Outreach
from dianliang.domain.policies.models import PolicyList
from dianliang.faces.console.policies.duties import STEPS
from dianliang.kernel.actor import Role
from tests.town import PASSWORD


def test_evidence_is_found_however_much_there_is():
    _step, read = STEPS["withdraw"]

    assert read(QueryDict("evidence=100001")) == {"evidence": 100001}


def test_a_form_that_is_pressed_twice_makes_one(client, town):
    town.user("party", Role.PARTY_AFFAIRS, "S1")
    client.login(username="party", password=PASSWORD)
    sent = {
        "title": "支持复工",
        "short_name": "六条",
        "unit": "S1",
        "source": "省公司",
        "issued_on": "2026-01-01",
        "purpose": "告知",
        "basis": "service",
        "quiet_from": "20:00",
        "quiet_until": "08:00",
        "key": "a" * 32,
    }
    for _press in range(2):
        client.post(reverse("console:policy_new"), sent)
        client.post(reverse("console:outreach_new"), {**sent, "source": "contacts"})

    assert (PolicyList.objects.count(), Outreach.objects.count()) == (1, 1)
