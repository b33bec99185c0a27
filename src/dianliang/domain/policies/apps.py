"""Django's entry to this room."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """Policy lists and what units do about each measure."""

    name = "dianliang.domain.policies"
    verbose_name = "政策清单"
    default_auto_field = "django.db.models.BigAutoField"
