"""Django's entry to this room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from dianliang.domain.resources.finality import insist


class ResourcesConfig(AppConfig):
    """Gear that is sent out and lent, and stores whose stock people take."""

    name = "dianliang.domain.resources"
    verbose_name = "装备物资"
    default_auto_field = "django.db.models.BigAutoField"
    shipped = {"ResourceKind": "kinds.json"}

    def ready(self) -> None:
        """Have movements of stock kept whole and final once their table is there."""
        post_migrate.connect(insist, sender=self, dispatch_uid="dianliang.resources")
