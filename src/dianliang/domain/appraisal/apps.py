"""Django's entry to this room."""

from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    """What branches and their people are to do, what they did, and how they are rated for it."""

    name = "dianliang.domain.appraisal"
    verbose_name = "考评"
    default_auto_field = "django.db.models.BigAutoField"
