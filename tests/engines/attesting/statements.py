"""A key and a statement for the tests of this folder."""

from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dianliang.engines.attesting import PublicKey, Statement, public_bytes_of

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
SIGNED_ON = date(2026, 11, 26)


def published(key=KEY, **other):
    values = {"valid_from": date(2026, 1, 1), **other}
    return PublicKey(public=public_bytes_of(key), **values)


def statement(**other):
    values = {
        "number": "ZM261126-0001",
        "name": "王小明",
        "document_kind": "居民身份证",
        "document_number": "3305**********1234",
        "volunteer_number": "3305230000012345",
        "from_on": date(2026, 1, 1),
        "until_on": date(2026, 11, 25),
        "verified_min": 750,
        "declared_min": 90,
        "content": "用电安全宣讲、独居老人用电检查",
        "issuer": "国网安吉县供电公司",
        "head": "李某某",
        "handler": "陈某",
        "contact": "0572-5012345",
        "issued_on": SIGNED_ON,
        "remarks": "",
        **other,
    }
    return Statement(**values)
