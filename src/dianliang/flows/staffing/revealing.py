"""Show what pages mask of a person, to whom it may be shown, and keep who looked."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.core import audit, files
from dianliang.domain.workforce import register
from dianliang.domain.workforce.models import Certificate
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.text import clean_text

MINORS_REVEALED_TO = frozenset({Role.PARTY_AFFAIRS, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """What is kept sealed of a person, in clear."""

    name: str
    phone: str
    document: str
    born: str
    guardian_name: str
    guardian_phone: str


def reveal(*, number: str, reason: str, by: Actor, at: datetime) -> Revealed:
    """Return what is sealed of a person; who looked and why is on record.

    A minor's details are for party affairs and administrators alone.

    Raises:
        NotVisibleError: absent, another's, or a minor and not the actor's to look at.
        InvalidInputError: there is no reason.
    """
    person = register.person_to_change(number, by=by)
    if person.minor_until is not None and by.role not in MINORS_REVEALED_TO:
        raise NotVisibleError("没有找到这个人。")
    words = clean_text(reason, field="reason", label="查看事由", most=200, least=2)
    audit.record("workforce.person.reveal", target=person, by=by, at=at, reason=words)
    guardian = getattr(person, "guardian", None)
    return Revealed(
        name=person.whole_name,
        phone=person.phone,
        document=person.document,
        born=person.born,
        guardian_name=guardian.name if guardian else "",
        guardian_phone=guardian.phone if guardian else "",
    )


def evidence(*, number: str, token: str, by: Actor, at: datetime) -> tuple[bytes, str]:
    """Return the scan of a certificate with its media type; reading it is on record.

    A scan shows what pages mask: a minor's is for party affairs and administrators alone.

    Raises:
        NotVisibleError: absent, another's, or a minor's and not the actor's to look at.
    """
    person = register.person_to_see(number, by=by)
    row = Certificate.objects.filter(person=person, evidence__token=token).first()
    is_closed = person.minor_until is not None and by.role not in MINORS_REVEALED_TO
    if row is None or row.evidence is None or is_closed:
        raise NotVisibleError("没有这份扫描件。")
    audit.record("workforce.person.read_evidence", target=person, by=by, at=at, after=row.number)
    return files.read(row.evidence), row.evidence.media_type
