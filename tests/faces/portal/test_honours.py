"""The mailbox and the public pages of honours: what they take, refuse, and never show."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from dianliang.core.models import AuditEvent
from dianliang.domain.voices.models import Voice
from dianliang.faces.portal import mailbox
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests.honourworld import APPEAL, Honoured
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db
LETTER = {"desk": "S1", "topic": "life", "words": APPEAL, "key": "m" * 20}


@pytest.fixture
def world(town):
    made = Honoured(town, now())
    made.handler()
    return made


def test_a_letter_goes_to_a_page_of_its_own_and_the_same_form_makes_no_second(world, client):
    answer = client.post("/mailbox/", LETTER)
    again = client.post("/mailbox/", LETTER)

    assert (answer.status_code, answer["Location"]) == (302, again["Location"])
    assert Voice.objects.count() == 1
    page = client.get(answer["Location"])
    assert APPEAL in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_who_is_logged_in_writes_as_anonymously_as_anybody(world):
    world.town.user("somebody", Role.DISPATCHER, "S1")
    client = Client()
    client.login(username="somebody", password=PASSWORD)
    before = AuditEvent.objects.count()

    client.post("/mailbox/", LETTER)

    written = AuditEvent.objects.order_by("id")[before:]
    assert {event.actor_id for event in written} == {"employee"}


def test_a_changed_letter_under_an_old_key_is_not_lost(world, client):
    client.post("/mailbox/", LETTER)

    refused = client.post("/mailbox/", {**LETTER, "words": "另一件事"})

    assert refused.status_code == 422
    assert "另一件事" in refused.content.decode()
    key = re.search(r'name="key" value="(\w+)"', refused.content.decode()).group(1)
    assert client.post("/mailbox/", {**LETTER, "words": "另一件事", "key": key}).status_code == 302


def test_what_is_missing_is_said_and_what_was_written_stays(world, client):
    refused = client.post("/mailbox/", {**LETTER, "topic": ""})

    assert refused.status_code == 422
    assert "请选择类别" in refused.content.decode()
    assert APPEAL in refused.content.decode()


def test_a_flood_of_letters_is_slowed_down(world, client, monkeypatch):
    monkeypatch.setattr(mailbox, "MOST_LETTERS", 1)
    client.post("/mailbox/", LETTER)

    answer = client.post("/mailbox/", {**LETTER, "key": "n" * 20, "words": "再写一封"})

    assert answer.status_code == 429
    assert Voice.objects.count() == 1


def test_the_public_pages_open_without_anything_and_know_no_draft(world, client):
    assert client.get("/models/").status_code == 200
    call = world.nominating()
    for name, number in (("honour_notice", call.number), ("model", "RY-1"), ("brand", "PP-1")):
        assert client.get(reverse(f"portal:{name}", args=[number])).status_code == 404
