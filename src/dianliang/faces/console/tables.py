"""Files that a page takes in or hands out."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dianliang.faces.ui.templatetags.ui import translated
from dianliang.faces.ui.views import problem
from dianliang.kernel.errors import DomainError, InvalidInputError

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sent_file(request: HttpRequest, field: str) -> bytes:
    """Return the file of a form.

    Raises:
        InvalidInputError: none was chosen.
    """
    sent = request.FILES.get(field)
    if sent is None:
        raise InvalidInputError(_("请先选择文件。"), field=field)
    content: bytes = sent.read()
    return content


def download(content: bytes, name: str) -> HttpResponse:
    """Answer with an Excel file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=SHEET_TYPE, headers=headers)


def not_exported(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Say why there is no file, instead of handing out a part of it."""
    words = translated(refusal.message)
    return problem(request, status=422, heading=_("没有导出"), words=words)
