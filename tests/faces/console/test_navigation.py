"""The bars of the console lead everybody to what is his, and nowhere else."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dianliang.faces.console.navigation import ENTRIES, bars
from dianliang.kernel.actor import Role


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.ALLIANCE_UNIT, Role.ADMINISTRATOR])
def test_every_link_opens_for_the_one_who_sees_it(role, town):
    client = Client()
    client.force_login(town.user("reader", role))
    for entry in bars(role=role, page="console:board").top:
        section = bars(role=role, page=page_of(entry.address)).section
        for link in (entry, *section):
            assert client.get(link.address, follow=True).status_code == 200, link.address


def page_of(address):
    from django.urls import resolve

    return resolve(address).view_name


@translation.override("zh-hans")
def test_a_section_shows_its_pages_and_where_one_is():
    care = bars(role=Role.DISPATCHER, page="console:care_file")
    assert [link.label for link in care.top if link.is_here] == ["村网"]
    assert [link.label for link in care.section if link.is_here] == ["特殊客户"]
    assert bars(role=Role.DISPATCHER, page="console:plans").section == ()


def test_no_key_opens_two_pages():
    keys = [e.key for entry in ENTRIES for e in (entry, *entry.section) if e.key]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("role", [*Role])
def test_the_bar_on_top_has_no_more_than_fits_one_row(role):
    assert len(bars(role=role, page="console:claims").top) <= 14


def test_a_key_opens_its_page_from_every_section():
    for page in ("console:board", "console:care", "console:claims"):
        found = bars(role=Role.DISPATCHER, page=page)
        keys = [link.key for link in (*found.top, *found.section, *found.keyed) if link.key]
        assert sorted(keys) == list("1234567"), page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "leads"), [(Role.COMMANDER, True), (Role.AUDITOR, True), (Role.ADMINISTRATOR, False)]
)
def test_the_page_where_a_commander_lands_leads_to_the_incidents(role, leads, town):
    client = Client()
    client.force_login(town.user("reader", role))

    landed = client.get(reverse("home"), follow=True)

    assert (f'href="{reverse("console:incidents")}"' in landed.text) is leads
