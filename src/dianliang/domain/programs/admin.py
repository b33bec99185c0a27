"""What an administrator keeps of activities: topics of lectures, and how services find a team."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dianliang.core.admin import AuditedAdmin
from dianliang.domain.programs.models import LectureTopic, ServiceWay


@admin.register(LectureTopic)
class LectureTopicAdmin(AuditedAdmin):
    """Topics of lectures; no longer used ones are switched off, as requests name them."""

    list_display = ("code", "name", "minutes", "skill", "is_active")
    list_select_related = ("skill",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what was asked for keeps its name."""
        return False


@admin.register(ServiceWay)
class ServiceWayAdmin(AuditedAdmin):
    """How services find a team, and by what rules."""

    list_display = ("service", "way", "grace_min", "rest_min", "no_show_days", "is_active")
    list_filter = ("way", "is_active")
    list_select_related = ("service",)
