"""Django's entry to the command line."""

from django.apps import AppConfig


class CliConfig(AppConfig):
    """The command line."""

    name = "dianliang.cli"
