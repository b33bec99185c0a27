"""Django's entry to this face."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """The field face."""

    name = "dianliang.faces.field"
