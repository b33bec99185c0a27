"""Where a record of any room is shown, and to whom: lists of mixed records lead there."""

from collections.abc import Mapping, Sequence
from functools import cache

from django.urls import NoReverseMatch, resolve, reverse

from dianliang.kernel.actor import Actor, Role

PAGES: Mapping[str, str] = {
    "need": "console:need",
    "firm": "console:enterprise",
    "finding": "console:enterprise_finding",
    "campaign": "console:campaign",
    "meeting": "console:meeting",
    "task": "console:meeting_task",
    "topic": "console:topic",
    "pairing": "console:pairing",
    "result": "console:pairing",
    "session": "console:activity",
    "lecture": "console:lecture",
    "course": "console:course",
    "hour": "console:hour",
    "hours": "console:hour",
    "booking": "console:booking_one",
    "drive": "console:donation",
    "gift": "console:donation",
    "entry": "console:ledger_entry",
    "duty": "console:appraisal_duty",
    "list": "console:appraisal_list",
    "hazard": "console:hazard",
    "guard": "console:guard_event",
    "incident": "console:incident",
    "outreach": "console:outreach",
    "policy": "console:policy",
    "renewal": "console:renewal_village",
    "honour": "console:honour",
    "brand": "console:brand",
    "alliance": "console:branch_alliance",
    "roster": "console:roster",
    "claim": "console:claim",
    "measurement": "console:measuring_project",
    "carbon_account": "console:carbon_account",
    "relief": "console:relief_one",
    "transformer": "console:loading_one",
    "study": "console:zone_one",
}
"""Which page shows a kind of records, by the number that opens it."""
IN_BOOKS = frozenset({"activity", "visit"})
"""Records whose page is that of the books' sources."""
BY_THEMES = frozenset(
    {"need", "job", "campaign", "result", "hazard", "guard", "renewal", "secondment", "media"}
)
"""Records that the pages about themes show: those without an own page, or to whom it is closed."""
UNDER_ANOTHER = frozenset({"result", "gift", "renewal"})
"""Records without a page of their own: what opens is the number of what they belong to."""


def page_address(kind: str, opens: str, *, by: Actor) -> str:
    """Return the address of the page that shows a record to the actor; empty where none does."""
    return _opened(PAGES[kind], [opens], by=by) if kind in PAGES else ""


def record_address(kind: str, number: str, *, by: Actor) -> str:
    """Return where a record of which one knows its own number is shown; empty where it is not.

    Its own page goes before that of the books' sources or of its themes.
    """
    own = "" if kind in UNDER_ANOTHER else page_address(kind, number, by=by)
    if own or kind not in IN_BOOKS | BY_THEMES:
        return own
    route = "console:ledger_record" if kind in IN_BOOKS else "console:theme_part"
    return _opened(route, [kind, number], by=by)


def _opened(route: str, args: Sequence[str], *, by: Actor) -> str:
    if by.role not in _roles(route, len(args)):
        return ""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:  # a number with a stroke in it has no page of its own
        return ""


@cache
def _roles(route: str, arguments: int) -> frozenset[Role]:
    """Return who opens a page, as its view says."""
    view = resolve(reverse(route, args=["x"] * arguments)).func
    return frozenset(getattr(view, "required_roles", ()))
