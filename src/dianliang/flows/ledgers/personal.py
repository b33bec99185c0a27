"""What donations keep of a person: handed out when he asks, forgotten when he asks. Sums stay."""

from collections.abc import Iterable
from typing import Any

from dianliang.domain.customers.models import Customer
from dianliang.domain.ledger.models import Gift, Pairing
from dianliang.domain.ledger.wording import said

FORGOTTEN = "爱心人士"
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
