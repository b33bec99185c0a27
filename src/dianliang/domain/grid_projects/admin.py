"""What an administrator keeps of grid projects: templates of milestones, and clocks of issues."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dianliang.core.admin import AuditedAdmin
from dianliang.domain.grid_projects.models import IssueKind, StepTemplate


class KeptAdmin(AuditedAdmin):
    """Rows that projects were made from: switched off, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: issues name them."""
        return False


@admin.register(StepTemplate)
class StepTemplateAdmin(KeptAdmin):
    """Milestones; a changed one counts for projects that are opened from then on."""

    list_display = ("kind", "position", "step", "name", "usual_days", "gate", "is_active")


@admin.register(IssueKind)
class IssueKindAdmin(KeptAdmin):
    """Kinds of local issues with their clocks."""

    list_display = ("position", "code", "name", "accept_days", "solve_days", "is_active")
