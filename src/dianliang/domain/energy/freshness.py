"""Tell whether the entries that a claim was reckoned of are still those of its account."""

import hashlib
from collections.abc import Iterable
from typing import Protocol

from dianliang.domain.energy.models import CarbonEntry, Claim

ENTRIES = "carbon_entries"
"""The kind of evidence that carries the digest of all entries that a claim was reckoned of."""


class Entered(Protocol):
    """An entry, as a row or as queries return it."""

    @property
    def number(self) -> str:
        """Its number."""

    @property
    def quantity(self) -> float:
        """How much."""

    @property
    def quantity_unit(self) -> str:
        """Of which unit."""


def digest_of_entries(entries: Iterable[Entered]) -> str:
    """Return the SHA-256 of entries in the order of their account."""
    said = "\n".join(f"{row.number} {row.quantity} {row.quantity_unit}" for row in entries)
    return hashlib.sha256(said.encode()).hexdigest()


def is_stale(claim: Claim) -> bool:
    """Tell whether the account has other entries in the claim's year than it was reckoned of."""
    kept = claim.evidence.filter(kind=ENTRIES).first()
    if kept is None or claim.from_on is None:
        return False
    counted = CarbonEntry.objects.filter(
        account__number=claim.subject_number,
        from_on__year=claim.from_on.year,
        reverses=None,
        reversed_by=None,
    )
    return kept.digest != digest_of_entries(counted)
