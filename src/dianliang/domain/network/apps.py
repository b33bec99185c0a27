"""Django's entry to this room."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Lines, transformers, and when they were out."""

    name = "dianliang.domain.network"
    verbose_name = "电网"
    default_auto_field = "django.db.models.BigAutoField"
