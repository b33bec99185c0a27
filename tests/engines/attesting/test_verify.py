"""Genuine, forged, revoked, signed by a key given up: told from published files alone."""

import json
from datetime import UTC, date, datetime

import pytest

from dianliang.engines.attesting import (
    AttestingError,
    Revocation,
    State,
    encode,
    keys_document,
    read_keys,
    read_revocations,
    revocations_document,
    verify,
)
from tests.engines.attesting.statements import KEY, OTHER, published, statement

TEXT = encode(statement(), key=KEY)
AT = datetime(2026, 11, 30, 8, tzinfo=UTC)


def revoked(number="ZM261126-0001", key=KEY):
    entries = [Revocation(number=number, on=date(2026, 11, 28), reason="记录更正")]
    return revocations_document(entries, issued_at=AT, key=key)


def test_a_genuine_certificate_verifies_with_the_published_file():
    keys = read_keys(keys_document([published(OTHER), published()], issuer="国网安吉县供电公司"))

    verdict = verify(TEXT, keys=keys)

    assert verdict.is_valid
    assert not verdict.checked_revocations
    assert verdict.statement == statement()


def test_what_an_unknown_key_signed_is_not_even_shown():
    verdict = verify(TEXT, keys=[published(OTHER)])

    assert (verdict.state, verdict.statement) == (State.UNKNOWN_KEY, None)


def test_a_key_of_the_right_name_that_did_not_sign_is_told_apart():
    other = encode(statement(volunteer_number="3305230000099999"), key=KEY)
    mixed = TEXT[: len(TEXT) // 2] + other[len(TEXT) // 2 :]

    assert verify(mixed, keys=[published()]).state is State.FORGED


def test_a_retired_key_still_verifies_what_it_signed_in_its_time():
    inside = published(valid_until=date(2026, 11, 26))
    before = published(valid_until=date(2026, 11, 25))
    after = published(valid_from=date(2026, 11, 27))

    states = [verify(TEXT, keys=[key]).state for key in (inside, before, after)]

    assert states == [State.VALID, State.OUT_OF_PERIOD, State.OUT_OF_PERIOD]


def test_nothing_that_a_lost_key_signed_counts():
    lost = published(revoked_on=date(2026, 12, 1))

    assert verify(TEXT, keys=[lost]).state is State.KEY_REVOKED


def test_a_revoked_certificate_is_told_with_its_reason():
    keys = [published()]
    listed = read_revocations(revoked(), keys=keys)

    verdict = verify(TEXT, keys=keys, revocations=listed)

    assert verdict.state is State.REVOKED
    assert verdict.revocation.reason == "记录更正"
    assert listed.issued_at == AT


def test_a_list_without_it_leaves_it_valid():
    keys = [published()]
    listed = read_revocations(revoked(number="ZM261126-0002"), keys=keys)

    assert verify(TEXT, keys=keys, revocations=listed).is_valid


def shortened(text):
    body = json.loads(text)
    body["revoked"] = []
    return json.dumps(body)


@pytest.mark.parametrize(
    "text",
    [shortened(revoked()), revoked(key=OTHER), "{}", "[]", "不是", revoked().replace("更", "改")],
)
def test_a_list_that_cannot_be_trusted_is_refused_not_left_out(text):
    with pytest.raises(AttestingError):
        read_revocations(text, keys=[published()])


def test_a_list_signed_by_a_lost_key_is_refused():
    with pytest.raises(AttestingError, match="作废"):
        read_revocations(revoked(), keys=[published(revoked_on=date(2026, 12, 1))])


def changed_key():
    body = json.loads(keys_document([published()], issuer="x"))
    body["keys"][0]["public_key"] = "00" * 32
    return json.dumps(body)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("不是", "JSON"),
        ('{"kind": "x"}', "公钥文件"),
        ('{"kind": "dianliang.certificate-keys", "version": 9}', "版本 9"),
        ('{"kind": "dianliang.certificate-keys", "version": 1, "keys": []}', "没有公钥"),
        ('{"kind": "dianliang.certificate-keys", "version": 1, "keys": [{}]}', "第 1 把"),
        (changed_key(), "编号不符"),
    ],
)
def test_a_file_of_keys_that_is_none_is_refused_with_what_is_wrong(text, told):
    with pytest.raises(AttestingError, match=told):
        read_keys(text)
