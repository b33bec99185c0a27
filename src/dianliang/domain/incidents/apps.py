"""Django's entry to this room."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """What threatens the network and the people on it."""

    name = "dianliang.domain.incidents"
    verbose_name = "应急"
    default_auto_field = "django.db.models.BigAutoField"
