"""What an administrator keeps of units, of who acts for them, and of who gets which need."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from dianliang.core.admin import AuditedAdmin
from dianliang.domain.directory.models import PowerKind, RoleAssignment, RoutingRule, Unit

if TYPE_CHECKING:
    _UnitForm = forms.ModelForm[Unit]
else:
    _UnitForm = forms.ModelForm  # generic for the type checker only


class UnitForm(_UnitForm):
    """A unit whose code can be a step of a path."""

    def clean_code(self) -> str:
        """Refuse a code that would break the path."""
        code: str = self.cleaned_data["code"]
        if not code.isalnum():
            raise forms.ValidationError("单位编码只能用字母和数字。")
        return code


@admin.register(Unit)
class UnitAdmin(AuditedAdmin):
    """Organisations; ended by a date, never deleted."""

    form = UnitForm
    list_display = ("code", "name", "kind", "element", "parent", "valid_until")
    list_filter = ("kind", "element")
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent", "areas")
    exclude = ("path", "is_generated")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Keep the place in the tree once it is given: scopes hang on it."""
        fixed = ["code", "parent"] if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what a unit did keeps its name."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Give a new unit its place in the tree."""
        if not change:
            obj.path = f"{obj.parent.path if obj.parent else '/'}{obj.code}/"
        super().save_model(request, obj, form, change)


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(AuditedAdmin):
    """Who acts in which role, for which unit, within which area, how long."""

    list_display = ("user", "role", "unit", "area", "valid_from", "valid_until")
    list_filter = ("role",)
    list_select_related = ("user", "unit", "area")
    search_fields = ("user__username", "user__display_name", "unit__name")
    autocomplete_fields = ("user", "unit", "area")


@admin.register(RoutingRule)
class RoutingRuleAdmin(AuditedAdmin):
    """Which unit handles a service in an area: to look at; the console changes it as a whole."""

    list_display = ("service_code", "area", "owner", "unit")
    list_filter = ("service_code", "owner")
    list_select_related = ("area", "unit")
    search_fields = ("service_code", "area__name", "unit__name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a rule takes effect with its whole table, after a trial."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a rule takes effect with its whole table, after a trial."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a rule takes effect with its whole table, after a trial."""
        return False


@admin.register(PowerKind)
class PowerKindAdmin(AuditedAdmin):
    """Kinds of enforcement with their legal basis: whoever uses them keeps the text up to date."""

    list_display = ("code", "name", "group", "position", "is_active")
    list_filter = ("group",)
    search_fields = ("code", "name", "legal_basis")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: delegations name them."""
        return False
