"""Answer in words to a character that no database can keep, wherever in a request it came."""

from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dianliang.faces.ui.views import problem

NUL = "NUL (0x00)"
"""How PostgreSQL and its driver name it; SQLite finds nothing under such a code instead."""


class UnstorableMiddleware:
    """Answer 400 to NUL in a code or a field that no rule of a form looks at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; only what fails is looked at."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Tell the one failure that a sender can cause and mend."""
        if isinstance(error, ValueError | DataError) and NUL in str(error):
            words = _("发来的内容里有无法保存的字符（NUL），请删除后再提交。")
            return problem(request, status=400, heading=_("没有收下"), words=words)
        return None
