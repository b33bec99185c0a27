"""Files that a page takes in or hands out."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dianliang.core.papers import MOST_BYTES
from dianliang.kernel.errors import InvalidInputError

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


def sent_paper(request: HttpRequest, field: str) -> bytes | None:
    """Return the paper or picture of a form, or None without one.

    Raises:
        InvalidInputError: it is larger than any paper that is kept.
    """
    sent = request.FILES.get(field)
    if sent is None:
        return None
    if (sent.size or 0) > MOST_BYTES:  # before it is read into memory
        raise InvalidInputError(_("文件超过 20 MB，请压缩或分开上传。"), field=field)
    return bytes(sent.read())


def download(content: bytes, name: str) -> HttpResponse:
    """Answer with an Excel file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=SHEET_TYPE, headers=headers)
