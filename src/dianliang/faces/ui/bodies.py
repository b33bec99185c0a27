"""Refuse, before it is read, a body that no form and no program of ours could have sent.

Django bounds what it keeps in memory, but writes files to disk however large they are.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dianliang.faces.ui.views import problem

MOST_BYTES = 128 * 1024 * 1024
"""Ten photos of 12 MB from a phone pass: the form itself then says that six are kept."""
MOST_DIGITS = 18
"""No program writes a longer length; Python takes its time with very long numbers."""


class BodiesMiddleware:
    """Answer 413 to a body announced as larger; one of no announced length is not read at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at what is announced."""
        announced = str(request.META.get("CONTENT_LENGTH") or "0")
        is_number = announced.isascii() and announced.isdecimal() and len(announced) <= MOST_DIGITS
        if is_number and int(announced) <= MOST_BYTES:
            return self.get_response(request)
        words = _("发来的内容太大。照片请分几次补充，每张不超过 12 MB。")
        return problem(request, status=413, heading=_("没有收下"), words=words)
