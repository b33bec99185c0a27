"""Django's entry to this room."""

from django.apps import AppConfig


class VenuesConfig(AppConfig):
    """Places with a function: bases, service stations, QR-coded spots."""

    name = "dianliang.domain.venues"
    verbose_name = "阵地"
    default_auto_field = "django.db.models.BigAutoField"
