"""Who may enter the administration pages, and when it is."""

from datetime import datetime
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from dianliang.core.administration import Administration
from dianliang.faces.ui.requests import actor, now
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

    def actor(self, request: HttpRequest) -> Actor:
        """Return the administrator who asks."""
        by = actor(request)
        if by is None:
            raise Http404
        return by

    def now(self) -> datetime:
        """Read the clock."""
        return now()
