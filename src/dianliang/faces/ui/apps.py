"""Django's entry to the design system."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The design system."""

    name = "dianliang.faces.ui"
