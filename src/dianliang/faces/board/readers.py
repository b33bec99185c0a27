"""Who reads figures, and how a spreadsheet goes out."""

from django.http import HttpResponse

from dianliang.kernel.actor import Role

READERS = (
    Role.DISPATCHER,
    Role.ALLIANCE_UNIT,
    Role.PARTY_AFFAIRS,
    Role.COMMANDER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(content: bytes, *, name: str) -> HttpResponse:
    """Answer with a spreadsheet to be kept as a file."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=SHEET_TYPE, headers=headers)
