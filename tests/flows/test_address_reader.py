"""An installation takes addresses apart as its own people do, once they have taught it."""

from pathlib import Path

import pytest

from dianliang.engines.triage import reader_to_bytes, teach_addresses
from dianliang.flows import triage
from tests.engines.triage.test_address_reader import examples

pytestmark = pytest.mark.django_db
NEED = "余村村12号上坞公变3号杆倒了"


@pytest.fixture(scope="module")
def body():
    return reader_to_bytes(teach_addresses(examples(40)))


@pytest.fixture
def kept(tmp_path, settings):
    settings.HOME = tmp_path
    return Path(tmp_path) / triage.ADDRESSES


def test_what_lies_in_the_home_is_used(town, kept, body):
    assert triage._address_reader() is None
    kept.write_bytes(body)

    reader = triage._address_reader()

    assert reader is not None
    assert reader.addresses == 40
    assert triage.suggest(NEED).address_text


def test_what_is_no_better_than_the_rules_stays_unused(town, kept, body, monkeypatch):
    kept.write_bytes(body)
    check = triage._address_reader().check
    monkeypatch.setattr(type(check), "is_better", False)

    assert triage._address_reader() is None


def test_what_is_damaged_is_told_and_the_rules_go_on(town, kept, caplog):
    kept.write_bytes(b"PK")

    assert triage._address_reader() is None
    assert "不能用于本版本" in caplog.text
