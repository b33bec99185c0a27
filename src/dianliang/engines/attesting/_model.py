"""What a certificate states. Everything that the paper shows, and nothing more."""

from dataclasses import dataclass, fields
from datetime import date

from dianliang.kernel.errors import DomainError


class AttestingError(DomainError):
    """A statement cannot be written, or a file of keys or revocations cannot be used."""

    code = "attesting.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an issuer says about the hours somebody gave (民发〔2015〕149号, the record's fields).

    `document_number` is the masked number as it is printed. The two kinds of time are minutes:
    `verified_min` by check-in and check-out, `declared_min` written down by hand.
    """

    number: str
    name: str
    document_kind: str
    document_number: str
    volunteer_number: str
    from_on: date
    until_on: date
    verified_min: int
    declared_min: int
    content: str
    issuer: str
    head: str
    handler: str
    contact: str
    issued_on: date
    remarks: str = ""


NAMES = tuple(field.name for field in fields(Statement))
"""In the order in which they are written down; a new format gets a new mark."""
DAYS = frozenset({"from_on", "until_on", "issued_on"})
NUMBERS = frozenset({"verified_min", "declared_min"})
