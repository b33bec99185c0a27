"""Django's entry to this room."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Field work: jobs, plans, visits."""

    name = "dianliang.domain.work"
    verbose_name = "工单与计划"
    default_auto_field = "django.db.models.BigAutoField"
