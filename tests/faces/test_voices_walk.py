"""An employee's appeal is nowhere but with its handler: what is open to all is opened to look.

What needs an account is looked at where the matrix of access opens it.
"""

import pytest
from django.test import Client
from django.urls import reverse

from dianliang.domain.intake import search
from dianliang.domain.intake.models import Need, Suggestion
from dianliang.faces.ui.requests import now
from dianliang.flows import hot
from dianliang.kernel.actor import SYSTEM, Role
from tests.faces.test_access import APPEAL_SEARCH, ROUTES, program
from tests.honourworld import SEARCHED, Honoured, shown_of_letter, write_letter


@pytest.fixture
def letter(town):
    """A letter at the alliance's own desk, and one ordinary need with like words."""
    world = Honoured(town, now())
    world.handler("LM")
    world.town.post("余村村停电了", area_code="V1", at=now())
    write_letter("LM", now())
    return world


def test_no_public_page_or_open_interface_shows_an_appeal(letter):
    robots = [Client(), program(letter.town, Role.DISPATCHER, "LM")]
    for client in robots:
        for name, path, _ in ROUTES:
            if "<" not in path and name.startswith(("portal:", "api:", "v1:")):
                assert not shown_of_letter(client.get(f"/{path}")), name
                searched = client.get(f"/{path}?{APPEAL_SEARCH}")
                assert not shown_of_letter(searched, searched=True), name
    listed = robots[1].get(reverse("v1:list_needs"))
    assert listed.status_code == 200


def test_neither_hot_issues_nor_search_nor_learning_hear_of_it(letter):
    """What reads needs in the background has one need to read: the ordinary one."""
    (need,) = Need.objects.all()

    run = hot.look(by=SYSTEM, at=now())

    assert run.reports == 1
    assert search.matching(SEARCHED) == []
    assert search.matching("停电") == [need.pk]
    assert {row.need_id for row in Suggestion.objects.all()} == {need.pk}
