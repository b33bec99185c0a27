"""What the pages about appraisals share: who opens them, records that lead to their own page."""

from django.http import HttpResponse
from django.urls import NoReverseMatch, resolve, reverse

from dianliang.core.papers import PDF
from dianliang.faces.console.branches.meetings import TYPES
from dianliang.faces.console.tables import SHEET_TYPE
from dianliang.flows.appraisal.papers import Printed
from dianliang.flows.appraisal.standing import RecordRow
from dianliang.kernel.actor import Actor, Role

READERS = (Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR, Role.DISPATCHER)
WRITERS = (Role.PARTY_AFFAIRS,)
ROUTES = {
    "meeting": "console:meeting",
    "task": "console:meeting_task",
    "topic": "console:topic",
    "pairing": "console:pairing",
    "session": "console:activity",
    "lecture": "console:lecture",
    "hour": "console:hour",
    "entry": "console:ledger_entry",
    "duty": "console:appraisal_duty",
    "list": "console:appraisal_list",
}
"""Which page shows a kind of records by its number."""
IN_BOOKS = frozenset({"activity", "visit"})
"""Records whose page is that of the books' sources."""
BY_THEMES = frozenset({"need", "job", "campaign", "result"})


def address_of(kind: str, opens: str, *, by: Actor) -> str:
    """Return where a record is shown to the actor; nothing where his role has no such page."""
    try:
        if kind in ROUTES:
            address = reverse(ROUTES[kind], args=[opens])
        elif kind in IN_BOOKS:
            address = reverse("console:ledger_record", args=[kind, opens])
        elif kind in BY_THEMES:
            address = reverse("console:theme_part", args=[kind, opens])
        else:
            return ""
    except NoReverseMatch:  # a number with a stroke in it has no page of its own
        return ""
    roles = getattr(resolve(address).func, "required_roles", ())
    return address if by.role in roles else ""


def linked(records: tuple[RecordRow, ...], *, by: Actor) -> list[tuple[RecordRow, str]]:
    """Return records with the addresses of their pages."""
    return [(row, address_of(row.kind, row.opens, by=by)) for row in records]


def printed(file: Printed) -> HttpResponse:
    """Answer with a file to keep."""
    kind = SHEET_TYPE if file.name.endswith(".xlsx") else TYPES[file.name.rpartition(".")[2]]
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.content, content_type=kind, headers=headers)


def evidence(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Answer with evidence: always as a download, never to be run by the browser."""
    ending = "pdf" if media_type == PDF else "jpg"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{ending}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=media_type, headers=headers)
