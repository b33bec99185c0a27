"""What the pages about appraisals share: who opens them, records that lead to their own page."""

from django.http import HttpResponse

from dianliang.core.papers import PDF
from dianliang.faces.console.addresses import record_address
from dianliang.faces.console.branches.meetings import TYPES
from dianliang.faces.console.tables import SHEET_TYPE
from dianliang.flows.appraisal.papers import Printed
from dianliang.flows.appraisal.standing import RecordRow
from dianliang.kernel.actor import Actor


def linked(records: tuple[RecordRow, ...], *, by: Actor) -> list[tuple[RecordRow, str]]:
    """Return records with the addresses of their pages."""
    return [(row, record_address(row.kind, row.opens, by=by)) for row in records]


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
