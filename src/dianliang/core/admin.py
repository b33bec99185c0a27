"""Administration pages in which nothing is written without an audit event."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse

from dianliang.core import audit
from dianliang.core.admin_choices import ChoicesInAnyLanguage, column, offered, with_choices
from dianliang.core.administration import Administration
from dianliang.core.fields import EncryptedTextField
from dianliang.core.models import AuditEvent, User

UNSEEN = ("password", "password1", "password2", "token", "calendar_token")
"""What the trail names without its value."""

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _UserAdmin = UserAdmin[User]
else:
    _UserAdmin = UserAdmin
    _ModelAdmin = admin.ModelAdmin  # generic for the type checker only


def _words(value: object) -> str:
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, (str, dict)):
        return "、".join(str(item) for item in value)
    return "" if value is None else str(value)


def _changes(form: Any) -> list[str]:
    """Say for each changed field what it was and what it is."""
    lines = []
    for name in form.changed_data:
        field = form.fields.get(name)
        label = getattr(field, "label", None) or name
        if name in UNSEEN:
            lines.append(f"{label}：已更改")
            continue
        before = form.get_initial_for_field(field, name) if field else form.initial.get(name)
        lines.append(f"{label}：{_words(before)} → {_words(form.cleaned_data.get(name))}")
    return lines


class AuditedAdmin(_ModelAdmin):
    """Write an audit event with each change, in its transaction; hide what is encrypted.

    Django calls the three `log_…` methods for every write of its pages: forms, inlines, passwords,
    deletions of many. A field `status` is shown and never written.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Leave it to the site, which lets only administrators in."""
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to the site."""
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave it to the site."""
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to the site."""
        return self.admin_site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to the site."""
        return self.admin_site.has_permission(request)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep encrypted fields out of every form."""
        fields = self.model._meta.get_fields()
        sealed = [field.name for field in fields if isinstance(field, EncryptedTextField)]
        return [*(super().get_exclude(request, obj) or ()), *sealed]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Show a status; only its lifecycle writes it."""
        named = {field.name for field in self.model._meta.get_fields()}
        return [*super().get_readonly_fields(request, obj), *({"status"} & named)]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Tell choices in the reader's language."""
        fields = with_choices(self.model)
        shown = super().get_list_display(request)
        return [column(fields[one]) if one in fields else one for one in shown]

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Tell choices in the reader's language."""
        fields = with_choices(self.model)
        given = super().get_list_filter(request)
        return [(one, ChoicesInAnyLanguage) if one in fields else one for one in given]

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **options: Any
    ) -> Any:
        """Offer choices in the reader's language."""
        field = super().formfield_for_choice_field(db_field, request, **options)
        if field is not None:
            field.choices = offered(field.choices)
        return field

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Let actions on many rows and their audit events stand or fall together."""
        with transaction.atomic():
            return super().changelist_view(request, extra_context)

    def construct_change_message(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Iterable[Any] | None,
        add: bool = False,
    ) -> Any:
        """Say in words what was changed, with the values before and after."""
        lines = _changes(form)
        for formset in formsets or ():
            for row in formset.forms:
                if row.has_changed():
                    lines += [f"{row.instance}：{change}" for change in _changes(row)]
        return "\n".join(lines)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record that a row was added."""
        self._record(request, "add", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record that a row was changed."""
        self._record(request, "change", obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Record each row that is about to be deleted."""
        for obj in queryset:
            self._record(request, "delete", obj, str(obj))
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, verb: str, obj: models.Model, message: Any) -> None:
        site = self.admin_site
        assert isinstance(site, Administration)  # noqa: S101 (said by the settings)
        audit.record(
            f"{obj._meta.label_lower}.{verb}",
            target=obj,
            by=site.actor(request),
            at=site.now(),
            after=str(obj),
            reason=message if isinstance(message, str) else str(message),
        )


class AccountAdmin(AuditedAdmin, _UserAdmin):
    """Accounts: create, disable, set a new password. What one may do is in the roles."""

    list_display = ("username", "display_name", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "display_name")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login",)
    fieldsets = (
        (None, {"fields": ("username", "display_name", "password", "is_active", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "display_name", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: an account is disabled, so that what it did keeps its name."""
        return False

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 (Django names it)
        form_url: str = "",
    ) -> HttpResponse:
        """Set a new password and record it in one transaction."""
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)


class AuditAdmin(AuditedAdmin):
    """The trail, to be read only."""

    list_display = ("at", "actor_name", "role", "verb", "target_id", "before", "after", "outcome")
    list_filter = ("outcome", "role")
    search_fields = ("actor_name", "target_id", "verb")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: the trail is written by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: the trail is append-only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: the trail is append-only."""
        return False


admin.site.unregister(Group)
admin.site.register(User, AccountAdmin)
admin.site.register(AuditEvent, AuditAdmin)
