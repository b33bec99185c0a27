"""Django's entry to this face."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The console face."""

    name = "dianliang.faces.console"
