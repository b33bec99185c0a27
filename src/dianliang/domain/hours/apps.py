"""Django's entry to this room."""

from django.apps import AppConfig


class HoursConfig(AppConfig):
    """Hours that volunteers gave, how they are reviewed, and certificates of them."""

    name = "dianliang.domain.hours"
    verbose_name = "志愿时长"
    default_auto_field = "django.db.models.BigAutoField"
