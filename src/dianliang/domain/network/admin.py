"""What an administrator may correct by hand; a whole network comes from Excel."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dianliang.core.admin import AuditedAdmin
from dianliang.domain.network.models import Feeder, Transformer


@admin.register(Feeder)
class FeederAdmin(AuditedAdmin):
    """Lines; what hangs on them keeps them."""

    list_display = ("code", "name", "voltage", "kind", "length_m", "unit")
    list_filter = ("voltage", "kind")
    list_select_related = ("unit",)
    search_fields = ("code", "name")
    autocomplete_fields = ("unit", "areas")
    exclude = ("is_generated",)


@admin.register(Transformer)
class TransformerAdmin(AuditedAdmin):
    """Transformers; ended by a date, never deleted."""

    list_display = ("number", "name", "area", "capacity_kva", "use", "feeder", "retired_on")
    list_filter = ("use",)
    list_select_related = ("area", "feeder")
    search_fields = ("number", "name")
    autocomplete_fields = ("area", "feeder")
    exclude = ("is_generated",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: the outages of a transformer keep its name."""
        return False
