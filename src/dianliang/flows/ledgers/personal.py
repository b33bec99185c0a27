"""What donations keep of a person: handed out when he asks, forgotten when he asks. Sums stay."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.domain.customers.models import Customer
from dianliang.domain.ledger.models import Gift, Grant, Pairing
from dianliang.domain.ledger.wording import said

FORGOTTEN = "爱心人士"
FORGOTTEN_BENEFICIARY, FORGOTTEN_WORDS = "受益人", "（已删除）"
"""How somebody is shown who asked to be forgotten."""


def given_by(index: str) -> dict[str, Any]:
    """Return what is kept of who gave under a telephone, by its blind index."""
    gifts = Gift.objects.filter(giver_index=index or "-").select_related("drive", "book", "article")
    pairings = Pairing.objects.filter(donor_index=index or "-")
    return {
        "gifts": [
            {
                "number": one.number,
                "drive": one.drive.title,
                "name": one.giver_name,
                "phone": one.giver_phone,
                "shown_name": one.shown_name,
                "what": said(one.amount, one.book.quantity, article=one.article),
                "on": str(one.on),
                "note": one.note,
            }
            for one in gifts
        ],
        "pairings": [
            {
                "number": one.number,
                "name": one.donor_name,
                "phone": one.donor_phone,
                "agreed": one.agreed,
                "since": str(one.since),
                "until": str(one.until or ""),
            }
            for one in pairings
        ],
    }


def going_on(*, index: str, customers: Iterable[Customer]) -> list[str]:
    """Return the pairings that stand of a donor or a child: they are ended before he is erased."""
    standing = Pairing.objects.filter(status__in=["PROPOSED", "ACTIVE"])
    found = standing.filter(donor_index=index or "-") | standing.filter(child__in=list(customers))
    return list(found.order_by("number").values_list("number", flat=True))


def forget(*, index: str, customers: Iterable[Customer]) -> None:
    """Forget a giver, a donor, and whose child an alias was; amounts and entries stay."""
    Gift.objects.filter(giver_index=index or "-").update(
        giver_name="", giver_phone="", giver_index="", shown_name=FORGOTTEN, note=""
    )
    Pairing.objects.filter(donor_index=index or "-").update(
        donor_name=FORGOTTEN, donor_phone="", donor_index="", token_hash=""
    )
    Pairing.objects.filter(child__in=list(customers)).update(child=None, token_hash="")


def grants_of(number: str, customers: Iterable[Customer]) -> QuerySet[Grant]:
    """Return a grant by its number, and those that went to a child by its donor's pairing."""
    of_child = Q(pairing__child__in=list(customers))
    rows = Grant.objects.filter(Q(number=number or "-") | of_child)
    found = list(rows.values_list("pk", flat=True))  # forgetting a pairing forgets its child
    return Grant.objects.filter(pk__in=found).order_by("pk")


def granted(grants: QuerySet[Grant]) -> list[dict[str, Any]]:
    """Return what is kept of who was given something, as plain data."""
    return [
        {
            "number": one.number,
            "drive": one.drive.title,
            "name": one.beneficiary,
            "shown_name": one.shown_name,
            "what": said(one.amount, one.book.quantity, article=one.article),
            "words": one.words,
            "status": one.status,
            "handed_on": str(one.handed_on or ""),
            "has_proof": one.proof_id is not None,
        }
        for one in grants.select_related("drive", "book", "article")
    ]


def open_grants(grants: QuerySet[Grant]) -> list[str]:
    """Return the grants that are not settled: they are handed out or refused first."""
    return list(grants.filter(status__in=["ASKED", "APPROVED"]).values_list("number", flat=True))


def forget_grants(grants: QuerySet[Grant]) -> None:
    """Forget who was given something, and the photo of his receipt; amounts and entries stay."""
    proofs = list(grants.exclude(proof=None).values_list("proof_id", flat=True))
    grants.update(
        beneficiary=FORGOTTEN_BENEFICIARY,
        beneficiary_account="",
        shown_name=FORGOTTEN_BENEFICIARY,
        words=FORGOTTEN_WORDS,
        proof=None,
    )
    files.drop(StoredFile.objects.filter(pk__in=proofs))
