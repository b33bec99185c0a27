"""What everybody sees of a base, and the screen that plays by itself (000-04)."""

import re

import pytest

from dianliang.domain.venues.models import Site
from tests.flows.bases.things import notice


@pytest.fixture
def shown(town):
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    notice(town, words="\n".join(f"第{n}条，请注意用电安全。" for n in range(20)))
    return town


@pytest.mark.row("000-04")
def test_a_screen_shows_its_pages_to_anybody_without_a_script_in_the_page(shown, client):
    page = client.get("/screen/FW-001/").content.decode()

    assert page.count("data-slide ") == 4  # three pages of the standard, one of the week
    assert page.count("is-shown") == 1
    assert re.findall(r"<script(?![^>]*src=)", page) == []
    assert "style=" not in page
    assert '<noscript><meta http-equiv="refresh" content="15; url=?page=1"></noscript>' in page


def test_a_screen_without_scripts_asks_for_one_page_after_the_other(shown, client):
    for asked, following in (("3", "0"), ("7", "0"), ("x", "1"), ("", "1"), ("²", "1")):
        page = client.get("/screen/FW-001/", {"page": asked}).content.decode()
        assert f"url=?page={following}" in page, asked
        assert page.count("is-shown") == 1


def test_the_worker_keeps_the_files_of_the_screen(client, db):
    answer = client.get("/screen/worker.js")

    assert answer["Content-Type"] == "text/javascript"
    assert "portal/screen" in answer.content.decode().splitlines()[0]
    assert answer["Cache-Control"] == "no-cache"


def test_a_base_that_is_not_there_is_not_found(client, db):
    for address in ("/bases/NOPE/", "/screen/NOPE/", "/screen/NOPE/photos/x/"):
        assert client.get(address).status_code == 404


def test_the_public_page_says_when_nobody_wrote_the_hours_down(shown, client):
    page = client.get("/bases/FW-001/").content.decode()

    assert "还没有登记开放时间" in page
    assert "便民服务标准" in page
