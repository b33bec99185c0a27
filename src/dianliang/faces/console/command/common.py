"""What these pages share: files to take out, and where the page of a record is."""

from django.http import HttpResponse
from django.urls import reverse

from dianliang.domain.incidents import access
from dianliang.domain.key_customers.access import READERS as KEY_READERS
from dianliang.domain.mobilisation.lifecycle import DECIDERS
from dianliang.domain.outreach.access import READERS as OUTREACH_READERS
from dianliang.flows.incidents.figures import Record
from dianliang.kernel.actor import Actor, Role

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
PAGES: dict[str, tuple[str, frozenset[Role]]] = {
    "team": ("console:staff_team", access.READERS),
    "person": ("console:staff_person", access.READERS),
    "roster": ("console:roster", access.READERS),
    "alert": ("console:public_alert", access.READERS),
    "outreach": ("console:outreach", access.READERS & OUTREACH_READERS),
    "bulletin": ("console:bulletin", access.READERS),
    "key": ("console:key_customer", KEY_READERS),
    "special": ("console:care_file", frozenset({Role.DISPATCHER})),
    "calls": ("console:care_alert", frozenset({Role.DISPATCHER})),
    "hazard": ("console:hazard", frozenset({Role.DISPATCHER})),
    "request": ("console:gear_request", DECIDERS),
    "gear": ("console:gear_card", DECIDERS),
    "plan": ("console:incident_dispatch", access.FOLLOWERS),
    "watch": ("console:key_watch", KEY_READERS),
    "report": ("console:incident_report", access.READERS),
}
"""Which page shows a record, and to whom."""


def address_of(record: Record, *, by: Actor) -> str:
    """Return where the page of a record is; empty where there is none, or not for the actor."""
    name, roles = PAGES.get(record.kind, ("", frozenset[Role]()))
    return reverse(name, args=[record.key]) if by.role in roles else ""


def paper(content: bytes, name: str, kind: str) -> HttpResponse:
    """Answer with a paper to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(content, content_type=TYPES[kind], headers=headers)
