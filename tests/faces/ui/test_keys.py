"""A form that is pressed twice acts once; changed, it is another form."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dianliang.core.models import IdempotencyRecord
from dianliang.domain.talks.models import Promise, Talk
from dianliang.domain.voices.models import Voice
from dianliang.faces.ui.keys import press_once
from dianliang.faces.ui.requests import now
from dianliang.flows.talks import leading
from tests.honourworld import APPEAL, Honoured
from tests.town import PASSWORD

KEY = "k" * 32


@pytest.fixture
def world(town):
    return Honoured(town, now())


def come_in(actor):
    client = Client()
    client.login(username=actor.id.removeprefix("user:"), password=PASSWORD)
    return client


@pytest.mark.django_db
def test_a_talk_and_a_promise_are_written_once(world):
    talk, leader, member = world.led()
    due = f"{world.on}"
    leading.hold(
        number=talk.number, held_on=world.on, notes="聊过", due_on=world.on, by=leader, at=world.at
    )
    client = come_in(leader)
    asked = {"person": member.person_number, "occasion": "regular", "planned_on": due, "key": KEY}

    first, again, other = (
        client.post("/console/talks/new/", {**asked, "purpose": purpose}).url
        for purpose in ("聊聊近况", "聊聊近况", "聊聊家里")
    )
    promise = {"words": "调到晚班", "whose": "leader", "due_on": due, "key": KEY}
    for _ in range(2):
        assert client.post(f"/console/talks/{talk.number}/promise/", promise).status_code == 302

    assert (first == again, first == other, Talk.objects.count()) == (True, False, 3)
    assert Promise.objects.count() == 1


@pytest.mark.django_db
def test_an_interview_is_written_once_and_nothing_of_it_is_kept_with_the_key(world):
    _, handler = world.handler()
    client = come_in(handler)
    heard = {"desk": "S1", "topic": "life", "words": APPEAL, "name": "丙某", "key": KEY}

    told = {client.post("/console/voices/interview/", heard).url for _ in range(2)}

    assert len(told) == Voice.objects.count() == 1
    (kept,) = IdempotencyRecord.objects.filter(scope="voices.interview")
    assert APPEAL not in f"{kept.answer}"
    assert KEY not in kept.key


@pytest.mark.django_db
def test_another_file_makes_another_form_and_is_kept_too(rf):
    """Whoever goes back to send the right file finds the key of the wrong one in the page."""
    kept = []

    def press(content):
        sent = {"key": KEY, "words": "纪要", "file": SimpleUploadedFile("a.pdf", content)}
        request = rf.post("/console/somewhere/", sent)
        request.user = AnonymousUser()
        press_once(request, "test", lambda: kept.append(request.FILES["file"].read()), at=now())

    for content in (b"wrong", b"wrong", b"right"):
        press(content)

    assert kept == [b"wrong", b"right"]
