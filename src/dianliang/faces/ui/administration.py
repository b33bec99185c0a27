"""Who may enter the administration pages, and when it is."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from dianliang.core.administration import Administration
from dianliang.domain.catalog.queries import unannounced_year
from dianliang.faces.ui.requests import actor, now, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.kernel.actor import Actor, Role


class Site(Administration):
    """The administration pages: administrators only."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in who acts as an administrator in this session."""
        by = actor(request)
        return request.user.is_active and by is not None and by.role is Role.ADMINISTRATOR

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send a stranger to the one log-in page; others find nothing."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", "/admin/"))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Say on the first page which year's holidays are still to be loaded, and how."""
        year = unannounced_year(on=today())
        if year is not None:
            words = _(
                "%(year)s 年的节假日与调休安排尚未载入，时限暂按周末和法定节假日计算。"
                "公布后请升级程序，或填好节假日表，"
                "在服务器上运行 dianliang import --holidays 文件。"
            )
            messages.warning(request, words % {"year": year})
        return super().index(request, extra_context)

    def actor(self, request: HttpRequest) -> Actor:
        """Return the administrator who asks."""
        by = actor(request)
        if by is None:
            raise Http404
        return by

    def now(self) -> datetime:
        """Read the clock."""
        return now()
