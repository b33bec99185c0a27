"""What an administrator keeps of the catalogue."""

from django.contrib import admin

from dianliang.core.admin import AuditedAdmin
from dianliang.domain.catalog.models import CalendarDay, Promise, Service, Skill


@admin.register(Skill)
class SkillAdmin(AuditedAdmin):
    """Skills."""

    list_display = ("code", "name")
    search_fields = ("code", "name")


@admin.register(Service)
class ServiceAdmin(AuditedAdmin):
    """Services."""

    list_display = ("code", "name", "element", "skill", "duration_min", "is_urgent", "is_active")
    list_filter = ("element", "is_active", "is_urgent")
    search_fields = ("code", "name")


@admin.register(Promise)
class PromiseAdmin(AuditedAdmin):
    """How soon what is promised where."""

    list_display = ("service", "area_class", "step", "amount", "unit", "source")
    list_filter = ("area_class", "step")
    list_select_related = ("service",)


@admin.register(CalendarDay)
class CalendarDayAdmin(AuditedAdmin):
    """Holidays and make-up days."""

    list_display = ("on", "kind", "name", "version")
    list_filter = ("kind", "version")
    date_hierarchy = "on"
