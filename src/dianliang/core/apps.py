"""Infrastructure without business: accounts, audit, idempotency, jobs, files, fields."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """The inner-most Django app."""

    name = "dianliang.core"
    verbose_name = "基础设施"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have tables of reference watched and shipped rows loaded, and `startswith` exact."""
        from dianliang.core import shipped
        from dianliang.core.reference import watch
        from dianliang.core.sqlite import lookups  # noqa: F401 (registers a lookup)

        post_migrate.connect(watch, dispatch_uid="dianliang.reference")
        post_migrate.connect(shipped.load, dispatch_uid="dianliang.shipped")
