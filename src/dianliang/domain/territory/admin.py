"""What an administrator keeps of the tree of areas; its shape comes from the import."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dianliang.core.admin import AuditedAdmin
from dianliang.domain.territory.models import Area


@admin.register(Area)
class AreaAdmin(AuditedAdmin):
    """Names, other names and class of an area."""

    list_display = ("code", "name", "level", "parent", "area_class")
    list_filter = ("level", "area_class")
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    fields = ("code", "name", "level", "parent", "area_class", "aliases")
    readonly_fields = ("code", "level", "parent")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: areas come from the import, which keeps the tree whole."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what happened somewhere keeps its place."""
        return False
