"""What a stranger needs to verify a certificate: public keys, and a signed list of revocations."""

from datetime import date, datetime

from dianliang.domain.directory.models import Unit
from dianliang.domain.hours import signing
from dianliang.domain.hours.models import ServiceCertificate
from dianliang.engines import attesting
from dianliang.kernel.calendar import SHANGHAI


def published(*, at: datetime) -> tuple[attesting.PublicKey, ...]:
    """Return the keys as they are published at an instant."""
    return published_keys(on=at.astimezone(SHANGHAI).date())


def keys_file(*, at: datetime) -> str:
    """Return the file that publishes the keys, the one that signs now included."""
    return attesting.keys_document(published(at=at), issuer=_house())


def published_keys(*, on: date) -> tuple[attesting.PublicKey, ...]:
    """Return every key that ever signed, and the one that will sign next."""
    kept = signing.public_keys()
    try:
        public = attesting.public_bytes_of(signing.private_key())
    except signing.NoSigningKeyError:
        return kept
    present = attesting.PublicKey(public=public, valid_from=on)
    return kept if any(key.id == present.id for key in kept) else (*kept, present)


def revocations_file(*, at: datetime) -> str:
    """Return the list of revoked certificates, signed and dated now.

    Raises:
        NoSigningKeyError: there is no key to sign with.
    """
    return attesting.revocations_document(_revoked(at), issued_at=at, key=signing.private_key())


def _revoked(at: datetime) -> tuple[attesting.Revocation, ...]:
    revoked = ServiceCertificate.objects.filter(status="REVOKED").order_by("number")
    return tuple(
        attesting.Revocation(
            number=row.number,
            on=(row.revoked_at or at).astimezone(SHANGHAI).date(),
            reason=str(ServiceCertificate.Cause(row.revoked_because).label),
        )
        for row in revoked.defer("payload")
    )


def verify(text: str, *, at: datetime) -> attesting.Verdict:
    """Verify what somebody scanned or pasted, against our own keys and revocations."""
    listed = attesting.RevocationList(issued_at=at, key_id="", entries=_revoked(at))
    return attesting.verify(text, keys=published(at=at), revocations=listed)


def _house() -> str:
    """Return who publishes: the outermost unit."""
    return Unit.objects.order_by("path").values_list("name", flat=True).first() or ""
