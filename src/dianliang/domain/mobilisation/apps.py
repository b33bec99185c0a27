"""Django's entry to this room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from dianliang.domain.mobilisation.finality import insist


class MobilisationConfig(AppConfig):
    """Requests for gear and teams, dispatches, where people are, reports of the situation."""

    name = "dianliang.domain.mobilisation"
    verbose_name = "资源调配"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have reports kept as they were made once their table is there."""
        post_migrate.connect(insist, sender=self, dispatch_uid="dianliang.mobilisation")
