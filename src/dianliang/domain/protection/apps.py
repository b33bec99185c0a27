"""Django's entry to this room."""

from django.apps import AppConfig


class ProtectionConfig(AppConfig):
    """Events with their halls, feeding equipment, patrols, standby, duty, log and review."""

    name = "dianliang.domain.protection"
    verbose_name = "保电"
    default_auto_field = "django.db.models.BigAutoField"
