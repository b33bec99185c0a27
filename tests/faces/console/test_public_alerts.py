"""The pages of public alerts, and a desk that takes one in and calls whom it concerns."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dianliang.domain.incidents.models import PublicAlert
from dianliang.faces.ui.requests import now
from dianliang.integrations.cap.writing import moment
from dianliang.kernel.actor import Role
from tests.flows.test_care import customer
from tests.town import PASSWORD

CASES = Path(__file__).parents[2] / "cases" / "cap"


def file(name, folder="good", **changes):
    text = (CASES / folder / name).read_text(encoding="utf-8")
    for old, new in changes.items():
        text = re.sub(rf"<{old}>[^<]*</{old}>", f"<{old}>{new}</{old}>", text)
    return SimpleUploadedFile(name, text.encode(), "application/xml")


@pytest.fixture
def desk(town):
    town.user("desk", Role.DISPATCHER, "S1")
    client = Client()
    client.login(username="desk", password=PASSWORD)
    return client


def post(client, *files):
    return client.post(reverse("console:public_alerts"), {"files": files}, follow=True)


def test_a_desk_takes_an_alert_in_and_calls_whom_it_concerns(desk, town):
    customer(town, "KH1", lat=30.60, lon=119.60)
    sent, expires = (now() + timedelta(hours=hours) for hours in (-1, 12))
    answer = post(desk, file("rainstorm.xml", sent=moment(sent), expires=moment(expires)))
    alert = PublicAlert.objects.get()

    assert "暴雨红色预警" in answer.text
    assert "特殊客户 1 户" in answer.text
    read = desk.post(reverse("console:public_alert_read", args=[alert.number]), follow=True)
    assert "已确认收到" in read.text
    listed = desk.post(reverse("console:public_alert_call", args=[alert.number]), follow=True)
    assert listed.redirect_chain[-1][0].startswith("/console/care/alerts/")
    shown = desk.get(reverse("console:public_alert", args=[alert.number]))
    assert "去联系清单" in shown.text


def test_every_fault_of_every_file_is_shown_and_nothing_is_kept(desk):
    answer = post(desk, file("rainstorm.xml"), file("many_at_once.xml", "bad"))

    assert answer.status_code == 422
    for words in ("many_at_once.xml alert/sent", "alert/scope", "polygon[1]"):
        assert words in answer.text
    assert not PublicAlert.objects.exists()


def test_no_file_is_asked_for(desk):
    assert "请选择预警文件" in desk.post(reverse("console:public_alerts")).text


def test_the_original_is_never_shown_as_a_page(desk):
    post(desk, file("rainstorm.xml"))
    answer = desk.get(reverse("console:public_alert_file", args=[PublicAlert.objects.get().number]))

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


def test_markup_in_an_alert_is_text(desk):
    post(desk, file("rainstorm.xml", headline="&lt;script&gt;alert(1)&lt;/script&gt;"))

    page = desk.get(reverse("console:public_alert", args=[PublicAlert.objects.get().number]))
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


@pytest.mark.parametrize("view", ["now", "waiting", "all", "x"])
def test_lists_take_few_queries(desk, view, django_assert_max_num_queries):
    post(desk, file("rainstorm.xml"), file("update.xml"), file("cancel.xml"))

    with django_assert_max_num_queries(14):
        assert desk.get(reverse("console:public_alerts"), {"view": view}).status_code == 200


def test_an_exercise_says_so(desk):
    post(desk, file("exercise_utc.xml"))

    page = desk.get(reverse("console:public_alert", args=[PublicAlert.objects.get().number]))
    assert "不是真实预警" in page.text
