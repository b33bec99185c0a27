"""The key that signs certificates: its public half is kept for good, the private one outside."""

from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dianliang.core.keys import certificate_key
from dianliang.domain.hours.models import SigningKey
from dianliang.engines.attesting import PublicKey, key_id_of, public_bytes_of
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase


class NoSigningKeyError(DomainError):
    """There is no key that may sign."""

    code = "hours.no-signing-key"


def private_key() -> Ed25519PrivateKey:
    """Return the key that signs now, also when another process has just changed it.

    Raises:
        NoSigningKeyError: the installation has none.
    """
    secret = certificate_key()
    if not secret:
        message = "还没有证明的签名密钥，请管理员运行 dianliang keys certificate 生成一把。"
        raise NoSigningKeyError(message)
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))


def present_id() -> str:
    """Return the id of the key that signs now.

    Raises:
        NoSigningKeyError: the installation has none.
    """
    return key_id_of(public_bytes_of(private_key()))


def public_keys() -> tuple[PublicKey, ...]:
    """Return every key that signs or ever signed, oldest first, as it is published."""
    return tuple(as_published(row) for row in SigningKey.objects.all())


def as_published(row: SigningKey) -> PublicKey:
    """Return a kept key in the words of the published file."""
    return PublicKey(
        public=bytes.fromhex(row.public_key),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        revoked_on=row.revoked_on,
    )


def kept(key: Ed25519PrivateKey, *, on: date) -> SigningKey:
    """Return the row of a key, written at its first use; earlier keys end with that day.

    Raises:
        NoSigningKeyError: the key was given up, or its time is over.
    """
    public = public_bytes_of(key)
    named = PublicKey(public=public, valid_from=on)
    row, is_new = SigningKey.objects.get_or_create(
        key_id=named.id, defaults={"public_key": public.hex(), "valid_from": on}
    )
    if is_new:
        retire_others(row, on=on)
    if row.revoked_on is not None or row.valid_until is not None:
        message = Phrase(
            "签名密钥 %(key_id)s 已停用，请管理员运行 dianliang keys certificate。",
            key_id=row.key_id,
        )
        raise NoSigningKeyError(message)
    return row


def retire_others(row: SigningKey, *, on: date) -> None:
    """End every other key that still signs: it may have signed this very day."""
    SigningKey.objects.exclude(pk=row.pk).filter(valid_until=None).update(valid_until=on)


def give_up(key_id: str, *, because: str, on: date) -> SigningKey:
    """Let nothing count any more that a key signed, because it may be in strange hands.

    Raises:
        NoSigningKeyError: there is no such key, it was given up before, or nobody says why.
    """
    row = SigningKey.objects.select_for_update().filter(key_id=key_id, revoked_on=None).first()
    if row is None:
        raise NoSigningKeyError(Phrase("没有编号为 %(key_id)s 的有效签名公钥。", key_id=key_id))
    if not because:
        raise NoSigningKeyError("请用 --because 写明作废的原因。")
    row.revoked_on, row.revoked_because = on, because
    row.valid_until = row.valid_until or on
    row.save(update_fields=["revoked_on", "revoked_because", "valid_until"])
    return row
