"""Django's entry to this room."""

from django.apps import AppConfig


class LinewatchConfig(AppConfig):
    """Cameras under lines, their zones, events and what was deleted when."""

    name = "dianliang.domain.linewatch"
    verbose_name = "线路守护"
    default_auto_field = "django.db.models.BigAutoField"
