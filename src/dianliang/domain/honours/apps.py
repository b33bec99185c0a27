"""Django's entry to this room."""

from django.apps import AppConfig


class HonoursConfig(AppConfig):
    """Calls for models, ballots, the register of honours, media reports."""

    name = "dianliang.domain.honours"
    verbose_name = "荣誉与典型"
    default_auto_field = "django.db.models.BigAutoField"
