"""Django's entry to this room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from dianliang.domain.energy.finality import insist


class EnergyConfig(AppConfig):
    """Claims about energy and carbon with their evidence, and the library of factors."""

    name = "dianliang.domain.energy"
    verbose_name = "能源与碳"
    default_auto_field = "django.db.models.BigAutoField"
    shipped = {"Factor": "factors.json"}

    def ready(self) -> None:
        """Have claims, factors and carbon entries kept final once their tables are there."""
        post_migrate.connect(insist, sender=self, dispatch_uid="dianliang.energy")
