"""What an administrator keeps of gear: its kinds with what they are told by."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from dianliang.core.admin import AuditedAdmin
from dianliang.domain.resources.attributes import validated
from dianliang.domain.resources.models import ResourceKind
from dianliang.kernel.errors import InvalidInputError

if TYPE_CHECKING:
    _KindForm = forms.ModelForm[ResourceKind]
else:
    _KindForm = forms.ModelForm  # generic for the type checker only


class ResourceKindForm(_KindForm):
    """A kind whose attributes make sense, and whose measure is a number among them."""

    def clean(self) -> dict[str, Any]:
        """Hold the attributes against what a page can ask for."""
        values = super().clean() or {}
        try:
            known = validated(values.get("attributes"))
        except InvalidInputError as refusal:
            raise forms.ValidationError({"attributes": refusal.message}) from refusal
        numbers = {one.code for one in known if one.form == "number"}
        if values.get("measure") and values["measure"] not in numbers:
            raise forms.ValidationError({"measure": "能力属性应是一个数字属性的 code，或留空。"})
        return values


@admin.register(ResourceKind)
class ResourceKindAdmin(AuditedAdmin):
    """Kinds of gear; no longer used ones are switched off, as gear names them."""

    form = ResourceKindForm
    list_display = ("code", "name", "measure", "test_every_days", "position", "is_active")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what gear is keeps its name."""
        return False
