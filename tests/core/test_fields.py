"""Encrypted columns: unreadable in the database, bound to their place, rotated by key id."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from dianliang.core.fields import DecryptionError, decrypt, encrypt
from dianliang.domain.catalog.models import Element
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models import Person


@given(st.text(min_size=1))
def test_what_goes_in_comes_out(text):
    if any("\ud800" <= c <= "\udfff" for c in text):
        return
    assert decrypt(encrypt(text, context="a.b"), context="a.b") == text


def test_a_value_moved_to_another_column_cannot_be_read():
    with pytest.raises(DecryptionError):
        decrypt(encrypt("19900000001", context="a.phone"), context="a.name")


def test_a_retired_key_still_reads(settings):
    old = encrypt("19900000001", context="a.b")
    settings.FIELD_KEYS = {**settings.FIELD_KEYS, "k2": "11" * 32}
    settings.FIELD_KEY_CURRENT = "k2"

    assert decrypt(old, context="a.b") == "19900000001"
    assert encrypt("x", context="a.b").startswith("k2:")


def test_a_missing_key_is_said_by_name():
    with pytest.raises(DecryptionError, match="k9"):
        decrypt("k9:AAAA", context="a.b")


@pytest.mark.django_db
def test_the_database_holds_no_phone_number():
    unit = Unit.objects.create(
        code="U", name="供电所", kind=Unit.Kind.STATION, element=Element.POWER, path="/U/"
    )
    Person.objects.create(number="P1", name="甲", phone="19900000001", unit=unit)

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM workforce_person")
        stored = cursor.fetchone()[0]

    assert "1990000" not in stored
    assert Person.objects.get(number="P1").phone == "19900000001"
