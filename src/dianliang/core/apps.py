"""Infrastructure without business: accounts, audit, idempotency, jobs, files, fields."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The inner-most Django app."""

    name = "dianliang.core"
    verbose_name = "基础设施"
    default_auto_field = "django.db.models.BigAutoField"
