"""What an administrator keeps of the rebuilding of villages: its stages and indicators."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dianliang.core.admin import AuditedAdmin
from dianliang.domain.renewal.models import IndicatorKind, Stage


class KeptAdmin(AuditedAdmin):
    """Rows that projects name: switched off, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: projects name them."""
        return False


@admin.register(Stage)
class StageAdmin(KeptAdmin):
    """Stages; a new one counts for villages that are taken in from then on."""

    list_display = ("position", "code", "name", "party", "usual_days", "needs_after", "is_active")


@admin.register(IndicatorKind)
class IndicatorKindAdmin(KeptAdmin):
    """Indicators with unit and direction."""

    list_display = ("position", "code", "name", "unit", "better", "most", "is_active")
