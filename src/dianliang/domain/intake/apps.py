"""Django's entry to this room."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Needs: what anybody asks for, with a clock, a promise and a rating."""

    name = "dianliang.domain.intake"
    verbose_name = "需求"
    reference_models = ("LearntModel",)
    default_auto_field = "django.db.models.BigAutoField"
