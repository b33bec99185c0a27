"""An employee's appeal is nowhere but with its handler: what needs no number is opened to look."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from dianliang.domain.intake import search
from dianliang.domain.intake.models import Need, Suggestion
from dianliang.domain.voices.models import Voice
from dianliang.faces.ui.requests import now
from dianliang.flows import hot
from dianliang.flows.voices import mailbox
from dianliang.kernel.actor import SYSTEM, Role
from tests.faces.test_access import GUARDED, ROUTES, STAFF, log_in, program
from tests.honourworld import Honoured

CANARY = "余村村停电了三天食堂没饭吃暗号紫罗兰"
"""Words of which everything that reads needs would make something: a place, an outage."""
KEPT_FROM = (CANARY, "紫罗兰", "轩辕寄信")


@pytest.fixture
def letter(town):
    """A letter at the alliance's own desk, and one ordinary need with like words."""
    world = Honoured(town, now())
    world.handler("LM")
    world.town.post("余村村停电了", area_code="V1")
    written = mailbox.Written(
        desk="LM", topic="life", words=CANARY, name="轩辕寄信", contact="19900001111"
    )
    token = "walk-token-00000001"
    mailbox.write(written=written, key="w" * 20, token=token, admit=lambda: None, at=now())
    return world


def words_of(answer):
    """Return what an answer says; of a workbook what its sheets say."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", "replace")


def assert_clean(client, path, where):
    """Look at a page as it is, and searched for a part of the words, which it may repeat.

    Nothing can be searched for on a page that has not even looked at what it was asked.
    """
    answer = client.get(f"/{path}")
    told = words_of(answer)
    assert not [word for word in KEPT_FROM if word in told], where
    if "GET" not in vars(answer.wsgi_request):
        return
    searched = words_of(client.get(f"/{path}?q=紫罗兰&words=紫罗兰&tab=all&view=all"))
    assert not [word for word in (CANARY, "轩辕寄信") if word in searched], where


@pytest.mark.row("000-25")
@pytest.mark.parametrize("role", STAFF)
def test_no_page_list_or_file_shows_an_appeal_to_any_role(letter, role):
    """Whoever looks, with the widest reach and searching for its very words, finds nothing."""
    client = log_in(letter.town, role, "LM")
    seen = [
        (name, path)
        for name, path, view in GUARDED
        if "<" not in path and role in view.required_roles
    ]
    assert seen
    for name, path in seen:
        assert_clean(client, path, name)
    number = Voice.objects.get().number
    for name in ("console:voice", "console:need"):
        kwargs = {"number": number}
        assert client.get(reverse(name, kwargs=kwargs)).status_code == 404


def test_no_public_page_or_open_interface_shows_an_appeal(letter):
    robots = [Client(), program(letter.town, Role.DISPATCHER, "LM")]
    for client in robots:
        for name, path, _ in ROUTES:
            if "<" not in path and name.startswith(("portal:", "api:", "v1:")):
                assert_clean(client, path, name)
    listed = robots[1].get(reverse("v1:list_needs"))
    assert listed.status_code == 200


def test_neither_hot_issues_nor_search_nor_learning_hear_of_it(letter):
    """What reads needs in the background has one need to read: the ordinary one."""
    (need,) = Need.objects.all()

    run = hot.look(by=SYSTEM, at=now())

    assert run.reports == 1
    assert search.matching("紫罗兰") == []
    assert search.matching("停电") == [need.pk]
    assert {row.need_id for row in Suggestion.objects.all()} == {need.pk}
