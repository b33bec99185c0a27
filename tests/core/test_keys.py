"""Keys of encrypted columns are replaced while the data stay readable."""

import json

import pytest
from django.db import connection

from dianliang.core import home, keys
from dianliang.core.models import AuditEvent
from dianliang.domain.customers.models import Customer
from dianliang.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def customers(town, settings, tmp_path):
    """Customers sealed with the first key of an installation of their own."""
    path = tmp_path / "secrets.json"
    fresh = home.fresh_secrets()
    path.write_text(json.dumps(fresh))
    settings.SECRETS_FILE = path
    settings.FIELD_KEYS, settings.FIELD_KEY_CURRENT = fresh["field_keys"], "k1"
    for number in range(3):
        Customer.objects.create(
            number=f"K{number}",
            kind="resident",
            name=f"客户{number}",
            phone="19900000001",
            area=town.areas["V1"],
        )


def stored_phones():
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM customers_customer ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_after_a_rotation_everything_is_sealed_anew_and_readable(customers, noon):
    key_id, count = keys.rotate(by=SYSTEM, at=noon)

    assert (key_id, count) == ("k2", 6)
    assert all(value.startswith("k2:") for value in stored_phones())
    assert {c.phone for c in Customer.objects.all()} == {"19900000001"}
    assert AuditEvent.objects.filter(verb="keys.rotate", target_id="k2").exists()


def test_an_old_key_goes_only_when_nothing_needs_it(customers, noon, settings):
    old = dict(settings.FIELD_KEYS)
    before = stored_phones()
    keys.rotate(by=SYSTEM, at=noon)
    with connection.cursor() as cursor:  # a server that had not yet heard of the new key
        cursor.execute("UPDATE customers_customer SET phone = %s WHERE number = 'K0'", [before[0]])

    written = settings.SECRETS_FILE.stat().st_ino
    assert keys.retire(by=SYSTEM, at=noon) == ()
    assert settings.SECRETS_FILE.stat().st_ino == written

    keys.rotate(by=SYSTEM, at=noon)
    assert set(keys.retire(by=SYSTEM, at=noon)) == {"k1", "k2"}
    assert old["k1"] not in settings.SECRETS_FILE.read_text()
    assert Customer.objects.get(number="K0").phone == "19900000001"


def test_a_running_server_learns_of_a_new_key(customers, noon, settings):
    running = dict(settings.FIELD_KEYS)
    keys.rotate(by=SYSTEM, at=noon)
    settings.FIELD_KEYS, settings.FIELD_KEY_CURRENT = running, "k1"

    assert Customer.objects.get(number="K1").name == "客户1"


def test_the_file_of_secrets_stays_the_owners(customers, noon, settings):
    keys.rotate(by=SYSTEM, at=noon)

    assert settings.SECRETS_FILE.stat().st_mode & 0o077 == 0


def test_keys_of_another_database_are_refused(customers, settings):
    keys.require_readable()
    settings.FIELD_KEYS = {"k1": "cd" * 32}

    with pytest.raises(keys.KeysError, match="不配套"):
        keys.require_readable()
