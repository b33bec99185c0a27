"""Django's entry to this room."""

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    """Inspections, hazards and the notices about them."""

    name = "dianliang.domain.safety"
    verbose_name = "用电检查与隐患"
    default_auto_field = "django.db.models.BigAutoField"
