"""Django's entry to this room."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    """Special customers: unlocked files, and contact lists of outages and warnings."""

    name = "dianliang.domain.care"
    verbose_name = "特殊客户关爱"
    default_auto_field = "django.db.models.BigAutoField"
