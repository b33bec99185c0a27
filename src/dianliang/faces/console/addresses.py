"""Where a record of any room is shown, and to whom: lists of mixed records lead there."""

from django.urls import reverse

from dianliang.domain.branches.access import READERS as OF_BRANCHES
from dianliang.domain.hours.access import READERS as OF_HOURS
from dianliang.faces.console.activities.reading import READERS as OF_ACTIVITIES
from dianliang.faces.console.booking.reading import READERS as OF_ROOMS
from dianliang.kernel.actor import Actor, Role

OF_GIFTS = frozenset({Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR})
PAGES = {
    "need": ("console:need", frozenset({Role.DISPATCHER})),
    "campaign": ("console:campaign", frozenset({Role.DISPATCHER})),
    "meeting": ("console:meeting", OF_BRANCHES),
    "task": ("console:meeting_task", OF_BRANCHES),
    "topic": ("console:topic", OF_BRANCHES),
    "pairing": ("console:pairing", OF_BRANCHES),
    "result": ("console:pairing", OF_BRANCHES),
    "session": ("console:activity", frozenset(OF_ACTIVITIES)),
    "lecture": ("console:lecture", frozenset(OF_ACTIVITIES)),
    "course": ("console:course", frozenset(OF_ACTIVITIES)),
    "hour": ("console:hour", OF_HOURS),
    "hours": ("console:hour", OF_HOURS),
    "booking": ("console:booking_one", frozenset(OF_ROOMS)),
    "drive": ("console:donation", OF_GIFTS),
    "gift": ("console:donation", OF_GIFTS),
}


def page_address(kind: str, opens: str, *, by: Actor) -> str:
    """Return the address of the page that shows a record to the actor; empty where none does."""
    route, roles = PAGES.get(kind, ("", frozenset()))
    return reverse(route, args=[opens]) if by.role in roles else ""
