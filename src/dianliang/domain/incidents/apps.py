"""Django's entry to this room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from dianliang.domain.incidents.finality import insist


class IncidentsConfig(AppConfig):
    """What threatens the network and the people on it."""

    name = "dianliang.domain.incidents"
    verbose_name = "应急"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the log kept final and periods kept whole once their tables are there."""
        post_migrate.connect(insist, sender=self, dispatch_uid="dianliang.incidents")
