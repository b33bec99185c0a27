"""What an administrator keeps of the tree of areas; its shape comes from the import."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from dianliang.core.admin import AuditedAdmin
from dianliang.domain.territory.models import Area, PlaceName

if TYPE_CHECKING:
    _PlaceNameForm = forms.ModelForm[PlaceName]
else:
    _PlaceNameForm = forms.ModelForm  # generic for the type checker only


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


class PlaceNameForm(_PlaceNameForm):
    """A name with the area that belongs to its kind."""

    def clean(self) -> dict[str, Any]:
        """Say in words what the database would refuse."""
        given: dict[str, Any] = super().clean() or {}
        kind, level, area = given.get("kind"), given.get("level"), given.get("area")
        if kind == PlaceName.Kind.OUTSIDE and area is not None:
            self.add_error("area", "区外地名不属于本服务区，请把“区域”留空。")
        if kind in {PlaceName.Kind.FORMER, PlaceName.Kind.ROAD} and area is None:
            self.add_error("area", "请选择现在的村，或道路所在的村、乡镇。")
        if (kind == PlaceName.Kind.ROAD) != (level == PlaceName.Level.ROAD):
            self.add_error("level", "道路的级别选“道路”，其他地名选乡镇或村。")
        return given


@admin.register(PlaceName)
class PlaceNameAdmin(AuditedAdmin):
    """Names of old, of neighbours and of roads, so that triage recognises them."""

    form = PlaceNameForm
    list_display = ("name", "kind", "level", "area")
    list_filter = ("kind",)
    list_select_related = ("area",)
    search_fields = ("name",)
    autocomplete_fields = ("area",)
