"""The address of a form leads to the page that the form stands on."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver, resolve

from dianliang.faces.ui.ways_back import is_shown, page_of
from tests.faces.routes import walk

FACES = {"portal", "console", "field", "board", "ui"}
OF_TOP = {"home", "portal:home", "console:board"}
"""Pages that only their own forms may lead to."""
FORMS_OF_THE_QUEUE = {"console:bulk", "console:keep_filter", "console:change_filter"}


def sent_to():
    for name, route, view in walk(get_resolver().url_patterns):
        if name.partition(":")[0] in FACES and not is_shown(view):
            path = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: "1" if m[1] == "int" else "x", route)
            yield name, path


def test_every_form_has_a_page_above_it():
    forms = dict(sent_to())
    pages = {name: resolve(page_of(path)) for name, path in forms.items()}

    assert all(is_shown(page.func) for page in pages.values())
    lost = {name for name, page in pages.items() if page.view_name in OF_TOP}
    assert lost == FORMS_OF_THE_QUEUE


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/console/ledgers/points/JS-1/do/refuse/?on=3", "/console/ledgers/points/JS-1/?on=3"),
        ("/console/rosters/ZB-1/swaps/HB-1/agree/", "/console/rosters/ZB-1/"),
        ("/console/villages/V1/photos/t/remove/", "/console/villages/V1/"),
        ("/n/secret/say/", "/n/secret/"),
        ("/join/N-1/", "/post/"),
    ],
)
def test_who_looks_at_the_address_of_a_form_sees_its_page(path, to):
    answer = Client().get(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, to)
    assert Client().put(path).status_code == 405
