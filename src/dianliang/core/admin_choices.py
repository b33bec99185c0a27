"""Choices on the administration pages in the reader's language: lists, filters and forms.

The labels of the models stay Chinese: what is stored, exported and printed says them as they are.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.utils.translation import gettext


class ChoicesInAnyLanguage(admin.ChoicesFieldListFilter):
    """A filter by the choices of a field."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield what can be filtered by, each told in the reader's language."""
        for choice in super().choices(changelist):
            yield {**choice, "display": gettext(str(choice["display"]))}


def column(field: "models.Field[Any, Any]") -> Callable[[models.Model], str]:
    """Return what a list shows of a field with choices."""

    @admin.display(description=field.verbose_name, ordering=field.name)
    def told(row: models.Model) -> str:
        label = getattr(row, f"get_{field.name}_display")()
        return gettext(label) if label else "—"

    return told


def offered(choices: Any) -> list[tuple[Any, str]]:
    """Return the choices of a form, told in the reader's language."""
    return [(value, gettext(str(label)) if label else "") for value, label in choices]


def with_choices(model: type[models.Model]) -> "dict[str, models.Field[Any, Any]]":
    """Return the fields of a model that have choices, by name."""
    return {field.name: field for field in model._meta.concrete_fields if field.choices}
