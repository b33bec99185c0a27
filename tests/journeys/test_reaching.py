"""A policy becomes a list that units carry out; news to firms becomes counts from receipts.

Both through the pages: the company's office, a station, the platform that sends, and a firm.
"""

import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dianliang.core.models import AuditEvent
from dianliang.domain.outreach.models import Batch, Outreach, Recipient
from dianliang.domain.outreach.phones import token_of
from dianliang.domain.policies.models import PolicyDuty, PolicyList
from dianliang.faces.ui.requests import now, today
from dianliang.integrations.messaging import signing
from dianliang.kernel.actor import Role
from tests.core.test_files import photo
from tests.outreachworld import SECRET, WEBHOOK, channel, firms, gateway, phone, run, table
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


def come_in(town, name, role, unit):
    town.user(name, role, unit)
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


def press(client, name, *args, **sent):
    """Send a form and follow it; whoever is refused is told why."""
    answer = client.post(reverse(name, args=args), sent, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:4000]
    return answer.content.decode()


@pytest.mark.row("002-03")
def test_six_measures_are_handed_to_units_done_with_evidence_and_approved(town):
    office = come_in(town, "party", Role.PARTY_AFFAIRS, "AJ")
    station = come_in(town, "s1", Role.DISPATCHER, "S1")
    press(
        office,
        "console:policy_new",
        title="疫情防控文明实践六条",
        short_name="苏六条",
        unit="AJ",
        source="省公司",
        issued_on=f"{today()}",
    )
    policy = PolicyList.objects.get()
    rows = [
        {"第几条": f"{n}", "措施": f"措施{n}", "完成口径": "是否完成", "完成期限": "2099-12-31"}
        for n in range(1, 7)
    ]
    sheet = reverse("console:policy_act", args=[policy.number, "bring"])
    assert office.post(sheet, {"table": _file(table(rows))}).status_code == 302
    press(office, "console:policy_act", policy.number, "publish")
    press(
        office,
        *("console:policy_act", policy.number, "hand_out"),
        positions=["1", "2", "3", "4", "5", "6"],
        leads=["S1", "S2"],
    )
    duty = PolicyDuty.objects.filter(unit__code="S1").earliest("pk")
    need = town.post(area_code="V1", service_code="PWR-OUTAGE")
    for more in ({"record": need.number}, {"file": _file(photo(), "p.jpg")}):
        press(station, "console:policy_duty_act", duty.number, "prove", words="已张贴", **more)
    press(station, "console:policy_duty_act", duty.number, "report")
    press(office, "console:policy_duty_act", duty.number, "approve")

    page = office.get(reverse("console:policy", args=[policy.number])).content.decode()

    assert page.count(reverse("console:policy_duty", args=[duty.number])) == 1
    assert page.count("已落实") >= 2
    assert PolicyDuty.objects.count() == 12
    shown = office.get(reverse("console:policy_duty", args=[duty.number])).content.decode()
    assert need.number in shown
    for form in ("xlsx", "docx"):
        answer = office.get(reverse("console:policy_export", args=[policy.number, form]))
        assert answer.content.startswith(b"PK")
    told = AuditEvent.objects.filter(target_id=duty.number).order_by("pk")
    assert [event.verb.rpartition(".")[2] for event in told] == [
        *("hand_out", "prove", "prove", "report", "approve"),
    ]


def _file(content, name="t.csv"):
    return SimpleUploadedFile(name, content)


@pytest.mark.row("002-05")
def test_firms_are_told_of_a_policy_and_counted_by_receipts(town, settings):
    office = come_in(town, "party", Role.PARTY_AFFAIRS, "AJ")
    second = come_in(town, "second", Role.DISPATCHER, "AJ")
    firms(town, 6)
    with gateway() as server:
        settings.OUTREACH_HOSTS = [server.host]
        channel(WEBHOOK, server.port)
        press(
            office,
            "console:outreach_new",
            title="临时性电价政策",
            purpose="告知",
            unit="AJ",
            basis="service",
            source="customers",
            kind="enterprise",
            quiet_from="03:00",
            quiet_until="03:01",
        )
        outreach = Outreach.objects.get()
        act = ("console:outreach_act", outreach.number)
        press(office, *act, "word", kind="webhook", text="{名称}请看 {链接}")
        press(office, *act, "prepare")
        assert run(now())
        press(second, *act, "release", channel="C-webhook")
        assert run(now())
    assert server.phones == {phone(n): 1 for n in range(1, 7)}
    assert Batch.objects.filter(handed_at=None).count() == 0

    told = [
        {"id": f"{outreach.number}-{n}-1", "state": state}
        for n, state in enumerate(("delivered", "read", "failed"), start=1)
    ]
    body = json.dumps({"receipts": told}).encode()
    answer = Client().post(
        reverse("api:outreach_receipts", args=["C-webhook"]),
        body,
        content_type="application/json",
        headers={signing.HEADER: signing.sign(body, secret=SECRET, at=now())},
    )
    assert answer.json() == {"new": 3, "known": 0, "unknown": []}
    link = token_of(outreach.number, 4)
    page = Client().get(reverse("portal:outreach", args=[link])).content.decode()
    assert "第4竹业厂请看" in page
    assert "no-referrer" not in page  # a browser would send its forms without an origin: refused
    press(Client(), "portal:outreach_act", link, "confirm")

    shown = office.get(reverse("console:outreach", args=[outreach.number])).content.decode()
    stages = Recipient.objects.order_by("serial").values_list("stage", flat=True)
    assert list(stages) == [3, 4, 2, 5, 2, 2]
    for state in ("3", "4", "5", "-1"):
        people = reverse("console:outreach_people", args=[outreach.number]) + f"?state={state}"
        assert f'href="{people}">1</a>' in shown
        assert "199****" in office.get(people).content.decode()
    record = office.get(reverse("console:outreach_record", args=[outreach.number]))
    book = CalamineWorkbook.from_filelike(BytesIO(record.content))
    cells = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    assert (phone(1) in cells, "199****0001" in cells) == (False, True)
