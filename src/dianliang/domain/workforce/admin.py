"""What an administrator keeps of people: kinds of responsibility, kinds of roles."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from dianliang.core.admin import AuditedAdmin
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import ChargeKind, RoleKind

if TYPE_CHECKING:
    _ChargeKindForm = forms.ModelForm[ChargeKind]
else:
    _ChargeKindForm = forms.ModelForm  # generic for the type checker only


class ChargeKindForm(_ChargeKindForm):
    """A kind with the levels of areas that must have somebody."""

    levels = forms.MultipleChoiceField(
        label="应设级别", choices=Area.Level.choices, widget=forms.CheckboxSelectMultiple
    )


@admin.register(ChargeKind)
class ChargeKindAdmin(AuditedAdmin):
    """Kinds of responsibility; no longer used ones are switched off, as history names them."""

    form = ChargeKindForm
    list_display = ("code", "name", "most_cells", "position", "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: who answered for what keeps its name."""
        return False


@admin.register(RoleKind)
class RoleKindAdmin(AuditedAdmin):
    """As what people can serve; no longer used ones are switched off, as history names them."""

    list_display = ("code", "name", "position", "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: who served as what keeps its name."""
        return False
