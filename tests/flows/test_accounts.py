"""The first administrator of an installation."""

import pytest

from dianliang.core.models import AuditEvent, User
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.flows import accounts, importing
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import InvalidInputError
from tests.flows.test_importing import AREA_FILE, UNIT_FILE

pytestmark = pytest.mark.django_db
PASSWORD = "a-quite-long-word-7"


def make(noon, password=PASSWORD):
    return accounts.make_administrator(
        username="chief", display_name="", password=password, by=SYSTEM, at=noon
    )


def test_an_empty_installation_gets_an_administrator_who_can_enter(client, noon):
    assert make(noon)

    client.login(username="chief", password=PASSWORD)
    assert client.get("/admin/").status_code == 200
    assert AuditEvent.objects.get(verb="account.administrator").target_id == "chief"


def test_a_second_time_sets_a_new_password_and_adds_no_second_role(client, noon):
    make(noon)

    assert not make(noon, "another-long-word-8")

    assert client.login(username="chief", password="another-long-word-8")
    assert RoleAssignment.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_a_weak_password_opens_no_account(noon):
    with pytest.raises(InvalidInputError):
        make(noon, "12345")

    assert not User.objects.exists()


def test_once_there_are_units_the_administrator_belongs_to_the_topmost(noon):
    make(noon)

    importing.import_county(areas=AREA_FILE, units=UNIT_FILE, by=SYSTEM, at=noon)

    assert RoleAssignment.objects.get().unit.code == "AJ"
    assert set(Unit.objects.values_list("code", flat=True)) == {"AJ", "AJ01"}
